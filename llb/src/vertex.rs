//! A vertex before it is in a graph: an op, where it may run, and what it carries.

use std::borrow::Cow;
use std::sync::Arc;

use crate::attr;
use crate::cap::Cap;
use crate::location::Location;
use crate::metadata::{ExportCache, LinuxResources, Metadata, ProgressGroup};
use crate::op::Op;
use crate::platform::Platform;

/// Holds an op and everything a graph wants to know about it.
///
/// Name, description, cache flags, progress group, caps, limits and locations are not part of the
/// digest: two vertices that differ only in them become one, which carries what both carry.
#[derive(Clone, Debug)]
#[must_use = "a vertex does nothing until it is added to a graph"]
pub struct Vertex {
    pub(crate) op: Op,
    pub(crate) platform: Option<Arc<Platform>>,
    pub(crate) constraints: Vec<String>,
    pub(crate) metadata: Metadata,
    pub(crate) locations: Vec<Location>,
}

impl Vertex {
    /// Returns a vertex that does `op`.
    pub fn new(op: impl Into<Op>) -> Self {
        Self {
            op: op.into(),
            platform: None,
            constraints: Vec::new(),
            metadata: Metadata::default(),
            locations: Vec::new(),
        }
    }

    /// Sets the platform; ops that know no platform (files, local, git, http, merge, diff,
    /// passthrough, blobs) ignore it.
    pub fn platform(mut self, platform: impl Into<Arc<Platform>>) -> Self {
        self.platform = Some(platform.into());
        self
    }

    /// Lists what a daemon must be able to do to do the op, by id.
    pub fn caps(&self) -> Vec<&'static str> {
        self.op.clone().lower().caps.iter().map(Cap::id).collect()
    }

    /// Adds a filter that a worker must pass.
    pub fn constraint(mut self, filter: impl Into<String>) -> Self {
        self.constraints.push(filter.into());
        self
    }

    /// Sets the name that clients show.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.describe(attr::CUSTOM_NAME, name)
    }

    /// Adds a description.
    pub fn describe(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        let key = key.into();
        let description = &mut self.metadata.description;
        description.retain(|(other, _)| *other != key);
        description.push((key, value.into()));
        self
    }

    /// Makes the daemon run it even if the result is cached.
    pub fn ignore_cache(mut self) -> Self {
        self.metadata.ignore_cache = true;
        self
    }

    /// Says whether its result goes into an exported cache.
    pub fn export_cache(mut self, export: ExportCache) -> Self {
        self.metadata.export_cache = Some(export);
        self
    }

    /// Puts it into a group that clients show as one row.
    pub fn progress_group(mut self, group: ProgressGroup) -> Self {
        self.metadata.progress_group = Some(group);
        self
    }

    /// Requires a capability beside those that the op itself requires.
    pub fn cap(mut self, cap: Cap) -> Self {
        self.metadata.caps.insert(cap);
        self
    }

    /// Limits the process of an exec.
    pub fn linux_resources(mut self, limits: LinuxResources) -> Self {
        self.metadata.linux_resources = Some(Box::new(limits));
        self
    }

    /// Adds lines that it came from.
    pub fn location(mut self, location: Location) -> Self {
        self.locations.push(location);
        self
    }
}

impl<T: Into<Op>> From<T> for Vertex {
    fn from(op: T) -> Self {
        Self::new(op)
    }
}
