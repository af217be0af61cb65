//! `--name=value` before an instruction's words (`instructions/bflag.go`, v0.32.2).

use super::line::Instruction;
use super::words::Word;
use super::{Wrong, suggested};

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

/// The flags of an instruction; a switch has the value `true` or `false`.
pub(super) struct Flags(Vec<(&'static str, Word)>);

impl Flags {
    /// Reads the flags of an instruction, given those that it knows.
    pub(super) fn read(
        it: &Instruction<'_>,
        known: &[(&'static str, Kind)],
    ) -> Result<Self, Wrong> {
        let mut flags = Self(Vec::new());
        for word in &it.flags {
            let text = it.str(word);
            let end = text.find('=').unwrap_or(text.len());
            let name = &text[..end];
            let wrong = |what: &str| Err(it.wrong(word, what, ""));
            let known_one = known.iter().find(|(known, _)| *known == &name[2..]);
            let Some((name, kind)) = known_one else {
                let known = known.iter().map(|(known, _)| *known);
                let message = format!("unknown flag: {name}");
                return wrong(&suggested(message, &name[2..], known));
            };
            if *kind != Kind::Texts && flags.text(name).is_some() {
                return wrong(&format!("duplicate flag specified: --{name}"));
            }
            let value = (end < text.len()).then(|| word.skip(end + 1));
            let value = match (kind, value) {
                (Kind::Switch, None) => switch(word, "true"),
                (Kind::Switch, Some(value)) => match it.str(&value).to_ascii_lowercase().as_str() {
                    "true" => switch(word, "true"),
                    "false" => switch(word, "false"),
                    "" => return wrong(&format!("missing a value on flag: --{name}")),
                    other => {
                        return wrong(&format!(
                            "expecting boolean value for flag --{name}, not: {other}"
                        ));
                    }
                },
                (_, Some(value)) => value,
                (_, None) => return wrong(&format!("missing a value on flag: --{name}")),
            };
            flags.0.push((name, value));
        }
        Ok(flags)
    }

    /// Returns the value of a flag.
    pub(super) fn text(&self, name: &str) -> Option<&Word> {
        self.texts(name).next()
    }

    /// Returns every value of a flag.
    pub(super) fn texts(&self, name: &str) -> impl Iterator<Item = &Word> {
        let named = self.0.iter().filter(move |(found, _)| *found == name);
        named.map(|(_, value)| value)
    }

    /// Returns the value of a flag, if it is not empty.
    pub(super) fn some(&self, it: &Instruction<'_>, name: &str) -> Option<&Word> {
        self.text(name).filter(|word| !it.str(word).is_empty())
    }
}

fn switch(word: &Word, value: &str) -> Word {
    Word {
        text: Some(value.to_owned()),
        range: word.range.clone(),
    }
}
