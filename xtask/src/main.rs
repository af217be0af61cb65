//! Development chores.

use std::process::ExitCode;

mod proto;

fn main() -> ExitCode {
    let outcome = match std::env::args().nth(1).as_deref() {
        Some("proto") => proto::run(),
        _ => Err("usage: cargo xtask proto".to_string()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
