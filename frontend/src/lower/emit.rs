//! Actions become vertices.
//!
//! In: evaluated stages and the paths the build context must send. Out: the graph and the output
//! that is the result. Every vertex that a step caused has the step's lines as its location.

mod exec;
mod file;
mod scan;
mod source;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use buildkit_llb::{Diff, Merge};
use buildkit_llb::{Graph, GroupWeight, Location, Output, Platform, ProgressGroup, Vertex};

use crate::diagnostic::{Code, Diagnostics};
use crate::dockerfile;
use crate::expand::{Input, StageId};
use crate::plan::Plan;
use crate::text::{FileId, Files, Span};

use super::Resolved;
use super::action::{Action, ActionKind, EvaluatedStage, Freshness, Heading};
use super::evaluate::{ContextPaths, Evaluated};
use super::need::{self, Need};
use super::options::{Naming, Options};

/// What every vertex may look at, and the graph under construction.
pub(crate) struct Context<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) resolved: &'a Resolved,
    pub(crate) options: &'a Options,
    pub(crate) files: &'a Files,
    pub(crate) context_paths: ContextPaths,
    /// Whether steps are marked as the Dockerfile frontend does.
    is_dockerfile: bool,
    /// The step that is emitted.
    step: Option<Span>,
    pub(crate) diags: &'a mut Diagnostics,
    pub(crate) graph: Graph,
    /// By stage: nothing yet, or its filesystem.
    outputs: Vec<Option<Option<Output>>>,
    /// The contexts that were needed, by key and platform.
    contexts: BTreeMap<(String, Platform), Option<Output>>,
}

/// Where the naming of a stage's steps stands.
pub(crate) struct Steps<'a> {
    pub(crate) stage: &'a EvaluatedStage,
    n_done: usize,
    n_all: usize,
}

/// Emits every reached stage; returns the result's output and that of its scan.
pub(crate) fn emit(
    plan: &Plan,
    resolved: &Resolved,
    options: &Options,
    files: &Files,
    mut evaluated: Evaluated,
    diags: &mut Diagnostics,
) -> (Graph, Option<Output>, Option<Output>) {
    let root = files.get(FileId::ROOT);
    let mut cx = Context {
        plan,
        resolved,
        options,
        files,
        context_paths: evaluated.context_paths,
        is_dockerfile: dockerfile::is_dockerfile(root.name(), root.text()),
        step: None,
        diags,
        graph: Graph::new(),
        outputs: vec![None; plan.stages.len()],
        contexts: BTreeMap::new(),
    };
    for &StageId(idx) in &plan.order {
        // Taken: what was emitted is not needed any more, and there may be much of it.
        let stage = evaluated.stages[idx]
            .take()
            .expect("evaluate: every reached stage");
        let output = emit_stage(&mut cx, stage);
        cx.outputs[idx] = Some(output);
    }
    let result = cx.outputs[plan.result.0].expect("plan: the result is in the order");
    let scanner = options.scanner.as_ref();
    let sbom = scanner.map(|scanner| scan::emit(&mut cx, scanner, result));
    (cx.graph, result, sbom)
}

fn emit_stage(cx: &mut Context, mut stage: EvaluatedStage) -> Option<Output> {
    let done = std::mem::take(&mut stage.actions);
    let n_base = usize::from(matches!(stage.base, Input::Image(_)));
    let mut steps = Steps {
        stage: &stage,
        n_done: 0,
        n_all: n_base + stage.n_steps.unwrap_or_else(|| count(&done)),
    };
    let base = match &stage.base {
        Input::Image(name) => source::base(cx, &mut steps, &name.value),
        Input::NamedContext(name) => source::named_context(cx, name, &stage.platform),
        other => source::input(cx, other),
    };
    actions(cx, &mut steps, done, base)
}

fn count(actions: &[Action]) -> usize {
    let inner = |action: &Action| match &action.kind {
        ActionKind::Parallel(branches) => branches.iter().map(|branch| count(branch)).sum(),
        _ => 0,
    };
    actions.iter().map(|action| 1 + inner(action)).sum()
}

fn actions(
    cx: &mut Context,
    steps: &mut Steps,
    actions: Vec<Action>,
    base: Option<Output>,
) -> Option<Output> {
    let mut below = base;
    for action in actions {
        below = emit_action(cx, steps, action, below);
    }
    below
}

fn emit_action(
    cx: &mut Context,
    steps: &mut Steps,
    action: Action,
    below: Option<Output>,
) -> Option<Output> {
    let heading = action.heading;
    cx.step = Some(heading.span);
    match action.kind {
        ActionKind::Parallel(branches) => parallel(cx, steps, &heading, branches, below),
        ActionKind::Exec(exec) => Some(exec::emit(cx, steps, heading, *exec, below)),
        ActionKind::Copy(copy) => file::copy(cx, steps, &heading, &copy, below),
        ActionKind::Mkdir(mkdir) => file::mkdir(cx, steps, &heading, &mkdir, below),
        ActionKind::Symlink(path, target) => {
            Some(file::symlink(cx, steps, &heading, (&path, &target), below))
        }
        ActionKind::Remove(paths, missing) => {
            file::remove(cx, steps, &heading, (&paths, missing), below)
        }
    }
}

/// The base with each branch's difference merged in order; without the capabilities, the branches
/// one after the other.
fn parallel(
    cx: &mut Context,
    steps: &mut Steps,
    action: &Heading,
    branches: Vec<Vec<Action>>,
    below: Option<Output>,
) -> Option<Output> {
    if !cx.options.caps.has("mergeop") || !cx.options.caps.has("diffop") {
        cx.diags
            .report(
                Code::ParallelInOrder,
                action.span,
                "the branches run one after the other",
            )
            .help("this builder cannot merge filesystems; use a newer one, or containerd's store");
        let mut below = below;
        for branch in branches {
            below = actions(cx, steps, branch, below);
        }
        steps.n_done += 1;
        return below;
    }
    let mut layers: Vec<Output> = below.into_iter().collect();
    let mut uppers = Vec::new();
    for branch in branches {
        uppers.push(actions(cx, steps, branch, below));
    }
    let name = steps.next(cx, &action.title());
    for upper in uppers.into_iter().flatten() {
        if below.is_none() {
            layers.push(upper);
        } else if below != Some(upper) {
            let diff = cx.vertex(action, Diff::new(below, Some(upper)), &name);
            layers.push(cx.graph.add(diff).output(0));
        }
    }
    match layers.as_slice() {
        [] => None,
        [one] => Some(*one),
        _ => {
            let merge = cx.vertex(action, Merge::new(layers), &name);
            Some(cx.graph.add(merge).output(0))
        }
    }
}

impl Context<'_> {
    /// Returns a vertex with an action's name, description, location and freshness.
    pub(crate) fn vertex(
        &self,
        action: &Heading,
        op: impl Into<buildkit_llb::Op>,
        name: impl Into<String>,
    ) -> Vertex {
        let vertex = Vertex::new(op)
            .name(name)
            .location(self.location(action.span));
        match action.freshness {
            Freshness::Fresh => vertex.ignore_cache(),
            Freshness::Cached => vertex,
        }
    }

    /// Reports what the daemon cannot do.
    pub(crate) fn need(&mut self, need: &Need, span: Span) {
        need.report_unless_met(&self.options.caps, span, self.diags);
    }

    /// Reports what a source asks for and the daemon cannot do.
    pub(crate) fn check_source(&mut self, source: &Vertex, span: Span) {
        if let Some(need) = need::lacking(&self.options.caps, source) {
            self.need(need, span);
        }
    }

    /// Returns the lines of a span.
    pub(crate) fn location(&self, span: Span) -> Location {
        let lines = self.files.lines(span);
        let last = lines.end.saturating_sub(1).max(lines.start);
        match self.is_dockerfile {
            true => Location::each_line(self.options.source, lines.start, last),
            false => Location::lines(self.options.source, lines.start, last),
        }
    }
}

impl Steps<'_> {
    /// Returns the name of the next step: `[stage 2/5] RUN make`.
    pub(crate) fn next(&mut self, cx: &Context, title: &str) -> String {
        self.n_done += 1;
        let width = self.n_all.max(1).ilog10() as usize + 1;
        let mut name = String::with_capacity(self.stage.name.len() + title.len() + 32);
        name.push('[');
        if cx.options.naming == Naming::ByPlatform {
            name.push_str(&self.platform_prefix(cx));
            name.push(' ');
        }
        name.push_str(&self.stage.name);
        if !self.stage.name.is_empty() {
            name.push(' ');
        }
        // Writing to a text cannot fail.
        let _ = write!(name, "{:width$}/{}] ", self.n_done, self.n_all);
        name.push_str(title);
        name
    }

    /// Returns `linux/amd64`, or `linux/amd64->arm64` in a stage that runs elsewhere than its
    /// image will.
    fn platform_prefix(&self, cx: &Context) -> String {
        let (here, target) = (&self.stage.platform, &cx.plan.target);
        let is_same_arch =
            here.architecture == target.architecture && here.variant == target.variant;
        match (here.os == target.os, is_same_arch) {
            (true, true) => here.format_all(),
            (true, false) => {
                let arch = target.format();
                let arch = arch.split_once('/').map_or("", |(_, arch)| arch);
                format!("{}->{arch}", here.format_all())
            }
            (false, _) => format!("{}->{}", here.format_all(), target.format_all()),
        }
    }

    /// Returns the group that shows the vertices of one step as one row.
    pub(crate) fn group(&self, name: &str, weight: GroupWeight) -> ProgressGroup {
        let id = format!("{}-{}", self.stage.name, self.n_done);
        ProgressGroup {
            id,
            name: name.to_owned(),
            weight,
        }
    }
}
