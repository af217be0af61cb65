//! Capability ids of LLB, in upstream's spelling.
//!
//! Source: `solver/pb/caps.go`, moby/buildkit v0.32.2. A definition names the ones it needs, and
//! the daemon refuses a definition that names one it does not know.

use std::fmt;

/// Holds the id of something a daemon can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cap(u8);

impl Cap {
    /// Returns the id as it is written on the wire.
    pub const fn id(self) -> &'static str {
        IDS[self.0 as usize]
    }
}

impl fmt::Display for Cap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Holds capabilities, each once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CapSet(u128);

impl CapSet {
    pub(crate) fn insert(&mut self, cap: Cap) {
        self.0 |= 1 << BY_ID.places[usize::from(cap.0)];
    }

    /// Lists them in the order of their ids, which is the order of a map on the wire.
    pub(crate) fn iter(self) -> impl Iterator<Item = Cap> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let place = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(Cap(BY_ID.caps[place]))
        })
    }
}

impl Extend<Cap> for CapSet {
    fn extend<T: IntoIterator<Item = Cap>>(&mut self, caps: T) {
        caps.into_iter().for_each(|cap| self.insert(cap));
    }
}

impl<const N: usize> From<[Cap; N]> for CapSet {
    fn from(caps: [Cap; N]) -> Self {
        let mut set = Self::default();
        set.extend(caps);
        set
    }
}

/// Is the order of all ids: of every capability its place, and of every place its capability.
struct Order {
    places: [u8; IDS.len()],
    caps: [u8; IDS.len()],
}

const BY_ID: Order = {
    let mut order = Order {
        places: [0; IDS.len()],
        caps: [0; IDS.len()],
    };
    let mut cap = 0;
    while cap < IDS.len() {
        let (mut place, mut other) = (0, 0);
        while other < IDS.len() {
            if is_before(IDS[other].as_bytes(), IDS[cap].as_bytes()) {
                place += 1;
            }
            other += 1;
        }
        order.places[cap] = place as u8;
        order.caps[place] = cap as u8;
        cap += 1;
    }
    order
};

/// Tells whether one text sorts before another; the standard library cannot while compiling.
const fn is_before(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() {
        if one[at] != other[at] {
            return one[at] < other[at];
        }
        at += 1;
    }
    one.len() < other.len()
}

/// Declares the ids and the list of them all.
macro_rules! caps {
    ($($(#[$doc:meta])* $name:ident = $id:literal;)*) => {
        /// Numbers the capabilities.
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "the names of constants")]
        enum Number {
            $($name),*
        }

        const IDS: &[&str] = &[$($id),*];

        // A set is a number of 128 bits.
        const _: () = assert!(IDS.len() <= 128);

        impl Cap {
            $($(#[$doc])* pub const $name: Self = Self(Number::$name as u8);)*

            /// Lists every id, in the order of upstream's file.
            pub const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

caps! {
    /// Is `source.image`.
    SOURCE_IMAGE = "source.image";
    /// Is `source.image.resolvemode`.
    SOURCE_IMAGE_RESOLVEMODE = "source.image.resolvemode";
    /// Is `source.image.layerlimit`.
    SOURCE_IMAGE_LAYERLIMIT = "source.image.layerlimit";
    /// Is `source.image.checksum`.
    SOURCE_IMAGE_CHECKSUM = "source.image.checksum";
    /// Is `source.local`.
    SOURCE_LOCAL = "source.local";
    /// Is `source.local.unique`.
    SOURCE_LOCAL_UNIQUE = "source.local.unique";
    /// Is `source.local.sessionid`.
    SOURCE_LOCAL_SESSIONID = "source.local.sessionid";
    /// Is `source.local.includepatterns`.
    SOURCE_LOCAL_INCLUDEPATTERNS = "source.local.includepatterns";
    /// Is `source.local.followpaths`.
    SOURCE_LOCAL_FOLLOWPATHS = "source.local.followpaths";
    /// Is `source.local.excludepatterns`.
    SOURCE_LOCAL_EXCLUDEPATTERNS = "source.local.excludepatterns";
    /// Is `source.local.sharedkeyhint`.
    SOURCE_LOCAL_SHAREDKEYHINT = "source.local.sharedkeyhint";
    /// Is `source.local.differ`.
    SOURCE_LOCAL_DIFFER = "source.local.differ";
    /// Is `source.local.metadatatransfer`.
    SOURCE_LOCAL_METADATATRANSFER = "source.local.metadatatransfer";
    /// Is `source.git`.
    SOURCE_GIT = "source.git";
    /// Is `source.git.keepgitdir`.
    SOURCE_GIT_KEEPGITDIR = "source.git.keepgitdir";
    /// Is `source.git.fullurl`.
    SOURCE_GIT_FULLURL = "source.git.fullurl";
    /// Is `source.git.httpauth`.
    SOURCE_GIT_HTTPAUTH = "source.git.httpauth";
    /// Is `source.git.knownsshhosts`.
    SOURCE_GIT_KNOWNSSHHOSTS = "source.git.knownsshhosts";
    /// Is `source.git.mountsshsock`.
    SOURCE_GIT_MOUNTSSHSOCK = "source.git.mountsshsock";
    /// Is `source.git.subdir`.
    SOURCE_GIT_SUBDIR = "source.git.subdir";
    /// Is `source.git.checksum`.
    SOURCE_GIT_CHECKSUM = "source.git.checksum";
    /// Is `source.git.skipsubmodules`.
    SOURCE_GIT_SKIPSUBMODULES = "source.git.skipsubmodules";
    /// Is `source.git.signatureverify`.
    SOURCE_GIT_SIGNATUREVERIFY = "source.git.signatureverify";
    /// Is `source.git.mtime`.
    SOURCE_GIT_MTIME = "source.git.mtime";
    /// Is `source.git.fetchbycommit`.
    SOURCE_GIT_FETCHBYCOMMIT = "source.git.fetchbycommit";
    /// Is `source.git.bundle`.
    SOURCE_GIT_BUNDLE = "source.git.bundle";
    /// Is `source.git.checkoutbundle`.
    SOURCE_GIT_CHECKOUTBUNDLE = "source.git.checkoutbundle";
    /// Is `source.http`.
    SOURCE_HTTP = "source.http";
    /// Is `source.http.auth`.
    SOURCE_HTTP_AUTH = "source.http.auth";
    /// Is `source.http.checksum`.
    SOURCE_HTTP_CHECKSUM = "source.http.checksum";
    /// Is `source.http.perm`.
    SOURCE_HTTP_PERM = "source.http.perm";
    // Upstream's typo (solver/pb/caps.go, v0.32.2). The daemon compares ids, so it stays.
    /// Is `soruce.http.uidgid`.
    SOURCE_HTTP_UIDGID = "soruce.http.uidgid";
    /// Is `source.http.header`.
    SOURCE_HTTP_HEADER = "source.http.header";
    /// Is `source.http.signatureverify`.
    SOURCE_HTTP_SIGNATUREVERIFY = "source.http.signatureverify";
    /// Is `source.imageblob`.
    SOURCE_IMAGEBLOB = "source.imageblob";
    /// Is `source.ocilayout`.
    SOURCE_OCILAYOUT = "source.ocilayout";
    /// Is `source.buildop.llbfilename`.
    SOURCE_BUILDOP_LLBFILENAME = "source.buildop.llbfilename";
    /// Is `exec.meta.base`.
    EXEC_META_BASE = "exec.meta.base";
    /// Is `exec.meta.cgroup.parent`.
    EXEC_META_CGROUP_PARENT = "exec.meta.cgroup.parent";
    /// Is `exec.meta.network`.
    EXEC_META_NETWORK = "exec.meta.network";
    /// Is `exec.meta.network.proxy`.
    EXEC_META_NETWORK_PROXY = "exec.meta.network.proxy";
    /// Is `exec.meta.proxyenv`.
    EXEC_META_PROXYENV = "exec.meta.proxyenv";
    /// Is `exec.meta.security`.
    EXEC_META_SECURITY = "exec.meta.security";
    /// Is `exec.meta.security.devices.v1`.
    EXEC_META_SECURITY_DEVICES_V1 = "exec.meta.security.devices.v1";
    /// Is `exec.meta.setsdefaultpath`.
    EXEC_META_SETSDEFAULTPATH = "exec.meta.setsdefaultpath";
    /// Is `exec.meta.ulimit`.
    EXEC_META_ULIMIT = "exec.meta.ulimit";
    /// Is `exec.meta.cdi`.
    EXEC_META_CDI = "exec.meta.cdi";
    // Declared upstream but not registered: a definition that names it is refused (v0.32.2).
    /// Is `exec.meta.removemountstubs.recursive`.
    EXEC_META_REMOVEMOUNTSTUBS_RECURSIVE = "exec.meta.removemountstubs.recursive";
    /// Is `exec.meta.linux.resources`.
    EXEC_META_LINUX_RESOURCES = "exec.meta.linux.resources";
    /// Is `exec.mount.bind`.
    EXEC_MOUNT_BIND = "exec.mount.bind";
    /// Is `exec.mount.bind.readwrite-nooutput`.
    EXEC_MOUNT_BIND_READWRITE_NOOUTPUT = "exec.mount.bind.readwrite-nooutput";
    /// Is `exec.mount.cache`.
    EXEC_MOUNT_CACHE = "exec.mount.cache";
    /// Is `exec.mount.cache.sharing`.
    EXEC_MOUNT_CACHE_SHARING = "exec.mount.cache.sharing";
    /// Is `exec.mount.selector`.
    EXEC_MOUNT_SELECTOR = "exec.mount.selector";
    /// Is `exec.mount.tmpfs`.
    EXEC_MOUNT_TMPFS = "exec.mount.tmpfs";
    /// Is `exec.mount.tmpfs.size`.
    EXEC_MOUNT_TMPFS_SIZE = "exec.mount.tmpfs.size";
    /// Is `exec.mount.secret`.
    EXEC_MOUNT_SECRET = "exec.mount.secret";
    /// Is `exec.mount.ssh`.
    EXEC_MOUNT_SSH = "exec.mount.ssh";
    /// Is `exec.mount.cache.content`.
    EXEC_MOUNT_CACHE_CONTENT = "exec.mount.cache.content";
    /// Is `exec.cgroup`.
    EXEC_CGROUP = "exec.cgroup";
    /// Is `exec.secretenv`.
    EXEC_SECRETENV = "exec.secretenv";
    /// Is `exec.validexitcode`.
    EXEC_VALIDEXITCODE = "exec.validexitcode";
    /// Is `file.base`.
    FILE_BASE = "file.base";
    /// Is `file.rm.wildcard`.
    FILE_RM_WILDCARD = "file.rm.wildcard";
    /// Is `file.copy.includeexcludepatterns`.
    FILE_COPY_INCLUDEEXCLUDEPATTERNS = "file.copy.includeexcludepatterns";
    /// Is `file.copy.requiredpaths`.
    FILE_COPY_REQUIREDPATHS = "file.copy.requiredpaths";
    /// Is `file.rm.nofollowsymlink`.
    FILE_RM_NOFOLLOWSYMLINK = "file.rm.nofollowsymlink";
    /// Is `file.copy.alwaysreplaceexistingdestpaths`.
    FILE_COPY_ALWAYSREPLACEEXISTINGDESTPATHS = "file.copy.alwaysreplaceexistingdestpaths";
    // Declared upstream but not registered: a definition that names it is refused (v0.32.2).
    /// Is `file.copy.modestring`.
    FILE_COPY_MODESTRING = "file.copy.modestring";
    /// Is `file.symlink.create`.
    FILE_SYMLINK_CREATE = "file.symlink.create";
    /// Is `constraints`.
    CONSTRAINTS = "constraints";
    /// Is `platform`.
    PLATFORM = "platform";
    /// Is `meta.ignorecache`.
    META_IGNORECACHE = "meta.ignorecache";
    /// Is `meta.description`.
    META_DESCRIPTION = "meta.description";
    /// Is `meta.exportcache`.
    META_EXPORTCACHE = "meta.exportcache";
    /// Is `cache.gha`.
    CACHE_GHA = "cache.gha";
    /// Is `cache.s3`.
    CACHE_S3 = "cache.s3";
    /// Is `cache.azblob`.
    CACHE_AZBLOB = "cache.azblob";
    /// Is `mergeop`.
    MERGEOP = "mergeop";
    /// Is `diffop`.
    DIFFOP = "diffop";
    /// Is `passthroughop`.
    PASSTHROUGHOP = "passthroughop";
    /// Is `exporter.image.annotations`.
    EXPORTER_IMAGE_ANNOTATIONS = "exporter.image.annotations";
    /// Is `exporter.image.attestations`.
    EXPORTER_IMAGE_ATTESTATIONS = "exporter.image.attestations";
    /// Is `exporter.sourcedateepoch`.
    EXPORTER_SOURCEDATEEPOCH = "exporter.sourcedateepoch";
    /// Is `exporter.multiple`.
    EXPORTER_MULTIPLE = "exporter.multiple";
    /// Is `exporter.session`.
    EXPORTER_SESSION = "exporter.session";
    /// Is `source.policy`.
    SOURCE_POLICY = "source.policy";
    /// Is `source.policy.session`.
    SOURCE_POLICY_SESSION = "source.policy.session";
    /// Is `gc.freespacefilter`.
    GC_FREESPACEFILTER = "gc.freespacefilter";
    /// Is `history.filter`.
    HISTORY_FILTER = "history.filter";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_distinct_and_complete() {
        let mut ids: Vec<_> = Cap::ALL.iter().map(|cap| cap.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 90);
    }

    #[test]
    fn a_set_lists_its_caps_by_id() {
        let mut all = CapSet::default();
        all.extend(Cap::ALL.iter().copied());
        let listed: Vec<_> = all.iter().map(Cap::id).collect();
        let mut sorted: Vec<_> = Cap::ALL.iter().map(|cap| cap.id()).collect();
        sorted.sort_unstable();
        assert_eq!(listed, sorted);
        assert_eq!(CapSet::default().iter().count(), 0);
    }
}
