//! Files of the web.

use crate::attr;
use crate::cap::Cap;
use crate::op::source::{Source, StoredAs, octal, stored_as_setters};

/// Fetches one file.
#[derive(Clone, Debug)]
#[must_use]
pub struct Http {
    url: String,
    checksum: Option<String>,
    stored: StoredAs,
    auth_header_secret: Option<String>,
    accept: Option<String>,
    user_agent: Option<String>,
    signature: Option<(String, String)>,
}

impl Http {
    /// Returns the file at `url`, which is `http://` or `https://`.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            checksum: None,
            stored: StoredAs::default(),
            auth_header_secret: None,
            accept: None,
            user_agent: None,
            signature: None,
        }
    }

    /// Fails if the file has another digest; with one, a cached file is not asked for again.
    pub fn checksum(mut self, digest: impl Into<String>) -> Self {
        self.checksum = Some(digest.into());
        self
    }

    /// Sends the secret with this id as the `Authorization` header.
    pub fn auth_header_secret(mut self, id: impl Into<String>) -> Self {
        self.auth_header_secret = Some(id.into());
        self
    }

    /// Sends an `Accept` header.
    pub fn accept(mut self, value: impl Into<String>) -> Self {
        self.accept = Some(value.into());
        self
    }

    /// Sends a `User-Agent` header.
    pub fn user_agent(mut self, value: impl Into<String>) -> Self {
        self.user_agent = Some(value.into());
        self
    }

    /// Fails if the armoured OpenPGP `signature` is not one by `public_key`.
    pub fn signature(
        mut self,
        public_key: impl Into<String>,
        signature: impl Into<String>,
    ) -> Self {
        self.signature = Some((public_key.into(), signature.into()));
        self
    }
}

stored_as_setters!(Http);

impl From<Http> for Source {
    fn from(http: Http) -> Self {
        let StoredAs {
            filename,
            mode,
            uid,
            gid,
        } = http.stored;
        let (uid, gid) = (uid.map(|id| id.to_string()), gid.map(|id| id.to_string()));
        let (key, signature) = http.signature.unzip();
        Self::new(http.url)
            .cap(Cap::SOURCE_HTTP)
            .attr_cap(
                attr::HTTP_CHECKSUM,
                http.checksum,
                Cap::SOURCE_HTTP_CHECKSUM,
            )
            .attr_some(attr::HTTP_FILENAME, filename)
            .attr_cap(attr::HTTP_PERM, mode.map(octal), Cap::SOURCE_HTTP_PERM)
            .attr_cap(attr::HTTP_UID, uid, Cap::SOURCE_HTTP_UIDGID)
            .attr_cap(attr::HTTP_GID, gid, Cap::SOURCE_HTTP_UIDGID)
            .attr_cap(
                attr::HTTP_AUTH_HEADER_SECRET,
                http.auth_header_secret,
                Cap::SOURCE_HTTP_AUTH,
            )
            .attr_cap(
                attr::HTTP_HEADER_ACCEPT,
                http.accept,
                Cap::SOURCE_HTTP_HEADER,
            )
            .attr_cap(
                attr::HTTP_HEADER_USER_AGENT,
                http.user_agent,
                Cap::SOURCE_HTTP_HEADER,
            )
            .attr_cap(attr::HTTP_SIG_PUBKEY, key, Cap::SOURCE_HTTP_SIGNATUREVERIFY)
            .attr_cap(
                attr::HTTP_SIG_SIGNATURE,
                signature,
                Cap::SOURCE_HTTP_SIGNATUREVERIFY,
            )
    }
}
