//! What differs between two texts, line by line, as `diff -u` shows it.

use std::fmt::Write as _;

use windlass_frontend::diff::{Side, diff};

/// How many equal lines are shown around a difference.
const CONTEXT: usize = 3;

/// Returns a unified diff; empty if the texts are equal.
pub(crate) fn unified(names: [&str; 2], old: &str, new: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let script = diff(&old, &new);
    let changes: Vec<usize> = (0..script.len())
        .filter(|n| script[*n].0 != Side::Both)
        .collect();
    let mut out = String::new();
    let mut rest = changes.as_slice();
    while let [first, ..] = rest {
        let is_near = |pair: &[usize]| pair[1] - pair[0] <= 2 * CONTEXT;
        let n_near = 1 + rest.windows(2).take_while(|pair| is_near(pair)).count();
        let start = first.saturating_sub(CONTEXT);
        let end = (rest[n_near - 1] + 1 + CONTEXT).min(script.len());
        if out.is_empty() {
            let _ = write!(out, "--- {}\n+++ {}\n", names[0], names[1]);
        }
        hunk(&script, start..end, &mut out);
        rest = &rest[n_near..];
    }
    out
}

fn hunk(script: &[(Side, &str)], range: std::ops::Range<usize>, out: &mut String) {
    let count = |lines: &[(Side, &str)], other| lines.iter().filter(|it| it.0 != other).count();
    let (before, lines) = (&script[..range.start], &script[range]);
    let place = |other| {
        let n_lines = count(lines, other);
        let first = count(before, other) + usize::from(n_lines > 0);
        format!("{first},{n_lines}")
    };
    let _ = writeln!(out, "@@ -{} +{} @@", place(Side::New), place(Side::Old));
    for (side, line) in lines {
        out.push(match side {
            Side::Both => ' ',
            Side::Old => '-',
            Side::New => '+',
        });
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &str, new: &str, expected: &str) {
        let text = |words: &str| words.replace(' ', "\n");
        assert_eq!(unified(["f", "g"], &text(old), &text(new)), expected);
    }

    #[test]
    fn equal_texts_have_no_difference() {
        check("a b ", "a b ", "");
    }

    #[test]
    fn a_changed_line_is_shown_among_three_others() {
        check(
            "a b c d e f g h i ",
            "a b c d E f g h i ",
            "--- f\n+++ g\n@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n",
        );
    }

    #[test]
    fn far_changes_are_apart() {
        check(
            "a b c d e f g h i ",
            "A b c d e f g h ",
            "--- f\n+++ g\n@@ -1,4 +1,4 @@\n-a\n+A\n b\n c\n d\n\
             @@ -6,4 +6,3 @@\n f\n g\n h\n-i\n",
        );
    }

    #[test]
    fn an_open_end_is_said() {
        check(
            "a",
            "a ",
            "--- f\n+++ g\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n",
        );
    }
}
