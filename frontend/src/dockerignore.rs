//! Ignore files: which paths of the build context the client leaves out.
//!
//! In: the file. Out: the patterns that the client matches; they go into the context's
//! `excludepatterns` untouched. The rules are those of `moby/patternmatcher/ignorefile` (v0.6.1).

mod compile;
mod matcher;
mod regex;
mod syntax;

use crate::lower::path::clean;

pub use matcher::{BadPattern, Matcher};

/// Reads the patterns: one to a line, comments and blank lines dropped, paths cleaned, a leading
/// `/` removed, a leading `!` kept.
pub fn read(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    text.lines().filter_map(pattern).collect()
}

/// Looks whether every pattern is one: a client would fail to send anything.
///
/// # Errors
///
/// The first one that is not, in a sentence.
pub fn check(patterns: &[String]) -> Result<(), String> {
    // As the client does: cleaned once more, the mark included.
    let patterns = patterns.iter().map(|pattern| pattern.trim());
    let mut patterns = patterns.filter(|pattern| !pattern.is_empty()).map(clean);
    match patterns.find(|pattern| !is_pattern(pattern)).as_deref() {
        None => Ok(()),
        Some("!") => Err("a `!` needs a pattern after it".to_owned()),
        Some(pattern) => Err(format!(
            "`{pattern}` is not a pattern (close its bracket, or write `\\` before a bracket or \
             backslash that means itself)"
        )),
    }
}

/// Tells whether a clean pattern is one.
fn is_pattern(pattern: &str) -> bool {
    match pattern.strip_prefix('!') {
        Some("") => false,
        Some(pattern) => syntax::is_valid(pattern),
        None => syntax::is_valid(pattern),
    }
}

fn pattern(line: &str) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let line = line.trim();
    let (sign, path) = match line.strip_prefix('!') {
        Some(path) => ("!", path.trim()),
        None if line.is_empty() => return None,
        None => ("", line),
    };
    if path.is_empty() {
        return Some(sign.to_owned());
    }
    let path = clean(path);
    let path = match path.strip_prefix('/') {
        Some(rest) if !rest.is_empty() => rest,
        _ => &path,
    };
    Some(format!("{sign}{path}"))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[track_caller]
    fn check(file: &str, expected: &str) {
        assert_eq!(read(file.as_bytes()).join("|"), expected);
    }

    #[test]
    fn comments_and_blank_lines_are_dropped() {
        check("# a\n\n  \nb\n #c\n", "b|#c");
    }

    #[test]
    fn paths_are_cleaned_and_relative() {
        check("/a/b/\n./c\nd/../e\n/\n../f\n", "a/b|c|e|/|../f");
    }

    #[test]
    fn an_exception_keeps_its_mark() {
        check("! /a/\n!\n", "!a|!");
    }

    #[test]
    fn a_mark_of_byte_order_and_carriage_returns_are_dropped() {
        check("\u{feff}#x\r\na\r\n", "a");
    }

    #[test]
    fn what_is_no_pattern_is_said() {
        let error = |file: &str| super::check(&read(file.as_bytes())).expect_err("a mistake");
        assert_eq!(error("a\n!\n"), "a `!` needs a pattern after it");
        assert!(error("a\n![b\n").starts_with("`![b` is not a pattern (close its bracket"));
        assert_eq!(super::check(&read(b"a\n!b/[c-d]\n")), Ok(()));
    }

    #[test]
    fn globs_stay() {
        check("**/*.log\n[ab]?\n", "**/*.log|[ab]?");
    }
}
