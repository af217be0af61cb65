//! What a vertex does, and its exact bytes.
//!
//! In: a typed op. Out: the wire message, the outputs it needs in the order of its input numbers,
//! and the capabilities it requires, all as BuildKit's own builder would have them.

mod build;
mod diff;
mod exec;
pub mod file;
mod merge;
mod mount;
mod passthrough;
pub(crate) mod source;

use std::collections::BTreeMap;

use buildkit_proto::pb;
use prost::Message as _;

pub use build::Build;
pub use diff::Diff;
pub use exec::{CdiDevice, Exec, Network, Proxy, SecretEnv, Security, Ulimit};
pub use file::File;
pub use merge::Merge;
pub use mount::{Bind, Cache, ContentCache, Mount, Secret, Sharing, Ssh, Tmpfs};
pub use passthrough::Passthrough;
use source::Source;

use crate::attr;
use crate::cap::CapSet;
use crate::output::Output;
use crate::platform::Platform;
use crate::wire::Wire;

/// Is what a vertex does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Op {
    /// Fetches something.
    Source(Source),
    /// Runs a process.
    Exec(Box<Exec>),
    /// Changes files.
    File(File),
    /// Lays inputs over each other.
    Merge(Merge),
    /// Takes what one input has and another has not.
    Diff(Diff),
    /// Hands inputs on.
    Passthrough(Passthrough),
    /// Solves a definition that is itself built.
    Build(Build),
}

/// Says whether an op is written with a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlatformUse {
    Written,
    LeftOut,
}

/// Is the `oneof` of an op, ready to be written.
pub(crate) enum Body {
    /// An exec: a build has thousands, so they are written without a message between.
    Exec(exec::Numbered),
    /// Any other.
    Message(Box<pb::op::Op>),
}

impl Body {
    fn message(kind: pb::op::Op) -> Self {
        Self::Message(Box::new(kind))
    }
}

/// Is an op ready to be written.
pub(crate) struct Lowered {
    pub(crate) body: Body,
    /// The outputs it needs, in the order of its input numbers.
    pub(crate) inputs: Vec<Output>,
    /// The same in the order in which a definition lists them, where that differs.
    pub(crate) visits: Option<Vec<Output>>,
    pub(crate) caps: CapSet,
    pub(crate) platform: PlatformUse,
}

impl Op {
    pub(crate) fn lower(self) -> Lowered {
        match self {
            Self::Source(op) => op.lower(),
            Self::Exec(op) => op.lower(),
            Self::File(op) => op.lower(),
            Self::Merge(op) => op.lower(),
            Self::Diff(op) => op.lower(),
            Self::Passthrough(op) => op.lower(),
            Self::Build(op) => op.lower(),
        }
    }
}

macro_rules! from_ops {
    ($($kind:ident),*) => {$(
        impl From<$kind> for Op {
            fn from(op: $kind) -> Self {
                Self::$kind(op)
            }
        }
    )*};
}

from_ops!(Source, File, Merge, Diff, Passthrough, Build);

impl From<Exec> for Op {
    fn from(op: Exec) -> Self {
        Self::Exec(Box::new(op))
    }
}

/// Numbers the outputs an op needs; the same output gets the same number.
#[derive(Default)]
pub(crate) struct Inputs {
    list: Vec<Output>,
    /// The numbers, once there are more than [`FEW`].
    numbers: BTreeMap<Output, i64>,
}

/// So many inputs are looked through one by one.
const FEW: usize = 8;

impl Inputs {
    /// Returns the number of `output`, -1 for none.
    pub(crate) fn number(&mut self, output: Option<Output>) -> i64 {
        let Some(output) = output else {
            return attr::NONE;
        };
        let next = self.len();
        let known = match self.list.len() {
            ..=FEW => self.list.iter().position(|it| *it == output).map(count),
            _ => self.numbers.get(&output).copied(),
        };
        if let Some(number) = known {
            return number;
        }
        self.list.push(output);
        if self.list.len() == FEW + 1 {
            let numbered = self.list.iter().zip(0..);
            self.numbers = numbered.map(|(output, number)| (*output, number)).collect();
        } else if self.list.len() > FEW {
            self.numbers.insert(output, next);
        }
        next
    }

    pub(crate) fn len(&self) -> i64 {
        count(self.list.len())
    }

    pub(crate) fn into_list(self) -> Vec<Output> {
        self.list
    }
}

/// Returns `n` as the wire counts.
pub(crate) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Writes what follows the inputs of a `pb.Op`, as Go's deterministic encoder orders it.
///
/// Go writes the member of a `oneof` after all other fields, prost at its number.
pub(crate) fn write_end(
    wire: &mut Wire<'_>,
    platform: Option<&Platform>,
    constraints: &[String],
    body: &Body,
) {
    if let Some(platform) = platform {
        wire.message(10, |wire| platform.write(wire));
    }
    // Present even if empty, as upstream's builder writes it.
    wire.message(11, |wire| {
        for filter in constraints {
            wire.element(1, filter.as_bytes());
        }
    });
    match body {
        Body::Exec(exec) => wire.long_message(2, |wire| exec.write(wire)),
        Body::Message(kind) => kind.encode(wire.0),
    }
}

/// Returns the bytes of `op` as Go's deterministic encoder writes them.
///
/// Messages can be concatenated, so the member of the `oneof`, which comes last, is written as a
/// second message.
pub fn encode(op: &mut pb::Op) -> Vec<u8> {
    let kind = op.op.take();
    let mut bytes = op.encode_to_vec();
    let last = pb::Op {
        op: kind,
        ..pb::Op::default()
    };
    bytes.extend(last.encode_to_vec());
    op.op = last.op;
    bytes
}
