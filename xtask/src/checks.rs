//! Everything that must hold before a change lands, in one command.

use std::process::Command;

use crate::command::{command, run_in_sight};
use crate::dirs::Dirs;
use crate::error::Result;
use crate::frontend_image::Profile;
use crate::progress::Progress;
use crate::world::{Up, World};

/// Checks format and lints, then runs every test of the workspace.
///
/// The test runner writes the last lines; after a failure the state of the machine follows. A world that was not up before is taken down again.
pub fn test(progress: Progress) -> Result<()> {
    let dirs = Dirs::new()?;
    let cargo = |args: &[&str]| -> Command {
        let mut cargo = command("cargo");
        cargo.args(args).current_dir(&dirs.checkout);
        cargo
    };
    progress.say("cargo fmt");
    run_in_sight(&mut cargo(&["fmt", "--all", "--check"]))?;
    progress.say("cargo clippy");
    run_in_sight(&mut cargo(&[
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    let before = World::is_up()?;
    // The live tests would do the same by themselves; here a failure is seen before them.
    let world = World::up(progress)?;
    world.refresh_frontend(Profile::Live)?;
    progress.say("cargo test");
    let tested = run_in_sight(&mut cargo(&["test", "--workspace", "--no-fail-fast"]));
    // Asked while it is up, said when it has given its room back: a line written to a full disk is
    // lost.
    let condition = tested.is_err().then(|| world.condition());
    if before == Up::No {
        World::down(Progress::silent())?;
    }
    if let Some(condition) = condition {
        progress.say(condition);
    }
    tested
}
