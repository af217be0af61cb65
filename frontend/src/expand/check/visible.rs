//! Which arguments may be visible where, whatever the platform.
//!
//! A stage sees its own arguments, those of every stage it may be built from, and the file's.
//! What a stage is built from may depend on arguments; then it sees every argument of the file.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Arg, Body, Build, InputKind, Stage, Value};

use super::super::input::StageNames;

/// The scope in which the arguments of the file are declared.
pub(super) const OUTSIDE: usize = 0;

/// The scope of the top level.
pub(super) const TOP: usize = 1;

/// Returns the scope in which the arguments of a stage are declared.
pub(super) fn around(stage: usize) -> usize {
    2 * stage + 2
}

/// Returns the scope of the steps of a stage.
pub(super) fn inside(stage: usize) -> usize {
    2 * stage + 3
}

/// Which arguments may be visible where. The first scope is around the file, the second the
/// file's; a stage has two, the one around it and its own.
pub(super) struct Visible<'b> {
    scopes: Vec<Scope<'b>>,
    all: BTreeMap<&'b str, &'b Arg>,
}

struct Scope<'b> {
    own: BTreeMap<&'b str, &'b Arg>,
    outers: Vec<usize>,
    base: Base,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Base {
    Known,
    /// Arguments say what it is.
    Open,
}

impl<'b> Visible<'b> {
    pub(super) fn new(build: &'b Build, names: &StageNames) -> Self {
        let own = |args: &'b [Arg]| args.iter().map(|arg| (arg.name.value.as_str(), arg));
        let outside = Scope {
            own: BTreeMap::new(),
            outers: Vec::new(),
            base: Base::Known,
        };
        let top = Scope {
            own: own(&build.args).collect(),
            outers: vec![OUTSIDE],
            base: Base::Known,
        };
        let mut scopes = vec![outside, top];
        for (idx, stage) in build.stages.iter().enumerate() {
            let mut outers = BTreeSet::new();
            let mut base = Base::Known;
            for from in bodies(stage).filter_map(|body| body.from.as_ref()) {
                if !matches!(from.kind, InputKind::Image | InputKind::Context) {
                    add_bases(&from.name, idx, names, &mut outers, &mut base);
                }
            }
            outers.insert(TOP);
            scopes.push(Scope {
                own: BTreeMap::new(),
                outers: outers.into_iter().rev().collect(),
                base,
            });
            scopes.push(Scope {
                own: bodies(stage).flat_map(|body| own(&body.args)).collect(),
                outers: vec![around(idx)],
                base: Base::Known,
            });
        }
        let all = scopes.iter().flat_map(|scope| scope.own.clone()).collect();
        let mut visible = Self { scopes, all };
        visible.shorten();
        visible
    }

    /// Lets every scope look past bases without arguments, so that chains of stages are short.
    fn shorten(&mut self) {
        let mut target: Vec<Option<usize>> = vec![None; self.scopes.len()];
        for start in 1..self.scopes.len() {
            let mut chain = Vec::new();
            let mut seen = BTreeSet::new();
            let mut at = start;
            while target[at].is_none() && seen.insert(at) {
                let scope = &self.scopes[at];
                chain.push(at);
                match scope.outers.as_slice() {
                    [outer] | [outer, TOP] if scope.own.is_empty() && scope.base == Base::Known => {
                        at = *outer;
                    }
                    _ => break,
                }
            }
            let end = target[at].unwrap_or(at);
            for idx in chain {
                target[idx] = Some(end);
            }
        }
        for idx in 1..self.scopes.len() {
            let outers = self.scopes[idx].outers.clone();
            let shorter = outers.into_iter().map(|it| target[it].unwrap_or(it));
            self.scopes[idx].outers = shorter.collect();
        }
    }

    /// Tells whether the argument may be visible.
    pub(super) fn has(&self, scope: usize, name: &str) -> bool {
        self.find(scope, name).is_some()
    }

    /// Returns the argument that may be meant.
    pub(super) fn find(&self, scope: usize, name: &str) -> Option<&'b Arg> {
        let mut found = None;
        self.walk(scope, &mut |scope| {
            let all = (scope.base == Base::Open).then_some(&self.all);
            found = scope.own.get(name).or_else(|| all?.get(name)).copied();
            found.is_none()
        });
        found
    }

    /// Returns every name that may be visible.
    pub(super) fn names(&self, scope: usize) -> Vec<&'b str> {
        let mut names = Vec::new();
        self.walk(scope, &mut |scope| {
            names.extend(scope.own.keys().copied());
            true
        });
        names
    }

    /// Calls `f` with a scope and those around it, nearest first, while it returns true.
    fn walk(&self, scope: usize, f: &mut dyn FnMut(&Scope<'b>) -> bool) {
        let mut seen = BTreeSet::new();
        let mut waiting = vec![scope];
        while let Some(idx) = waiting.pop() {
            if seen.insert(idx) {
                let scope = &self.scopes[idx];
                if !f(scope) {
                    return;
                }
                waiting.extend(scope.outers.iter().rev());
            }
        }
    }
}

fn bodies(stage: &Stage) -> impl Iterator<Item = &Body> {
    let variants = stage.by_platform.iter().map(|variant| &variant.body);
    [&stage.body].into_iter().chain(variants)
}

fn add_bases(
    name: &Value,
    own: usize,
    names: &StageNames,
    outers: &mut BTreeSet<usize>,
    base: &mut Base,
) {
    for template in name.templates() {
        match template.as_literal() {
            Some(text) => {
                let found = names.find(text).filter(|idx| *idx != own);
                outers.extend(found.map(inside));
            }
            None => *base = Base::Open,
        }
    }
}
