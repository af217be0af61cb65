//! The action that copies files, and its many flags.

use buildkit_proto::pb;

use crate::attr;
use crate::op::Inputs;
use crate::op::file::{File, Owner};
use crate::output::Output;
use crate::path;

/// Is where files are copied from.
#[derive(Clone, Debug)]
pub enum CopyFrom {
    /// A vertex's output, or scratch.
    Output(Option<Output>),
    /// Other actions of the same op.
    File(Box<File>),
}

impl From<Option<Output>> for CopyFrom {
    fn from(output: Option<Output>) -> Self {
        Self::Output(output)
    }
}

impl From<Output> for CopyFrom {
    fn from(output: Output) -> Self {
        Self::Output(Some(output))
    }
}

impl From<File> for CopyFrom {
    fn from(file: File) -> Self {
        Self::File(Box::new(file))
    }
}

/// Copies files from elsewhere.
#[derive(Clone, Debug)]
#[must_use]
pub struct Copy {
    pub(super) from: CopyFrom,
    wire: pb::FileActionCopy,
    owner: Option<Owner>,
}

impl Copy {
    /// Returns the copying of the path `source` in `from` to the path `dest`.
    ///
    /// A `dest` that ends in `/` is a directory.
    pub fn new(from: impl Into<CopyFrom>, source: &str, dest: &str) -> Self {
        let wire = pb::FileActionCopy {
            src: path::absolute(source),
            dest: path::absolute_keeping_end(dest),
            mode: -1,
            timestamp: attr::NONE,
            ..pb::FileActionCopy::default()
        };
        Self {
            from: from.into(),
            wire,
            owner: None,
        }
    }

    /// Sets who owns the copies.
    pub fn owner(mut self, owner: Owner) -> Self {
        self.owner = Some(owner);
        self
    }

    /// Sets the permission bits of the copies.
    pub fn mode(mut self, mode: u32) -> Self {
        self.wire.mode = mode.cast_signed();
        self.wire.mode_str.clear();
        self
    }

    /// Changes the permission bits of the copies, as in `u+x,g-w`.
    pub fn symbolic_mode(mut self, mode: impl Into<String>) -> Self {
        self.wire.mode = 0;
        self.wire.mode_str = mode.into();
        self
    }

    /// Sets the time of the copies, in nanoseconds since 1970.
    pub fn timestamp(mut self, nanoseconds: i64) -> Self {
        self.wire.timestamp = nanoseconds;
        self
    }

    /// Follows a symbolic link at the end of the source.
    pub fn follow_symlink(mut self) -> Self {
        self.wire.follow_symlink = true;
        self
    }

    /// Copies what is in a directory, not the directory.
    pub fn dir_contents(mut self) -> Self {
        self.wire.dir_copy_contents = true;
        self
    }

    /// Unpacks an archive.
    pub fn unpack(mut self) -> Self {
        self.wire.attempt_unpack_docker_compatibility = true;
        self
    }

    /// Makes the directories above the destination.
    pub fn create_dest_path(mut self) -> Self {
        self.wire.create_dest_path = true;
        self
    }

    /// Takes the source as a pattern.
    pub fn allow_wildcard(mut self) -> Self {
        self.wire.allow_wildcard = true;
        self
    }

    /// Does nothing if the pattern matches nothing.
    pub fn allow_empty_wildcard(mut self) -> Self {
        self.wire.allow_empty_wildcard = true;
        self
    }

    /// Copies only what these patterns match.
    pub fn include<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.wire
            .include_patterns
            .extend(patterns.into_iter().map(Into::into));
        self
    }

    /// Leaves out what these patterns match.
    pub fn exclude<P: Into<String>>(mut self, patterns: impl IntoIterator<Item = P>) -> Self {
        self.wire
            .exclude_patterns
            .extend(patterns.into_iter().map(Into::into));
        self
    }

    /// Fails if one of these paths is not in the source.
    pub fn require<P: Into<String>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.wire
            .required_paths
            .extend(paths.into_iter().map(Into::into));
        self
    }

    /// Replaces a file by a directory and the reverse.
    pub fn always_replace(mut self) -> Self {
        self.wire.always_replace_existing_dest_paths = true;
        self
    }

    /// Returns whose users its owner is looked up in, where that is not the op's base.
    pub(super) fn known_to(&self) -> Option<Output> {
        self.owner.as_ref().and_then(Owner::looked_up_in)
    }

    pub(super) fn lower(
        mut self,
        base: i64,
        inputs: &mut Inputs,
    ) -> (CopyFrom, pb::FileActionCopy) {
        self.wire.owner = self.owner.map(|owner| owner.lower(base, inputs));
        (self.from, self.wire)
    }
}
