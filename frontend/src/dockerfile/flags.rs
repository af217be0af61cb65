//! `--name=value` before an instruction's words (`instructions/bflag.go`, v0.32.2).

use crate::diagnostic::suggest::nearest;
use crate::units::Malformed;

use super::line::Instruction;

/// What a flag takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing, `true` or `false`.
    Switch,
    /// A text, once.
    Text,
    /// A text, several times.
    Texts,
}

/// The flags of an instruction.
pub(super) struct Flags<'a>(Vec<(&'a str, &'a str)>);

const HELP: &str = "the Dockerfile reference lists the flags of each instruction";

impl<'a> Flags<'a> {
    /// Reads the flags of an instruction, given those that it knows.
    pub(super) fn read(
        instruction: &'a Instruction,
        known: &[(&str, Kind)],
    ) -> Result<Self, Malformed> {
        let mut flags = Self(Vec::new());
        for flag in &instruction.flags {
            let bare = flag.trim_start_matches("--");
            let (name, value) = match bare.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (bare, None),
            };
            let wrong = |what: &str| Err(Malformed::new(format!("`--{name}` {what}"), HELP));
            let Some((_, kind)) = known.iter().find(|(known, _)| *known == name) else {
                return Err(unknown(&instruction.word, name, known));
            };
            if *kind != Kind::Texts && flags.0.iter().any(|(seen, _)| *seen == name) {
                return wrong("stands there twice");
            }
            let value = match (kind, value) {
                (Kind::Switch, None) => "true",
                (Kind::Switch, Some(value)) if value.eq_ignore_ascii_case("true") => "true",
                (Kind::Switch, Some(value)) if value.eq_ignore_ascii_case("false") => "false",
                (Kind::Switch, Some(_)) => return wrong("is `true` or `false`"),
                (_, Some(value)) => value,
                (_, None) => return wrong("has no value"),
            };
            flags.0.push((name, value));
        }
        Ok(flags)
    }

    /// Returns the value of a flag.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.texts(name).next()
    }

    /// Returns every value of a flag.
    pub(super) fn texts(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(found, _)| *found == name);
        named.map(|(_, value)| *value)
    }

    /// Returns the value of a switch.
    pub(super) fn switch(&self, name: &str) -> Option<bool> {
        self.text(name).map(|value| value == "true")
    }
}

fn unknown(word: &str, name: &str, known: &[(&str, Kind)]) -> Malformed {
    let message = match nearest(name, known.iter().map(|(known, _)| *known)) {
        Some(near) => format!("{word} has no flag `--{name}`, did you mean `--{near}`?"),
        None => format!("{word} has no flag `--{name}`"),
    };
    Malformed::new(message, HELP)
}
