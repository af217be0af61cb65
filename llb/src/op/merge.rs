//! Merge: the inputs laid over each other, the first lowest.

use buildkit_proto::pb;

use crate::cap::Cap;
use crate::op::{Body, Lowered, PlatformUse, count};
use crate::output::Output;

/// Lays inputs over each other.
///
/// The daemon wants two at least; [`crate::Graph::merge`] takes care of fewer and of scratch.
#[derive(Clone, Debug, Default)]
pub struct Merge {
    inputs: Vec<Output>,
}

impl Merge {
    /// Returns the merge of `inputs`, the first lowest.
    pub fn new(inputs: impl IntoIterator<Item = Output>) -> Self {
        Self {
            inputs: inputs.into_iter().collect(),
        }
    }

    pub(super) fn lower(self) -> Lowered {
        // The builder does not join equal inputs here (client/llb/merge.go, v0.32.2).
        let inputs = (0..self.inputs.len())
            .map(|n| pb::MergeInput { input: count(n) })
            .collect();
        Lowered {
            body: Body::message(pb::op::Op::Merge(pb::MergeOp { inputs })),
            inputs: self.inputs,
            visits: None,
            caps: [Cap::MERGEOP].into(),
            platform: PlatformUse::LeftOut,
        }
    }
}
