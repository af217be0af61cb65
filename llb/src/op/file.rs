//! File: a chain of actions, each on the result of the one before.
//!
//! Numbering follows upstream (`client/llb/fileop.go`, v0.32.2): an action's input is the op's
//! base (or none), or the result of the action before, counted after the op's inputs. Only the
//! last action is an output.

mod copy;
mod make;
mod owner;
mod remove;

use buildkit_proto::pb;

pub use copy::{Copy, CopyFrom};
pub use make::{Mkdir, Mkfile, Symlink};
pub use owner::{Owner, Who};
pub use remove::Remove;

use crate::attr;
use crate::cap::Cap;
use crate::op::{Body, Inputs, Lowered, PlatformUse, count};
use crate::output::Output;

/// Changes files, action by action; output 0 is the result of the last one.
///
/// The daemon wants one action at least.
#[derive(Clone, Debug)]
#[must_use]
pub struct File {
    base: Option<Output>,
    actions: Vec<Action>,
}

#[derive(Clone, Debug)]
enum Action {
    Copy(Copy),
    Mkfile(Mkfile),
    Mkdir(Mkdir),
    Remove(Remove),
    Symlink(Symlink),
}

impl Action {
    fn known_to(&self) -> Option<Output> {
        match self {
            Self::Copy(action) => action.known_to(),
            Self::Mkfile(action) => action.known_to(),
            Self::Mkdir(action) => action.known_to(),
            Self::Symlink(action) => action.known_to(),
            Self::Remove(_) => None,
        }
    }
}

impl File {
    /// Returns an op without actions on the files of `base`.
    pub fn on(base: Option<Output>) -> Self {
        Self {
            base,
            actions: Vec::new(),
        }
    }

    /// Copies files from elsewhere.
    pub fn copy(self, action: Copy) -> Self {
        self.then(Action::Copy(action))
    }

    /// Makes a directory.
    pub fn mkdir(self, action: Mkdir) -> Self {
        self.then(Action::Mkdir(action))
    }

    /// Writes a file.
    pub fn mkfile(self, action: Mkfile) -> Self {
        self.then(Action::Mkfile(action))
    }

    /// Makes a symbolic link.
    pub fn symlink(self, action: Symlink) -> Self {
        self.then(Action::Symlink(action))
    }

    /// Removes files.
    pub fn remove(self, action: Remove) -> Self {
        self.then(Action::Remove(action))
    }

    fn then(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    pub(super) fn lower(self) -> Lowered {
        let mut visits = Vec::new();
        self.visit(&mut visits);
        let mut steps = Steps::default();
        steps.add(self);
        let n_inputs = steps.inputs.len();
        let last = steps.done.len().checked_sub(1);
        let actions = steps
            .done
            .into_iter()
            .enumerate()
            .map(|(n, step)| pb::FileAction {
                input: step.input.resolve(n_inputs),
                secondary_input: step.secondary.resolve(n_inputs),
                output: if Some(n) == last { 0 } else { attr::NONE },
                action: Some(step.action),
            });
        Lowered {
            body: Body::message(pb::op::Op::File(pb::FileOp {
                actions: actions.collect(),
            })),
            inputs: steps.inputs.into_list(),
            visits: Some(visits),
            caps: [Cap::FILE_BASE].into(),
            platform: PlatformUse::LeftOut,
        }
    }

    /// Lists what is needed as a definition lists it: the base, then the last action's first.
    fn visit(&self, visits: &mut Vec<Output>) {
        visits.extend(self.base);
        for action in self.actions.iter().rev() {
            visits.extend(action.known_to());
            match action {
                Action::Copy(Copy {
                    from: CopyFrom::Output(from),
                    ..
                }) => visits.extend(*from),
                Action::Copy(Copy {
                    from: CopyFrom::File(from),
                    ..
                }) => from.visit(visits),
                _ => {}
            }
        }
    }
}

/// Is where an action finds its files.
#[derive(Clone, Copy)]
enum Place {
    /// An input of the op, or -1.
    Input(i64),
    /// The result of an action.
    Result(i64),
}

impl Place {
    fn resolve(self, n_inputs: i64) -> i64 {
        match self {
            Self::Input(number) => number,
            Self::Result(number) => n_inputs.saturating_add(number),
        }
    }
}

struct Step {
    input: Place,
    secondary: Place,
    action: pb::file_action::Action,
}

#[derive(Default)]
struct Steps {
    inputs: Inputs,
    done: Vec<Step>,
}

impl Steps {
    /// Adds the actions of `file` and returns where its result is.
    fn add(&mut self, file: File) -> Place {
        let mut result = Place::Input(attr::NONE);
        for (n, action) in file.actions.into_iter().enumerate() {
            let base = self.inputs.number(file.base);
            let input = if n == 0 { Place::Input(base) } else { result };
            let (secondary, action) = self.lower(action, base);
            result = Place::Result(count(self.done.len()));
            self.done.push(Step {
                input,
                secondary,
                action,
            });
        }
        result
    }

    fn lower(&mut self, action: Action, base: i64) -> (Place, pb::file_action::Action) {
        use pb::file_action::Action as Wire;
        let none = Place::Input(attr::NONE);
        match action {
            Action::Copy(copy) => {
                let (from, copy) = copy.lower(base, &mut self.inputs);
                let secondary = match from {
                    CopyFrom::Output(output) => Place::Input(self.inputs.number(output)),
                    CopyFrom::File(file) => self.add(*file),
                };
                (secondary, Wire::Copy(copy))
            }
            Action::Mkfile(action) => (none, Wire::Mkfile(action.lower(base, &mut self.inputs))),
            Action::Mkdir(action) => (none, Wire::Mkdir(action.lower(base, &mut self.inputs))),
            Action::Remove(action) => (none, Wire::Rm(action.lower())),
            Action::Symlink(action) => (none, Wire::Symlink(action.lower(base, &mut self.inputs))),
        }
    }
}
