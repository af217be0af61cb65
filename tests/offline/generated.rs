//! Generated Dockerfiles give the ops, the image config, the warnings and the marked lines that their
//! own frontend gives; what that refuses is refused here. One that does not is shown at its smallest.
//!
//! The files follow from seeds, so each run has the same ones. `WINDLASS_GENERATED=200000` makes
//! more, `WINDLASS_SEED=7` starts elsewhere.

mod copy;
mod file;
mod instruction;
mod mistake;
mod mount;
mod random;
mod setting;
mod shrink;
mod stage;
mod word;

use std::collections::BTreeMap;
use std::env;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;

use serde_json::Value;

use super::compiled::compile;
use super::corpus::{Case, asked, judged};
use super::parity::{Answers, Options, Requests, upstream};
use file::File;
use random::Random;

/// How many differences are made small, which takes seconds each.
const MOST_SHOWN: usize = 12;

fn generated(seed: u64) -> File {
    stage::file(&mut Random::new(seed))
}

/// Compiles a file; returns what is to be compared, and what is said if it is refused.
fn ours(file: &File) -> Result<(Value, Option<String>), String> {
    let case = Case {
        name: String::new(),
        options: file.options.join(" "),
        text: file.text(),
        is_edge: true,
    };
    let options = Options::read(&format!("# {}\n", case.options));
    let platforms = [options.platform.as_str()];
    let done = catch_unwind(AssertUnwindSafe(|| {
        let compiled = compile(
            "Dockerfile",
            case.text.as_bytes(),
            &options.asked,
            &platforms,
        );
        let asked = asked(&case, &options, &compiled);
        let refused = compiled.diags.has_errors();
        (asked, refused.then(|| compiled.rendered()))
    }));
    done.map_err(|_| "a pass panics".to_owned())
}

/// Returns what is wrong with a file, if anything is.
fn wrong(file: &File, requests: &mut Requests, answers: &mut Answers) -> Option<String> {
    match ours(file) {
        Err(what) => Some(what),
        Ok((asked, refused)) => {
            requests.send(&asked);
            judged(refused.as_deref(), &answers.next())
        }
    }
}

/// Returns the seeds whose files differ, and how many both build.
fn differing(seeds: Range<u64>) -> (Vec<u64>, usize) {
    let (mut requests, mut answers) = upstream();
    let (sender, sent) = mpsc::channel();
    let writer = thread::spawn(move || {
        for seed in seeds {
            let refused = ours(&generated(seed)).map(|(asked, refused)| {
                requests.send(&asked);
                refused
            });
            sender.send((seed, refused)).expect("somebody reads");
        }
    });
    let (mut differing, mut n_built) = (Vec::new(), 0);
    for (seed, refused) in sent {
        let is_wrong = match refused {
            Err(_) => true,
            Ok(refused) => {
                let found = judged(refused.as_deref(), &answers.next());
                n_built += usize::from(found.is_none() && refused.is_none());
                found.is_some()
            }
        };
        differing.extend(is_wrong.then_some(seed));
    }
    writer.join().expect("the writer ends");
    (differing, n_built)
}

fn number(variable: &str, default: u64) -> u64 {
    let set = env::var(variable).ok();
    set.map_or(default, |set| set.parse().expect("a number"))
}

#[test]
fn dockerfiles_of_any_kind_are_what_their_own_frontend_makes_of_them() {
    let first = number("WINDLASS_SEED", 0);
    let seeds = first..first + number("WINDLASS_GENERATED", 10_000);
    let n_files = seeds.end - seeds.start;
    let (differing, n_built) = differing(seeds);
    let (mut requests, mut answers) = upstream();
    let mut smallest = BTreeMap::new();
    for seed in differing.iter().take(MOST_SHOWN) {
        let file = shrink::shrunk(generated(*seed), &mut |file| {
            wrong(file, &mut requests, &mut answers).is_some()
        });
        let what = wrong(&file, &mut requests, &mut answers).unwrap_or_default();
        let case = format!(
            "==== seed {seed} | {}\n{}",
            file.options.join(" "),
            file.text()
        );
        smallest.insert(case, what);
    }
    let shown: Vec<String> = smallest
        .iter()
        .map(|(case, what)| format!("{case}---- {what}\n"))
        .collect();
    let count = differing.len();
    assert!(
        differing.is_empty(),
        "{}\n{count} of {n_files} differ, {n_built} are built",
        shown.join("\n")
    );
}
