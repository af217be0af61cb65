//! One line of YAML, split without reading YAML: indentation, key, value.
//!
//! Good enough to guess what the author of a broken line meant.

use std::ops::Range;

/// A line and its parts, as byte ranges of the whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    text: &'a str,
    /// Its first byte.
    pub(super) start: usize,
    /// The end, without the line break.
    pub(super) end: usize,
    /// How many blanks and tabs it starts with.
    pub(super) indent: usize,
    /// The key, if the line has one.
    pub(super) key: Option<Range<usize>>,
    /// What stands after the key and `- `, without a comment.
    pub(super) value: Range<usize>,
}

impl<'a> Line<'a> {
    /// Returns the line that holds the byte `at`.
    pub(super) fn at(text: &'a str, at: usize) -> Self {
        let at = floor(text, at.min(text.len()));
        let start = text[..at].rfind('\n').map_or(0, |at| at + 1);
        Self::starting(text, start)
    }

    fn starting(text: &'a str, start: usize) -> Self {
        let line = &text[start..];
        let line = line.split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let end = start + line.len();
        let body = line.trim_start_matches([' ', '\t', '\u{feff}']);
        let indent = line.len() - body.len();
        let mut from = start + indent;
        while let Some(rest) = text[from..end].strip_prefix("- ") {
            from = end - rest.trim_start_matches(' ').len();
        }
        let key = key(&text[from..end]).map(|len| from..from + len);
        if let Some(key) = &key {
            let rest = &text[key.end + 1..end];
            from = end - rest.trim_start_matches([' ', '\t']).len();
        }
        let value = from..from + without_comment(&text[from..end]).len();
        Self {
            text,
            start,
            end,
            indent,
            key,
            value,
        }
    }

    /// Returns the lines from the one that starts at `start` on.
    pub(super) fn all_from(text: &'a str, start: usize) -> impl Iterator<Item = Self> {
        let first = Some(Self::starting(text, start));
        std::iter::successors(first, |line| line.next())
    }

    fn next(&self) -> Option<Self> {
        let next = self.end + self.text[self.end..].find('\n')? + 1;
        (next < self.text.len()).then(|| Self::starting(self.text, next))
    }

    /// Returns the next line that is neither blank nor a comment.
    pub(super) fn after(text: &'a str, line: &Self) -> Option<Self> {
        let is_content = |line: &Self| {
            !matches!(
                text[line.start + line.indent..line.end].chars().next(),
                None | Some('#')
            )
        };
        std::iter::successors(line.next(), Self::next).find(is_content)
    }
}

/// Returns the length of the key that `text` starts with.
fn key(text: &str) -> Option<usize> {
    let len = match text.chars().next()? {
        quote @ ('"' | '\'') => text[1..].find(quote)? + 2,
        '[' | '{' => return None,
        _ => text
            .match_indices(':')
            .map(|(at, _)| at)
            .find(|at| matches!(text[at + 1..].chars().next(), None | Some(' ' | '\t')))?,
    };
    let rest = text[len..].strip_prefix(':')?;
    matches!(rest.chars().next(), None | Some(' ' | '\t')).then_some(len)
}

fn without_comment(text: &str) -> &str {
    let end = text
        .match_indices('#')
        .map(|(at, _)| at)
        .find(|at| *at == 0 || text[..*at].ends_with([' ', '\t']))
        .unwrap_or(text.len());
    text[..end].trim_end()
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Returns `text` as a quoted scalar that reads as `text`; `'it's'` reads as its author meant it.
pub(super) fn quote(text: &str) -> String {
    let text = match text
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
    {
        Some(inner) if has_apostrophes(inner) => inner,
        _ => text,
    };
    if !text.contains(['"', '\\']) {
        format!("\"{text}\"")
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// Tells whether every `'` stands between two letters.
fn has_apostrophes(text: &str) -> bool {
    let mut pieces = text.split('\'').peekable();
    let mut is_apostrophe = true;
    while let Some(piece) = pieces.next() {
        if let Some(next) = pieces.peek() {
            is_apostrophe &=
                piece.ends_with(char::is_alphabetic) && next.starts_with(char::is_alphabetic);
        }
    }
    is_apostrophe && text.contains('\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let line_at = Line::at(line, 0);
        let key = line_at.key.clone().map_or("-", |key| &line[key]);
        assert_eq!(
            format!(
                "{} | {key} | {}",
                line_at.indent,
                &line[line_at.value.clone()]
            ),
            expected
        );
    }

    #[test]
    fn a_line_is_split_at_its_first_key() {
        check(
            "    - run: curl -H a: b # why\r\n",
            "4 | run | curl -H a: b",
        );
        check("run:", "0 | run | ");
        check("\"a: b\": c", "0 | \"a: b\" | c");
        check("- - x", "0 | - | x");
        check("  x:y", "2 | - | x:y");
        check("  # only", "2 | - | ");
        check("  */arm64: x", "2 | */arm64 | x");
        check("", "0 | - | ");
    }

    #[test]
    fn quotes_keep_the_text() {
        assert_eq!(quote("a: b"), "\"a: b\"");
        assert_eq!(quote("a \"b\" \\c"), "'a \"b\" \\c'");
        assert_eq!(quote("'it's'"), "\"it's\"");
        assert_eq!(quote("'a' && 'b'"), "\"'a' && 'b'\"");
        assert_eq!(quote("it's \"x\""), "'it''s \"x\"'");
    }
}
