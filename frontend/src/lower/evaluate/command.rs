//! The text of a `run`, and what of it the shell is given.

use super::super::path;

/// Whether a text of several lines stops at its first failing command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errexit {
    /// `set -e` comes first.
    On,
    /// The text is what is run.
    Off,
}

impl From<bool> for Errexit {
    fn from(on: bool) -> Self {
        if on { Self::On } else { Self::Off }
    }
}

/// Returns what the shell is given: one logical line joined, or the text as it is.
///
/// A text of several lines stops at the first failing command, in shells that know `set -e`.
pub(crate) fn shell_text(text: &str, shell: &[String], errexit: Errexit) -> String {
    if let Some(line) = logical_line(text) {
        return line;
    }
    const KNOW_SET_E: &[&str] = &["sh", "ash", "dash", "bash", "ksh", "zsh"];
    let program = shell
        .first()
        .map(|word| path::base_name(word))
        .unwrap_or_default();
    if errexit == Errexit::On && KNOW_SET_E.contains(&program) {
        format!("set -e\n{text}")
    } else {
        text.to_owned()
    }
}

/// Returns the joined line if the text is one logical line by the Dockerfile's rule: an unescaped
/// `\` before a line break continues it, the next line keeps its indentation, comments and blank
/// lines between are dropped.
pub(crate) fn logical_line(text: &str) -> Option<String> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if !text.contains('\n') {
        return match continued(text) {
            Some(line) => Some(line.to_owned()),
            None => Some(text.to_owned()),
        };
    }
    let mut joined = String::with_capacity(text.len());
    let mut lines = text
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line));
    let mut is_open = true;
    for line in &mut lines {
        let bare = line.trim_start();
        if joined.is_empty() && is_open && bare.is_empty() {
            return None;
        }
        if !joined.is_empty() && (bare.is_empty() || bare.starts_with('#')) {
            continue;
        }
        match continued(line) {
            Some(line) => joined.push_str(line),
            None => {
                joined.push_str(line);
                is_open = false;
                break;
            }
        }
    }
    let is_rest_blank = lines.all(|line| line.trim().is_empty());
    (is_rest_blank || is_open).then_some(joined)
}

/// Returns the line without the `\` at its end, if there is one that nothing escapes.
fn continued(line: &str) -> Option<&str> {
    let trimmed = line.trim_end_matches([' ', '\t']);
    let n_backslashes = trimmed.len() - trimmed.trim_end_matches('\\').len();
    (n_backslashes == 1).then(|| &trimmed[..trimmed.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::{Errexit, shell_text};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shell = ["/bin/sh".to_owned(), "-c".to_owned()];
        assert_eq!(shell_text(text, &shell, Errexit::On), expected);
    }

    #[test]
    fn one_line_is_the_command_without_its_line_break() {
        check("echo a\n", "echo a");
    }

    #[test]
    fn a_continued_line_is_joined_with_the_next_line_s_indentation() {
        check("echo a \\\n  # why\n\n  b\n", "echo a   b");
    }

    #[test]
    fn several_lines_stop_at_the_first_failure() {
        check("echo a\necho b\n", "set -e\necho a\necho b\n");
    }

    #[test]
    fn an_escaped_backslash_does_not_continue() {
        check("echo a\\\\\necho b\n", "set -e\necho a\\\\\necho b\n");
    }

    #[test]
    fn other_shells_get_the_text_alone() {
        let shell = ["/usr/bin/python3".to_owned(), "-c".to_owned()];
        assert_eq!(shell_text("a\nb\n", &shell, Errexit::On), "a\nb\n");
        let shell = ["/bin/bash".to_owned(), "-c".to_owned()];
        assert_eq!(shell_text("a\nb\n", &shell, Errexit::Off), "a\nb\n");
    }
}
