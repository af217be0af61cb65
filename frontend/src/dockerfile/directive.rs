//! Parser directives: `# escape=`, `# syntax=`, `# check=` (`parser/directives.go`, v0.32.2).

/// The directives that there are.
const NAMES: &[&str] = &["syntax", "escape", "check"];

/// Reads a line as a directive: its name in lower case, and its value.
pub(super) fn read(line: &str) -> Option<(&'static str, &str)> {
    let (name, value) = line.strip_prefix('#')?.trim_start().split_once('=')?;
    let name = name.trim_end();
    let known = NAMES.iter().find(|known| known.eq_ignore_ascii_case(name));
    let value = value.trim();
    known
        .filter(|_| !value.is_empty())
        .map(|known| (*known, value))
}
