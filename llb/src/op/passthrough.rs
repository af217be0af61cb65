//! Passthrough: inputs handed on, once other inputs are done.

use buildkit_proto::pb;

use crate::cap::Cap;
use crate::op::{Body, Lowered, PlatformUse, count};
use crate::output::Output;

/// Hands inputs on as outputs; others only have to be done first.
#[derive(Clone, Debug)]
pub struct Passthrough {
    id: String,
    inputs: Vec<Output>,
    outputs: Vec<i64>,
}

impl Passthrough {
    /// Returns a passthrough; the daemon wants a non-empty `id` and at least one output.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            inputs: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// Adds an input that is the next output.
    #[must_use]
    pub fn output(mut self, input: Output) -> Self {
        self.outputs.push(count(self.inputs.len()));
        self.inputs.push(input);
        self
    }

    /// Adds an input that must be done first.
    #[must_use]
    pub fn after(mut self, input: Output) -> Self {
        self.inputs.push(input);
        self
    }

    pub(super) fn lower(self) -> Lowered {
        Lowered {
            body: Body::message(pb::op::Op::Passthrough(pb::PassthroughOp {
                id: self.id,
                outputs: self.outputs,
            })),
            inputs: self.inputs,
            visits: None,
            caps: [Cap::PASSTHROUGHOP].into(),
            platform: PlatformUse::LeftOut,
        }
    }
}
