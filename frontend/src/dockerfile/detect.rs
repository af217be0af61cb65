//! Whether a text is a Dockerfile or a build file.
//!
//! The text decides: a build file may be called `Dockerfile`, and a Dockerfile anything. Only of a
//! text that could be both, such as an empty one, its name decides.

use crate::diagnostic::suggest::nearest;

use super::{FROM, STEPS};

/// The keys that a build file can start with.
const KEYS: &[&str] = &[
    "description",
    "default",
    "platforms",
    "args",
    "caches",
    "secrets",
    "ssh",
    "stages",
    "check",
];

/// Tells whether a text is a Dockerfile; `name` is that of the file.
pub fn is_dockerfile(name: &str, text: &str) -> bool {
    let lines = text.trim_start_matches('\u{feff}').lines();
    let mut lines = lines.filter(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    let Some(first) = lines.next() else {
        return !is_yaml_name(name);
    };
    match kind(first) {
        Kind::Dockerfile => true,
        Kind::Yaml => false,
        // A mistake: what stands below it says which language it is in.
        Kind::Either => lines
            .map(kind)
            .find(|kind| *kind != Kind::Either)
            .map_or(!is_yaml_name(name), |kind| kind == Kind::Dockerfile),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Dockerfile,
    Yaml,
    Either,
}

fn kind(line: &str) -> Kind {
    let line = line.trim_end();
    let bare = line.trim_start();
    if !bare.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let is_yaml = bare.starts_with(['{', '[', '-', '?', '"', '\'', '%', '&', '!', '|', '<']);
        return if is_yaml { Kind::Yaml } else { Kind::Either };
    }
    let end = bare.find([' ', '\t', ':']).unwrap_or(bare.len());
    let (word, rest) = (&bare[..end], bare[end..].trim_start());
    if let Some(value) = rest.strip_prefix(':')
        && (value.is_empty() || value.starts_with([' ', '\t']))
    {
        return Kind::Yaml;
    }
    let upper = word.to_ascii_uppercase();
    let known = || STEPS.iter().map(|(known, _)| *known).chain([FROM]);
    if known().any(|known| known == upper) && !rest.is_empty() {
        return Kind::Dockerfile;
    }
    let is_key = |word: &str| KEYS.contains(&word) || nearest(word, KEYS.iter().copied()).is_some();
    match nearest(&upper, known()) {
        Some(_) if !rest.is_empty() => Kind::Dockerfile,
        _ if is_key(word) => Kind::Yaml,
        _ => Kind::Either,
    }
}

fn is_yaml_name(name: &str) -> bool {
    [".yaml", ".yml"].iter().any(|end| name.ends_with(end))
}
