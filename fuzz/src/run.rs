//! Inputs are made and fed until something breaks or the limit is reached.
//!
//! A panic is caught and its input made smaller. What cannot be caught, a hang or memory without
//! bound, is seen by a second thread, which writes the input down and ends the process.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::found;
use crate::mutate::mutate;
use crate::random::Random;
use crate::target::Target;

/// No input takes longer, also where code is not optimised and the machine is busy.
const MAX_TIME: Duration = Duration::from_secs(20);

/// What the process may hold.
const MAX_KIB: u64 = 1 << 20;

/// How long a run is.
#[derive(Clone, Copy)]
pub enum Limit {
    /// This many inputs.
    Inputs(usize),
    /// Until then.
    Time(Duration),
}

/// What a target did not stand.
#[derive(Debug)]
pub struct Broken {
    /// The smallest input that was found.
    pub input: Vec<u8>,
    /// Where it was written to.
    pub path: PathBuf,
    /// What the panic said.
    pub message: String,
}

struct Fed {
    input: Vec<u8>,
    since: Instant,
}

/// Feeds a target; returns how many inputs it stood.
///
/// # Errors
///
/// The first input that it did not stand.
pub fn run(target: &Target, seed: u64, limit: Limit) -> Result<usize, Box<Broken>> {
    let fed = Arc::new(Mutex::new(Fed {
        input: Vec::new(),
        since: Instant::now(),
    }));
    let done = Arc::new(AtomicBool::new(false));
    let watch = {
        let (name, fed, done) = (target.name, Arc::clone(&fed), Arc::clone(&done));
        std::thread::spawn(move || watch(name, &fed, &done))
    };
    let result = feed_all(target, seed, limit, &fed);
    done.store(true, Ordering::Relaxed);
    watch.thread().unpark();
    let _ = watch.join();
    result
}

fn feed_all(
    target: &Target,
    seed: u64,
    limit: Limit,
    fed: &Mutex<Fed>,
) -> Result<usize, Box<Broken>> {
    let start = Instant::now();
    let seeds = (target.seeds)();
    let known = found::inputs(target.name);
    let mut random = Random::new(seed);
    let mut n_inputs = 0;
    let mut first = known.iter().chain(&seeds);
    loop {
        let is_over = match limit {
            Limit::Inputs(max) => n_inputs >= max,
            Limit::Time(max) => start.elapsed() >= max,
        };
        let input = match first.next() {
            Some(input) => input.clone(),
            None if is_over => return Ok(n_inputs),
            None => {
                let one = random.of(&seeds).map_or(&[][..], Vec::as_slice);
                let other = random.of(&seeds).map_or(&[][..], Vec::as_slice);
                mutate(one, other, &mut random)
            }
        };
        if let Ok(mut fed) = fed.lock() {
            fed.input.clone_from(&input);
            fed.since = Instant::now();
        }
        n_inputs += 1;
        if panic_of(target, &input).is_some() {
            let input = smaller(target, input);
            return Err(Box::new(Broken {
                path: found::keep(target.name, &input),
                message: panic_of(target, &input).unwrap_or_default(),
                input,
            }));
        }
    }
}

fn panic_of(target: &Target, input: &[u8]) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(|| (target.feed)(input))).err()?;
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    Some(text.unwrap_or("a panic without words").to_owned())
}

/// Leaves out what is not needed to break it.
fn smaller(target: &Target, mut input: Vec<u8>) -> Vec<u8> {
    let mut size = input.len() / 2;
    let mut n_tries = 2000;
    while size > 0 && n_tries > 0 {
        let mut at = 0;
        while at < input.len() && n_tries > 0 {
            n_tries -= 1;
            let mut less = input.clone();
            less.drain(at..(at + size).min(input.len()));
            match panic_of(target, &less) {
                Some(_) => input = less,
                None => at += size,
            }
        }
        size /= 2;
    }
    input
}

/// Ends the process when an input takes too long or too much.
fn watch(target: &str, fed: &Mutex<Fed>, done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        std::thread::park_timeout(Duration::from_millis(200));
        let Ok(fed) = fed.lock() else { return };
        let what = match (fed.since.elapsed() > MAX_TIME, held_kib() > MAX_KIB) {
            (_, true) => "takes memory without bound",
            (true, _) if !done.load(Ordering::Relaxed) => "hangs",
            _ => continue,
        };
        let path = found::keep(target, &fed.input);
        fail(&format!("{target} {what}: {}", path.display()));
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the process ends here and has nobody to tell"
)]
fn fail(message: &str) -> ! {
    eprintln!("fuzz: {message}");
    std::process::exit(1)
}

/// Returns what the process has in memory; 0 where the system does not say.
fn held_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_with_the_smallest_input() {
        let target = Target {
            name: "a-test-of-the-loop",
            seeds: || vec![b"one two three".to_vec()],
            feed: |input| assert!(!input.contains(&b'w'), "no w"),
        };
        let broken = run(&target, 1, Limit::Inputs(10)).expect_err("a panic");
        assert_eq!(
            (broken.input, broken.message),
            (b"w".to_vec(), "no w".to_owned())
        );
        let directory = broken.path.parent().expect("a directory");
        std::fs::remove_dir_all(directory).expect("what the test made");
    }
}
