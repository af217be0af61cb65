//! Image names: `registry/repository:tag@digest`, parsed and completed.
//!
//! The rules are those of every Docker tool (`distribution/reference`, v0.6.0,
//! `ParseNormalizedNamed` and `TagNameOnly`): `alpine` is `docker.io/library/alpine:latest`.

use std::fmt;

const HUB: &str = "docker.io";
const OLD_HUB: &str = "index.docker.io";
const OFFICIAL: &str = "library/";
const MAX_PATH: usize = 255;
const MAX_TAG: usize = 128;

/// An image's name, complete.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageName {
    /// `docker.io`, `ghcr.io`, `localhost:5000`, ….
    pub registry: String,
    /// `library/alpine`.
    pub repository: String,
    /// What follows the `:`; `latest` when neither tag nor digest was written.
    pub tag: Option<String>,
    /// `sha256:…`.
    pub digest: Option<String>,
}

/// Why a text is no image name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageNameError {
    /// There is no text.
    Empty,
    /// 64 hexadecimal digits: an id, not a name.
    Id,
    /// `https://…`; the scheme.
    Scheme(String),
    /// The repository has capital letters; it in small ones.
    UpperCase(String),
    /// The registry is no host name.
    Registry(String),
    /// A part of the repository has a character that no repository has.
    Repository(String),
    /// The repository is longer than 255 characters.
    TooLong,
    /// What follows the `:` is no tag.
    Tag(String),
    /// What follows the `@` is no digest.
    Digest(String),
}

impl fmt::Display for ImageNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "there is no name"),
            Self::Id => write!(f, "64 hexadecimal digits are an image id, not a name"),
            Self::Scheme(scheme) => write!(f, "an image name has no `{scheme}://`"),
            Self::UpperCase(_) => write!(f, "a repository has no capital letters"),
            Self::Registry(part) => write!(f, "`{part}` is no registry"),
            Self::Repository(part) if part.is_empty() => {
                write!(f, "a part of the repository is empty")
            }
            Self::Repository(part) => write!(f, "`{part}` cannot be part of a repository"),
            Self::TooLong => write!(f, "a repository has at most {MAX_PATH} characters"),
            Self::Tag(tag) if tag.is_empty() => write!(f, "the tag is empty"),
            Self::Tag(tag) => write!(f, "`{tag}` is no tag"),
            Self::Digest(digest) => write!(f, "`{digest}` is no digest"),
        }
    }
}

impl std::error::Error for ImageNameError {}

impl ImageName {
    /// Reads a name as people write it and completes it.
    ///
    /// # Errors
    ///
    /// The text is no image name.
    pub fn parse(text: &str) -> Result<Self, ImageNameError> {
        if text.is_empty() {
            return Err(ImageNameError::Empty);
        }
        if text.len() == 64 && text.bytes().all(is_small_hex) {
            return Err(ImageNameError::Id);
        }
        if let Some((scheme, _)) = text.split_once("://") {
            return Err(ImageNameError::Scheme(scheme.to_owned()));
        }
        let (registry, rest) = split_registry(text);
        let (rest, digest) = match rest.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (rest, None),
        };
        let (path, tag) = match rest.split_once(':') {
            Some((path, tag)) => (path, Some(tag)),
            None => (rest, None),
        };
        let is_short = registry == HUB && !path.contains('/');
        let repository = format!("{}{path}", if is_short { OFFICIAL } else { "" });
        check_registry(registry)?;
        check_repository(path, &repository)?;
        if let Some(tag) = tag.filter(|tag| !is_tag(tag)) {
            return Err(ImageNameError::Tag(tag.to_owned()));
        }
        if let Some(digest) = digest.filter(|digest| !is_digest(digest)) {
            return Err(ImageNameError::Digest(digest.to_owned()));
        }
        let tag = tag.or(if digest.is_none() {
            Some("latest")
        } else {
            None
        });
        Ok(Self {
            registry: registry.to_owned(),
            repository,
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// Returns the name as people write it: `alpine:3.20`, without `docker.io/library/`.
    pub fn familiar(&self) -> String {
        let mut text = String::new();
        let official = self.repository.strip_prefix(OFFICIAL);
        match official.filter(|rest| self.registry == HUB && !rest.contains('/')) {
            Some(rest) => text.push_str(rest),
            None if self.registry == HUB => text.push_str(&self.repository),
            None => text = format!("{}/{}", self.registry, self.repository),
        }
        self.push_rest(&mut text);
        text
    }

    fn push_rest(&self, text: &mut String) {
        if let Some(tag) = &self.tag {
            text.push(':');
            text.push_str(tag);
        }
        if let Some(digest) = &self.digest {
            text.push('@');
            text.push_str(digest);
        }
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{}/{}", self.registry, self.repository);
        self.push_rest(&mut text);
        f.write_str(&text)
    }
}

/// Returns registry and rest; the Hub when the first part is no host.
fn split_registry(text: &str) -> (&str, &str) {
    let Some((first, rest)) = text.split_once('/') else {
        return (HUB, text);
    };
    let has_capitals = first.chars().any(char::is_uppercase);
    match first {
        OLD_HUB => (HUB, rest),
        _ if first == "localhost" || first.contains(['.', ':']) || has_capitals => (first, rest),
        _ => (HUB, text),
    }
}

fn check_registry(registry: &str) -> Result<(), ImageNameError> {
    let error = || ImageNameError::Registry(registry.to_owned());
    let (host, port) = match registry.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (registry, None),
    };
    if port.is_some_and(|port| port.is_empty() || !port.bytes().all(|b| b.is_ascii_digit())) {
        return Err(error());
    }
    let is_address =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
    let is_good = match host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        Some(address) => is_address(address),
        None => host.split('.').all(is_host_part),
    };
    if is_good { Ok(()) } else { Err(error()) }
}

fn is_host_part(part: &str) -> bool {
    let has_good_ends = part.starts_with(|c: char| c.is_ascii_alphanumeric())
        && part.ends_with(|c: char| c.is_ascii_alphanumeric());
    has_good_ends && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn check_repository(written: &str, repository: &str) -> Result<(), ImageNameError> {
    if written.chars().any(char::is_uppercase) {
        return Err(ImageNameError::UpperCase(written.to_lowercase()));
    }
    if let Some(part) = written.split('/').find(|part| !is_repository_part(part)) {
        return Err(ImageNameError::Repository(part.to_owned()));
    }
    if repository.len() > MAX_PATH {
        return Err(ImageNameError::TooLong);
    }
    Ok(())
}

/// Tells whether a part is words of `[a-z0-9]+` with `.`, `_`, `__` or dashes between them.
fn is_repository_part(part: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let mut rest = part;
    loop {
        let after = rest.trim_start_matches(is_word);
        if after.len() == rest.len() {
            return false;
        }
        if after.is_empty() {
            return true;
        }
        rest = after.trim_start_matches('-');
        if rest.len() == after.len() {
            let separators = ["__", "_", "."];
            let mut found = separators.iter().filter_map(|it| after.strip_prefix(it));
            match found.next() {
                Some(next) => rest = next,
                None => return false,
            }
        }
    }
}

fn is_tag(tag: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    tag.starts_with(is_word)
        && tag.len() <= MAX_TAG
        && tag.chars().all(|c| is_word(c) || matches!(c, '.' | '-'))
}

/// Tells whether it is a digest of an algorithm that registries use (`opencontainers/go-digest`).
fn is_digest(digest: &str) -> bool {
    let (length, hex) = match digest.split_once(':') {
        Some(("sha256", hex)) => (64, hex),
        Some(("sha384", hex)) => (96, hex),
        Some(("sha512", hex)) => (128, hex),
        _ => return false,
    };
    hex.len() == length && hex.bytes().all(is_small_hex)
}

fn is_small_hex(b: u8) -> bool {
    b.is_ascii_digit() || (b'a'..=b'f').contains(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(table: &str) {
        let digest = format!("sha256:{}", "a1".repeat(32));
        for line in table.lines().filter(|line| !line.is_empty()) {
            let mut columns = line
                .split(" | ")
                .map(|it| it.trim().replace("DIGEST", &digest));
            let mut next = || columns.next().unwrap_or_default();
            let (text, expected, familiar) = (next(), next(), next());
            let (name, short) = match ImageName::parse(&text) {
                Ok(name) => (name.to_string(), name.familiar()),
                Err(error) => (error.to_string(), String::new()),
            };
            assert_eq!((name, short), (expected, familiar), "{text}");
        }
    }

    #[test]
    fn a_short_name_is_completed() {
        check(
            "
alpine                    | docker.io/library/alpine:latest | alpine:latest
alpine:3.20               | docker.io/library/alpine:3.20   | alpine:3.20
user/app                  | docker.io/user/app:latest       | user/app:latest
docker.io/alpine          | docker.io/library/alpine:latest | alpine:latest
index.docker.io/alpine    | docker.io/library/alpine:latest | alpine:latest
docker.io/library/a/b     | docker.io/library/a/b:latest    | library/a/b:latest
f/a.b_c__d---e            | docker.io/f/a.b_c__d---e:latest | f/a.b_c__d---e:latest
localhost                 | docker.io/library/localhost:latest | localhost:latest
",
        );
    }

    #[test]
    fn a_first_part_that_is_a_host_is_the_registry() {
        check(
            "
ghcr.io/a/b               | ghcr.io/a/b:latest            | ghcr.io/a/b:latest
localhost/a               | localhost/a:latest            | localhost/a:latest
localhost:5000/a:1        | localhost:5000/a:1            | localhost:5000/a:1
[::1]:5000/x              | [::1]:5000/x:latest           | [::1]:5000/x:latest
[fe80::1]/x               | [fe80::1]/x:latest            | [fe80::1]/x:latest
127.0.0.1:5000/x          | 127.0.0.1:5000/x:latest       | 127.0.0.1:5000/x:latest
Registry/x                | Registry/x:latest             | Registry/x:latest
",
        );
    }

    #[test]
    fn a_digest_needs_no_tag() {
        check(
            "
alpine@DIGEST             | docker.io/library/alpine@DIGEST      | alpine@DIGEST
alpine:3@DIGEST           | docker.io/library/alpine:3@DIGEST    | alpine:3@DIGEST
alpine@sha256:abc         | `sha256:abc` is no digest
alpine@md5:DIGEST         | `md5:DIGEST` is no digest
alpine@                   | `` is no digest
",
        );
    }

    #[test]
    fn what_is_no_name_says_why() {
        let id = "0123456789abcdef".repeat(4);
        check(&format!(
            "{id} | 64 hexadecimal digits are an image id, not a name"
        ));
        check(&format!(
            "{}1 | docker.io/library/{}1:latest | {}1:latest",
            id, id, id
        ));
        check(
            "
Alpine                    | a repository has no capital letters
ghcr.io/A/b               | a repository has no capital letters
https://ghcr.io/a         | an image name has no `https://`
alpine:                   | the tag is empty
alpine:-1                 | `-1` is no tag
alpine:a b                | `a b` is no tag
al pine                   | `al pine` cannot be part of a repository
a//b                      | a part of the repository is empty
a/                        | a part of the repository is empty
-a                        | `-a` cannot be part of a repository
a___b                     | `a___b` cannot be part of a repository
a..b                      | `a..b` cannot be part of a repository
ghcr.io:x/a               | `ghcr.io:x` is no registry
-x.io/a                   | `-x.io` is no registry
ünder.io/a                | `ünder.io` is no registry
",
        );
        let long = "a".repeat(256);
        check(&format!("{long} | a repository has at most 255 characters"));
        check(&format!("alpine:{long} | `{long}` is no tag"));
        assert_eq!(ImageName::parse(""), Err(ImageNameError::Empty));
    }
}
