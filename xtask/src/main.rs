//! Development chores: `cargo xtask demo`, `test`, `up`, `down`, `image`, `release`, `bench`, `fuzz`,
//! `upstream`, `proto`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the top of the program"
)]

mod proto;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::upstream::{Known, Options, Subjects, upstream};
use xtask::{Context as _, Error, Profile, Progress, Result, Times, Wanted, World};

/// Development chores of Windlass.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Leave a private buildkitd, registry and builder running, with the frontend image in it.
    Up,
    /// Make base images of `tests/images` and push them to the registry.
    Image {
        /// The names of directories.
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Stop them.
    Down,
    /// Check everything: format, lints, and all tests, the live ones included.
    Test,
    /// Set everything up, build two examples through docker buildx and run them.
    Demo {
        /// Build on this builder of `docker buildx ls`; it must reach 127.0.0.1 of this machine.
        #[arg(long, value_name = "NAME")]
        builder: Option<String>,
        /// Build on a buildkitd of our own even if there is a Docker Engine.
        #[arg(long, conflicts_with = "builder")]
        own: bool,
    },
    /// Build the image of the last commit from source, as it is published.
    Release {
        /// Push it under this name; otherwise it stays an OCI layout.
        #[arg(long)]
        name: Option<String>,
        /// Build it twice, on two empty builders, and compare.
        #[arg(long)]
        twice: bool,
        /// Build on this builder of `docker buildx ls`, with its real base image.
        #[arg(long, value_name = "NAME", conflicts_with = "twice")]
        builder: Option<String>,
    },
    /// Measure ours against the peer.
    Bench {
        /// Also write the figures to this file.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// Feed the passes inputs that nobody thought of (`fuzz/README.md`).
    Fuzz {
        /// What to feed; all targets if none is named.
        target: Option<String>,
        /// How long, for each target.
        #[arg(default_value_t = 60)]
        seconds: u64,
    },
    /// Run the Dockerfile frontend's own tests against its image and ours.
    Upstream {
        /// Parts of the names of the tests to run; all if none is given.
        names: Vec<String>,
        /// Also write the verdicts to this file.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
        /// Test our image only, beside what is known of upstream's.
        #[arg(long)]
        ours: bool,
        /// Run tests of ours again whose verdict is known.
        #[arg(long)]
        again: bool,
        /// Test the frontend as users get it, not the one that is quick to compile.
        #[arg(long)]
        release: bool,
        /// How many tests run at once; as many as there are processors if it is not given.
        #[arg(long, value_name = "NUMBER")]
        jobs: Option<usize>,
    },
    /// Regenerate the Rust code of `proto/` from the `.proto` files.
    Proto,
}

fn main() -> ExitCode {
    let progress = Progress::to(|line| eprintln!("xtask: {line}"));
    let done = match Cli::parse().chore {
        Chore::Up => up(progress),
        Chore::Image { names } => images(&names, progress),
        Chore::Down => World::down(progress),
        Chore::Test => xtask::test(progress),
        Chore::Demo { builder, own } => {
            let wanted = match (builder, own) {
                (Some(name), _) => Wanted::Named(name),
                (None, true) => Wanted::Own,
                (None, false) => Wanted::Any,
            };
            xtask::demo(wanted, progress).map(|text| println!("{text}"))
        }
        Chore::Release {
            name,
            twice,
            builder,
        } => {
            let times = if twice { Times::Twice } else { Times::Once };
            let wanted = builder.map_or(Wanted::Own, Wanted::Named);
            xtask::release(wanted, name.as_deref(), times, progress).map(|text| print!("{text}"))
        }
        Chore::Bench { json } => bench(json.as_deref(), progress),
        Chore::Fuzz { target, seconds } => match target.as_deref().map(str::parse) {
            Some(Ok(seconds)) => xtask::fuzz(None, seconds, progress),
            _ => xtask::fuzz(target.as_deref(), seconds, progress),
        },
        Chore::Upstream {
            names,
            json,
            ours,
            again,
            release,
            jobs,
        } => {
            let options = Options {
                names,
                jobs: jobs.unwrap_or_else(processors),
                subjects: if ours { Subjects::Ours } else { Subjects::Both },
                known: if again {
                    Known::IsDropped
                } else {
                    Known::Holds
                },
                profile: if release {
                    Profile::Release
                } else {
                    Profile::Live
                },
            };
            compare(&options, json.as_deref(), progress)
        }
        Chore::Proto => proto::run().map_err(Error::new),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn up(progress: Progress) -> Result<()> {
    let world = World::up(progress)?;
    if let Err(error) = world.refresh_frontend(Profile::Live) {
        progress.say(format!("no frontend image: {error}"));
    }
    println!("{}", world.how_to_use());
    Ok(())
}

fn images(names: &[String], progress: Progress) -> Result<()> {
    let world = World::up(progress)?;
    names.iter().try_for_each(|name| world.image(name))
}

fn bench(json: Option<&Path>, progress: Progress) -> Result<()> {
    let figures = xtask::bench::bench(progress)?;
    for figure in &figures {
        println!("{}", figure.line());
        figure.notes.iter().for_each(|note| println!("    {note}"));
    }
    let Some(file) = json else { return Ok(()) };
    std::fs::write(file, xtask::bench::to_json(&figures))
        .context(|| format!("cannot write `{}`", file.display()))
}

fn compare(options: &Options, json: Option<&Path>, progress: Progress) -> Result<()> {
    let report = upstream(options, progress)?;
    print!("{}", report.text());
    let Some(file) = json else { return Ok(()) };
    std::fs::write(file, report.json()).context(|| format!("cannot write `{}`", file.display()))
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
