//! `cargo xtask proto`: rewrites the generated code of the `proto` crate.
//!
//! The generator is the test that compares, so the two cannot disagree and xtask stays light.

use std::process::Command;

/// Generates `proto/src/generated` from `proto/proto`.
pub(crate) fn run() -> Result<(), String> {
    let status = Command::new(env!("CARGO"))
        .args([
            "test",
            "--quiet",
            "--package",
            "buildkit-proto",
            "--test",
            "generated",
        ])
        .env("UPDATE_GENERATED", "1")
        .status()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("the code was not generated".to_string())
    }
}
