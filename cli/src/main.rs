//! The `windlass` command: the frontend's passes at a terminal. It never talks to BuildKit.

mod args;
mod check;
mod convert;
mod diff;
mod files;
mod fmt;
mod graph;
mod images;
mod output;
mod sarif;
mod schema;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Command};

fn main() -> ExitCode {
    let args = Args::parse();
    let mut out = output::Output::new(args.color);
    let done = match &args.command {
        Command::Check(check) => check::run(check, &mut out),
        Command::Graph(graph) => graph::run(graph, &mut out),
        Command::Convert(convert) => convert::run(convert, &mut out),
        Command::Fmt(fmt) => fmt::run(fmt, &mut out),
        Command::Schema(schema) => Ok(schema::run(schema, &mut out)),
    };
    match done {
        Ok(code) => code,
        Err(message) => {
            out.error(&message);
            ExitCode::from(2)
        }
    }
}
