//! Scalars on one line: plain where that reads as the same text, else in quotes.

use std::fmt::Write as _;

use crate::syntax::node::{Layout, Style};
use crate::syntax::scalar::Scalar;
use crate::text::{FileId, Span};

use super::Shape;

/// Characters that mean something to YAML at the start of a value.
const INDICATORS: &[char] = &[
    ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`',
];

/// Characters that end a value inside brackets.
const BRACKETS: &[char] = &[',', '[', ']', '{', '}'];

/// Tells whether plain text would be read as something that is no string, by us or by readers of
/// YAML 1.1: numbers, truth values, null, dates.
pub(super) fn is_ambiguous(text: &str) -> bool {
    const OLD_WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let scalar = Scalar::new(text, Style::Plain, Span::new(FileId::ROOT, 0..0));
    if scalar.as_text().is_err() || scalar.as_int().is_some() || scalar.as_bool().is_some() {
        return true;
    }
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '_' | ':' | '.' | '-' | '+');
    let is_numeric = text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+')
        && text.chars().all(is_part)
        && (text.contains(['_', ':']) || text.matches('-').count() == 2);
    is_numeric
        || matches!(text, "<<" | "=")
        || OLD_WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Tells whether a character can stand in a scalar that has no escapes.
pub(super) fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

/// Tells whether plain text is read as itself.
fn is_plain(text: &str, layout: Layout) -> bool {
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return false;
    };
    let is_end = |c: char| c == ' ' || layout == Layout::Flow && BRACKETS.contains(&c);
    let starts_well = match first {
        '-' | '?' | ':' => chars.next().is_some_and(|c| !is_end(c)),
        ' ' => false,
        c => !INDICATORS.contains(&c),
    };
    starts_well
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.starts_with("---")
        && !text.starts_with("...")
        && text.chars().all(is_printable)
        && !(layout == Layout::Flow && text.contains(BRACKETS))
}

/// Writes a string.
pub(super) fn text(text: &str, layout: Layout, out: &mut String) {
    if is_plain(text, layout) && !is_ambiguous(text) {
        out.push_str(text);
        return;
    }
    let n_escapes = text.matches(['"', '\\']).count();
    let can_be_single = text.chars().all(is_printable);
    if can_be_single && n_escapes > text.matches('\'').count() {
        out.push('\'');
        out.push_str(&text.replace('\'', "''"));
        out.push('\'');
        return;
    }
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_printable(c) => out.push(c),
            c => {
                let _ = match u32::from(c) {
                    code @ ..=0xff => write!(out, "\\x{code:02x}"),
                    code @ ..=0xffff => write!(out, "\\u{code:04x}"),
                    code => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push('"');
}

/// Returns a key; the same inside and outside of brackets.
pub(super) fn key(key: &Shape) -> String {
    let mut out = String::new();
    match key {
        Shape::Plain(text) => out.push_str(text),
        Shape::Text(text) | Shape::Long { text, .. } => self::text(text, Layout::Flow, &mut out),
        Shape::Block { .. } | Shape::Items { .. } => {}
    }
    out
}
