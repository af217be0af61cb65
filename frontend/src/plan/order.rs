//! Which stages use which, and the order in which they are built.

use crate::expand::{Input, Stage, StageId, UseKind};
use crate::text::Span;

/// One stage uses another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// What is used.
    pub(super) to: usize,
    /// Where it is named.
    pub(super) span: Span,
    /// What for.
    pub(super) kind: UseKind,
}

/// Returns what every stage uses, in order, each stage once.
pub(super) fn edges(stages: &[Stage]) -> Vec<Vec<Edge>> {
    stages.iter().map(edges_of).collect()
}

fn edges_of(stage: &Stage) -> Vec<Edge> {
    let mut seen = std::collections::BTreeSet::new();
    let uses = stage.uses().into_iter();
    uses.filter_map(|it| match it.input {
        Input::Stage(StageId(to), span) => Some(Edge {
            to: *to,
            span: *span,
            kind: it.kind,
        }),
        Input::Scratch | Input::Image(_) | Input::Context(_) | Input::NamedContext(_) => None,
    })
    .filter(|edge| seen.insert(edge.to))
    .collect()
}

/// Returns the stages that the roots reach, each after what it uses.
pub(super) fn order(edges: &[Vec<Edge>], roots: &[StageId]) -> Vec<StageId> {
    let mut order = Vec::new();
    let mut is_seen = vec![false; edges.len()];
    for root in roots {
        if !is_seen[root.0] {
            is_seen[root.0] = true;
            visit(root.0, edges, &mut is_seen, &mut order);
        }
    }
    order
}

fn visit(root: usize, edges: &[Vec<Edge>], is_seen: &mut [bool], order: &mut Vec<StageId>) {
    // A stage and how many of its edges were followed: a chain of stages needs no call stack.
    let mut path = vec![(root, 0)];
    while let Some((stage, n_followed)) = path.last_mut() {
        let Some(edge) = edges[*stage].get(*n_followed) else {
            order.push(StageId(*stage));
            path.pop();
            continue;
        };
        *n_followed += 1;
        if !is_seen[edge.to] {
            is_seen[edge.to] = true;
            path.push((edge.to, 0));
        }
    }
}
