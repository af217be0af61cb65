//! Build: a definition that is itself the output of a vertex is solved in its place.

use buildkit_proto::pb;

use crate::attr;
use crate::cap::Cap;
use crate::op::{Body, Lowered, PlatformUse};
use crate::output::Output;

/// Solves the definition in a file of an input.
#[derive(Clone, Debug)]
pub struct Build {
    input: Output,
    filename: Option<String>,
}

impl Build {
    /// Returns the build of the definition in `input`, by default in `buildkit.llb.definition`.
    pub fn new(input: Output) -> Self {
        Self {
            input,
            filename: None,
        }
    }

    /// Names the file that holds the definition.
    #[must_use]
    pub fn filename(mut self, name: impl Into<String>) -> Self {
        self.filename = Some(name.into());
        self
    }

    pub(super) fn lower(self) -> Lowered {
        let attrs = self.filename.filter(|name| !name.is_empty()).map(|name| {
            let key = Some(attr::BUILD_FILENAME.to_string());
            pb::build_op::AttrsEntry {
                key,
                value: Some(name),
            }
        });
        let input = pb::build_op::InputsEntry {
            key: Some(attr::BUILD_INPUT.to_string()),
            value: Some(pb::BuildInput { input: 0 }),
        };
        let op = pb::BuildOp {
            builder: attr::NONE,
            inputs: vec![input],
            def: None,
            attrs: attrs.into_iter().collect(),
        };
        Lowered {
            body: Body::message(pb::op::Op::Build(op)),
            inputs: vec![self.input],
            visits: None,
            caps: [Cap::SOURCE_BUILDOP_LLBFILENAME].into(),
            platform: PlatformUse::Written,
        }
    }
}
