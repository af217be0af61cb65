//! Two lists of lines side by side, by a longest common subsequence.

/// How many pairs of lines are compared before all of the differing part is taken as changed.
const MAX_PAIRS: usize = 4_000_000;

/// Which list a line is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Both of them.
    Both,
    /// The first only.
    Old,
    /// The second only.
    New,
}

/// Returns the lines of both lists in order; of what changed, the old ones before the new ones.
pub fn diff<'t, T: AsRef<str>>(old: &'t [T], new: &'t [T]) -> Vec<(Side, &'t str)> {
    let old: Vec<&str> = old.iter().map(AsRef::as_ref).collect();
    let new: Vec<&str> = new.iter().map(AsRef::as_ref).collect();
    let pairs = old.iter().zip(&new);
    let n_head = pairs.take_while(|(a, b)| a == b).count();
    let (head, old) = old.split_at(n_head);
    let new = &new[n_head..];
    let pairs = old.iter().rev().zip(new.iter().rev());
    let n_tail = pairs.take_while(|(a, b)| a == b).count();
    let (old, tail) = old.split_at(old.len() - n_tail);
    let new = &new[..new.len() - n_tail];
    let all = |side: Side, lines: &[&'t str]| -> Vec<(Side, &'t str)> {
        lines.iter().map(|line| (side, *line)).collect()
    };
    let mut out = all(Side::Both, head);
    if old.len() * new.len() > MAX_PAIRS {
        out.extend(all(Side::Old, old));
        out.extend(all(Side::New, new));
    } else {
        middle(old, new, &mut out);
    }
    out.extend(all(Side::Both, tail));
    out
}

/// Adds the lines of two short lists.
fn middle<'t>(old: &[&'t str], new: &[&'t str], out: &mut Vec<(Side, &'t str)>) {
    let common = lengths(old, new);
    let (mut i, mut j) = (0, 0);
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => {
                out.push((Side::Both, a));
                (i, j) = (i + 1, j + 1);
            }
            (Some(a), b) if b.is_none() || common[i + 1][j] >= common[i][j + 1] => {
                out.push((Side::Old, a));
                i += 1;
            }
            (_, Some(b)) => {
                out.push((Side::New, b));
                j += 1;
            }
            (_, None) => return,
        }
    }
}

/// Returns how many lines the rests from each pair of places on have in common.
fn lengths(old: &[&str], new: &[&str]) -> Vec<Vec<u32>> {
    let mut table = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            table[i][j] = if old[i] == new[j] {
                table[i + 1][j + 1] + 1
            } else {
                table[i + 1][j].max(table[i][j + 1])
            };
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::{Side, diff};

    /// Returns the lines behind the signs that people know.
    fn signed(old: &[String], new: &[String]) -> Vec<String> {
        let sign = |side| match side {
            Side::Both => "  ",
            Side::Old => "- ",
            Side::New => "+ ",
        };
        let lines = diff(old, new).into_iter();
        lines
            .map(|(side, line)| sign(side).to_owned() + line)
            .collect()
    }

    #[track_caller]
    fn check(old: &str, new: &str, expected: &str) {
        let lines = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let (old, new): (Vec<String>, Vec<String>) = (lines(old), lines(new));
        assert_eq!(signed(&old, &new).join("|"), expected);
    }

    #[test]
    fn one_more_line_is_one_difference() {
        check("a b c", "a x b c", "  a|+ x|  b|  c");
        check("a b", "a", "  a|- b");
    }

    #[test]
    fn of_very_long_lists_all_between_the_ends_is_changed() {
        let lines = |word: &str| -> Vec<String> {
            let middle = (0..2001).map(|n| format!("{word}{}", n % 2000));
            ["a".to_owned()]
                .into_iter()
                .chain(middle)
                .chain(["z".to_owned()])
                .collect()
        };
        let lines = signed(&lines("b"), &lines("c"));
        assert_eq!(lines.len(), 2 + 2 * 2001);
        assert_eq!(&lines[..2], ["  a", "- b0"]);
        assert_eq!(lines.last().map(String::as_str), Some("  z"));
    }

    #[test]
    fn a_changed_line_is_the_old_one_and_the_new_one() {
        check("a b c", "a x c", "  a|- b|+ x|  c");
    }
}
