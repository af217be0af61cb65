//! Names of vertices and of their results.

/// Names a vertex of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VertexId(u32);

impl VertexId {
    /// Returns the vertex's output `index`.
    pub fn output(self, index: u32) -> Output {
        Output {
            vertex: self,
            index,
        }
    }

    pub(crate) fn at(number: usize) -> Self {
        Self(u32::try_from(number).unwrap_or(u32::MAX))
    }

    pub(crate) fn number(self) -> usize {
        self.0 as usize
    }
}

/// Names a result of a vertex. Where one may be missing, none means scratch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Output {
    /// The vertex.
    pub vertex: VertexId,
    /// Which of its results.
    pub index: u32,
}
