//! What will be built for one target platform: plain data, in order.
//!
//! In: an [`Expansion`](crate::expand::Expansion) and the target. Out: [`Plan`]: the stages that
//! the target reaches, in dependency order, and the images and named contexts that somebody must
//! resolve, each once.
//! There is no cycle, and every stage comes after what it uses.

pub mod dot;
pub mod dump;
pub mod json;

mod cycle;
mod image;
mod notice;
mod order;
mod system;

use buildkit_llb::Platform;

use crate::diagnostic::Diagnostics;
use crate::expand::{Expansion, Stage, StageId, UsedArg};
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
    /// The named contexts that reached stages use, sorted by key and platform.
    pub contexts: Vec<ContextUse>,
    /// The arguments that reached stages declare or mention.
    pub args: Vec<UsedArg>,
}

impl Plan {
    /// Returns the reached stages, each after what it uses.
    pub fn reached(&self) -> impl Iterator<Item = &Stage> {
        self.order.iter().map(|id| &self.stages[id.0])
    }
}

/// A named context that somebody must look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContextUse {
    /// Its key in the request: `assets`, `assets::linux/arm64`.
    pub key: String,
    /// For which platform.
    pub platform: Platform,
    /// Where it is named first.
    pub span: Span,
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
/// `parallel-conflict` and `no-cache-empties-cache`. The result is `None` if there is a cycle.
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
    reached().for_each(|stage| notice::notice(stage, diags));
    let images = image::images(reached(), &expansion.target);
    let contexts = image::contexts(reached(), &expansion.target);
    Some(Plan {
        target: expansion.target,
        build: expansion.build,
        stages: expansion.stages,
        order,
        result: expansion.result,
        images,
        contexts,
        args: expansion.args,
    })
}

#[cfg(test)]
mod tests;
