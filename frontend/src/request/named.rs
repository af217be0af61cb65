//! Named contexts: what `--build-context` puts in the place of images, stages and names.
//!
//! The rules are those of `frontend/dockerui/namedcontext.go` (v0.32.2). A context is looked up by
//! its name and a platform, and read only when a build file uses it: one that nobody uses may be
//! anything.

use std::collections::BTreeMap;

use buildkit_llb::Platform;

use super::option::Reader;
use crate::git_url::{self, GitUrl};
use crate::image_name::ImageName;
use crate::units::Malformed;

/// The named contexts of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedContexts {
    /// By name, or by name and platform: `assets`, `assets::linux/arm64`.
    contexts: BTreeMap<String, NamedContext>,
}

/// One named context, unread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedContext {
    /// What it is, as the client wrote it: `docker-image://alpine`, `local:assets`, ….
    pub value: String,
    /// What tells this client's directory from others of the same name.
    pub shared_key: String,
}

/// What a named context is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedSource {
    /// Nothing.
    Scratch,
    /// An image, by its complete name.
    Image(String),
    /// An image of a layout that the client has: the store and the digest.
    Layout {
        /// The client's name for the layout.
        store: String,
        /// The image in it.
        digest: String,
    },
    /// A directory of the client.
    Local(String),
    /// A repository: its address, and how it was written.
    Git(Box<GitUrl>, String),
    /// A file of the web.
    Http(String),
    /// What another build made, by the name under which the client hands it in.
    Input(String),
}

/// The names that stand for something else.
const TAKEN: &[&str] = &["scratch", "context"];

impl NamedContexts {
    pub(super) fn read(reader: &Reader<'_>) -> Self {
        let keys = reader.all("context:").into_iter();
        keys.map(|(key, value)| {
            let shared_key = reader.raw(&format!("sharedkey:localdir:{key}"));
            let shared_key = shared_key.unwrap_or_default().to_owned();
            (key, NamedContext { value, shared_key })
        })
        .collect()
    }

    /// Returns the key of the context that has the name of an image, a stage or its own, for a
    /// platform: `alpine` also for `docker.io/library/alpine:latest`.
    pub fn find(&self, name: &str, platform: &Platform) -> Option<&str> {
        if self.contexts.is_empty() || TAKEN.iter().any(|taken| name.eq_ignore_ascii_case(taken)) {
            return None;
        }
        let name = ImageName::parse(name).ok()?.familiar();
        let name = name.strip_suffix(":latest").unwrap_or(&name);
        let of_platform = format!("{name}::{}", platform.clone().normalized().format_all());
        let found = self.contexts.get_key_value(&of_platform);
        let found = found.or_else(|| self.contexts.get_key_value(name));
        found.map(|(key, _)| key.as_str())
    }

    /// Returns the context of a key.
    pub fn get(&self, key: &str) -> Option<&NamedContext> {
        self.contexts.get(key)
    }

    /// Returns the names, without platforms.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let name = |key| str::split(key, "::").next().unwrap_or_default();
        self.contexts.keys().map(move |key| name(key))
    }
}

impl FromIterator<(String, NamedContext)> for NamedContexts {
    fn from_iter<I: IntoIterator<Item = (String, NamedContext)>>(contexts: I) -> Self {
        Self {
            contexts: contexts.into_iter().collect(),
        }
    }
}

impl NamedContext {
    /// Reads what it is.
    ///
    /// # Errors
    ///
    /// It is nothing that a context can be.
    pub fn read(&self) -> Result<NamedSource, Malformed> {
        let value = self.value.as_str();
        match git_url::parse(value) {
            Ok(Some(url)) => return Ok(NamedSource::Git(Box::new(url), value.to_owned())),
            Ok(None) => {}
            Err(error) => {
                let message = format!("`{value}`: {error}");
                return Err(Malformed::new(message, "correct the address"));
            }
        }
        if git_url::is_http(value) {
            return Ok(NamedSource::Http(value.to_owned()));
        }
        let (kind, rest) = value.split_once(':').unwrap_or(("", value));
        let name = rest.strip_prefix("//").unwrap_or(rest);
        match kind {
            "docker-image" if name == "scratch" => Ok(NamedSource::Scratch),
            "docker-image" => match ImageName::parse(name) {
                Ok(name) => Ok(NamedSource::Image(name.to_string())),
                Err(error) => Err(Malformed::new(
                    format!("`{name}` is not an image: {error}"),
                    "write `docker-image://NAME`, such as `docker-image://alpine:3.20`",
                )),
            },
            "oci-layout" => layout(name),
            "local" => Ok(NamedSource::Local(name.to_owned())),
            "input" => Ok(NamedSource::Input(name.to_owned())),
            _ => Err(Malformed::new(
                format!("`{value}` is nothing that a context can be"),
                "give a directory, `docker-image://NAME`, `oci-layout://PATH`, `target:NAME` in a \
                 bake file, or the address of a repository or file",
            )),
        }
    }
}

/// Reads `store[:tag]@sha256:…`.
fn layout(name: &str) -> Result<NamedSource, Malformed> {
    let help = "write `oci-layout://PATH@sha256:…` or `oci-layout://PATH:TAG`";
    let Some((store, digest)) = name.split_once('@') else {
        let message = format!("the layout `{name}` has no digest");
        return Err(Malformed::new(message, help));
    };
    // The digest as any image name has it; the store may have letters that no registry has.
    if ImageName::parse(&format!("x@{digest}")).is_err() {
        let message = format!("`{digest}` is no digest");
        return Err(Malformed::new(message, help));
    }
    let tag = store.rfind(':').filter(|at| !store[*at..].contains('/'));
    let store = &store[..tag.unwrap_or(store.len())];
    Ok(NamedSource::Layout {
        store: store.to_owned(),
        digest: digest.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use buildkit_llb::Platform;

    use super::{NamedContext, NamedContexts};

    #[track_caller]
    fn found(keys: &[&str], name: &str, expected: Option<&str>) {
        let contexts = keys
            .iter()
            .map(|key| ((*key).to_owned(), NamedContext::default()));
        let contexts: NamedContexts = contexts.collect();
        let platform = Platform::new("linux", "arm64");
        assert_eq!(contexts.find(name, &platform), expected, "{name}");
    }

    #[test]
    fn a_context_is_found_by_the_short_name_of_an_image() {
        let keys = ["alpine", "alpine:3.20", "ghcr.io/a/b"];
        found(&keys, "alpine", Some("alpine"));
        found(&keys, "docker.io/library/alpine:latest", Some("alpine"));
        found(&keys, "docker.io/library/alpine:3.20", Some("alpine:3.20"));
        found(&keys, "docker.io/library/alpine:3.21", None);
        found(&keys, "ghcr.io/a/b:latest", Some("ghcr.io/a/b"));
    }

    #[test]
    fn the_one_of_the_platform_comes_first() {
        found(&["a", "a::linux/arm64"], "a", Some("a::linux/arm64"));
        found(&["a", "a::linux/amd64"], "a", Some("a"));
    }

    #[test]
    fn some_names_are_taken() {
        found(&["scratch", "context"], "scratch", None);
        found(&["scratch", "context"], "Context", None);
    }

    #[track_caller]
    fn read(value: &str, expected: &str) {
        let context = NamedContext {
            value: value.to_owned(),
            ..NamedContext::default()
        };
        let read = match context.read() {
            Ok(source) => format!("{source:?}"),
            Err(error) => format!("{}. {}", error.message, error.help),
        };
        assert!(read.starts_with(expected), "{read}");
    }

    #[test]
    fn a_context_is_an_image_a_directory_an_address_or_an_input() {
        read("docker-image://scratch", "Scratch");
        read("docker-image://a", "Image(\"docker.io/library/a:latest\")");
        read("docker-image:a:1", "Image(\"docker.io/library/a:1\")");
        read("local:assets", "Local(\"assets\")");
        read("input:base::linux/amd64", "Input(\"base::linux/amd64\")");
        read(
            "git@example.com:a/b",
            "Git(GitUrl { remote: \"git@example.com:a/b\"",
        );
        read(
            "https://example.com/a.git#v1",
            "Git(GitUrl { remote: \"https://example.com/a.git\"",
        );
        read(
            "https://example.com/a.tar",
            "Http(\"https://example.com/a.tar\")",
        );
    }

    #[test]
    fn a_layout_has_a_store_and_a_digest() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let expected = format!("Layout {{ store: \"s/t\", digest: \"{digest}\" }}");
        read(&format!("oci-layout://s/t@{digest}"), &expected);
        read(&format!("oci-layout://s/t:tag@{digest}"), &expected);
        read("oci-layout://s:tag", "the layout `s:tag` has no digest.");
        read("oci-layout://s@sha256:1", "`sha256:1` is no digest.");
    }

    #[test]
    fn what_a_context_cannot_be_is_said() {
        read(
            "ftp://x",
            "`ftp://x` is nothing that a context can be. give a directory, ",
        );
        read("nonsense", "`nonsense` is nothing that a context can be.");
        read(
            "docker-image://A",
            "`A` is not an image: a repository has no capital letters",
        );
        read(
            "https://h/a.git?x=1",
            "`https://h/a.git?x=1`: unexpected query `x`",
        );
    }
}
