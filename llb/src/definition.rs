//! Graph to definition and back.
//!
//! Out: the ops in dependency order, each once, then the op that only names the result; metadata
//! and locations for every one of them.

use std::collections::{BTreeMap, BTreeSet};

use buildkit_proto::pb;
use prost::Message as _;

use crate::cap::{Cap, CapSet};
use crate::digest::Digest;
use crate::error::ReadError;
use crate::graph::{FileRef, Graph, NewNode, NodeLocation};
use crate::location::{Identity, Range, SourceInfo};
use crate::metadata::{self, Metadata};
use crate::op;
use crate::output::{Output, VertexId};
use crate::wire::Wire;

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
        let written = self.write(result, sources);
        pb::Definition::decode(written.as_slice()).expect("llb: what was written can be read")
    }

    /// Returns the bytes of the definition that [`Graph::define`] returns.
    ///
    /// Without the message between, a large graph takes a fraction of the time and memory.
    ///
    /// # Panics
    ///
    /// If the result is of another graph.
    pub fn write(&self, result: Option<Output>, sources: &[SourceInfo]) -> Vec<u8> {
        match result {
            Some(result) => Writer::new(self, sources, result).write(),
            None => Vec::new(),
        }
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
            match self.needs(id).get(next) {
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
            let needs: Vec<VertexId> = needs.collect();
            let metadata = vertex.metadata.map(pb::OpMetadata::encode_to_vec);
            let node = NewNode {
                op: vertex.bytes,
                metadata: &metadata.unwrap_or_default(),
                needs: &needs,
            };
            let locations = vertex.locations.iter().filter_map(|location| {
                let number = usize::try_from(location.source_index).ok()?;
                let file = FileRef::Imported(first + number);
                let ranges = location.ranges.iter().map(Range::read).collect();
                (number < infos.len()).then_some(NodeLocation { file, ranges })
            });
            ids.insert(
                vertex.digest,
                self.add_written(vertex.digest, &node, locations),
            );
        }
        Ok(ids
            .get(&read.result.0)
            .map(|vertex| vertex.output(read.result.1)))
    }
}

/// Writes a definition.
struct Writer<'a> {
    graph: &'a Graph,
    sources: &'a [SourceInfo],
    /// Files of imported definitions that are used, and where they are in the new list.
    imported: Vec<usize>,
    numbers: BTreeMap<usize, usize>,
    /// What the result needs, what is needed first.
    order: Vec<VertexId>,
    /// The op that only names the result, and its digest.
    end: (Vec<u8>, Digest),
}

impl<'a> Writer<'a> {
    fn new(graph: &'a Graph, sources: &'a [SourceInfo], result: Output) -> Self {
        let mut end = Vec::new();
        Wire(&mut end).message(1, |input| graph.input(result, input));
        let digest = Digest::of(&end);
        Self {
            graph,
            sources,
            imported: Vec::new(),
            numbers: BTreeMap::new(),
            order: graph.reach(result.vertex),
            end: (end, digest),
        }
    }

    fn write(mut self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.size());
        let mut wire = Wire(&mut bytes);
        for vertex in &self.order {
            wire.element(1, self.graph.op(*vertex));
        }
        wire.element(1, &self.end.0);
        let vertices = self.by_digest();
        self.carried(&mut wire, &vertices);
        wire.message(3, |source| self.places(source, &vertices));
        bytes
    }

    /// Returns about how many bytes it will be.
    fn size(&self) -> usize {
        let vertex = |id: &VertexId| self.graph.op(*id).len() + self.graph.metadata(*id).len();
        let files = self.sources.iter().map(|file| file.data.len());
        // Two digests, some lengths and a location for each vertex.
        self.order.iter().map(vertex).sum::<usize>() + files.sum::<usize>() + self.order.len() * 220
    }

    /// Lists what the result needs in the order of the digests.
    fn by_digest(&self) -> Vec<(Digest, VertexId)> {
        let mut is_needed = vec![false; self.graph.len()];
        for id in &self.order {
            is_needed[id.number()] = true;
        }
        let all = self.graph.by_digest();
        all.filter(|(_, id)| is_needed[id.number()]).collect()
    }

    /// Writes what every vertex carries.
    fn carried(&self, wire: &mut Wire<'_>, vertices: &[(Digest, VertexId)]) {
        let (_, end) = &self.end;
        let caps = self.end_caps();
        let n_before = vertices.partition_point(|(digest, _)| digest < end);
        let (before, after) = vertices.split_at(n_before);
        for (digest, id) in before {
            carry(wire, *digest, self.graph.metadata(*id));
        }
        carry(wire, *end, &caps);
        for (digest, id) in after {
            carry(wire, *digest, self.graph.metadata(*id));
        }
    }

    /// Returns what the last op carries: the capabilities that metadata itself needs.
    fn end_caps(&self) -> Vec<u8> {
        let mut caps = CapSet::from([Cap::CONSTRAINTS, Cap::PLATFORM]);
        for id in &self.order {
            caps.extend(metadata::used(self.graph.metadata(*id)).iter());
        }
        Metadata::requiring(caps)
    }

    /// Writes where every vertex came from, and the files.
    fn places(&mut self, wire: &mut Wire<'_>, vertices: &[(Digest, VertexId)]) {
        let mut locations = Vec::new();
        for (digest, id) in vertices {
            locations.clear();
            self.locations(&mut Wire(&mut locations), *id);
            // An empty value of a map travels as none at all, at which the daemon ends itself when
            // the vertex fails (solver/llbsolver/result.go:wrapError, v0.32.2).
            if !locations.is_empty() {
                wire.message(1, |entry| {
                    entry.text(1, digest.text().as_str());
                    entry.element(2, &locations);
                });
            }
        }
        for file in self.sources {
            wire.message(2, |wire| file.write(wire));
        }
        for number in &self.imported {
            wire.element(2, &self.graph.infos[*number].encode_to_vec());
        }
    }

    fn locations(&mut self, wire: &mut Wire<'_>, vertex: VertexId) {
        let graph = self.graph;
        for location in graph.locations(vertex) {
            let Some(file) = self.file(location.file) else {
                continue;
            };
            wire.message(1, |wire| {
                wire.int(1, op::count(file));
                for range in &location.ranges {
                    wire.message(2, |wire| range.write(wire));
                }
            });
        }
    }

    /// Returns the number of a file in the definition's list.
    fn file(&mut self, file: FileRef) -> Option<usize> {
        match file {
            FileRef::Given(number) => (number < self.sources.len()).then_some(number),
            FileRef::Imported(number) => {
                let info = self.graph.infos.get(number)?;
                let next = self.sources.len() + self.imported.len();
                // A file that made a context and uses it is one file.
                let same = || {
                    let this = Identity::imported(info);
                    let own = self.sources.iter().map(Identity::own);
                    let known = self.imported.iter().map(|it| &self.graph.infos[*it]);
                    let mut all = own.chain(known.map(Identity::imported));
                    all.position(|other| this.is(other)).unwrap_or(next)
                };
                let place = *self.numbers.entry(number).or_insert_with(same);
                if place == next {
                    self.imported.push(number);
                }
                Some(place)
            }
        }
    }
}

/// Writes an entry of the map of metadata. What is empty would travel as none at all, too: it gets
/// a requirement that every daemon meets.
fn carry(wire: &mut Wire<'_>, digest: Digest, metadata: &[u8]) {
    wire.long_message(2, |entry| {
        entry.text(1, digest.text().as_str());
        if metadata.is_empty() {
            entry.element(2, &Metadata::requiring([Cap::CONSTRAINTS].into()));
        } else {
            entry.element(2, metadata);
        }
    });
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
