//! Which patterns are patterns.
//!
//! The rules are those of Go's `path/filepath.Match` (1.26), which `moby/patternmatcher` (v0.6.1)
//! asks: a bracket must be closed and hold something, a range has two ends, and a `\` stands before
//! another character.

/// Tells whether a pattern can be read.
pub(super) fn is_valid(pattern: &str) -> bool {
    let mut rest = pattern;
    while !rest.is_empty() {
        rest = rest.trim_start_matches('*');
        let (chunk, after) = rest.split_at(chunk_length(rest));
        if !is_valid_chunk(chunk) {
            return false;
        }
        rest = after;
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

fn is_valid_chunk(mut chunk: &str) -> bool {
    while let Some(c) = chunk.chars().next() {
        chunk = &chunk[c.len_utf8()..];
        let rest = match c {
            '[' => after_brackets(chunk),
            '\\' => chunk.chars().next().map(|c| &chunk[c.len_utf8()..]),
            _ => Some(chunk),
        };
        match rest {
            Some(rest) => chunk = rest,
            None => return false,
        }
    }
    true
}

/// Returns what follows the closing bracket.
fn after_brackets(chunk: &str) -> Option<&str> {
    let mut rest = chunk.strip_prefix('^').unwrap_or(chunk);
    let mut n_ranges = 0;
    loop {
        if let Some(after) = rest.strip_prefix(']')
            && n_ranges > 0
        {
            return Some(after);
        }
        rest = after_bound(rest)?;
        if let Some(after) = rest.strip_prefix('-') {
            rest = after_bound(after)?;
        }
        n_ranges += 1;
    }
}

/// Returns what follows one end of a range; there must be something.
fn after_bound(rest: &str) -> Option<&str> {
    if rest.starts_with(['-', ']']) {
        return None;
    }
    let rest = rest.strip_prefix('\\').unwrap_or(rest);
    let c = rest.chars().next()?;
    Some(&rest[c.len_utf8()..]).filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn what_go_takes_is_a_pattern() {
        for pattern in [
            "a", "*", "**/*.log", "[ab]?", "[^a-z]", "[*]", r"\*", r"[\]]", "a]", "é",
        ] {
            assert!(is_valid(pattern), "{pattern}");
        }
        for pattern in [
            "[", "[]", "[]a]", "[a", "[a-]", "[-a]", r"a\", r"[\", "[^]", "a/[/b",
        ] {
            assert!(!is_valid(pattern), "{pattern}");
        }
    }
}
