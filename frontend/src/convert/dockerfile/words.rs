//! Texts become the words of an instruction: quotes, escapes, variables.

use crate::expr::{Extent, Modifier, Name, Piece, Reference, Template, Test};
use crate::text::Span;

use super::Cx;

/// Which variables are there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Before the first stage and in FROM: the arguments of the file.
    File,
    /// In a stage: the environment of its steps.
    Stage,
}

/// Returns a text as one word; in double quotes where it has to be.
pub(super) fn word(cx: &mut Cx<'_>, template: &Template<Name>, scope: Scope) -> String {
    let text = inside(cx, template, scope, &['"', '\\', '$']);
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_./:@%+=,-~*?!^&|;<>()[]{}$".contains(c);
    let is_plain = |piece: &Piece<Name>| match piece {
        Piece::Literal(text) => text.chars().all(|c| is_part(c) && c != '$'),
        Piece::Reference(_) => true,
    };
    match !text.is_empty() && template.pieces.iter().all(is_plain) && text.chars().all(is_part) {
        true => text,
        false => format!("\"{text}\""),
    }
}

/// Returns a text with its variables; characters of `special` get a backslash.
pub(super) fn inside(
    cx: &mut Cx<'_>,
    template: &Template<Name>,
    scope: Scope,
    special: &[char],
) -> String {
    let mut out = String::new();
    let mut pieces = template.pieces.iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Literal(text) => {
                if text.contains('\n') && special.contains(&'"') {
                    cx.cannot(template.span, "text of several lines here");
                }
                for c in text.chars() {
                    out.extend(special.contains(&c).then_some('\\'));
                    out.push(c);
                }
            }
            Piece::Reference(it) => {
                let start = out.len();
                reference(cx, it, scope, &mut out);
                let is_end = match pieces.peek() {
                    Some(Piece::Literal(text)) => !text.starts_with(is_of_name),
                    Some(Piece::Reference(_)) | None => true,
                };
                let name = out[start..]
                    .strip_prefix("${")
                    .and_then(|it| it.strip_suffix('}'));
                if let Some(name) = name.filter(|name| is_end && name.chars().all(is_of_name)) {
                    let short = format!("${name}");
                    out.replace_range(start.., &short);
                }
            }
        }
    }
    out
}

/// Tells whether a character may be part of a variable's name.
fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn reference(cx: &mut Cx<'_>, it: &Reference<Name>, scope: Scope, out: &mut String) {
    let Some(name) = variable(cx, &it.name, it.span, scope) else {
        return;
    };
    out.push_str("${");
    out.push_str(&name);
    let empty = |word: &Template<Name>| word.pieces.is_empty();
    let colon = |test: &Test| match test {
        Test::UnsetOrEmpty => ":",
        Test::Unset => "",
    };
    let repeat = |sign: &str, extent: &Extent| match extent {
        Extent::Least => sign.to_owned(),
        Extent::Most => sign.repeat(2),
    };
    let word = &['\\', '}', '"', '\'', '$'];
    match &it.modifier {
        None => {}
        // What is unset is empty in a Dockerfile anyway.
        Some(Modifier::Default(Test::Unset, it)) if empty(it) => {}
        Some(Modifier::Default(test, it)) => {
            *out += &format!("{}-{}", colon(test), inside(cx, it, scope, word));
        }
        Some(Modifier::Alternate(test, it)) => {
            *out += &format!("{}+{}", colon(test), inside(cx, it, scope, word));
        }
        Some(Modifier::Require(test, it)) => {
            *out += &format!("{}?{}", colon(test), inside(cx, it, scope, word));
        }
        Some(Modifier::StripPrefix(extent, it)) => {
            *out += &format!("{}{}", repeat("#", extent), inside(cx, it, scope, &[]));
        }
        Some(Modifier::StripSuffix(extent, it)) => {
            *out += &format!("{}{}", repeat("%", extent), inside(cx, it, scope, &[]));
        }
        Some(Modifier::Replace(extent, pattern, replacement)) => {
            let pattern = inside(cx, pattern, scope, &[]);
            let replacement = inside(cx, replacement, scope, &['}']);
            *out += &format!("{}{pattern}/{replacement}", repeat("/", extent));
        }
    }
    out.push('}');
}

/// Returns the variable that holds what a name means.
fn variable(cx: &mut Cx<'_>, name: &Name, span: Span, scope: Scope) -> Option<String> {
    let found = match (name, scope) {
        (Name::Env(name), Scope::Stage) => Some(name.0.clone()),
        (Name::Arg(name), Scope::File) => Some(name.clone()),
        (_, Scope::File) => crate::expr::predefined_variable(name).map(str::to_owned),
        _ => None,
    };
    if found.is_none() {
        let what = match scope {
            Scope::File => format!("variable for `{name}` here"),
            Scope::Stage => format!("variable in the steps for `{name}`"),
        };
        cx.cannot(span, &what);
    }
    found
}

/// Returns words as a JSON array.
pub(super) fn json(words: &[String]) -> String {
    let words: Vec<String> = words
        .iter()
        .map(|word| serde_json::Value::from(word.as_str()).to_string())
        .collect();
    format!("[{}]", words.join(", "))
}
