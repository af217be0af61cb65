//! Which patterns are patterns.
//!
//! The rules are those of Go's `path/filepath.Match` (1.26), which `moby/patternmatcher` (v0.6.1)
//! asks whether a pattern matches `.`, for the error alone: a bracket must be closed and hold
//! something, a range has two ends, a `\` stands before another character. What follows the first
//! `*` after a part that does not match `.` is never looked at, so neither it is here.

/// What patterns are matched with.
const NAME: &str = ".";

/// What a part of a pattern says of a name.
enum Found<'a> {
    /// It matches the start; the rest of the name.
    Rest(&'a str),
    /// It does not match.
    Nothing,
    /// It is no pattern.
    Error,
}

/// Tells whether a pattern can be read.
pub(super) fn is_valid(pattern: &str) -> bool {
    let (mut pattern, mut name) = (pattern, NAME);
    while !pattern.is_empty() {
        let after_stars = pattern.trim_start_matches('*');
        let has_star = after_stars.len() < pattern.len();
        let (chunk, rest) = after_stars.split_at(chunk_length(after_stars));
        if has_star && chunk.is_empty() {
            return true;
        }
        pattern = rest;
        let is_last = pattern.is_empty();
        // A star stands for nothing or for the only character there is.
        let skips = if has_star { name.len() } else { 0 };
        let mut found = None;
        for skip in 0..=skips {
            match matched(chunk, &name[skip..]) {
                Found::Rest(rest) if rest.is_empty() || !is_last => {
                    found = Some(rest);
                    break;
                }
                Found::Rest(_) | Found::Nothing => {}
                Found::Error => return false,
            }
        }
        match found {
            Some(rest) => name = rest,
            None => return true,
        }
    }
    true
}

/// The length up to the next `*` outside brackets.
fn chunk_length(pattern: &str) -> usize {
    let mut is_in_brackets = false;
    let mut chars = pattern.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '[' => is_in_brackets = true,
            ']' => is_in_brackets = false,
            '*' if !is_in_brackets => return at,
            _ => {}
        }
    }
    pattern.len()
}

/// Reads a part of a pattern to its end, whether or not it matches.
fn matched<'a>(mut chunk: &str, mut name: &'a str) -> Found<'a> {
    let mut is_match = true;
    while let Some(c) = next(&mut chunk) {
        let here = next(&mut name);
        is_match &= match c {
            '[' => match brackets(&mut chunk, here) {
                Some(is_in) => is_in,
                None => return Found::Error,
            },
            '?' => here.is_some_and(|here| here != '/'),
            '\\' => match next(&mut chunk) {
                Some(c) => here == Some(c),
                None => return Found::Error,
            },
            c => here == Some(c),
        };
    }
    match is_match {
        true => Found::Rest(name),
        false => Found::Nothing,
    }
}

fn next(text: &mut &str) -> Option<char> {
    let c = text.chars().next()?;
    *text = &text[c.len_utf8()..];
    Some(c)
}

/// Reads what follows a `[`, and tells whether a character is meant; nothing if it cannot be read.
fn brackets(chunk: &mut &str, here: Option<char>) -> Option<bool> {
    let is_negated = chunk.starts_with('^');
    if is_negated {
        next(chunk);
    }
    let (mut is_in, mut n_ranges) = (false, 0);
    while n_ranges == 0 || !chunk.starts_with(']') {
        let low = bound(chunk)?;
        let mut high = low;
        if chunk.starts_with('-') {
            next(chunk);
            high = bound(chunk)?;
        }
        is_in |= here.is_some_and(|here| (low..=high).contains(&here));
        n_ranges += 1;
    }
    next(chunk);
    Some(here.is_some() && is_in != is_negated)
}

/// Reads one end of a range; something must follow.
fn bound(chunk: &mut &str) -> Option<char> {
    if chunk.starts_with(['-', ']']) {
        return None;
    }
    if chunk.starts_with('\\') {
        next(chunk);
    }
    next(chunk).filter(|_| !chunk.is_empty())
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn what_go_takes_is_a_pattern() {
        for pattern in [
            "a", "*", "**/*.log", "[ab]?", "[^a-z]", "[*]", r"\*", r"[\]]", "a]", "é", "a*[",
        ] {
            assert!(is_valid(pattern), "{pattern}");
        }
        for pattern in [
            "[", "[]", "[]a]", "[a", "[a-]", "[-a]", r"a\", r"[\", "[^]", "a/[/b", "*[", "?*[",
        ] {
            assert!(!is_valid(pattern), "{pattern}");
        }
    }
}
