//! Whether a path is left out.
//!
//! In: patterns, as [`super::read`] returns them. Out: for a path what `moby/patternmatcher`
//! (v0.6.1, `MatchesOrParentMatches`) says, which is what clients go by. A differential test holds
//! the two together.

use super::compile::{Kind, compile};
use super::is_pattern;
use super::regex::parse;
use crate::lower::path::clean;

/// Patterns, ready to be matched.
#[derive(Clone, Debug, Default)]
pub struct Matcher {
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug)]
struct Pattern {
    text: String,
    /// What it matches comes back in.
    is_exception: bool,
    kind: Kind,
}

/// No path of a file system is longer (Linux's `PATH_MAX`), and every directory of one is matched.
const MAX_PATH: usize = 4096;

/// A pattern that can be read but not matched: the client, too, fails when it comes to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPattern(pub String);

impl Matcher {
    /// Makes ready what is a pattern; the rest is left out ([`super::check`] says what is none).
    pub fn new(patterns: &[String]) -> Self {
        let patterns = patterns.iter().map(|pattern| pattern.trim());
        let patterns = patterns.filter(|pattern| !pattern.is_empty()).map(clean);
        let patterns = patterns.filter(|pattern| is_pattern(pattern));
        let pattern = |pattern: String| {
            let (text, is_exception) = match pattern.strip_prefix('!') {
                Some(text) => (text.to_owned(), true),
                None => (pattern, false),
            };
            Pattern {
                kind: compile(&text),
                text,
                is_exception,
            }
        };
        Self {
            patterns: patterns.map(pattern).collect(),
        }
    }

    /// Returns the pattern that leaves a path out, which is relative and clean: it or a directory
    /// that it is in matches, and no later exception brings it back.
    ///
    /// # Errors
    ///
    /// A pattern that the client cannot match either.
    pub fn ignored_by(&self, path: &str) -> Result<Option<&str>, BadPattern> {
        let mut ignored_by = None;
        if path.len() > MAX_PATH {
            return Ok(ignored_by);
        }
        for pattern in &self.patterns {
            if pattern.is_exception != ignored_by.is_some() {
                continue;
            }
            if pattern.matches(path)? || pattern.matches_above(path)? {
                ignored_by = Some(pattern.text.as_str()).filter(|_| !pattern.is_exception);
            }
        }
        Ok(ignored_by)
    }

    /// Tells whether an exception may bring back something below a directory.
    pub fn has_exception_below(&self, dir: &str) -> bool {
        let below = format!("{dir}/");
        let mut exceptions = self.patterns.iter().filter(|it| it.is_exception);
        exceptions.any(|it| it.kind != Kind::Exact || it.text.starts_with(&below))
    }
}

impl Pattern {
    fn matches(&self, path: &str) -> Result<bool, BadPattern> {
        Ok(match &self.kind {
            Kind::Exact => path == self.text,
            Kind::Prefix(start) => path.starts_with(start.as_str()),
            Kind::Suffix(end) => {
                let path = path.as_bytes();
                path.ends_with(end) || end.strip_prefix(b"/") == Some(path)
            }
            // Not kept: a short pattern may be a long program, and few paths are asked for.
            Kind::Expression(expression) => match parse(expression) {
                Some(program) => program.matches(path),
                None => return Err(BadPattern(self.text.clone())),
            },
        })
    }

    fn matches_above(&self, path: &str) -> Result<bool, BadPattern> {
        for (at, _) in path.match_indices('/') {
            if self.matches(&path[..at])? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::Matcher;
    use crate::dockerignore::read;

    #[track_caller]
    fn check(file: &str, path: &str, expected: &str) {
        let matcher = Matcher::new(&read(file.as_bytes()));
        let found = match matcher.ignored_by(path) {
            Ok(Some(pattern)) => format!("left out by {pattern}"),
            Ok(None) => "sent".to_owned(),
            Err(error) => format!("cannot match `{}`", error.0),
        };
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn a_name_stands_for_all_below_it() {
        check("a\n", "a", "left out by a");
        check("/a/\n", "a/b/c", "left out by a");
        check("a\n", "b/a", "sent");
        check("a\n", "ab", "sent");
    }

    #[test]
    fn stars_stop_at_a_slash_unless_there_are_two() {
        check("*.log\n", "x.log", "left out by *.log");
        check("*.log\n", "d/x.log", "sent");
        check("**/*.log\n", "d/x.log", "left out by **/*.log");
        check("**/*.log\n", "x.log", "left out by **/*.log");
        check("d/**\n", "d/e/f", "left out by d/**");
        check("d/**\n", "d", "sent");
    }

    #[test]
    fn the_last_line_that_matches_decides() {
        check("*\n!a\n", "a", "sent");
        check("*\n!a\na/b\n", "a/b", "left out by a/b");
        check("d\n!d/keep\n", "d/keep", "sent");
        check("!a\na\n", "a", "left out by a");
    }

    #[test]
    fn an_exception_may_bring_back_what_is_below() {
        let has = |file: &str, dir: &str| {
            let matcher = Matcher::new(&read(file.as_bytes()));
            matcher.has_exception_below(dir)
        };
        assert!(has("d\n!d/keep\n", "d"));
        assert!(has("d\n!**/keep\n", "d"));
        assert!(!has("d\n!e\n", "d"));
    }

    #[test]
    fn brackets_mean_what_they_mean_to_go() {
        check("[a-c]\n", "b", "left out by [a-c]");
        check("[^a-c]\n", "b", "sent");
        check("\\*\n", "*", "left out by \\*");
        check("\\*\n", "a", "sent");
        check("\\d\n", "7", "left out by \\d");
        check("a*|b\n", "cb", "left out by a*|b");
        check("\\q\n", "q", "cannot match `\\q`");
    }
}
