//! The graph: vertices added one by one, equal ones joined, digests known at once.
//!
//! A vertex can only use what is in the graph already, so there are no cycles and every digest is
//! computed once. What is kept of a vertex is its bytes, and the bytes of what it carries.

use std::collections::BTreeMap;
use std::ops::Range;

use buildkit_proto::pb;
use prost::Message as _;

use crate::cap::Cap;
use crate::digest::Digest;
use crate::location::{self, Location};
use crate::metadata;
use crate::op::{self, Body, Diff, Merge, PlatformUse};
use crate::output::{Output, VertexId};
use crate::platform::Platform;
use crate::store::{Piece, Store};
use crate::vertex::Vertex;
use crate::wire::Wire;

/// Holds LLB under construction.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    platform: Option<Platform>,
    nodes: Vec<Node>,
    known: BTreeMap<Digest, VertexId>,
    /// The bytes of all ops and of what they carry.
    bytes: Store,
    /// What all vertices need.
    needs: Vec<VertexId>,
    /// Files of imported definitions.
    pub(crate) infos: Vec<pb::SourceInfo>,
}

/// Is a vertex in a graph.
#[derive(Clone, Debug)]
struct Node {
    digest: Digest,
    op: Piece,
    metadata: Piece,
    needs: Range<usize>,
    locations: Vec<NodeLocation>,
}

/// Is a vertex to be added, written already.
pub(crate) struct NewNode<'a> {
    pub(crate) op: &'a [u8],
    pub(crate) metadata: &'a [u8],
    pub(crate) needs: &'a [VertexId],
}

/// Is where a vertex came from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NodeLocation {
    pub(crate) file: FileRef,
    pub(crate) ranges: Vec<location::Range>,
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
        metadata.caps.extend(lowered.caps.iter());
        if metadata.linux_resources.is_some() && matches!(lowered.body, Body::Exec(_)) {
            metadata.caps.insert(Cap::EXEC_META_LINUX_RESOURCES);
        }
        let platform = match lowered.platform {
            PlatformUse::Written => platform.as_deref().or(self.platform.as_ref()),
            PlatformUse::LeftOut => None,
        };
        let mut bytes = std::mem::take(&mut self.bytes);
        let op = bytes.add(|bytes| {
            let mut wire = Wire(bytes);
            for output in &lowered.inputs {
                wire.message(1, |input| self.input(*output, input));
            }
            op::write_end(&mut wire, platform, &constraints, &lowered.body);
        });
        let metadata = bytes.add(|bytes| metadata.write(&mut Wire(bytes)));
        self.bytes = bytes;
        let needs = lowered.visits.unwrap_or(lowered.inputs);
        let first = self.needs.len();
        self.needs.extend(needs.iter().map(|output| output.vertex));
        let node = Node {
            digest: Digest::of(self.bytes.get(op)),
            op,
            metadata,
            needs: first..self.needs.len(),
            locations: Vec::new(),
        };
        self.insert(node, locations.into_iter().map(given))
    }

    /// Adds a vertex that was written elsewhere, or joins it with the equal one that is there.
    pub(crate) fn add_written(
        &mut self,
        digest: Digest,
        new: &NewNode<'_>,
        locations: impl IntoIterator<Item = NodeLocation>,
    ) -> VertexId {
        let op = self.bytes.add(|bytes| bytes.extend_from_slice(new.op));
        let metadata = self
            .bytes
            .add(|bytes| bytes.extend_from_slice(new.metadata));
        let first = self.needs.len();
        self.needs.extend_from_slice(new.needs);
        let node = Node {
            digest,
            op,
            metadata,
            needs: first..self.needs.len(),
            locations: Vec::new(),
        };
        self.insert(node, locations)
    }

    /// Adds a node whose bytes and needs are the last ones, or joins it with the equal one that is
    /// there.
    fn insert(
        &mut self,
        node: Node,
        locations: impl IntoIterator<Item = NodeLocation>,
    ) -> VertexId {
        let next = VertexId::at(self.nodes.len());
        let id = *self.known.entry(node.digest).or_insert(next);
        if id == next {
            self.nodes.push(node);
        } else {
            self.join(id, &node);
        }
        let known = &mut self.nodes[id.number()].locations;
        for location in locations {
            if !known.contains(&location) {
                known.push(location);
            }
        }
        id
    }

    /// Drops a node that is there already, but for what it carries.
    fn join(&mut self, id: VertexId, node: &Node) {
        let there = self.bytes.get(self.nodes[id.number()].metadata);
        let later = self.bytes.get(node.metadata);
        let joined = (there != later).then(|| metadata::merge(there, later));
        self.bytes.drop_from(node.op);
        self.needs.truncate(node.needs.start);
        if let Some(joined) = joined {
            let joined = self.bytes.add(|bytes| bytes.extend(joined));
            self.nodes[id.number()].metadata = joined;
        }
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
        let op = pb::Op::decode(self.bytes.get(self.nodes.get(vertex.number())?.op)).ok()?;
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

    /// Returns the bytes of a vertex's op.
    pub(crate) fn op(&self, vertex: VertexId) -> &[u8] {
        self.bytes.get(self.node(vertex).op)
    }

    /// Returns what a vertex carries, as the bytes of `pb.OpMetadata`.
    pub(crate) fn metadata(&self, vertex: VertexId) -> &[u8] {
        self.bytes.get(self.node(vertex).metadata)
    }

    /// Returns what a vertex needs, in the order in which a definition lists it.
    pub(crate) fn needs(&self, vertex: VertexId) -> &[VertexId] {
        &self.needs[self.node(vertex).needs.clone()]
    }

    pub(crate) fn locations(&self, vertex: VertexId) -> &[NodeLocation] {
        &self.node(vertex).locations
    }

    /// Lists all vertices in the order of their digests.
    pub(crate) fn by_digest(&self) -> impl Iterator<Item = (Digest, VertexId)> {
        self.known.iter().map(|(digest, vertex)| (*digest, *vertex))
    }

    /// Writes an edge to an output as `pb.Input`.
    pub(crate) fn input(&self, output: Output, wire: &mut Wire<'_>) {
        wire.text(1, self.digest(output.vertex).text().as_str());
        wire.int(2, output.index.into());
    }

    fn node(&self, vertex: VertexId) -> &Node {
        let node = self.nodes.get(vertex.number());
        node.expect("llb: an output belongs to the graph it is used in")
    }
}

fn given(location: Location) -> NodeLocation {
    NodeLocation {
        file: FileRef::Given(location.source),
        ranges: location.ranges,
    }
}
