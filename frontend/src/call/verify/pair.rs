//! Vertices of one graph that are most likely the same steps as those of another.
//!
//! What does the same belongs together first, then what has the same name, then what has the most
//! lines in common.

use std::collections::{BTreeMap, VecDeque};

use super::{Vertex, described};
use crate::diff::{Side, diff};

/// How many vertices are looked at for one that has most in common with another.
const NEAR: usize = 32;

/// Returns the partner of each vertex, if it has one, and the others that are nobody's.
pub(super) fn pairs<'o>(
    these: &[&Vertex],
    those: &[&'o Vertex],
) -> (Vec<Option<&'o Vertex>>, Vec<&'o Vertex>) {
    let mut found: Vec<Option<usize>> = vec![None; these.len()];
    let mut free: BTreeMap<usize, &Vertex> = those.iter().copied().enumerate().collect();
    equal(these, &mut found, &mut free, |it| (&it.kind, &it.lines));
    equal(these, &mut found, &mut free, |it| (&it.kind, &it.title));
    for (vertex, partner) in these.iter().zip(&mut found) {
        if partner.is_none() {
            *partner = nearest(vertex, &free);
            partner.and_then(|number| free.remove(&number));
        }
    }
    let alone = free.keys().map(|number| those[*number]).collect();
    let partners = found.iter().map(|it| it.map(|number| those[number]));
    (partners.collect(), alone)
}

/// Takes what is equal in something, in order.
fn equal<'v, K: Ord>(
    these: &[&'v Vertex],
    found: &mut [Option<usize>],
    free: &mut BTreeMap<usize, &'v Vertex>,
    key: impl Fn(&'v Vertex) -> K,
) {
    let mut by_key: BTreeMap<K, VecDeque<usize>> = BTreeMap::new();
    for (number, vertex) in free.iter() {
        by_key.entry(key(vertex)).or_default().push_back(*number);
    }
    for (vertex, partner) in these.iter().zip(found) {
        if partner.is_none()
            && let Some(numbers) = by_key.get_mut(&key(vertex))
        {
            *partner = numbers.pop_front();
            partner.and_then(|number| free.remove(&number));
        }
    }
}

/// Returns the first vertex of the same kind that has the most lines in common.
fn nearest(vertex: &Vertex, free: &BTreeMap<usize, &Vertex>) -> Option<usize> {
    let own = described(vertex);
    let alike = free.iter().filter(|(_, it)| it.kind == vertex.kind);
    let common = |other: &Vertex| {
        let other = described(other);
        let lines = diff(&own, &other);
        let common = lines.iter().filter(|(side, _)| *side == Side::Both);
        common.count()
    };
    let best = alike
        .take(NEAR)
        .map(|(number, it)| (common(it), std::cmp::Reverse(*number)));
    best.max().map(|(_, number)| number.0)
}
