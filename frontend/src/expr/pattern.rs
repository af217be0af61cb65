//! Patterns of `#`, `%` and `/`: `*`, `?` and a backslash, no brackets.
//!
//! They match as the Dockerfile's do (`frontend/dockerfile/shell/lex.go`, v0.32.2), where a
//! pattern becomes a regular expression: neither `*` nor `?` matches a line break, and of several
//! matches the leftmost counts. Time is the length of the text times that of the longest run
//! between two stars, never more.

use super::Extent;

/// How many characters a pattern can have.
const MAX_PATTERN: usize = 4096;

/// A compiled pattern: runs of characters with stars between them.
#[derive(Debug)]
pub(super) struct Pattern {
    runs: Vec<Vec<One>>,
}

/// What one character of a text is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum One {
    This(char),
    Any,
}

impl One {
    fn is(self, c: char) -> bool {
        match self {
            Self::This(this) => this == c,
            Self::Any => c != '\n',
        }
    }
}

/// Matches in a text, in order: first character and the one after the last.
pub(super) struct Bounds {
    pub(super) matches: Vec<(usize, usize)>,
    pub(super) chars: Vec<char>,
}

impl Pattern {
    /// Compiles a pattern, or says what is wrong with it.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        if text.chars().count() > MAX_PATTERN {
            return Err(format!("it has more than {MAX_PATTERN} characters"));
        }
        let mut runs = vec![Vec::new()];
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            let one = match c {
                '*' => {
                    runs.push(Vec::new());
                    continue;
                }
                '?' => One::Any,
                '\\' => match chars.next() {
                    Some(c @ ('*' | '?' | '\\' | '}' | '/')) => One::This(c),
                    Some(c) => return Err(format!("`\\{c}` is no escape")),
                    None => return Err("it ends with a backslash".to_owned()),
                },
                _ => One::This(c),
            };
            if let Some(run) = runs.last_mut() {
                run.push(one);
            }
        }
        Ok(Self { runs })
    }

    /// Returns the text without the match at its start.
    pub(super) fn strip_prefix(&self, text: &str, extent: Extent) -> String {
        let chars: Vec<char> = text.chars().collect();
        let end = self.match_at(&chars, 0, extent).unwrap_or_default();
        chars[end..].iter().collect()
    }

    /// Returns the text without the match at its end.
    pub(super) fn strip_suffix(&self, text: &str, extent: Extent) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        chars.reverse();
        let mut runs = self.runs.clone();
        runs.reverse();
        runs.iter_mut().for_each(|run| run.reverse());
        let end = Self { runs }.match_at(&chars, 0, extent);
        chars[end.unwrap_or_default()..].iter().rev().collect()
    }

    /// Returns the first match, or all that do not overlap. Each is as long as can be.
    pub(super) fn matches(&self, text: &str, extent: Extent) -> Bounds {
        let chars: Vec<char> = text.chars().collect();
        let mut matches: Vec<(usize, usize)> = Vec::new();
        let mut from = 0;
        while let Some((start, end)) = self.find(&chars, from) {
            // As Go's ReplaceAll: no empty match right after a match.
            let follows = matches.last().is_some_and(|(_, last)| *last == start);
            if start < end || !follows {
                matches.push((start, end));
            }
            if extent == Extent::Least {
                break;
            }
            from = if start < end { end } else { end + 1 };
        }
        Bounds { matches, chars }
    }

    /// Returns the leftmost match that starts at `from` or later.
    fn find(&self, chars: &[char], from: usize) -> Option<(usize, usize)> {
        let first = self.runs.first()?;
        let mut start = from;
        // Where the first run cannot be followed by the others: up to the end of this line.
        let mut hopeless = 0;
        while start <= chars.len() {
            if run_at(first, chars, start) {
                let after = start + first.len();
                if after >= hopeless {
                    match self.match_at(chars, start, Extent::Most) {
                        Some(end) => return Some((start, end)),
                        None => hopeless = line_end(chars, after) + 1,
                    }
                }
            }
            start += 1;
        }
        None
    }

    /// Returns the end of the match that starts at `start`.
    fn match_at(&self, chars: &[char], start: usize, extent: Extent) -> Option<usize> {
        let (first, others) = self.runs.split_first()?;
        if !run_at(first, chars, start) {
            return None;
        }
        let mut pos = start + first.len();
        let Some((last, middle)) = others.split_last() else {
            return Some(pos);
        };
        for run in middle {
            pos = self.next_run(run, chars, pos)? + run.len();
        }
        let found = match extent {
            Extent::Least => self.next_run(last, chars, pos),
            Extent::Most => {
                let stop = line_end(chars, pos);
                (pos..=stop).rev().find(|at| run_at(last, chars, *at))
            }
        };
        Some(found? + last.len())
    }

    /// Returns where the run stands first after a star at `pos`.
    fn next_run(&self, run: &[One], chars: &[char], pos: usize) -> Option<usize> {
        for at in pos..=chars.len() {
            if run_at(run, chars, at) {
                return Some(at);
            }
            if chars.get(at) == Some(&'\n') {
                break;
            }
        }
        None
    }
}

fn run_at(run: &[One], chars: &[char], start: usize) -> bool {
    let Some(there) = chars.get(start..start + run.len()) else {
        return false;
    };
    run.iter().zip(there).all(|(one, c)| one.is(*c))
}

/// Returns the index of the next line break, or the end.
fn line_end(chars: &[char], from: usize) -> usize {
    let rest = chars.get(from..).unwrap_or_default();
    let length = rest.iter().position(|c| *c == '\n').unwrap_or(rest.len());
    from + length
}
