//! Running a program to its end, with its last words in the error when it fails.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::error::{Context, Error, Result};

/// Returns a command that reads nothing: no chore may wait for a person.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    command
}

/// Runs `command` and returns what it wrote.
///
/// A non-zero exit is an error that ends with the last lines of its output.
pub(crate) fn run(command: &mut Command) -> Result<Output> {
    let line = shown(command);
    let output = command
        .output()
        .context(|| format!("cannot run `{line}`"))?;
    if output.status.success() {
        return Ok(output);
    }
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    Err(Error::new(format!(
        "`{line}` failed ({}):\n{}",
        output.status,
        tail(&text)
    )))
}

/// Runs `command` with this process's own output streams.
pub(crate) fn run_in_sight(command: &mut Command) -> Result<()> {
    let line = shown(command);
    let status = command
        .status()
        .context(|| format!("cannot run `{line}`"))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::new(format!("`{line}` failed ({status})")))
}

/// Returns whether `program` is on the search path.
pub(crate) fn on_path(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&path).any(|dir| is_executable(&dir.join(program)))
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

fn tail(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}
