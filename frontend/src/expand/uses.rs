//! What a stage takes from elsewhere.

use crate::model::{Source, Step, Verb};

use super::{Cache, Expanded, Input, Stage};

/// One thing that a stage takes from elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Use<'a> {
    /// From where.
    pub input: &'a Input,
    /// What for.
    pub kind: UseKind,
}

/// What a stage takes something for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UseKind {
    /// It starts from it.
    Base,
    /// It copies files from it.
    Copy,
    /// It mounts it.
    Mount,
}

impl Stage {
    /// Tells whether the stage is a named context and nothing else: of it, too, only what is used
    /// is sent.
    pub fn is_context(&self) -> bool {
        matches!(self.base, Input::NamedContext(_)) && self.steps.is_empty()
    }

    /// Returns what the stage takes from elsewhere: its base, then what its steps take, in order.
    pub fn uses(&self) -> Vec<Use<'_>> {
        let mut uses = vec![Use {
            input: &self.base,
            kind: UseKind::Base,
        }];
        for step in &self.steps {
            step_uses(step, &mut uses);
        }
        uses
    }
}

fn step_uses<'a>(step: &'a Step<Expanded>, uses: &mut Vec<Use<'a>>) {
    let exec = match &step.verb {
        Verb::Copy(copy) | Verb::File(copy) => {
            let has_paths = copy.sources.iter().any(|it| matches!(it, Source::Path(_)));
            uses.extend(copy.from.iter().filter(|_| has_paths).map(|input| Use {
                input,
                kind: UseKind::Copy,
            }));
            return;
        }
        Verb::Parallel(branches) => {
            for step in branches.iter().flatten() {
                step_uses(step, uses);
            }
            return;
        }
        Verb::Run(run) => &run.exec,
        Verb::Script(script) => &script.exec,
        _ => return,
    };
    let caches = exec.caches.iter().filter_map(|cache| match cache {
        Cache::Mount(mount) => mount.from.as_ref(),
        Cache::Preset(..) => None,
    });
    let binds = exec.binds.iter().filter_map(|bind| bind.from.as_ref());
    let open = exec.open.iter().filter_map(|open| open.from.as_ref());
    uses.extend(caches.chain(binds).chain(open).map(|input| Use {
        input,
        kind: UseKind::Mount,
    }));
}
