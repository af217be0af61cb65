//! Parser directives: `# escape=`, `# syntax=`, `# check=` (`parser/directives.go`, v0.32.2).

/// The directives that there are.
const NAMES: &[&str] = &["syntax", "escape", "check"];

/// Reads a line as a directive: its name in lower case, and its value.
pub(super) fn read(line: &str) -> Option<(&'static str, &str)> {
    read_bare(line.strip_prefix('#')?.trim_start())
}

/// Reads a directive without its `#`.
pub(super) fn read_bare(text: &str) -> Option<(&'static str, &str)> {
    let (name, value) = text.split_once('=')?;
    let name = name.trim_end();
    let known = NAMES.iter().find(|known| known.eq_ignore_ascii_case(name));
    let value = value.trim();
    let known = known.filter(|_| !value.is_empty());
    known.map(|known| (*known, value))
}

/// Returns the value of a directive and where it is in the text, from which all is read but a
/// first line `#!`.
pub(super) fn find<'t>(text: &'t str, name: &str) -> Option<(&'t str, usize)> {
    let mut start = text.len() - text.trim_start_matches('\u{feff}').len();
    if text[start..].starts_with("#!") {
        start += text[start..].find('\n')? + 1;
    }
    let mut seen = Vec::new();
    for line in text[start..].split_inclusive('\n') {
        let (found, value) = read(line)?;
        if seen.contains(&found) {
            return None;
        }
        seen.push(found);
        if found == name {
            let at = line.find(value)?;
            return Some((value, start + at));
        }
        start += line.len();
    }
    None
}
