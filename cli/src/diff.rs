//! What differs between two texts, line by line, as `diff -u` shows it.

use std::fmt::Write as _;

/// How many equal lines are shown around a difference.
const CONTEXT: usize = 3;

/// How many pairs of lines are compared before the differing part is shown as a whole.
const MAX_PAIRS: usize = 4_000_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Both,
    Old,
    New,
}

/// Returns a unified diff; empty if the texts are equal.
pub(crate) fn unified(names: [&str; 2], old: &str, new: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let script = script(&old, &new);
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

/// Returns the lines of both texts in order, by a longest common subsequence.
fn script<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<(Side, &'t str)> {
    let pairs = old.iter().zip(new);
    let n_head = pairs.take_while(|(a, b)| a == b).count();
    let (head, old) = old.split_at(n_head);
    let new = &new[n_head..];
    let pairs = old.iter().rev().zip(new.iter().rev());
    let n_tail = pairs.take_while(|(a, b)| a == b).count();
    let (old, tail) = old.split_at(old.len() - n_tail);
    let new = &new[..new.len() - n_tail];
    let both = |lines: &[&'t str]| -> Vec<(Side, &'t str)> {
        lines.iter().map(|line| (Side::Both, *line)).collect()
    };
    let mut script = both(head);
    script.extend(middle(old, new));
    script.extend(both(tail));
    script
}

fn middle<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<(Side, &'t str)> {
    let mut script = Vec::new();
    let width = new.len() + 1;
    // How many lines the rests of both texts have in common.
    let mut common = Vec::new();
    if old.len() * new.len() <= MAX_PAIRS {
        common.resize((old.len() + 1) * width, 0u32);
        for i in (0..old.len()).rev() {
            for j in (0..new.len()).rev() {
                common[i * width + j] = match old[i] == new[j] {
                    true => common[(i + 1) * width + j + 1] + 1,
                    false => common[(i + 1) * width + j].max(common[i * width + j + 1]),
                };
            }
        }
    }
    let at = |i: usize, j: usize| common.get(i * width + j).copied().unwrap_or(0);
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if !common.is_empty() && i < old.len() && j < new.len() && old[i] == new[j] {
            script.push((Side::Both, old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || at(i + 1, j) >= at(i, j + 1)) {
            script.push((Side::Old, old[i]));
            i += 1;
        } else {
            script.push((Side::New, new[j]));
            j += 1;
        }
    }
    script
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
