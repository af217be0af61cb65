//! OCI layouts of the client, and single blobs of one.

use crate::attr;
use crate::cap::Cap;
use crate::op::source::{Source, StoredAs, stored_as_setters};

/// Fetches the files of an image in an OCI layout of the client.
#[derive(Clone, Debug)]
#[must_use]
pub struct OciLayout {
    name: String,
    session: Option<String>,
    store: Option<String>,
    layer_limit: Option<u32>,
}

impl OciLayout {
    /// Returns the image `name`, such as `layout@sha256:…`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            session: None,
            store: None,
            layer_limit: None,
        }
    }

    /// Sets the session and the store of the client that hold it.
    pub fn store(mut self, session: impl Into<String>, store: impl Into<String>) -> Self {
        self.session = Some(session.into()).filter(|id| !id.is_empty());
        self.store = Some(store.into()).filter(|id| !id.is_empty());
        self
    }

    /// Takes only the first layers.
    pub fn layer_limit(mut self, layers: u32) -> Self {
        self.layer_limit = Some(layers);
        self
    }
}

impl From<OciLayout> for Source {
    fn from(layout: OciLayout) -> Self {
        let limit = layout.layer_limit.map(|layers| layers.to_string());
        Self::new(format!("oci-layout://{}", layout.name))
            .cap(Cap::SOURCE_OCILAYOUT)
            .attr_some(attr::OCI_SESSION, layout.session)
            .attr_some(attr::OCI_STORE, layout.store)
            .attr_some(attr::OCI_LAYER_LIMIT, limit)
    }
}

/// Fetches a blob of an OCI layout of the client as a file.
#[derive(Clone, Debug)]
#[must_use]
pub struct LayoutBlob {
    name: String,
    session: Option<String>,
    store: Option<String>,
    stored: StoredAs,
}

impl LayoutBlob {
    /// Returns the blob `name`, which has a registry, a repository and a digest but no tag.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            session: None,
            store: None,
            stored: StoredAs::default(),
        }
    }

    /// Sets the session and the store of the client that hold it.
    pub fn store(mut self, session: impl Into<String>, store: impl Into<String>) -> Self {
        self.session = Some(session.into()).filter(|id| !id.is_empty());
        self.store = Some(store.into()).filter(|id| !id.is_empty());
        self
    }
}

stored_as_setters!(LayoutBlob);

impl From<LayoutBlob> for Source {
    fn from(blob: LayoutBlob) -> Self {
        Self::new(format!("oci-layout+blob://{}", blob.name))
            .cap(Cap::SOURCE_IMAGEBLOB)
            .stored_as(blob.stored)
            .attr_some(attr::OCI_SESSION, blob.session)
            .attr_some(attr::OCI_STORE, blob.store)
    }
}
