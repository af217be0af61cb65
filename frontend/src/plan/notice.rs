//! What is surprising about a stage that is built: package managers that run side by side, caches
//! that are emptied for everyone.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostics};
use crate::expand::{Cache, Expanded, Stage};
use crate::expr::{Piece, Text};
use crate::model::{Command, Exec, Step, Verb};
use crate::text::Span;

use super::system;

/// Reports `parallel-conflict` and `no-cache-empties-cache`.
pub(super) fn notice(stage: &Stage, diags: &mut Diagnostics) {
    for step in &stage.steps {
        notice_step(step, diags);
    }
}

fn notice_step(step: &Step<Expanded>, diags: &mut Diagnostics) {
    if let Verb::Parallel(branches) = &step.verb {
        conflicts(branches, diags);
        for inner in branches.iter().flatten() {
            notice_step(inner, diags);
        }
    }
    let Some(no_cache) = step.no_cache else {
        return;
    };
    let has_cache = exec(step).is_some_and(|exec| !exec.caches.is_empty());
    if has_cache {
        diags
            .report(
                Code::NoCacheEmptiesCache,
                no_cache,
                "`no-cache` empties the step's cache mounts too",
            )
            .label("for every build on this builder")
            .help("remove one of the two, or pass `--no-cache-filter` once");
    }
}

fn exec(step: &Step<Expanded>) -> Option<&Exec<Expanded>> {
    match &step.verb {
        Verb::Run(run) => Some(&run.exec),
        Verb::Script(script) => Some(&script.exec),
        _ => None,
    }
}

/// A package manager writes one database: of two branches that use it, the last one's stays.
fn conflicts(branches: &[Vec<Step<Expanded>>], diags: &mut Diagnostics) {
    let mut first: BTreeMap<&str, (usize, Span)> = BTreeMap::new();
    for (idx, branch) in branches.iter().enumerate() {
        for (name, span) in branch.iter().flat_map(managers) {
            match first.get(name) {
                None => {
                    first.insert(name, (idx, span));
                }
                Some(&(other, place)) if other != idx => {
                    let message = format!("two branches use `{name}` side by side");
                    diags
                        .report(Code::ParallelConflict, span, message)
                        .label("the files it keeps are those of the last branch only")
                        .secondary(place, "first used here")
                        .help("put both into one branch, or before the `parallel` step");
                }
                Some(_) => {}
            }
        }
    }
}

/// Returns the package managers that a step uses: those whose caches it mounts, and the one of the
/// system that its command calls.
fn managers(step: &Step<Expanded>) -> Vec<(&'static str, Span)> {
    let caches = exec(step)
        .map(|exec| exec.caches.as_slice())
        .unwrap_or_default();
    let preset = |cache: &Cache| match cache {
        Cache::Preset(preset, span) => Some((preset.name, *span)),
        Cache::Mount(_) => None,
    };
    let mut found: Vec<(&str, Span)> = caches.iter().filter_map(preset).collect();
    let called = called(step).filter(|(name, _)| found.iter().all(|(other, _)| other != name));
    found.extend(called);
    found
}

fn called(step: &Step<Expanded>) -> Option<(&'static str, Span)> {
    let Verb::Run(run) = &step.verb else {
        return None;
    };
    match &run.command {
        Command::Shell(text) | Command::Verbatim(text) => {
            Some((system::of_text(&written(text))?, text.span))
        }
        Command::Exec(words) => {
            let texts: Vec<String> = words.iter().map(written).collect();
            let preset = system::of_words(texts.iter().map(String::as_str))?;
            Some((preset, words.first()?.span))
        }
    }
}

/// Returns a text without its references.
fn written(text: &Text) -> String {
    let pieces = text.pieces.iter().filter_map(|piece| match piece {
        Piece::Literal(text) => Some(text.as_str()),
        Piece::Reference(_) => None,
    });
    pieces.collect()
}
