//! Stages that need themselves.

use crate::diagnostic::{Code, Diagnostics};
use crate::expand::{Stage, UseKind};

use super::order::Edge;

/// How many stages of a cycle are named.
const MAX_NAMED: usize = 8;

/// Stages of which each uses the next, and the last the first; the first of the file is first.
pub(super) type Cycle = Vec<(usize, Edge)>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    /// On the path that is being followed.
    Open,
    Done,
}

/// Returns the cycles, one for each way back that is found.
pub(super) fn find(edges: &[Vec<Edge>]) -> Vec<Cycle> {
    let mut cycles = Vec::new();
    let mut marks = vec![Mark::New; edges.len()];
    for start in 0..edges.len() {
        if marks[start] != Mark::New {
            continue;
        }
        marks[start] = Mark::Open;
        let mut path = vec![(start, 0)];
        while let Some((stage, n_followed)) = path.last_mut() {
            let Some(edge) = edges[*stage].get(*n_followed) else {
                marks[*stage] = Mark::Done;
                path.pop();
                continue;
            };
            *n_followed += 1;
            match marks[edge.to] {
                Mark::Done => {}
                Mark::Open => cycles.push(cycle(edge.to, &path, edges)),
                Mark::New => {
                    marks[edge.to] = Mark::Open;
                    path.push((edge.to, 0));
                }
            }
        }
    }
    cycles
}

/// Returns the part of the path from `first` on.
fn cycle(first: usize, path: &[(usize, usize)], edges: &[Vec<Edge>]) -> Cycle {
    let start = path
        .iter()
        .position(|(stage, _)| *stage == first)
        .unwrap_or_default();
    let steps = path[start..].iter();
    let mut cycle: Cycle = steps
        .map(|(stage, n_followed)| (*stage, edges[*stage][n_followed - 1]))
        .collect();
    let least = (0..cycle.len()).min_by_key(|at| cycle[*at].0);
    cycle.rotate_left(least.unwrap_or_default());
    cycle
}

/// Reports `stage-cycle` with every edge.
pub(super) fn report(cycle: &Cycle, stages: &[Stage], diags: &mut Diagnostics) {
    let Some(((first, edge), rest)) = cycle.split_first() else {
        return;
    };
    let name = |idx: usize| stages[idx].name.value.as_str();
    let mut names: Vec<&str> = cycle
        .iter()
        .take(MAX_NAMED)
        .map(|(idx, _)| name(*idx))
        .collect();
    if cycle.len() > MAX_NAMED {
        names.push("...");
    }
    names.push(name(*first));
    let label = |from: usize, edge: &Edge| {
        let verb = match edge.kind {
            UseKind::Base => "starts from",
            UseKind::Copy => "copies from",
            UseKind::Mount => "mounts",
        };
        format!("`{}` {verb} `{}`", name(from), name(edge.to))
    };
    let message = format!("stages need each other: {}", names.join(" -> "));
    let diagnostic = diags.report(Code::StageCycle, edge.span, message);
    diagnostic.label(label(*first, edge));
    for (from, edge) in rest.iter().take(MAX_NAMED) {
        diagnostic.secondary(edge.span, label(*from, edge));
    }
    diagnostic.help("move what they share into a stage that both use");
}
