//! Diff: what one input has and another has not.

use buildkit_proto::pb;

use crate::attr;
use crate::cap::Cap;
use crate::op::{Body, Lowered, PlatformUse, count};
use crate::output::Output;

/// Takes what `upper` has and `lower` has not.
///
/// A diff from scratch is `upper` itself; [`crate::Graph::diff`] knows that.
#[derive(Clone, Copy, Debug)]
pub struct Diff {
    lower: Option<Output>,
    upper: Option<Output>,
}

impl Diff {
    /// Returns the difference from `lower` to `upper`.
    pub fn new(lower: Option<Output>, upper: Option<Output>) -> Self {
        Self { lower, upper }
    }

    pub(super) fn lower(self) -> Lowered {
        let mut inputs = Vec::new();
        let mut number = |output: Option<Output>| match output {
            Some(output) => {
                inputs.push(output);
                count(inputs.len() - 1)
            }
            None => attr::NONE,
        };
        let lower = pb::LowerDiffInput {
            input: number(self.lower),
        };
        let upper = pb::UpperDiffInput {
            input: number(self.upper),
        };
        Lowered {
            body: Body::message(pb::op::Op::Diff(pb::DiffOp {
                lower: Some(lower),
                upper: Some(upper),
            })),
            inputs,
            visits: None,
            caps: [Cap::DIFFOP].into(),
            platform: PlatformUse::LeftOut,
        }
    }
}
