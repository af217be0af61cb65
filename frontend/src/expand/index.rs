//! Where the entries of a list are, by name.
//!
//! One type for lists of everything: each kind of map costs the frontend's image some kilobytes of
//! code, and collecting into one, which sorts first, costs five more.

use std::collections::BTreeMap;

/// The places of the entries of a list; of two with one name, the later's.
pub(super) struct Index<'b> {
    places: BTreeMap<&'b str, usize>,
}

impl<'b> Index<'b> {
    /// Returns the index of the names of a list.
    pub(super) fn new(names: &mut dyn Iterator<Item = &'b str>) -> Self {
        let mut places = BTreeMap::new();
        for (place, name) in names.enumerate() {
            places.insert(name, place);
        }
        Self { places }
    }

    /// Returns the entry of a list with this index.
    pub(super) fn find<'a, T>(&self, name: &str, list: &'a [T]) -> Option<&'a T> {
        self.places.get(name).and_then(|place| list.get(*place))
    }

    /// Lists the names in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &'b str> {
        self.places.keys().copied()
    }
}
