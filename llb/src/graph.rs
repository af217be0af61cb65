//! The graph: vertices added one by one, equal ones joined, digests known at once.
//!
//! A vertex can only use what is in the graph already, so there are no cycles and every digest is
//! computed once. What is kept of a vertex is its bytes.

use std::collections::BTreeMap;

use buildkit_proto::pb;
use prost::Message as _;

use crate::cap::Cap;
use crate::digest::Digest;
use crate::location::Location;
use crate::metadata;
use crate::op::{self, Diff, Merge, PlatformUse};
use crate::output::{Output, VertexId};
use crate::platform::Platform;
use crate::vertex::Vertex;

/// Holds LLB under construction.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    platform: Option<Platform>,
    pub(crate) nodes: Vec<Node>,
    known: BTreeMap<Digest, VertexId>,
    /// Files of imported definitions.
    pub(crate) infos: Vec<pb::SourceInfo>,
}

/// Is a vertex in a graph.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) digest: Digest,
    pub(crate) bytes: Vec<u8>,
    /// What it needs, in the order in which a definition lists it.
    pub(crate) needs: Vec<VertexId>,
    pub(crate) metadata: pb::OpMetadata,
    pub(crate) locations: Vec<NodeLocation>,
}

/// Is where a vertex came from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NodeLocation {
    pub(crate) file: FileRef,
    pub(crate) ranges: Vec<pb::Range>,
}

/// Names a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FileRef {
    /// One of those given when the graph is written.
    Given(usize),
    /// One that came with an imported definition.
    Imported(usize),
}

impl Graph {
    /// Returns an empty graph, whose vertices have the platform they are given.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns an empty graph, whose vertices have this platform if they are given none.
    pub fn with_platform(platform: Platform) -> Self {
        Self {
            platform: Some(platform),
            ..Self::default()
        }
    }

    /// Adds a vertex and returns its name.
    ///
    /// If an equal one is there, its name is returned; metadata and locations are joined.
    ///
    /// # Panics
    ///
    /// If the vertex uses an output of another graph.
    pub fn add(&mut self, vertex: impl Into<Vertex>) -> VertexId {
        let Vertex {
            op,
            platform,
            constraints,
            mut metadata,
            locations,
        } = vertex.into();
        let lowered = op.lower();
        for cap in &lowered.caps {
            metadata::require(&mut metadata, *cap);
        }
        if metadata.linux_resources.is_some() && matches!(lowered.kind, pb::op::Op::Exec(_)) {
            metadata::require(&mut metadata, Cap::EXEC_META_LINUX_RESOURCES);
        }
        let platform = match lowered.platform {
            PlatformUse::Written => platform.as_ref().or(self.platform.as_ref()),
            PlatformUse::LeftOut => None,
        };
        let mut wire = pb::Op {
            inputs: lowered
                .inputs
                .iter()
                .map(|output| self.input(*output))
                .collect(),
            op: Some(lowered.kind),
            platform: platform.map(Into::into),
            // Present even if empty, as upstream's builder writes it.
            constraints: Some(pb::WorkerConstraints {
                filter: constraints,
            }),
        };
        let bytes = op::encode(&mut wire);
        let needs = lowered.visits.unwrap_or(lowered.inputs);
        let node = Node {
            digest: Digest::of(&bytes),
            bytes,
            needs: needs.into_iter().map(|output| output.vertex).collect(),
            metadata,
            locations: Vec::new(),
        };
        self.insert(node, locations.iter().map(given))
    }

    /// Adds a node, or joins it with the equal one that is there.
    pub(crate) fn insert(
        &mut self,
        node: Node,
        locations: impl IntoIterator<Item = NodeLocation>,
    ) -> VertexId {
        let next = VertexId::at(self.nodes.len());
        let id = *self.known.entry(node.digest).or_insert(next);
        if id == next {
            self.nodes.push(node);
        } else {
            metadata::merge(&mut self.nodes[id.number()].metadata, node.metadata);
        }
        let known = &mut self.nodes[id.number()].locations;
        for location in locations {
            if !known.contains(&location) {
                known.push(location);
            }
        }
        id
    }

    /// Adds a merge of `inputs`, the first lowest, and returns its output.
    ///
    /// Scratch is left out; of one input the merge is that input, of none it is scratch.
    /// `finish` gives the vertex its name and the like.
    pub fn merge(
        &mut self,
        inputs: impl IntoIterator<Item = Option<Output>>,
        finish: impl FnOnce(Vertex) -> Vertex,
    ) -> Option<Output> {
        let inputs: Vec<Output> = inputs.into_iter().flatten().collect();
        if inputs.len() < 2 {
            return inputs.first().copied();
        }
        Some(self.add(finish(Vertex::new(Merge::new(inputs)))).output(0))
    }

    /// Adds a diff from `lower` to `upper` and returns its output.
    ///
    /// From scratch it is `upper` itself. `finish` gives the vertex its name and the like.
    pub fn diff(
        &mut self,
        lower: Option<Output>,
        upper: Option<Output>,
        finish: impl FnOnce(Vertex) -> Vertex,
    ) -> Option<Output> {
        if lower.is_none() {
            return upper;
        }
        Some(
            self.add(finish(Vertex::new(Diff::new(lower, upper))))
                .output(0),
        )
    }

    /// Returns what a process leaves at the mount `path`: its output, or what is mounted there if
    /// it cannot be written.
    pub fn mount(&self, vertex: VertexId, path: &str) -> Option<Output> {
        let op = pb::Op::decode(self.nodes.get(vertex.number())?.bytes.as_slice()).ok()?;
        let Some(pb::op::Op::Exec(exec)) = op.op else {
            return None;
        };
        let bind = pb::MountType::Bind as i32;
        let is_there = |mount: &&pb::Mount| mount.dest == path && mount.mount_type == bind;
        let mount = exec.mounts.iter().rfind(is_there)?;
        if let Ok(output) = u32::try_from(mount.output) {
            return Some(vertex.output(output));
        }
        let input = op.inputs.get(usize::try_from(mount.input).ok()?)?;
        let from = *self.known.get(&input.digest.parse().ok()?)?;
        mount
            .readonly
            .then_some(from.output(u32::try_from(input.index).ok()?))
    }

    /// Returns the digest of a vertex.
    ///
    /// # Panics
    ///
    /// If the vertex is of another graph.
    pub fn digest(&self, vertex: VertexId) -> Digest {
        self.node(vertex).digest
    }

    /// Returns the number of vertices.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Tells whether there are no vertices.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(crate) fn node(&self, vertex: VertexId) -> &Node {
        let node = self.nodes.get(vertex.number());
        node.expect("llb: an output belongs to the graph it is used in")
    }

    pub(crate) fn input(&self, output: Output) -> pb::Input {
        let digest = self.digest(output.vertex).to_string();
        pb::Input {
            digest,
            index: i64::from(output.index),
        }
    }
}

fn given(location: &Location) -> NodeLocation {
    NodeLocation {
        file: FileRef::Given(location.source),
        ranges: location.ranges.iter().map(Into::into).collect(),
    }
}
