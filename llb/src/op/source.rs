//! Sources: an identifier that says what to fetch, attributes that say how.

mod git;
mod http;
mod image;
mod layout;
mod local;

use std::collections::BTreeMap;

use buildkit_proto::pb;

pub use git::{Git, GitBundle, GitMtime, GitSignature};
pub use http::Http;
pub use image::{Image, ImageBlob, ResolveMode};
pub use layout::{LayoutBlob, OciLayout};
pub use local::{Differ, Local};

use crate::cap::{Cap, CapSet};
use crate::op::{Body, Lowered, Op, PlatformUse};

/// Fetches something.
///
/// [`Image`], [`Local`], [`Git`] and the others become one; this type itself is for schemes and
/// attributes that they do not know.
#[derive(Clone, Debug)]
#[must_use]
pub struct Source {
    identifier: String,
    attrs: BTreeMap<String, String>,
    caps: CapSet,
}

impl Source {
    /// Returns the source `identifier`, such as `docker-image://docker.io/library/alpine:latest`.
    pub fn new(identifier: impl Into<String>) -> Self {
        Self {
            identifier: identifier.into(),
            attrs: BTreeMap::new(),
            caps: CapSet::default(),
        }
    }

    /// Sets an attribute.
    pub fn attr(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.attrs.insert(key.into(), value.into());
        self
    }

    /// Requires a capability.
    pub fn cap(mut self, cap: Cap) -> Self {
        self.caps.insert(cap);
        self
    }

    /// Returns the wire message, as the gateway's metadata requests want it.
    pub fn message(&self) -> pb::SourceOp {
        let entry = |(key, value): (&String, &String)| pb::source_op::AttrsEntry {
            key: Some(key.clone()),
            value: Some(value.clone()),
        };
        let attrs = self.attrs.iter().map(entry).collect();
        pb::SourceOp {
            identifier: self.identifier.clone(),
            attrs,
        }
    }

    /// Sets an attribute that has a value.
    fn attr_some(self, key: &str, value: Option<String>) -> Self {
        match value {
            Some(value) => self.attr(key, value),
            None => self,
        }
    }

    /// Sets an attribute that has a value, and requires what it needs.
    fn attr_cap(self, key: &str, value: Option<String>, cap: Cap) -> Self {
        match value {
            Some(value) => self.attr(key, value).cap(cap),
            None => self,
        }
    }

    pub(super) fn lower(self) -> Lowered {
        let scheme = self.identifier.split_once("://").map(|(scheme, _)| scheme);
        let platform = match scheme {
            Some("docker-image" | "oci-layout") => PlatformUse::Written,
            _ => PlatformUse::LeftOut,
        };
        Lowered {
            body: Body::message(pb::op::Op::Source(self.message())),
            inputs: Vec::new(),
            visits: None,
            caps: self.caps,
            platform,
        }
    }
}

macro_rules! from_sources {
    ($($kind:ident),*) => {$(
        impl From<$kind> for Op {
            fn from(source: $kind) -> Self {
                Self::Source(source.into())
            }
        }
    )*};
}

from_sources!(Image, ImageBlob, OciLayout, LayoutBlob, Local, Git, Http);

/// Is how a single fetched file is stored.
#[derive(Clone, Debug, Default)]
struct StoredAs {
    filename: Option<String>,
    mode: Option<u32>,
    uid: Option<u32>,
    gid: Option<u32>,
}

macro_rules! stored_as_setters {
    ($kind:ident) => {
        impl $kind {
            /// Names the file in the result.
            pub fn filename(mut self, name: impl Into<String>) -> Self {
                self.stored.filename = Some(name.into()).filter(|name: &String| !name.is_empty());
                self
            }

            /// Sets the permission bits of the file; 0 leaves them to the daemon.
            pub fn mode(mut self, mode: u32) -> Self {
                self.stored.mode = Some(mode & 0o777).filter(|mode| *mode != 0);
                self
            }

            /// Sets who owns the file.
            pub fn owner(mut self, uid: u32, gid: u32) -> Self {
                self.stored.uid = Some(uid).filter(|id| *id != 0);
                self.stored.gid = Some(gid).filter(|id| *id != 0);
                self
            }
        }
    };
}

use stored_as_setters;

/// Returns `mode` as the wire has it.
fn octal(mode: u32) -> String {
    format!("0{mode:o}")
}
