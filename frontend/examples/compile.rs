//! Measures the passes without BuildKit: `compile FILE TIMES`.
//!
//! Compiles one build file several times, from text to definition bytes, against a world of maps,
//! and prints one line of JSON: the nanoseconds of each time and the peak memory in bytes. Its
//! counterpart for Dockerfiles is `tools/compilebench`.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "this is the edge: it reads a file and a clock, and prints"
)]

use std::collections::BTreeMap;
use std::time::Instant;

use windlass_frontend::build::{self, Invocation};
use windlass_frontend::gateway::memory::Memory;

#[cfg(target_env = "musl")]
use {std::alloc::System, talc::source::GlobalAllocSource, windlass_mem::Classes};

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: Classes<Large> =
    Classes::new(talc::TalcLock::new(GlobalAllocSource::new(System)));

/// Allocates what is not small.
#[cfg(target_env = "musl")]
type Large = talc::TalcLock<spinning_top::RawSpinlock, GlobalAllocSource<System>>;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let mut args = std::env::args().skip(1);
    let (file, times) = (args.next(), args.next());
    let usage = "usage: compile FILE TIMES";
    let text = std::fs::read(file.ok_or(usage)?)?;
    let times: usize = times.ok_or(usage)?.parse()?;
    let (mut nanoseconds, mut size) = (Vec::new(), 0);
    for _ in 0..times {
        let start = Instant::now();
        size = compile(&text)?;
        nanoseconds.push(start.elapsed().as_nanos().to_string());
    }
    let peak = peak()?;
    let nanoseconds = nanoseconds.join(",");
    println!(r#"{{"nanoseconds":[{nanoseconds}],"peak_bytes":{peak},"definition_bytes":{size}}}"#);
    Ok(())
}

/// Returns the size of the definition handed over last: the result's.
fn compile(text: &[u8]) -> Result<usize, Error> {
    let key = ("dockerfile".to_owned(), "build.yaml".to_owned());
    let gateway = Memory {
        files: BTreeMap::from([(key, text.to_vec())]),
        ..Memory::default()
    };
    let options = BTreeMap::from([("filename".to_owned(), "build.yaml".to_owned())]);
    let invocation = Invocation {
        options,
        session: String::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(build::build(&gateway, &invocation))?;
    let record = gateway.record.into_inner();
    let last = record.solves.last().ok_or("nothing was solved")?;
    Ok(last.definition.len())
}

/// Returns the largest resident size this process has had.
fn peak() -> Result<u64, Error> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: u64 = line
        .and_then(|rest| rest.split_whitespace().next())
        .ok_or("no VmHWM in /proc/self/status")?
        .parse()?;
    Ok(kilobytes * 1024)
}
