//! Git repositories.

use crate::attr;
use crate::cap::Cap;
use crate::op::source::Source;
use crate::path;

/// Says which time the files of a checkout have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GitMtime {
    /// That of the checkout.
    Checkout,
    /// That of the commit.
    Commit,
}

/// Says where the history comes from instead of the remote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitBundle {
    /// A blob, as `docker-image+blob://…` or `oci-layout+blob://…`.
    pub locator: String,
    /// The session of a layout's client; empty for none.
    pub session: String,
    /// The store of a layout's client; empty for none.
    pub store: String,
}

/// Holds how a signature is verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitSignature {
    /// The armoured public key.
    pub public_key: String,
    /// Refuses a key that has expired.
    pub reject_expired: bool,
    /// Wants a signed tag.
    pub require_signed_tag: bool,
    /// Looks at the commit only.
    pub ignore_signed_tag: bool,
}

/// Fetches a repository, or a directory of one.
#[derive(Clone, Debug)]
#[must_use]
pub struct Git {
    place: String,
    url: String,
    reference: String,
    subdir: String,
    keep_git_dir: bool,
    skip_submodules: bool,
    fetch_by_commit: bool,
    checkout_bundle: bool,
    checksum: Option<String>,
    mtime: Option<GitMtime>,
    header_secret: Option<String>,
    token_secret: Option<String>,
    known_hosts: Option<String>,
    ssh_agent: Option<String>,
    bundle: Option<GitBundle>,
    signature: Option<GitSignature>,
}

impl Git {
    /// Returns the repository at `url`, which has neither a query nor a fragment.
    ///
    /// `https://`, `http://`, `ssh://`, `git://` and `user@host:path` are understood; another text
    /// is taken as `https://`. One behind ssh is fetched with the client's default agent.
    pub fn new(url: &str) -> Self {
        let remote = Remote::parse(url);
        Self {
            place: remote.place,
            url: remote.url,
            reference: String::new(),
            subdir: String::new(),
            keep_git_dir: false,
            skip_submodules: false,
            fetch_by_commit: false,
            checkout_bundle: false,
            checksum: None,
            mtime: None,
            header_secret: None,
            token_secret: None,
            known_hosts: None,
            ssh_agent: remote.is_ssh.then(|| "default".to_string()),
            bundle: None,
            signature: None,
        }
    }

    /// Sets the branch, tag or commit.
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = reference.into();
        self
    }

    /// Takes only this directory.
    pub fn subdir(mut self, path: &str) -> Self {
        self.subdir = path::join(&["/", path]).trim_start_matches('/').to_string();
        self
    }

    /// Keeps the directory `.git`.
    pub fn keep_git_dir(mut self) -> Self {
        self.keep_git_dir = true;
        self
    }

    /// Leaves submodules empty.
    pub fn skip_submodules(mut self) -> Self {
        self.skip_submodules = true;
        self
    }

    /// Fetches the checksum's commit without asking what the reference is.
    pub fn fetch_by_commit(mut self) -> Self {
        self.fetch_by_commit = true;
        self
    }

    /// Results in a bundle of the commit instead of its files.
    pub fn checkout_bundle(mut self) -> Self {
        self.checkout_bundle = true;
        self
    }

    /// Fails if the reference is another commit.
    pub fn checksum(mut self, commit: impl Into<String>) -> Self {
        self.checksum = Some(commit.into());
        self
    }

    /// Sets which time the files have.
    pub fn mtime(mut self, mtime: GitMtime) -> Self {
        self.mtime = Some(mtime);
        self
    }

    /// Sets the secret with the `Authorization` header, by default `GIT_AUTH_HEADER`; empty for none.
    pub fn auth_header_secret(mut self, id: impl Into<String>) -> Self {
        self.header_secret = Some(id.into());
        self
    }

    /// Sets the secret with the token, by default `GIT_AUTH_TOKEN`; empty for none.
    pub fn auth_token_secret(mut self, id: impl Into<String>) -> Self {
        self.token_secret = Some(id.into());
        self
    }

    /// Sets the keys of the hosts behind ssh, in the form of `known_hosts`.
    pub fn known_ssh_hosts(mut self, keys: impl Into<String>) -> Self {
        self.known_hosts = Some(keys.into());
        self
    }

    /// Sets which agent of the client is used for ssh.
    pub fn ssh_agent(mut self, id: impl Into<String>) -> Self {
        self.ssh_agent = Some(id.into());
        self
    }

    /// Takes the history from a bundle instead of the remote.
    pub fn bundle(mut self, bundle: GitBundle) -> Self {
        self.bundle = Some(bundle);
        self
    }

    /// Verifies a signature.
    pub fn signature(mut self, signature: GitSignature) -> Self {
        self.signature = Some(signature);
        self
    }

    fn identifier(&self) -> String {
        match (self.reference.as_str(), self.subdir.as_str()) {
            ("", "") => format!("git://{}", self.place),
            (reference, "") => format!("git://{}#{reference}", self.place),
            (reference, subdir) => format!("git://{}#{reference}:{subdir}", self.place),
        }
    }
}

impl From<Git> for Source {
    fn from(git: Git) -> Self {
        let yes = |flag: bool| flag.then(|| "true".to_string());
        let mtime = git.mtime.map(|mtime| match mtime {
            GitMtime::Checkout => "checkout".to_string(),
            GitMtime::Commit => "commit".to_string(),
        });
        let source = Self::new(git.identifier())
            .cap(Cap::SOURCE_GIT)
            .attr(attr::GIT_FULL_URL, git.url)
            .cap(Cap::SOURCE_GIT_FULLURL)
            .attr_cap(
                attr::GIT_KEEP_DIR,
                yes(git.keep_git_dir),
                Cap::SOURCE_GIT_KEEPGITDIR,
            )
            .attr_cap(attr::GIT_CHECKSUM, git.checksum, Cap::SOURCE_GIT_CHECKSUM)
            .attr_cap(
                attr::GIT_SKIP_SUBMODULES,
                yes(git.skip_submodules),
                Cap::SOURCE_GIT_SKIPSUBMODULES,
            )
            .attr_cap(attr::GIT_MTIME, mtime, Cap::SOURCE_GIT_MTIME)
            .attr_cap(
                attr::GIT_FETCH_BY_COMMIT,
                yes(git.fetch_by_commit),
                Cap::SOURCE_GIT_FETCHBYCOMMIT,
            )
            .attr_cap(
                attr::GIT_CHECKOUT_BUNDLE,
                yes(git.checkout_bundle),
                Cap::SOURCE_GIT_CHECKOUTBUNDLE,
            )
            .attr_cap(
                attr::GIT_MOUNT_SSH_SOCK,
                git.ssh_agent,
                Cap::SOURCE_GIT_MOUNTSSHSOCK,
            )
            .attr_cap(
                attr::GIT_KNOWN_SSH_HOSTS,
                git.known_hosts,
                Cap::SOURCE_GIT_KNOWNSSHHOSTS,
            );
        source
            .git_auth(git.header_secret, git.token_secret)
            .git_bundle(git.bundle)
            .git_signature(git.signature)
    }
}

impl Source {
    /// The default names are written too, but only others require the capability.
    fn git_auth(self, header: Option<String>, token: Option<String>) -> Self {
        let is_default = header.is_none() && token.is_none();
        let header = header.unwrap_or_else(|| "GIT_AUTH_HEADER".to_string());
        let token = token.unwrap_or_else(|| "GIT_AUTH_TOKEN".to_string());
        let source = match (is_default, header.as_str(), token.as_str()) {
            (true, _, _) | (_, "", "") => self,
            _ => self.cap(Cap::SOURCE_GIT_HTTPAUTH),
        };
        source
            .attr_some(
                attr::GIT_AUTH_HEADER_SECRET,
                Some(header).filter(|id| !id.is_empty()),
            )
            .attr_some(
                attr::GIT_AUTH_TOKEN_SECRET,
                Some(token).filter(|id| !id.is_empty()),
            )
    }

    fn git_bundle(self, bundle: Option<GitBundle>) -> Self {
        let Some(GitBundle {
            locator,
            session,
            store,
        }) = bundle
        else {
            return self;
        };
        self.attr_cap(attr::GIT_BUNDLE, Some(locator), Cap::SOURCE_GIT_BUNDLE)
            .attr_some(attr::OCI_SESSION, Some(session).filter(|id| !id.is_empty()))
            .attr_some(attr::OCI_STORE, Some(store).filter(|id| !id.is_empty()))
    }

    fn git_signature(self, signature: Option<GitSignature>) -> Self {
        let Some(signature) = signature else {
            return self;
        };
        let yes = |flag: bool| flag.then(|| "true".to_string());
        self.cap(Cap::SOURCE_GIT_SIGNATUREVERIFY)
            .attr(attr::GIT_SIG_PUBKEY, signature.public_key)
            .attr_some(attr::GIT_SIG_REJECT_EXPIRED, yes(signature.reject_expired))
            .attr_some(
                attr::GIT_SIG_REQUIRE_SIGNED_TAG,
                yes(signature.require_signed_tag),
            )
            .attr_some(
                attr::GIT_SIG_IGNORE_SIGNED_TAG,
                yes(signature.ignore_signed_tag),
            )
    }
}

/// Is a remote, taken apart as upstream does (`util/gitutil/git_url.go`, v0.32.2).
struct Remote {
    /// Host and path, the same whatever the protocol.
    place: String,
    url: String,
    is_ssh: bool,
}

impl Remote {
    fn parse(url: &str) -> Self {
        if let Some((scheme, rest)) = url.split_once("://") {
            let is_ssh = scheme.eq_ignore_ascii_case("ssh");
            return Self {
                place: place(rest),
                url: url.to_string(),
                is_ssh,
            };
        }
        match url
            .split_once('@')
            .and_then(|(_, rest)| rest.split_once(':'))
        {
            Some((host, path)) if !host.contains('/') => {
                let place = format!("{host}{}", path::join(&["/", path]));
                Self {
                    place,
                    url: url.to_string(),
                    is_ssh: true,
                }
            }
            _ => Self {
                place: place(url),
                url: format!("https://{url}"),
                is_ssh: false,
            },
        }
    }
}

/// Returns the host and the path of what follows a scheme.
fn place(rest: &str) -> String {
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    format!("{host}{}", path::join(&["/", path]))
}
