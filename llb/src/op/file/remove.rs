//! The action that removes files.

use buildkit_proto::pb;

use crate::path;

/// Removes a file or a directory with all in it.
#[derive(Clone, Debug)]
#[must_use]
pub struct Remove {
    path: String,
    allow_not_found: bool,
    allow_wildcard: bool,
}

impl Remove {
    /// Returns the removal of `path`.
    pub fn new(path: &str) -> Self {
        Self {
            path: path::absolute(path),
            allow_not_found: false,
            allow_wildcard: false,
        }
    }

    /// Does nothing if it is not there.
    pub fn allow_not_found(mut self) -> Self {
        self.allow_not_found = true;
        self
    }

    /// Takes the path as a pattern.
    pub fn allow_wildcard(mut self) -> Self {
        self.allow_wildcard = true;
        self
    }

    pub(super) fn lower(self) -> pb::FileActionRm {
        let Self {
            path,
            allow_not_found,
            allow_wildcard,
        } = self;
        pb::FileActionRm {
            path,
            allow_not_found,
            allow_wildcard,
        }
    }
}
