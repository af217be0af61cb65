//! What a rule asks of a plan: the stages under a stage, their steps, their base image.

use std::collections::BTreeSet;

use crate::expand::{Expanded, Input as From, Stage, StageId};
use crate::lower::config::ImageConfig;
use crate::model::{Step, Verb};
use crate::plan::Plan;
use crate::text::Span;

use super::Input;
use super::command::{self, Commands};

/// A stage that stands on more steps than these is not judged, so that the rules look at every
/// file in a time that grows as the file does.
const MANY: usize = 500;

/// One platform's plan, and what else is known.
pub(super) struct Cx<'a> {
    pub(super) input: &'a Input<'a>,
    pub(super) plan: &'a Plan,
    /// The stages that are judged, in the order of the file.
    stages: Vec<StageId>,
    /// Whose files are files of the result.
    in_result: BTreeSet<StageId>,
}

/// What the lowest stage starts from.
pub(super) enum Base<'a> {
    /// Nothing.
    Scratch,
    /// An image whose config is known.
    Known(&'a ImageConfig),
    /// Something that nobody resolved.
    Unknown,
}

impl<'a> Cx<'a> {
    pub(super) fn new(input: &'a Input<'a>, plan: &'a Plan) -> Self {
        let mut n_steps = vec![0; plan.stages.len()];
        let mut stages = Vec::new();
        // Each comes after what it uses.
        for id in &plan.order {
            let stage = &plan.stages[id.0];
            let below = match stage.base {
                From::Stage(base, _) => n_steps[base.0],
                _ => 0,
            };
            n_steps[id.0] = below + stage.steps.len() + 1;
            if below <= MANY {
                stages.push(*id);
            }
        }
        stages.sort_unstable();
        let mut in_result = BTreeSet::new();
        let mut next = Some(plan.result);
        while let Some(id) = next.filter(|id| in_result.insert(*id)) {
            next = match plan.stages[id.0].base {
                From::Stage(base, _) => Some(base),
                _ => None,
            };
        }
        Self {
            input,
            plan,
            stages,
            in_result,
        }
    }

    /// Returns the stages that are judged, in the order of the file.
    pub(super) fn stages(&self) -> &[StageId] {
        &self.stages
    }

    pub(super) fn stage(&self, id: StageId) -> &'a Stage {
        &self.plan.stages[id.0]
    }

    /// Returns the stages that a stage stands on, the lowest first, and itself.
    pub(super) fn chain(&self, id: StageId) -> Vec<&'a Stage> {
        let mut chain = vec![self.stage(id)];
        while let Some(From::Stage(id, _)) = chain.last().map(|stage| &stage.base) {
            chain.push(self.stage(*id));
        }
        chain.reverse();
        chain
    }

    /// Returns the steps of a stage and of those that it stands on, in the order of their effect.
    pub(super) fn chain_steps(&self, id: StageId) -> Vec<&'a Step<Expanded>> {
        self.chain(id).into_iter().flat_map(all_steps).collect()
    }

    /// Tells whether the files of a stage are files of the result.
    pub(super) fn is_in_result(&self, id: StageId) -> bool {
        self.in_result.contains(&id)
    }

    /// Returns what the lowest stage under a stage starts from.
    pub(super) fn base(&self, id: StageId) -> Base<'a> {
        let chain = self.chain(id);
        let Some(lowest) = chain.first() else {
            return Base::Unknown;
        };
        match &lowest.base {
            From::Scratch => Base::Scratch,
            From::Image(name) => {
                let config = self
                    .input
                    .resolved
                    .image_config(&name.value, &lowest.platform);
                config.map_or(Base::Unknown, Base::Known)
            }
            From::Stage(..) | From::Context(_) | From::NamedContext(_) => Base::Unknown,
        }
    }

    /// Returns the `run` and `script` steps of a stage whose commands a POSIX shell reads, and the
    /// commands.
    pub(super) fn commands(&self, id: StageId) -> Vec<(&'a Step<Expanded>, Commands<'a>)> {
        let is_other = |step: &&Step<Expanded>| matches!(&step.verb, Verb::Shell(words) if !command::is_posix(words));
        let has_other = self.chain_steps(id).iter().any(is_other);
        if has_other || self.stage(id).platform.os == "windows" {
            return Vec::new();
        }
        let steps = steps(self.stage(id)).into_iter();
        steps
            .filter_map(|step| Some((step, command::commands(step)?)))
            .collect()
    }

    /// Returns where `word` first stands in the marked text; all of it if it is not there.
    pub(super) fn narrow(&self, span: Span, word: &str) -> Span {
        let text = self.input.files.slice(span);
        match text.find(word) {
            Some(at) if !word.is_empty() => {
                let start = span.range().start + at;
                Span::new(span.file, start..start + word.len())
            }
            _ => span,
        }
    }
}

/// Returns the steps of a stage, those in branches too, without those that its base brought
/// along: who wrote the file cannot change them.
pub(super) fn steps(stage: &Stage) -> Vec<&Step<Expanded>> {
    let mut steps = all_steps(stage);
    steps.drain(..stage.triggers.len().min(steps.len()));
    steps
}

fn all_steps(stage: &Stage) -> Vec<&Step<Expanded>> {
    fn add<'a>(steps: &'a [Step<Expanded>], out: &mut Vec<&'a Step<Expanded>>) {
        for step in steps {
            out.push(step);
            if let Verb::Parallel(branches) = &step.verb {
                branches.iter().for_each(|branch| add(branch, out));
            }
        }
    }
    let mut out = Vec::with_capacity(stage.steps.len());
    add(&stage.steps, &mut out);
    out
}
