//! Upstream's own tests of its Dockerfile frontend, run against its image and against ours.
//!
//! The tests are those of the module that `tools/upstream` pins, compiled where Go keeps them. They
//! find what they need in the environment: a frontend image as a file, base images in the storage
//! of our registry, and the programs of a world. Each runs in a process and with a daemon of its
//! own, as one that panics would end the others with it.
//!
//! A verdict is kept as long as what it was reached with is the same: a run that was stopped goes
//! on, and upstream's image is tested once.

mod kept;
mod names;
mod one;
mod report;
mod subject;

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::error::Result;
use crate::frontend_image::Profile;
use crate::progress::Progress;
use crate::tools::{self, UpstreamTests};
use crate::world::World;
use kept::Kept;
use one::Verdict;
use subject::Subject;

pub use report::Report;

/// Up to so many tests that only ours fails run once more: time is short on a busy machine, and some
/// of them measure it.
const FEW: usize = 20;

/// What to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Parts of names; a test with one of them runs, and all if there is none.
    pub names: Vec<String>,
    /// How many at once.
    pub jobs: usize,
    /// Whom to test.
    pub subjects: Subjects,
    /// What to do with verdicts about our image that are there.
    pub known: Known,
    /// How our frontend is compiled.
    pub profile: Profile,
}

/// Whose image is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subjects {
    /// Upstream's, where its verdict is not known, and ours.
    Both,
    /// Ours, beside what is known of upstream's.
    Ours,
}

/// What becomes of a verdict that was reached with the same image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It holds.
    Holds,
    /// The test runs again.
    IsDropped,
}

/// The verdicts about one image, by the names of the tests.
type Verdicts = BTreeMap<String, Verdict>;

/// Runs the tests and compares.
///
/// # Errors
///
/// They could not be run; a test that fails is none.
pub fn upstream(options: &Options, progress: Progress) -> Result<Report> {
    let world = World::up(progress)?;
    world.refresh_frontend(options.profile)?;
    let tests = tools::upstream_tests(&world.dirs, progress)?;
    let bases = subject::bases(&world)?;
    let names = names::chosen(names::all(&tests.sources)?, &options.names)?;
    let run = Run {
        world: &world,
        tests: &tests,
        jobs: options.jobs.max(1),
    };
    let theirs = Subject::upstream(&world, &tests, &bases)?;
    let ours = Subject::ours(&world, &tests, &bases, options.profile)?;
    if options.known == Known::IsDropped {
        names.iter().try_for_each(|name| ours.kept.forget(name))?;
    }
    if options.subjects == Subjects::Both {
        run.all(&theirs, &names)?;
    }
    run.all(&ours, &names)?;
    let known = |kept: &Kept| -> Verdicts {
        let verdicts = names.iter().map(|name| (name.clone(), kept.verdict(name)));
        verdicts
            .filter_map(|(name, verdict)| Some((name, verdict?)))
            .collect()
    };
    let lost = report::only(&known(&theirs.kept), &known(&ours.kept));
    if lost.len() <= FEW {
        lost.iter().try_for_each(|name| ours.kept.forget(name))?;
        run.all(&ours, &lost)?;
    }
    subject::clean(&world)?;
    Ok(Report::new(
        known(&theirs.kept),
        known(&ours.kept),
        |name| ours.kept.log(name),
    ))
}

struct Run<'a> {
    world: &'a World,
    tests: &'a UpstreamTests,
    jobs: usize,
}

impl Run<'_> {
    /// Runs the tests whose verdict is not known.
    fn all(&self, subject: &Subject, names: &[String]) -> Result<()> {
        let unknown = names
            .iter()
            .filter(|name| subject.kept.verdict(name).is_none());
        let unknown: Vec<&String> = unknown.collect();
        let (total, next) = (unknown.len(), Mutex::new(unknown.into_iter().enumerate()));
        std::thread::scope(|scope| {
            let worker = |slot: usize| {
                let next = &next;
                move || -> Result<()> {
                    loop {
                        let taken = next.lock().map(|mut next| next.next());
                        let Ok(Some((idx, name))) = taken else {
                            return Ok(());
                        };
                        let ran = one::run(self.world, self.tests, subject, name, slot)?;
                        self.world.progress.say(format!(
                            "{} of {total}: {} {name} {} ({} s)",
                            idx + 1,
                            subject.name,
                            ran.verdict.word(),
                            ran.seconds,
                        ));
                    }
                }
            };
            let workers: Vec<_> = (0..self.jobs)
                .map(|slot| scope.spawn(worker(slot)))
                .collect();
            workers.into_iter().try_for_each(|worker| {
                worker
                    .join()
                    .expect("upstream: a worker returns its errors")
            })
        })
    }
}
