//! `cargo xtask fuzz [TARGET] [SECONDS]`: feeds one target or all, with inputs of this very moment.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the top of the program"
)]

use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use windlass_fuzz::{Limit, TARGETS, Target, run};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let seconds = args.iter().find_map(|arg| arg.parse().ok()).unwrap_or(60);
    let name = args.iter().find(|arg| arg.parse::<u64>().is_err());
    let wanted = |target: &&Target| name.is_none_or(|name| target.name == name);
    let targets: Vec<&Target> = TARGETS.iter().filter(wanted).collect();
    if targets.is_empty() {
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("fuzz: no such target; there are {}", names.join(", "));
        return ExitCode::FAILURE;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let seed = now.map_or(0, |now| now.as_secs());
    let mut code = ExitCode::SUCCESS;
    for target in targets {
        match run(target, seed, Limit::Time(Duration::from_secs(seconds))) {
            Ok(n_inputs) => println!("{}: {n_inputs} inputs, seed {seed}", target.name),
            Err(broken) => {
                let shown = String::from_utf8_lossy(&broken.input);
                eprintln!("fuzz: {}: {}\n{shown}", target.name, broken.message);
                eprintln!("fuzz: the input is in {}", broken.path.display());
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}
