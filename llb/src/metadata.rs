//! What a vertex carries that is not part of its digest.

use std::borrow::Cow;

use buildkit_proto::pb;
use prost::Message as _;
use prost::encoding::{DecodeContext, decode_key, skip_field};

use crate::cap::{Cap, CapSet};
use crate::wire::Wire;

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

/// Is what a vertex carries, before it is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) ignore_cache: bool,
    /// Each key once.
    pub(crate) description: Vec<(Cow<'static, str>, String)>,
    pub(crate) export_cache: Option<ExportCache>,
    pub(crate) caps: CapSet,
    pub(crate) progress_group: Option<ProgressGroup>,
    pub(crate) linux_resources: Option<Box<LinuxResources>>,
}

impl Metadata {
    /// Returns the bytes of metadata that only requires capabilities.
    pub(crate) fn requiring(caps: CapSet) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut metadata = Self {
            caps,
            ..Self::default()
        };
        metadata.write(&mut Wire(&mut bytes));
        bytes
    }

    /// Writes it as `pb.OpMetadata`, maps in the order of their keys.
    pub(crate) fn write(&mut self, wire: &mut Wire<'_>) {
        self.description.sort_unstable();
        wire.flag(1, self.ignore_cache);
        for (key, value) in &self.description {
            wire.message(2, |entry| {
                entry.text(1, key);
                entry.text(2, value);
            });
        }
        if let Some(export) = self.export_cache {
            wire.message(4, |value| value.flag(1, export == ExportCache::Always));
        }
        for cap in self.caps.iter() {
            wire.message(5, |entry| {
                entry.text(1, cap.id());
                entry.flag(2, true);
            });
        }
        if let Some(group) = &self.progress_group {
            wire.message(6, |wire| group.write(wire));
        }
        if let Some(limits) = &self.linux_resources {
            wire.message(7, |wire| limits.write(wire));
        }
    }
}

impl ProgressGroup {
    fn write(&self, wire: &mut Wire<'_>) {
        wire.text(1, &self.id);
        wire.text(2, &self.name);
        wire.flag(3, self.weight == GroupWeight::Weak);
    }
}

impl LinuxResources {
    fn write(&self, wire: &mut Wire<'_>) {
        wire.int(1, self.memory);
        wire.int(2, self.memory_swap);
        wire.int(3, self.cpu_shares.cast_signed());
        wire.int(4, self.cpu_period.cast_signed());
        wire.int(5, self.cpu_quota);
        wire.text(6, &self.cpuset_cpus);
        wire.text(7, &self.cpuset_mems);
    }
}

/// Returns the capabilities that carried bytes themselves need: the fields that are there.
pub(crate) fn used(mut metadata: &[u8]) -> CapSet {
    let mut caps = CapSet::default();
    while !metadata.is_empty() {
        let Ok((field, wire_type)) = decode_key(&mut metadata) else {
            break;
        };
        caps.extend(match field {
            1 => Some(Cap::META_IGNORECACHE),
            2 => Some(Cap::META_DESCRIPTION),
            4 => Some(Cap::META_EXPORTCACHE),
            _ => None,
        });
        if skip_field(wire_type, field, &mut metadata, DecodeContext::default()).is_err() {
            break;
        }
    }
    caps
}

/// Returns what two equal vertices carry together, by upstream's rules (`client/llb/state.go`,
/// `mergeMetadata`). In and out: the bytes of `pb.OpMetadata`.
pub(crate) fn merge(one: &[u8], later: &[u8]) -> Vec<u8> {
    let [mut metadata, later] =
        [one, later].map(|bytes| pb::OpMetadata::decode(bytes).unwrap_or_default());
    metadata.ignore_cache |= later.ignore_cache;
    metadata.description.extend(later.description);
    metadata.export_cache = later.export_cache.or(metadata.export_cache);
    metadata
        .caps
        .extend(later.caps.into_keys().map(|cap| (cap, true)));
    metadata.progress_group = later.progress_group.or(metadata.progress_group.take());
    metadata.linux_resources = later.linux_resources.or(metadata.linux_resources.take());
    metadata.encode_to_vec()
}
