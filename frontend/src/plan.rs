//! What will be built for one target platform: plain data, in order.
//!
//! In: an [`Expansion`](crate::expand::Expansion) and the target. Out: [`Plan`]: the stages that
//! the target reaches, in dependency order, and the images somebody must resolve, each once.
//! There is no cycle, and every stage comes after what it uses.

pub mod dump;

mod cycle;
mod image;
mod notice;
mod order;

use buildkit_llb::Platform;

use crate::diagnostic::{Code, Diagnostics};
use crate::expand::{Expansion, Input, Stage, StageId, UsedArg};
use crate::text::Span;

/// What will be built for one target platform.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the image is for.
    pub target: Platform,
    /// Where commands run natively.
    pub build: Platform,
    /// Every stage of the file; only those in `order` are built.
    pub stages: Vec<Stage>,
    /// The reached stages, each after what it uses.
    pub order: Vec<StageId>,
    /// The stage that is the result.
    pub result: StageId,
    /// The images that reached stages use, sorted by name and platform.
    pub images: Vec<ImageUse>,
    /// The arguments that reached stages declare or mention.
    pub args: Vec<UsedArg>,
}

/// An image that somebody must resolve.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageUse {
    /// Normalised name.
    pub name: String,
    /// For which platform.
    pub platform: Platform,
    /// Where it is named first.
    pub span: Span,
    /// What its config is wanted for.
    pub role: ImageRole,
}

/// What an image is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ImageRole {
    /// A stage starts from it: its config is needed.
    Base,
    /// Only files are taken from it.
    Files,
}

/// Finds out what must be built, in which order, and which images must be resolved.
///
/// Reports `stage-cycle`, also among stages that the target does not reach, and of those it does
/// `unsupported-context`, `parallel-conflict` and `no-cache-empties-cache`. The result is `None` if there is a cycle.
pub fn plan(expansion: Expansion, diags: &mut Diagnostics) -> Option<Plan> {
    let edges = order::edges(&expansion.stages);
    let cycles = cycle::find(&edges);
    for cycle in &cycles {
        cycle::report(cycle, &expansion.stages, diags);
    }
    if !cycles.is_empty() {
        return None;
    }
    let order = order::order(&edges, &expansion.roots);
    let reached = || order.iter().map(|id| &expansion.stages[id.0]);
    reached().for_each(|stage| check_contexts(stage, diags));
    reached().for_each(|stage| notice::notice(stage, diags));
    let images = image::images(reached(), &expansion.target);
    Some(Plan {
        target: expansion.target,
        build: expansion.build,
        stages: expansion.stages,
        order,
        result: expansion.result,
        images,
        args: expansion.args,
    })
}

fn check_contexts(stage: &Stage, diags: &mut Diagnostics) {
    for it in stage.uses() {
        if let Input::NamedContext(name) = it.input {
            let message = format!("`{}`: named contexts are not supported yet", name.value);
            diags
                .report(Code::UnsupportedContext, name.span, message)
                .help("use a stage or an image, or copy from the build context");
        }
    }
}

#[cfg(test)]
mod tests;
