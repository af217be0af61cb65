//! `FROM` starts a stage (`instructions/parse.go:parseFrom`,
//! `dockerfile2llb/convert.go:buildDispatchStates`, v0.32.2).

use buildkit_llb::Platform;

use crate::diagnostic::Code;
use crate::diagnostic::suggest::closest;
use crate::expr::{Name, Template};
use crate::model::{Body, InputKind, InputName, Stage, Value};
use crate::text::Spanned;

use super::config::doc_comment;
use super::flags::Kind::Text;
use super::flags::{Flags, Kind};
use super::globals::Globals;
use super::line::Instruction;
use super::words::{self, Word};
use super::{Wrong, check, did_you_mean, lex};

const FLAGS: &[(&str, Kind)] = &[("platform", Text)];

/// Reads a `FROM`, which is the stage of that number.
pub(super) fn from(it: &Instruction<'_>, number: usize, globals: &Globals) -> Result<Stage, Wrong> {
    let words = words::separated(it);
    let (base, name) = match words.as_slice() {
        [base] => (base, None),
        [base, word, name] if it.str(word).eq_ignore_ascii_case("as") => (base, Some(name)),
        _ => {
            let message = "FROM requires either one or three arguments";
            return Err(Wrong::new(
                message,
                "write `FROM image` or `FROM image AS name`",
            ));
        }
    };
    let flags = Flags::read(it, FLAGS)?;
    let span = it.all;
    let (name, number) = match name {
        Some(word) => (stage_name(it, word)?, None),
        None => {
            let name = format!("stage-{number}");
            (it.spanned(&it.word, name), Some(number))
        }
    };
    let description = match number {
        None => doc_comment(it, &name.value),
        Some(_) => None,
    };
    let from = InputName {
        kind: InputKind::Earlier,
        name: Value::Plain(self::base(it, base, globals)?),
    };
    let platform = flags.some(it, "platform");
    let platform = platform
        .map(|word| platform_of(it, word, globals))
        .transpose()?;
    Ok(Stage {
        name,
        number,
        title: None,
        command: Some(it.text.clone().into_owned()),
        mistakes: Vec::new(),
        span,
        description,
        body: Body {
            from: Some(from),
            platform: platform.map(Value::Plain),
            steps: Some(Vec::new()),
            check: check::above(it),
            ..Body::default()
        },
        by_platform: Vec::new(),
    })
}

fn stage_name(it: &Instruction<'_>, word: &Word) -> Result<Spanned<String>, Wrong> {
    let text = it.str(word);
    let name = text.to_lowercase();
    let is_part = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_' | '.');
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(is_part) {
        return Ok(it.spanned(word, name));
    }
    let message = format!(
        "invalid name for build stage: \"{text}\", name can't start with a number or contain \
         symbols"
    );
    Err(it.wrong(word, message, "use letters, digits, `_`, `.` and `-`"))
}

fn base(it: &Instruction<'_>, word: &Word, globals: &Globals) -> Result<Template<Name>, Wrong> {
    let base = lex::word(it, word, lex::Scope::File(globals))?;
    if is_fixed(&base)
        && globals
            .default_of(&base)
            .is_some_and(|base| base.is_empty())
    {
        let message = format!("base name ({}) should not be blank", it.str(word));
        let help = "declare the argument with a value before the first FROM";
        return Err(it.wrong(word, message, help).of(Code::BadImageName));
    }
    Ok(base)
}

/// Tells whether nothing that a request says changes a text.
fn is_fixed(text: &Template<Name>) -> bool {
    let mut is_fixed = true;
    text.each_reference(&mut |reference| {
        is_fixed &= matches!(reference.name, Name::Undeclared(_));
    });
    is_fixed
}

fn platform_of(
    it: &Instruction<'_>,
    word: &Word,
    globals: &Globals,
) -> Result<Template<Name>, Wrong> {
    let text = it.str(word);
    let platform = lex::word(it, word, lex::Scope::File(globals))?;
    if !is_fixed(&platform) {
        return Ok(platform);
    }
    let fixed = globals.default_of(&platform).unwrap_or_default();
    let message = match fixed.as_str() {
        "" => format!("empty platform value from expression {text}"),
        fixed => match Platform::parse(fixed, &Platform::new("linux", "amd64")) {
            Ok(_) => return Ok(platform),
            Err(error) => {
                let error = bad_part(fixed).unwrap_or_else(|| error.to_string());
                format!("failed to parse platform {text}: {error}: invalid argument")
            }
        },
    };
    let mut undeclared = Vec::new();
    platform.each_reference(&mut |reference| {
        if let Name::Undeclared(name) = &reference.name {
            undeclared.push(name);
        }
    });
    let known = globals.names();
    let known = || known.iter().map(String::as_str);
    let near = undeclared
        .into_iter()
        .find_map(|name| closest(name, known()));
    let message = did_you_mean(message, near, "");
    Err(it.wrong(word, message, "").of(Code::BadPlatform))
}

/// Says which part of a platform is none (`containerd/platforms`, v1.0.0).
fn bad_part(text: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let mut parts = text.split('/');
    let bad = parts.find(|part| part.is_empty() || !part.chars().all(is_part))?;
    Some(format!(
        "{bad:?} is an invalid component of {text:?}: platform specifier component must match \
         \"^[A-Za-z0-9_.-]+$\""
    ))
}

/// Returns the stage of a `FROM` with a mistake.
pub(super) fn unknown(it: &Instruction<'_>, number: usize) -> Stage {
    Stage {
        name: it.spanned(&it.word, format!("stage-{number}")),
        number: Some(number),
        title: None,
        command: None,
        mistakes: Vec::new(),
        span: it.all,
        description: None,
        body: Body::default(),
        by_platform: Vec::new(),
    }
}
