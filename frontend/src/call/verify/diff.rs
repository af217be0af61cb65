//! Two lists of lines side by side.

/// Returns the lines of both with what they are: `- ` of the first only, `+ ` of the second only,
/// two spaces of both.
pub(super) fn diff(old: &[String], new: &[String]) -> Vec<String> {
    let common = lengths(old, new);
    let (mut i, mut j) = (0, 0);
    let mut out = Vec::new();
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => {
                out.push(format!("  {a}"));
                (i, j) = (i + 1, j + 1);
            }
            (Some(a), b) if b.is_none() || common[i + 1][j] >= common[i][j + 1] => {
                out.push(format!("- {a}"));
                i += 1;
            }
            (_, Some(b)) => {
                out.push(format!("+ {b}"));
                j += 1;
            }
            (_, None) => return out,
        }
    }
}

/// Returns how many lines the rests from each pair of places on have in common.
fn lengths(old: &[String], new: &[String]) -> Vec<Vec<usize>> {
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
    use super::diff;

    #[track_caller]
    fn check(old: &str, new: &str, expected: &str) {
        let lines = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let (old, new): (Vec<String>, Vec<String>) = (lines(old), lines(new));
        assert_eq!(diff(&old, &new).join("|"), expected);
    }

    #[test]
    fn one_more_line_is_one_difference() {
        check("a b c", "a x b c", "  a|+ x|  b|  c");
        check("a b", "a", "  a|- b");
    }

    #[test]
    fn a_changed_line_is_the_old_one_and_the_new_one() {
        check("a b c", "a x c", "  a|- b|+ x|  c");
    }
}
