//! The name in a reference: `args.NAME`, `target.arch`, ….
//!
//! What is no name gets the message and the name that was probably meant.

use std::ops::Range;

use crate::diagnostic::suggest::nearest;

use super::{EnvName, Name, PlatformField};

/// A name and its length in bytes, or why there is none.
pub(super) enum Parsed {
    Name(Name, usize),
    Bad(Bad),
}

/// Why a text starts with no name.
pub(super) struct Bad {
    /// The bytes in question.
    pub(super) range: Range<usize>,
    pub(super) message: String,
    /// What to write there.
    pub(super) suggestion: Option<String>,
    pub(super) help: Option<String>,
}

const PLATFORM_FIELDS: &[(&str, PlatformField)] = &[
    ("platform", PlatformField::Platform),
    ("os-version", PlatformField::OsVersion),
    ("os", PlatformField::Os),
    ("arch", PlatformField::Arch),
    ("variant", PlatformField::Variant),
];

const STAGE_FIELDS: &[(&str, Name)] = &[("name", Name::StageName), ("target", Name::StageTarget)];

const NAMESPACES: &[&str] = &["args", "env", "target", "build", "stage"];

/// What people write who come from elsewhere.
const ALIASES: &[(&str, &str)] = &[
    ("ARG", "args"),
    ("params", "args"),
    ("inputs", "args"),
    ("var", "args"),
    ("vars", "args"),
    ("environment", "env"),
    ("platform", "target"),
    ("targetplatform", "target"),
    ("buildplatform", "build"),
    ("host", "build"),
];

/// The Dockerfile's predefined arguments (`dockerfile2llb/platform.go`, v0.32.2).
pub(crate) const PREDEFINED: &[(&str, &str)] = &[
    ("BUILDPLATFORM", "build.platform"),
    ("BUILDOS", "build.os"),
    ("BUILDOSVERSION", "build.os-version"),
    ("BUILDARCH", "build.arch"),
    ("BUILDVARIANT", "build.variant"),
    ("TARGETPLATFORM", "target.platform"),
    ("TARGETOS", "target.os"),
    ("TARGETOSVERSION", "target.os-version"),
    ("TARGETARCH", "target.arch"),
    ("TARGETVARIANT", "target.variant"),
    ("TARGETSTAGE", "stage.target"),
];

/// Returns what an argument is that a Dockerfile has predefined.
pub(crate) fn predefined(theirs: &str) -> Option<Name> {
    match parse(dockerfile_name(theirs)?) {
        Parsed::Name(name, _) => Some(name),
        Parsed::Bad(_) => None,
    }
}

/// Returns the argument that a Dockerfile has predefined for something.
pub(crate) fn predefined_variable(name: &Name) -> Option<&'static str> {
    let name = name.to_string();
    let mut all = PREDEFINED.iter();
    all.find(|(_, ours)| *ours == name)
        .map(|(theirs, _)| *theirs)
}

/// Reads the name at the start of `text`, which starts with no blank.
pub(super) fn parse(text: &str) -> Parsed {
    let space = word(text);
    if space.is_empty() {
        return Parsed::Bad(nothing(text));
    }
    let after = &text[space.len()..];
    if after.starts_with('(') {
        return Parsed::Bad(Bad {
            range: 0..space.len() + 1,
            message: format!("functions such as `{space}()` are not supported"),
            suggestion: None,
            help: Some("compute it in a step, or pass it as an argument".to_owned()),
        });
    }
    let Some(field) = after.strip_prefix('.') else {
        return Parsed::Bad(bare(space));
    };
    let start = space.len() + 1;
    match space {
        "args" | "env" => variable(space, field, start),
        "target" => platform(space, field, start, Name::Target),
        "build" => platform(space, field, start, Name::Build),
        "stage" => match fields(STAGE_FIELDS, field) {
            Some((name, length)) => Parsed::Name(name.clone(), start + length),
            None => Parsed::Bad(unknown_field(space, field, start, &["name", "target"])),
        },
        _ => Parsed::Bad(unknown_namespace(space, word(field))),
    }
}

/// Returns the name here of a variable that a Dockerfile has predefined.
pub(crate) fn dockerfile_name(name: &str) -> Option<&'static str> {
    let mut all = PREDEFINED.iter();
    all.find(|(theirs, _)| *theirs == name)
        .map(|(_, ours)| *ours)
}

/// Returns `[A-Za-z_][A-Za-z0-9_]*` at the start of `text`, or nothing.
fn word(text: &str) -> &str {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return "";
    }
    &text[..text.find(|c| !is_part(c)).unwrap_or(text.len())]
}

fn variable(space: &str, field: &str, start: usize) -> Parsed {
    let name = word(field);
    if name.is_empty() {
        let mut bad = nothing(field);
        bad.range = 0..start + bad.range.end;
        bad.message = format!("`{space}.` needs a name");
        bad.help = Some("a name has letters, digits and `_`, and starts with no digit".to_owned());
        return Parsed::Bad(bad);
    }
    let length = start + name.len();
    match space {
        "args" => Parsed::Name(Name::Arg(name.to_owned()), length),
        _ => Parsed::Name(Name::Env(EnvName(name.to_owned())), length),
    }
}

fn platform(space: &str, field: &str, start: usize, of: fn(PlatformField) -> Name) -> Parsed {
    match fields(PLATFORM_FIELDS, field) {
        Some((part, length)) => Parsed::Name(of(*part), start + length),
        None => {
            let known: Vec<&str> = PLATFORM_FIELDS.iter().map(|(name, _)| *name).collect();
            Parsed::Bad(unknown_field(space, field, start, &known))
        }
    }
}

/// Returns the entry whose name `text` starts with, and the name's length.
fn fields<'a, T>(table: &'a [(&str, T)], text: &str) -> Option<(&'a T, usize)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut entries = table.iter();
    let (name, value) = entries.find(|(name, _)| {
        text.strip_prefix(name)
            .is_some_and(|rest| !rest.starts_with(is_part))
    })?;
    Some((value, name.len()))
}

fn unknown_field(space: &str, field: &str, start: usize, known: &[&str]) -> Bad {
    let name = word(field);
    let list: Vec<String> = known
        .iter()
        .map(|name| format!("`{space}.{name}`"))
        .collect();
    Bad {
        range: 0..start + name.len(),
        message: format!("there is no `{space}.{name}`"),
        suggestion: nearest(name, known.iter().copied()).map(|near| format!("{space}.{near}")),
        help: Some(format!("there are {}", list.join(", "))),
    }
}

fn unknown_namespace(space: &str, name: &str) -> Bad {
    let alias = ALIASES
        .iter()
        .find(|(theirs, _)| theirs.eq_ignore_ascii_case(space))
        .map(|(_, ours)| *ours);
    let near = nearest(space, NAMESPACES.iter().copied()).or(alias);
    let help = match space {
        "secrets" | "secret" => "a secret is mounted by the step that needs it: `secrets: [id]`",
        "stages" => "a stage is named by `from`",
        _ => "there are `args`, `env`, `target`, `build` and `stage`",
    };
    let near = near.filter(|_| space != "stages");
    Bad {
        range: 0..space.len() + if near.is_some() { 1 + name.len() } else { 0 },
        message: format!("unknown name `{space}` in a reference"),
        suggestion: near.map(|near| format!("{near}.{name}")),
        help: near.is_none().then(|| help.to_owned()),
    }
}

/// `${{ VERSION }}`, or `${{ target }}`.
fn bare(name: &str) -> Bad {
    let list = |known: &[&str]| {
        let names: Vec<String> = known.iter().map(|it| format!("`{name}.{it}`")).collect();
        format!("there are {}", names.join(", "))
    };
    let (suggestion, help) = match name {
        "args" | "env" => (None, format!("write `{name}.NAME`")),
        "target" | "build" => {
            let known: Vec<&str> = PLATFORM_FIELDS.iter().map(|(name, _)| *name).collect();
            (None, list(&known))
        }
        "stage" => (None, list(&["name", "target"])),
        _ => {
            let help = "`args.` is a build argument, `env.` the environment".to_owned();
            let ours = dockerfile_name(name).map(str::to_owned);
            (Some(ours.unwrap_or_else(|| format!("args.{name}"))), help)
        }
    };
    Bad {
        range: 0..name.len(),
        message: format!("`{name}` does not say what it names"),
        suggestion,
        help: Some(help),
    }
}

fn nothing(text: &str) -> Bad {
    let length = text
        .find(|c: char| c.is_whitespace() || c == '}')
        .unwrap_or(text.len());
    let found = &text[..length];
    let message = if found.is_empty() {
        "the reference is empty".to_owned()
    } else if found.starts_with(['"', '\'']) {
        "text in quotes is no reference".to_owned()
    } else {
        format!("`{found}` is no name")
    };
    Bad {
        range: 0..length,
        message,
        suggestion: None,
        help: Some("write `args.NAME`, `env.NAME`, `target.arch`, ...".to_owned()),
    }
}
