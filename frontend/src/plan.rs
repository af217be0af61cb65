//! What will be built for one target platform: plain data, in order.
//!
//! In: an [`Expansion`](crate::expand::Expansion) and the target. Out: [`Plan`]: the stages that
//! the target reaches, in dependency order, and the images somebody must resolve, each once.
//! There is no cycle, and every stage comes after what it uses.

use buildkit_llb::Platform;

use crate::expand::{Stage, StageId};
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
