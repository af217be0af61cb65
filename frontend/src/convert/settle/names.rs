//! Every stage gets a name of its own, and what names a stage gets that.

use std::collections::BTreeSet;

use crate::expr::{Name, Template};
use crate::model::{Arg, Build, Exec, InputKind, InputName, Options, Stage, Value, Verb, Written};

/// Names that mean something else in a build file.
const TAKEN: &[&str] = &["scratch", "context"];

/// Gives stages their names.
pub(super) fn settle(build: &mut Build) {
    let names = names(&build.stages, is_target_named(build));
    let old: Vec<Old> = build.stages.iter().map(Old::of).collect();
    for (own, stage) in build.stages.iter_mut().enumerate() {
        let mut find = |input: &mut InputName, is_base: Place| {
            rename(input, own, is_base, &old, &names);
        };
        if let Some(from) = &mut stage.body.from {
            find(from, Place::Base);
            // A stage that starts from another has its platform.
            let base = from
                .name
                .as_literal()
                .filter(|_| from.kind == InputKind::Any);
            if base.is_some_and(|base| names.iter().any(|name| name == base)) {
                stage.body.platform = None;
            }
        }
        for step in stage.body.steps.iter_mut().flatten() {
            match &mut step.verb {
                Verb::Copy(copy) => {
                    if let Some(from) = &mut copy.from {
                        find(from, Place::Step);
                    }
                }
                Verb::Run(run) => mounts(&mut run.exec, &mut find),
                Verb::Script(script) => mounts(&mut script.exec, &mut find),
                _ => {}
            }
        }
        stage.name.value.clone_from(&names[own]);
        stage.number = None;
    }
}

/// Where a name stands: what it may name differs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Base,
    Step,
}

/// A stage's name as it was; none for one that has a number only.
struct Old(Option<String>);

impl Old {
    fn of(stage: &Stage) -> Self {
        Self(stage.number.is_none().then(|| stage.name.value.clone()))
    }
}

/// Whether something mentions the name of the target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    Mentioned,
    Free,
}

fn is_target_named(build: &Build) -> Target {
    let steps = build
        .stages
        .iter()
        .flat_map(|it| it.body.steps.iter().flatten());
    let mut args = steps.flat_map(|step| match &step.verb {
        Verb::Arg(args) => args.as_slice(),
        _ => &[],
    });
    let is_it = |arg: &Arg| arg.name.value == "TARGETSTAGE";
    let bodies = build.stages.iter().map(|stage| &stage.body);
    let mut used = bodies.flat_map(|body| {
        let from = body.from.iter().map(|from| &from.name);
        from.chain(&body.platform)
    });
    let globals = build.args.iter().filter_map(|arg| arg.default.as_ref());
    let is_mentioned = |value: &Value| {
        let mut found = false;
        for template in value.templates() {
            template.each_reference(&mut |it| found |= it.name == Name::StageTarget);
        }
        found
    };
    let is_used = used.any(is_mentioned) || globals.into_iter().any(is_mentioned);
    match is_used || build.args.iter().any(is_it) || args.any(is_it) {
        true => Target::Mentioned,
        false => Target::Free,
    }
}

fn names(stages: &[Stage], target: Target) -> Vec<String> {
    let written: Vec<Option<&str>> = stages
        .iter()
        .map(|stage| stage.number.is_none().then_some(stage.name.value.as_str()))
        .collect();
    let mut used: BTreeSet<String> = TAKEN.iter().map(|name| (*name).to_owned()).collect();
    used.extend(written.iter().flatten().map(|name| name.to_lowercase()));
    let mut free = |wanted: &str| {
        let numbered = (2..).map(|n| format!("{wanted}-{n}"));
        let mut all = std::iter::once(wanted.to_owned()).chain(numbered);
        let name = all.find(|name| !used.contains(name)).unwrap_or_default();
        used.insert(name.clone());
        name
    };
    let last = stages.len().saturating_sub(1);
    let name = |(idx, written_name): (usize, &Option<&str>)| match written_name {
        Some(name) => {
            let is_hidden = written[idx + 1..].contains(written_name);
            match is_hidden || TAKEN.contains(name) {
                true => free(name),
                false => (*name).to_owned(),
            }
        }
        // As the Dockerfile frontend calls it.
        None if idx == last && target == Target::Mentioned => free("default"),
        None if last == 0 => free("app"),
        None if idx == last => free("final"),
        None => free(&format!("stage-{idx}")),
    };
    written.iter().enumerate().map(name).collect()
}

fn mounts(exec: &mut Options<Written>, find: &mut impl FnMut(&mut InputName, Place)) {
    if exec.binds.iter().all(|bind| bind.from.is_none()) && exec.caches.is_empty() {
        return;
    }
    let mut changed: Exec<Written> = (**exec).clone();
    for bind in &mut changed.binds {
        bind.from
            .iter_mut()
            .for_each(|from| find(from, Place::Step));
    }
    for cache in &mut changed.caches {
        if let crate::model::CacheUse::Mount(mount) = cache {
            mount
                .from
                .iter_mut()
                .for_each(|from| find(from, Place::Step));
        }
    }
    *exec = changed.into();
}

/// Gives a name the meaning that it has in the Dockerfile
/// (`dockerfile2llb/convert.go:addState` and `findStateByName`, v0.32.2).
fn rename(input: &mut InputName, own: usize, place: Place, old: &[Old], names: &[String]) {
    let found = match input.kind {
        InputKind::At(number) => names.get(number).map(|_| number),
        InputKind::Earlier => {
            let text = input.name.as_literal().unwrap_or_default();
            let mut all = (0..old.len()).rev();
            all.find(|idx| match (&old[*idx].0, place) {
                (Some(name), Place::Base) => *idx < own && name == text,
                (Some(name), Place::Step) => name.eq_ignore_ascii_case(text),
                (None, _) => false,
            })
        }
        _ => return,
    };
    if let Some(idx) = found {
        let span = input.name.span();
        input.name = Value::Plain(Template::literal(span, names[idx].as_str()));
        input.kind = InputKind::Any;
        return;
    }
    let text = input.name.as_literal().unwrap_or_default();
    let is_stage = |(idx, name): (usize, &String)| {
        (idx != own || place == Place::Step) && name.eq_ignore_ascii_case(text)
    };
    // A number alone is no image in a build file: who writes one means a stage.
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_other = names.iter().enumerate().any(is_stage) || text == "context" || is_number;
    input.kind = match is_other && text != "scratch" {
        true => InputKind::Image,
        false => InputKind::Any,
    };
}
