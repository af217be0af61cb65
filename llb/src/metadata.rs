//! What a vertex carries that is not part of its digest.

use std::borrow::ToOwned;

use buildkit_proto::pb;

use crate::cap::Cap;

/// Says whether the result of a vertex goes into an exported cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportCache {
    /// It is exported, whatever the build's default is.
    Always,
    /// It is not exported.
    Never,
}

/// Holds a group of vertices that clients show as one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressGroup {
    /// Vertices with the same id are one group.
    pub id: String,
    /// The name of the row.
    pub name: String,
    /// How much this vertex counts in the group.
    pub weight: GroupWeight,
}

/// Says how much a vertex counts in its progress group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupWeight {
    /// It begins and extends the group.
    Full,
    /// It neither begins nor extends the group.
    Weak,
}

/// Holds limits on a process. A zero or an empty text is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinuxResources {
    /// Memory, in bytes.
    pub memory: i64,
    /// Memory and swap together, in bytes; -1 is unlimited.
    pub memory_swap: i64,
    /// The weight of its share of the processors.
    pub cpu_shares: u64,
    /// The length of a scheduling period, in microseconds.
    pub cpu_period: u64,
    /// Processor time in a period, in microseconds.
    pub cpu_quota: i64,
    /// The processors it may use, such as `0-3`.
    pub cpuset_cpus: String,
    /// The memory nodes it may use, such as `0,1`.
    pub cpuset_mems: String,
}

impl From<ProgressGroup> for pb::ProgressGroup {
    fn from(group: ProgressGroup) -> Self {
        Self {
            id: group.id,
            name: group.name,
            weak: group.weight == GroupWeight::Weak,
        }
    }
}

impl From<LinuxResources> for pb::LinuxResources {
    fn from(limits: LinuxResources) -> Self {
        Self {
            memory: limits.memory,
            memory_swap: limits.memory_swap,
            cpu_shares: limits.cpu_shares,
            cpu_period: limits.cpu_period,
            cpu_quota: limits.cpu_quota,
            cpuset_cpus: limits.cpuset_cpus,
            cpuset_mems: limits.cpuset_mems,
        }
    }
}

pub(crate) fn require(metadata: &mut pb::OpMetadata, cap: Cap) {
    metadata.caps.insert(cap.id().to_owned(), true);
}

/// Adds `later` to `metadata` by upstream's rules (`client/llb/state.go`, `mergeMetadata`).
pub(crate) fn merge(metadata: &mut pb::OpMetadata, later: pb::OpMetadata) {
    metadata.ignore_cache |= later.ignore_cache;
    metadata.description.extend(later.description);
    metadata.export_cache = later.export_cache.or(metadata.export_cache);
    metadata
        .caps
        .extend(later.caps.into_keys().map(|cap| (cap, true)));
    metadata.progress_group = later.progress_group.or(metadata.progress_group.take());
    metadata.linux_resources = later.linux_resources.or(metadata.linux_resources.take());
}
