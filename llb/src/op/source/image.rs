//! Images of a registry, and single blobs of one.

use crate::attr;
use crate::cap::Cap;
use crate::op::source::{Source, StoredAs, octal, stored_as_setters};

/// Says where an image name is looked up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResolveMode {
    /// Where the daemon thinks best.
    #[default]
    Default,
    /// In the registry.
    Pull,
    /// In the daemon's own store first.
    Local,
}

impl ResolveMode {
    /// Returns the word for it on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Pull => "pull",
            Self::Local => "local",
        }
    }
}

/// Fetches the files of an image.
#[derive(Clone, Debug)]
#[must_use]
pub struct Image {
    name: String,
    resolve_mode: ResolveMode,
    record_type: Option<String>,
    layer_limit: Option<u32>,
    checksum: Option<String>,
}

impl Image {
    /// Returns the image `name`, which has a registry, a repository and a tag or a digest.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            resolve_mode: ResolveMode::Default,
            record_type: None,
            layer_limit: None,
            checksum: None,
        }
    }

    /// Sets where the name is looked up.
    pub fn resolve_mode(mut self, mode: ResolveMode) -> Self {
        self.resolve_mode = mode;
        self
    }

    /// Sets how the daemon's usage records call it, such as `internal`.
    pub fn record_type(mut self, kind: impl Into<String>) -> Self {
        self.record_type = Some(kind.into());
        self
    }

    /// Takes only the first layers.
    pub fn layer_limit(mut self, layers: u32) -> Self {
        self.layer_limit = Some(layers);
        self
    }

    /// Fails if the image has another digest.
    pub fn checksum(mut self, digest: impl Into<String>) -> Self {
        self.checksum = Some(digest.into());
        self
    }
}

impl From<Image> for Source {
    fn from(image: Image) -> Self {
        let source = Self::new(format!("docker-image://{}", image.name)).cap(Cap::SOURCE_IMAGE);
        let source = match image.resolve_mode {
            ResolveMode::Default => source,
            // Upstream requires the capability only for the mode that has to be enforced.
            mode @ ResolveMode::Pull => source
                .attr(attr::IMAGE_RESOLVE_MODE, mode.as_str())
                .cap(Cap::SOURCE_IMAGE_RESOLVEMODE),
            mode @ ResolveMode::Local => source.attr(attr::IMAGE_RESOLVE_MODE, mode.as_str()),
        };
        let limit = image.layer_limit.map(|layers| layers.to_string());
        source
            .attr_some(attr::IMAGE_RECORD_TYPE, image.record_type)
            .attr_cap(attr::IMAGE_LAYER_LIMIT, limit, Cap::SOURCE_IMAGE_LAYERLIMIT)
            .attr_cap(
                attr::IMAGE_CHECKSUM,
                image.checksum,
                Cap::SOURCE_IMAGE_CHECKSUM,
            )
    }
}

/// Fetches a blob of a registry as a file.
#[derive(Clone, Debug)]
#[must_use]
pub struct ImageBlob {
    name: String,
    stored: StoredAs,
}

impl ImageBlob {
    /// Returns the blob `name`, which has a registry, a repository and a digest but no tag.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            stored: StoredAs::default(),
        }
    }
}

stored_as_setters!(ImageBlob);

impl From<ImageBlob> for Source {
    fn from(blob: ImageBlob) -> Self {
        Self::new(format!("docker-image+blob://{}", blob.name))
            .cap(Cap::SOURCE_IMAGEBLOB)
            .stored_as(blob.stored)
    }
}

impl Source {
    pub(super) fn stored_as(self, stored: StoredAs) -> Self {
        self.attr_some(attr::HTTP_FILENAME, stored.filename)
            .attr_some(attr::HTTP_PERM, stored.mode.map(octal))
            .attr_some(attr::HTTP_UID, stored.uid.map(|id| id.to_string()))
            .attr_some(attr::HTTP_GID, stored.gid.map(|id| id.to_string()))
    }
}
