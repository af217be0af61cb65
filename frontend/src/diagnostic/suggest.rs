//! "Did you mean": the closest of the names that would have been right.

/// Returns the candidate closest to `name`, if one is close enough; the first of equals.
///
/// Close enough is one edit per three characters, at least one and at most three, where an edit
/// inserts, removes, changes or swaps a character. Case does not count.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.chars().take(64).flat_map(char::to_lowercase).collect();
    let limit = (name.len() / 3).clamp(1, 3);
    let mut best = None;
    for candidate in candidates {
        let other: Vec<char> = candidate
            .chars()
            .take(64)
            .flat_map(char::to_lowercase)
            .collect();
        if other.len().abs_diff(name.len()) > limit {
            continue;
        }
        let distance = distance(&name, &other, Swap::OneEdit);
        // Replacing every character is no similarity.
        if distance <= limit
            && distance < name.len().max(other.len())
            && best.is_none_or(|(least, _)| distance < least)
        {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Returns the candidate closest to `name` if there are at most two edits between them, as the
/// Dockerfile frontend does (`util/suggest/error.go`, v0.32.2); nothing if `name` is one of them. A
/// swap is two edits.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.chars().take(64).collect();
    let mut best = None;
    for candidate in candidates {
        let other: Vec<char> = candidate.chars().take(64).collect();
        let distance = distance(&name, &other, Swap::TwoEdits);
        if distance == 0 {
            return None;
        }
        if distance < best.map_or(3, |(least, _)| least) {
            best = Some((distance, candidate));
        }
    }
    let best = best.map(|(_, candidate)| candidate);
    best.filter(|candidate| !candidate.is_empty())
}

/// How much it costs to swap two characters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Swap {
    OneEdit,
    TwoEdits,
}

/// Returns the number of edits between two words (optimal string alignment).
fn distance(a: &[char], b: &[char], swap: Swap) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = change.min(last[j] + 1).min(row[j - 1] + 1);
            let is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if is_swap && swap == Swap::OneEdit {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: &str) {
        let known = ["workdir", "user", "env", "image", "steps", "shell", "from"];
        assert_eq!(nearest(name, known).unwrap_or("nothing"), expected);
    }

    #[test]
    fn a_swap_is_one_edit() {
        check("form", "from");
        check("wrokdir", "workdir");
    }

    #[test]
    fn case_does_not_count() {
        check("WORKDIR", "workdir");
        check("Image", "image");
    }

    #[test]
    fn a_short_name_allows_one_edit() {
        check("evn", "env");
        check("en", "env");
        check("e", "nothing");
    }

    #[test]
    fn a_far_name_is_no_suggestion() {
        check("volumes", "nothing");
        check("", "nothing");
    }

    #[test]
    fn the_closest_wins() {
        assert_eq!(nearest("stagee", ["stages", "stage"]), Some("stages"));
        assert_eq!(nearest("stag", ["stages", "stage"]), Some("stage"));
    }
}
