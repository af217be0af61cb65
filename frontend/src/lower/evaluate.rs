//! Steps become actions: `env.*` is replaced, paths are made absolute, configs and histories built.
//!
//! In: the plan and the configs of its images. Out: for every reached stage its actions and its
//! last state, and the paths that the build context must send.

mod add;
mod command;
mod config;
mod copy;
mod exec;
mod instruction;
mod mount;
mod open;
mod text;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::diagnostic::Diagnostics;
use crate::expand::{Expanded, Input, Stage, StageId, Trigger};
use crate::model::{Step, Verb};
use crate::plan::Plan;

use super::action::{Action, ActionKind, EvaluatedStage, Freshness, Heading};
use super::config::ImageConfig;
use super::history::{Entry, Layer};
use super::options::Options;
use super::path;
use super::state::{Below, State};
use super::{Resolved, ResolvedConfig};

pub(crate) use command::{logical_line, shell_text};

/// What the stages do, in the plan's order.
#[derive(Debug)]
pub(crate) struct Evaluated {
    /// Actions, by stage; only reached stages.
    pub(crate) stages: Vec<Option<EvaluatedStage>>,
    /// The last state, by stage.
    pub(crate) states: Vec<Option<State>>,
    /// What is used of the contexts.
    pub(crate) context_paths: ContextPaths,
}

/// Absolute paths of contexts that are used, by the context's key; `/` for all of it.
#[derive(Debug, Default)]
pub(crate) struct ContextPaths {
    paths: BTreeMap<String, BTreeSet<String>>,
}

/// The key of the build context; no named context has it.
pub(crate) const BUILD_CONTEXT: &str = "";

impl ContextPaths {
    fn add(&mut self, key: &str, path: &str) {
        let paths = self.paths.entry(key.to_owned()).or_default();
        paths.insert(path::join("/", path));
    }

    /// Returns the paths of a context; nothing for all of it.
    pub(crate) fn of(&self, key: &str) -> Option<&BTreeSet<String>> {
        self.paths.get(key).filter(|paths| !paths.contains("/"))
    }
}

/// Whose rules a step follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Those of build files: what cannot be meant is a mistake.
    BuildFile,
    /// Those of the Dockerfile frontend.
    Dockerfile,
}

/// What every step may look at.
pub(crate) struct Context<'a> {
    pub(crate) options: &'a Options,
    pub(crate) diags: &'a mut Diagnostics,
    plan: &'a Plan,
    context_paths: ContextPaths,
    /// Those that the step follows.
    rules: Rules,
    /// The shell that was used last.
    shell: Arc<[String]>,
}

/// A stage while its steps are read.
pub(crate) struct Progress<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) state: State,
    pub(crate) actions: Vec<Action>,
    freshness: Freshness,
    /// Whether its history is part of the result's.
    keeps_history: bool,
}

/// Evaluates every reached stage.
///
/// `steps` are those of every stage of the plan; they are dropped one stage after the other, as
/// there may be many.
pub(crate) fn evaluate(
    plan: &Plan,
    mut steps: Vec<Vec<Step<Expanded>>>,
    resolved: &Resolved,
    options: &Options,
    diags: &mut Diagnostics,
) -> Evaluated {
    let mut cx = Context {
        options,
        diags,
        plan,
        context_paths: ContextPaths::default(),
        rules: Rules::BuildFile,
        shell: Arc::default(),
    };
    if plan.stages[plan.result.0].is_context() {
        cx.uses(&plan.stages[plan.result.0].base, "/");
    }
    let n_stages = plan.stages.len();
    let mut stages = vec![None; n_stages];
    let mut states: Vec<Option<State>> = vec![None; n_stages];
    let bases = bases(plan);
    for &id in &plan.order {
        let stage = &plan.stages[id.0];
        if !stage.is_context() {
            cx.uses(&stage.base, "/");
        }
        let state = start(resolved, &states, stage);
        let mut progress = Progress {
            stage,
            state,
            actions: Vec::new(),
            freshness: freshness(options, &stage.name.value),
            keeps_history: bases.contains(&id),
        };
        let done = std::mem::take(&mut steps[id.0]);
        for (at, one) in done.iter().enumerate() {
            match stage.triggers.get(at) {
                Some(trigger) => triggered(&mut cx, &mut progress, one, trigger),
                None => step(&mut cx, &mut progress, one),
            }
        }
        stages[id.0] = Some(EvaluatedStage {
            name: stage.title.as_ref().unwrap_or(&stage.name.value).clone(),
            n_steps: instruction::count(stage, &done),
            span: stage.span,
            command: stage.command.clone(),
            base: stage.base.clone(),
            base_span: stage.base_span,
            base_platform: Arc::new(stage.platform.clone()),
            platform: Arc::new(stage.platform.clone().normalized()),
            actions: progress.actions,
        });
        states[id.0] = Some(progress.state);
    }
    Evaluated {
        stages,
        states,
        context_paths: cx.context_paths,
    }
}

/// Returns the result and the stages it stands on.
fn bases(plan: &Plan) -> BTreeSet<StageId> {
    let mut bases = BTreeSet::from([plan.result]);
    let mut id = plan.result;
    while let Input::Stage(base, _) = &plan.stages[id.0].base {
        bases.insert(*base);
        id = *base;
    }
    bases
}

fn freshness(options: &Options, stage: &str) -> Freshness {
    if options.no_cache.covers(stage) {
        Freshness::Fresh
    } else {
        Freshness::Cached
    }
}

/// Returns the state before the first step.
fn start(resolved: &Resolved, states: &[Option<State>], stage: &Stage) -> State {
    match &stage.base {
        Input::Stage(StageId(idx), _) => {
            let parent = states[*idx].as_ref();
            let parent = parent.expect("plan: stages come after what they use");
            parent.child(StageId(*idx))
        }
        Input::Image(name) => {
            let config = resolved.config(&name.value, &stage.platform);
            start_from(config, stage)
        }
        Input::NamedContext(name) => {
            let config = resolved.context_config(&name.value, &stage.platform);
            start_from(config, stage)
        }
        Input::Scratch | Input::Context(_) => {
            State::new(ImageConfig::scratch(&stage.platform), Below::Scratch)
        }
    }
}

fn start_from(config: ResolvedConfig, stage: &Stage) -> State {
    if let ResolvedConfig::Known(config, bytes) = config {
        return State::new((*config).clone(), Below::Image(config, bytes));
    }
    let mut state = State::new(ImageConfig::scratch(&stage.platform), Below::Scratch);
    state.has_unknown_env = matches!(config, ResolvedConfig::Unknown);
    state
}

/// Reads a step that the base brought along; what is wrong with it names it.
fn triggered(cx: &mut Context, at: &mut Progress, one: &Step<Expanded>, trigger: &Trigger) {
    let n_known = cx.diags.iter().count();
    step(cx, at, one);
    for diagnostic in cx.diags.iter_mut().skip(n_known) {
        trigger.name_in(diagnostic);
    }
}

/// Reads one step.
pub(crate) fn step(cx: &mut Context, at: &mut Progress, step: &Step<Expanded>) {
    cx.rules = match step.instruction {
        Some(_) => Rules::Dockerfile,
        None => Rules::BuildFile,
    };
    match &step.verb {
        Verb::Run(run) => exec::run(cx, at, step, run),
        Verb::Script(script) => exec::script(cx, at, step, script),
        Verb::Copy(copy) | Verb::File(copy) => copy::copy(cx, at, step, copy),
        Verb::Add(add) => add::add(cx, at, step, add),
        Verb::Mkdir(mkdir) => tree::mkdir(cx, at, step, mkdir),
        Verb::Symlink(symlink) => tree::symlink(cx, at, step, symlink),
        Verb::Remove(remove) => tree::remove(cx, at, step, remove),
        Verb::Workdir(dir) => tree::workdir(cx, at, step, dir),
        Verb::Parallel(branches) => parallel(cx, at, step, branches),
        Verb::Env(_)
        | Verb::ImageEnv(_)
        | Verb::BuildEnv(_)
        | Verb::Arg(_)
        | Verb::Named(..)
        | Verb::ImageWorkdir(_)
        | Verb::User(_)
        | Verb::Shell(_)
        | Verb::Label(_)
        | Verb::Annotations(_)
        | Verb::Cmd(_)
        | Verb::Entrypoint(_)
        | Verb::Expose(_)
        | Verb::Volume(_)
        | Verb::Healthcheck(_)
        | Verb::StopSignal(_)
        | Verb::Onbuild(_)
        | Verb::Author(_) => config::step(cx, at, step),
    }
}

/// Each branch starts from the same state; only its actions are kept, as branches hold nothing
/// but filesystem verbs.
fn parallel(
    cx: &mut Context,
    at: &mut Progress,
    one: &Step<Expanded>,
    branches: &[Vec<Step<Expanded>>],
) {
    let mut kinds = Vec::new();
    for branch in branches {
        let mut inner = Progress {
            stage: at.stage,
            state: at.state.clone(),
            actions: Vec::new(),
            freshness: at.freshness,
            keeps_history: at.keeps_history,
        };
        inner.state.history = Vec::new();
        for inner_step in branch {
            step(cx, &mut inner, inner_step);
        }
        at.state.history.append(&mut inner.state.history);
        if !inner.actions.is_empty() {
            kinds.push(inner.actions);
        }
    }
    if !kinds.is_empty() {
        let title = format!("PARALLEL {} branches", kinds.len());
        at.push(cx, one, title, ActionKind::Parallel(kinds));
    }
}

impl Progress<'_> {
    /// Adds an action for a step.
    fn push(&mut self, cx: &mut Context, step: &Step<Expanded>, command: String, kind: ActionKind) {
        let name = match (&step.name, &step.instruction) {
            (Some(name), _) => Some(text::string(cx, &self.state, name)),
            (None, Some(_)) => instruction::title(cx, &self.state, step),
            (None, None) => None,
        };
        let command = match &step.instruction {
            Some(instruction) => instruction.text.clone(),
            None => command,
        };
        let fresh = step.no_cache.is_some() || self.freshness == Freshness::Fresh;
        let heading = Heading {
            span: step.span,
            name,
            command,
            freshness: if fresh {
                Freshness::Fresh
            } else {
                Freshness::Cached
            },
        };
        self.actions.push(Action { heading, kind });
    }

    /// Adds a history entry.
    fn record(&mut self, created_by: String, layer: Layer) {
        if self.keeps_history {
            self.state.history.push(Entry { created_by, layer });
        }
    }

    /// Returns the config for a change.
    fn config(&mut self) -> &mut ImageConfig {
        Rc::make_mut(&mut self.state.config)
    }

    /// Returns a path of the image, absolute.
    fn absolute(&self, path: &str) -> String {
        path::absolute(&self.state.dir, path)
    }
}

impl Context<'_> {
    /// Returns the shell in effect.
    fn shell_of(&mut self, state: &State) -> Arc<[String]> {
        match config::shell(state) {
            config::Shell::Own(words) => self.shared(words),
            config::Shell::Default(words) => self.shared(words),
        }
    }

    /// Returns a shell that steps share as long as it stays the same.
    fn shared<S: AsRef<str>>(&mut self, shell: &[S]) -> Arc<[String]> {
        let words = || shell.iter().map(AsRef::as_ref);
        if !self.shell.iter().map(String::as_str).eq(words()) {
            self.shell = words().map(str::to_owned).collect();
        }
        Arc::clone(&self.shell)
    }

    /// Notes that a path of an input is used.
    fn uses(&mut self, from: &Input, path: &str) {
        match from {
            Input::Context(_) => self.context_paths.add(BUILD_CONTEXT, path),
            Input::NamedContext(name) => self.context_paths.add(&name.value, path),
            Input::Stage(StageId(idx), _) => {
                let stage = &self.plan.stages[*idx];
                if let Input::NamedContext(name) = &stage.base
                    && stage.is_context()
                {
                    self.context_paths.add(&name.value, path);
                }
            }
            Input::Scratch | Input::Image(_) => {}
        }
    }
}
