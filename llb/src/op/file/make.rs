//! Actions that make a directory, a file or a symbolic link.

use buildkit_proto::pb;

use crate::attr;
use crate::op::Inputs;
use crate::op::file::Owner;
use crate::output::Output;
use crate::path;

/// Makes a directory. That it is there already is no error.
#[derive(Clone, Debug)]
#[must_use]
pub struct Mkdir {
    path: String,
    mode: i32,
    make_parents: bool,
    owner: Option<Owner>,
    timestamp: i64,
}

/// Writes a file, in place of one that is there.
#[derive(Clone, Debug)]
#[must_use]
pub struct Mkfile {
    path: String,
    mode: i32,
    data: Vec<u8>,
    owner: Option<Owner>,
    timestamp: i64,
}

/// Makes a symbolic link; that something is there is an error.
#[derive(Clone, Debug)]
#[must_use]
pub struct Symlink {
    target: String,
    path: String,
    owner: Option<Owner>,
    timestamp: i64,
}

/// Returns the permission bits of `mode`; the daemon knows no others here.
fn permission(mode: u32) -> i32 {
    (mode & 0o777).cast_signed()
}

impl Mkdir {
    /// Returns the making of `path` with the permission bits `mode`.
    pub fn new(path: &str, mode: u32) -> Self {
        let (path, mode) = (path::absolute(path), permission(mode));
        Self {
            path,
            mode,
            make_parents: false,
            owner: None,
            timestamp: attr::NONE,
        }
    }

    /// Makes the directories above it too.
    pub fn parents(mut self) -> Self {
        self.make_parents = true;
        self
    }

    pub(super) fn lower(self, base: i64, inputs: &mut Inputs) -> pb::FileActionMkDir {
        pb::FileActionMkDir {
            path: self.path,
            mode: self.mode,
            make_parents: self.make_parents,
            owner: self.owner.map(|owner| owner.lower(base, inputs)),
            timestamp: self.timestamp,
        }
    }
}

impl Mkfile {
    /// Returns the writing of `data` to `path` with the permission bits `mode`.
    pub fn new(path: &str, mode: u32, data: impl Into<Vec<u8>>) -> Self {
        let (path, mode) = (path::absolute(path), permission(mode));
        Self {
            path,
            mode,
            data: data.into(),
            owner: None,
            timestamp: attr::NONE,
        }
    }

    pub(super) fn lower(self, base: i64, inputs: &mut Inputs) -> pb::FileActionMkFile {
        pb::FileActionMkFile {
            path: self.path,
            mode: self.mode,
            data: self.data,
            owner: self.owner.map(|owner| owner.lower(base, inputs)),
            timestamp: self.timestamp,
        }
    }
}

impl Symlink {
    /// Returns the making of a link at `path` that says `target`, both as they are.
    pub fn new(target: impl Into<String>, path: impl Into<String>) -> Self {
        let (target, path) = (target.into(), path.into());
        Self {
            target,
            path,
            owner: None,
            timestamp: attr::NONE,
        }
    }

    pub(super) fn lower(self, base: i64, inputs: &mut Inputs) -> pb::FileActionSymlink {
        pb::FileActionSymlink {
            oldpath: self.target,
            newpath: self.path,
            owner: self.owner.map(|owner| owner.lower(base, inputs)),
            timestamp: self.timestamp,
        }
    }
}

macro_rules! made_by {
    ($($kind:ident),*) => {$(
        impl $kind {
            /// Returns whose users its owner is looked up in, where that is not the op's base.
            pub(super) fn known_to(&self) -> Option<Output> {
                self.owner.as_ref().and_then(Owner::looked_up_in)
            }

            /// Sets who owns it.
            pub fn owner(mut self, owner: Owner) -> Self {
                self.owner = Some(owner);
                self
            }

            /// Sets its time, in nanoseconds since 1970.
            pub fn timestamp(mut self, nanoseconds: i64) -> Self {
                self.timestamp = nanoseconds;
                self
            }
        }
    )*};
}

made_by!(Mkdir, Mkfile, Symlink);
