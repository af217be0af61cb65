//! Names that the author chooses: what they may consist of.
//!
//! Out: nothing, or what is wrong and what to type.

use crate::units::Malformed;

fn is_word(text: &str, extra: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || extra.contains(c);
    !text.is_empty() && text.chars().all(good)
}

/// Checks the name of a build argument: `[A-Za-z_][A-Za-z0-9_]*`.
pub(super) fn check_arg(name: &str) -> Result<(), Malformed> {
    if is_word(name, "_") && !name.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(());
    }
    Err(Malformed::new(
        format!("`{name}` cannot be the name of an argument"),
        "use letters, digits and `_`, and start with no digit",
    ))
}

/// Checks the name of an environment variable.
pub(super) fn check_env(name: &str) -> Result<(), Malformed> {
    let bad = |c: char| c == '=' || c.is_whitespace() || c.is_control();
    if !name.is_empty() && !name.contains(bad) {
        return Ok(());
    }
    Err(Malformed::new(
        format!("`{name}` cannot be the name of a variable"),
        "use letters, digits and `_`",
    ))
}

/// Checks the name of a stage: `[a-z][a-z0-9_.-]*`, but not `scratch` or `context`.
pub(super) fn check_stage(name: &str) -> Result<(), Malformed> {
    if matches!(name, "scratch" | "context") {
        return Err(Malformed::new(
            format!("`{name}` has a meaning of its own and cannot be the name of a stage"),
            "choose another name",
        ));
    }
    let is_plain = is_word(name, "_.-") && name.starts_with(|c: char| c.is_ascii_alphabetic());
    if is_plain && !name.contains(|c: char| c.is_ascii_uppercase()) {
        return Ok(());
    }
    Err(Malformed::new(
        format!("`{name}` cannot be the name of a stage"),
        "use lower-case letters, digits, `_`, `.` and `-`, and start with a letter",
    ))
}

/// Checks the name of a cache: a path has a `/`, a name has none.
pub(super) fn check_cache(name: &str) -> Result<(), Malformed> {
    if is_word(name, "_.-") {
        return Ok(());
    }
    Err(Malformed::new(
        format!("`{name}` cannot be the name of a cache"),
        "use letters, digits, `_`, `.` and `-`",
    ))
}

/// Checks the id of a secret or of an ssh agent.
pub(super) fn check_id(name: &str) -> Result<(), Malformed> {
    let bad = |c: char| matches!(c, ',' | '=') || c.is_whitespace() || c.is_control();
    if !name.is_empty() && !name.contains(bad) {
        return Ok(());
    }
    if name.starts_with("id=") || name.contains(",") {
        return Err(Malformed::new(
            format!("`{name}` is a list of options, not an id"),
            "write a map, such as `{id: token, target: /root/.token}`",
        ));
    }
    Err(Malformed::new(
        format!("`{name}` cannot be an id"),
        "use letters, digits, `_`, `.` and `-`",
    ))
}

/// Checks the name of a label or an annotation.
pub(super) fn check_label(name: &str) -> Result<(), Malformed> {
    if !name.trim().is_empty() {
        return Ok(());
    }
    Err(Malformed::new(
        "a label needs a name",
        "write one such as org.opencontainers.image.source",
    ))
}

/// Checks the name of a host.
pub(super) fn check_host(name: &str) -> Result<(), Malformed> {
    let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ':' | '=' | ',');
    if !name.is_empty() && !name.contains(bad) {
        return Ok(());
    }
    Err(Malformed::new(
        format!("`{name}` cannot be the name of a host"),
        "write `host: address`, such as `db: 10.0.0.5`",
    ))
}

/// Checks the name of a file that content gets.
pub(super) fn check_file(name: &str) -> Result<(), Malformed> {
    let is_bad = matches!(name, "" | "." | "..") || name.contains(['/', '\\']);
    if !is_bad {
        return Ok(());
    }
    Err(Malformed::new(
        format!("`{name}` cannot be the name of a file"),
        "write a name without directories; the directory goes into `to`",
    ))
}
