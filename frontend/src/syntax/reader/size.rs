//! How much a node comes to when its aliases are expanded.

/// What the values under a node come to when aliases are expanded.
#[derive(Clone, Copy, Default)]
pub(super) struct Size {
    pub(super) n_values: usize,
    pub(super) depth: usize,
}

impl Size {
    pub(super) const SCALAR: Self = Self {
        n_values: 1,
        depth: 0,
    };
    pub(super) const COLLECTION: Self = Self {
        n_values: 1,
        depth: 1,
    };

    pub(super) fn add(&mut self, child: Self) {
        self.n_values = self.n_values.saturating_add(child.n_values);
        self.depth = self.depth.max(child.depth.saturating_add(1));
    }
}
