//! Inputs that nobody thought of, for as long as somebody wants: `fuzz/`, optimised.

use crate::command::{command, run_in_sight};
use crate::dirs::Dirs;
use crate::error::Result;
use crate::progress::Progress;

/// Feeds one target, or all, for some seconds each. What breaks one is in `fuzz/regressions`.
///
/// # Errors
///
/// An input that a target does not stand.
pub fn fuzz(target: Option<&str>, seconds: u64, progress: Progress) -> Result<()> {
    let dirs = Dirs::new()?;
    progress.say(format!("{seconds} seconds for each target"));
    let mut cargo = command("cargo");
    cargo.args(["run", "--quiet", "--package", "windlass-fuzz"]);
    // Optimised, with the checks of a test build.
    cargo.args(["--profile", "fuzz", "--"]);
    cargo.args(target).arg(seconds.to_string());
    run_in_sight(cargo.current_dir(&dirs.checkout))
}
