//! Graph to definition and back.
//!
//! Out: the ops in dependency order, each once, then the op that only names the result; metadata
//! and locations for every one of them.

use std::collections::{BTreeMap, BTreeSet};

use buildkit_proto::pb;
use prost::Message as _;

use crate::cap::Cap;
use crate::digest::Digest;
use crate::error::ReadError;
use crate::graph::{FileRef, Graph, Node, NodeLocation};
use crate::location::SourceInfo;
use crate::metadata;
use crate::op;
use crate::output::{Output, VertexId};

impl Graph {
    /// Returns the definition of `result` and all it needs; of scratch it is empty.
    ///
    /// `sources` are the files that locations count. A location in a file that is not among them
    /// is left out, because the daemon would look for it without asking whether it is there.
    ///
    /// # Panics
    ///
    /// If the result is of another graph.
    pub fn define(&self, result: Option<Output>, sources: &[SourceInfo]) -> pb::Definition {
        let Some(result) = result else {
            return pb::Definition::default();
        };
        let mut writer = Writer::new(self, sources);
        for id in self.reach(result.vertex) {
            writer.add(self.node(id));
        }
        writer.finish(self.input(result))
    }

    /// Returns `from` and all it needs, what is needed first.
    fn reach(&self, from: VertexId) -> Vec<VertexId> {
        let mut order = Vec::new();
        let mut seen = vec![false; self.len()];
        let mut path = vec![(from, 0)];
        while let Some((id, next)) = path.pop() {
            if next == 0 && std::mem::replace(&mut seen[id.number()], true) {
                continue;
            }
            match self.node(id).needs.get(next) {
                Some(need) => {
                    path.push((id, next + 1));
                    if !seen[need.number()] {
                        path.push((*need, 0));
                    }
                }
                None => order.push(id),
            }
        }
        order
    }

    /// Adds the vertices of a definition and returns its result; an empty one is scratch.
    ///
    /// The bytes stay as they are. Metadata, locations and files come along.
    pub fn import(&mut self, definition: &pb::Definition) -> Result<Option<Output>, ReadError> {
        let Some(read) = read(definition)? else {
            return Ok(None);
        };
        let infos = definition
            .source
            .as_ref()
            .map_or(&[][..], |source| &source.infos);
        let first = self.infos.len();
        self.infos.extend_from_slice(infos);
        let mut ids: BTreeMap<Digest, VertexId> = BTreeMap::new();
        for vertex in read.vertices {
            let needs = vertex.op.inputs.iter();
            let needs = needs.filter_map(|input| ids.get(&input.digest.parse().ok()?).copied());
            let node = Node {
                digest: vertex.digest,
                bytes: vertex.bytes.to_vec(),
                needs: needs.collect(),
                metadata: vertex.metadata.cloned().unwrap_or_default(),
                locations: Vec::new(),
            };
            let locations = vertex.locations.iter().filter_map(|location| {
                let number = usize::try_from(location.source_index).ok()?;
                let file = FileRef::Imported(first + number);
                let ranges = location.ranges.clone();
                (number < infos.len()).then_some(NodeLocation { file, ranges })
            });
            ids.insert(vertex.digest, self.insert(node, locations));
        }
        Ok(ids
            .get(&read.result.0)
            .map(|vertex| vertex.output(read.result.1)))
    }
}

/// Writes a definition, vertex by vertex.
struct Writer<'a> {
    graph: &'a Graph,
    definition: pb::Definition,
    source: pb::Source,
    n_given: usize,
    /// Where the files of imported definitions are in the new list.
    imported: BTreeMap<usize, usize>,
    caps: BTreeSet<Cap>,
}

impl<'a> Writer<'a> {
    fn new(graph: &'a Graph, sources: &[SourceInfo]) -> Self {
        let infos = sources.iter().map(Into::into).collect();
        Self {
            graph,
            definition: pb::Definition::default(),
            source: pb::Source {
                infos,
                ..pb::Source::default()
            },
            n_given: sources.len(),
            imported: BTreeMap::new(),
            caps: BTreeSet::from([Cap::CONSTRAINTS, Cap::PLATFORM]),
        }
    }

    fn add(&mut self, node: &Node) {
        let metadata = &node.metadata;
        let used = [
            (metadata.ignore_cache, Cap::META_IGNORECACHE),
            (!metadata.description.is_empty(), Cap::META_DESCRIPTION),
            (metadata.export_cache.is_some(), Cap::META_EXPORTCACHE),
        ];
        self.caps.extend(
            used.into_iter()
                .filter_map(|(used, cap)| used.then_some(cap)),
        );
        let locations = node
            .locations
            .iter()
            .filter_map(|location| self.location(location));
        let locations: Vec<pb::Location> = locations.collect();
        self.write(node.bytes.clone(), node.digest, node.metadata.clone());
        // An empty value of a map travels as none at all, at which the daemon ends itself when the
        // vertex fails (solver/llbsolver/result.go:wrapError, v0.32.2).
        if !locations.is_empty() {
            self.source
                .locations
                .insert(node.digest.to_string(), pb::Locations { locations });
        }
    }

    fn location(&mut self, location: &NodeLocation) -> Option<pb::Location> {
        let number = match location.file {
            FileRef::Given(number) => (number < self.n_given).then_some(number)?,
            FileRef::Imported(number) => match self.imported.get(&number) {
                Some(number) => *number,
                None => {
                    self.source
                        .infos
                        .push(self.graph.infos.get(number)?.clone());
                    let new = self.source.infos.len() - 1;
                    self.imported.insert(number, new);
                    new
                }
            },
        };
        let source_index = i32::try_from(number).ok()?;
        Some(pb::Location {
            source_index,
            ranges: location.ranges.clone(),
        })
    }

    /// Metadata that is empty would travel as none at all, too: it gets a requirement that every
    /// daemon meets.
    fn write(&mut self, bytes: Vec<u8>, digest: Digest, mut metadata: pb::OpMetadata) {
        if metadata == pb::OpMetadata::default() {
            metadata::require(&mut metadata, Cap::CONSTRAINTS);
        }
        self.definition.def.push(bytes);
        self.definition
            .metadata
            .insert(digest.to_string(), metadata);
    }

    fn finish(mut self, result: pb::Input) -> pb::Definition {
        let bytes = op::encode(&mut pb::Op {
            inputs: vec![result],
            ..pb::Op::default()
        });
        let mut metadata = pb::OpMetadata::default();
        for cap in std::mem::take(&mut self.caps) {
            metadata::require(&mut metadata, cap);
        }
        let digest = Digest::of(&bytes);
        self.write(bytes, digest, metadata);
        self.definition.source = Some(self.source);
        self.definition
    }
}

/// Holds a definition that was read.
#[derive(Clone, Debug)]
pub struct Read<'a> {
    /// The vertices the result needs, what is needed first.
    pub vertices: Vec<ReadVertex<'a>>,
    /// The digest of the vertex that is the result, and which of its outputs.
    pub result: (Digest, u32),
}

/// Holds a vertex of a definition that was read.
#[derive(Clone, Debug)]
pub struct ReadVertex<'a> {
    /// Its digest.
    pub digest: Digest,
    /// Its op.
    pub op: pb::Op,
    /// The bytes of the op.
    pub bytes: &'a [u8],
    /// What it carries.
    pub metadata: Option<&'a pb::OpMetadata>,
    /// Where it came from.
    pub locations: &'a [pb::Location],
}

/// Reads a definition; an empty one is none. Ops the result does not need are left out.
pub fn read(definition: &pb::Definition) -> Result<Option<Read<'_>>, ReadError> {
    let Some((last, ops)) = definition.def.split_last() else {
        return Ok(None);
    };
    let mut vertices = BTreeMap::new();
    for (index, bytes) in ops.iter().enumerate() {
        let vertex = read_vertex(definition, index, bytes)?;
        vertices.insert(vertex.digest, vertex);
    }
    let terminal = decode(ops.len(), last)?;
    let result = terminal.inputs.first().ok_or(ReadError::NoResult)?;
    let index = u32::try_from(result.index);
    let index = index.map_err(|_| ReadError::BadIndex {
        index: result.index,
    })?;
    let head: Digest = result.digest.parse()?;
    let vertices = sort(vertices, head)?;
    Ok(Some(Read {
        vertices,
        result: (head, index),
    }))
}

fn read_vertex<'a>(
    definition: &'a pb::Definition,
    index: usize,
    bytes: &'a [u8],
) -> Result<ReadVertex<'a>, ReadError> {
    let op = decode(index, bytes)?;
    let digest = Digest::of(bytes);
    let name = digest.to_string();
    let source = definition.source.as_ref();
    let locations = source.and_then(|source| source.locations.get(&name));
    Ok(ReadVertex {
        digest,
        op,
        bytes,
        metadata: definition.metadata.get(&name),
        locations: locations.map_or(&[], |list| &list.locations),
    })
}

fn decode(index: usize, bytes: &[u8]) -> Result<pb::Op, ReadError> {
    let decoded = pb::Op::decode(bytes);
    decoded.map_err(|error| ReadError::NotAnOp {
        index,
        reason: error.to_string(),
    })
}

/// Returns what `head` needs and then `head`. There are no cycles: nobody can write one, as an op
/// contains the digests of what it needs.
fn sort<'a>(
    mut vertices: BTreeMap<Digest, ReadVertex<'a>>,
    head: Digest,
) -> Result<Vec<ReadVertex<'a>>, ReadError> {
    let mut sorted = Vec::new();
    let mut placed = BTreeSet::new();
    let mut path: Vec<(ReadVertex<'a>, usize)> = Vec::new();
    let mut next = Some(head);
    loop {
        if let Some(digest) = next.take().filter(|digest| !placed.contains(digest)) {
            let missing = || ReadError::MissingOp {
                digest: digest.to_string(),
            };
            path.push((vertices.remove(&digest).ok_or_else(missing)?, 0));
        }
        let Some((vertex, at)) = path.last_mut() else {
            return Ok(sorted);
        };
        match vertex.op.inputs.get(*at) {
            Some(input) => {
                *at += 1;
                if input.index < 0 {
                    return Err(ReadError::BadIndex { index: input.index });
                }
                next = Some(input.digest.parse()?);
            }
            None => {
                if let Some((vertex, _)) = path.pop() {
                    placed.insert(vertex.digest);
                    sorted.push(vertex);
                }
            }
        }
    }
}
