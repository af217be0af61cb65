//! Git addresses: `https://host/repo.git#ref:dir`, `git@host:repo`, `?branch=…&subdir=…`.
//!
//! In: the text of a context, of an `add` source or of a named context. Out: a [`GitUrl`], or
//! nothing when BuildKit would not take the text for a git address. Accepted and refused exactly
//! as `ParseGitRef` in `frontend/dockerfile/dfgitutil/git_ref.go`, v0.32.2, does, with one
//! exception: `commit` and `checksum` that differ are an error here, where upstream keeps either.

mod address;

use std::collections::BTreeMap;
use std::fmt;

use address::{Address, Pair};

/// A parsed git address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitUrl {
    /// What git is given, without query and fragment.
    pub remote: String,
    /// Branch, tag or commit; empty for the default branch.
    pub git_ref: String,
    /// Directory in the repository; empty for all of it.
    pub subdir: String,
    /// The commit that `git_ref` must be.
    pub checksum: Option<String>,
    /// Whether `.git` is kept.
    pub keep_git_dir: Option<bool>,
    /// Whether submodules are fetched.
    pub submodules: Option<bool>,
    /// Where files get their time from: `checkout` or `commit`.
    pub mtime: Option<String>,
    /// Whether `checksum` is fetched without asking the remote what `git_ref` is.
    pub fetch_by_commit: bool,
    /// `github.com/owner/repo`: accepted for build contexts only, as it could be a path.
    pub is_like_a_path: bool,
    /// The last part of `remote` without `.git`.
    pub short_name: String,
}

/// Why a git address cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GitUrlError {
    /// A key that git addresses do not have.
    UnknownKey(String),
    /// A key without its value.
    MissingValue(String),
    /// A key that stands twice.
    RepeatedKey(String),
    /// A value that its key does not take.
    BadValue {
        /// The key.
        key: String,
        /// What was written.
        value: String,
        /// What is accepted.
        expected: &'static str,
    },
    /// Two parts of the address that say different things.
    Conflict {
        /// What they are about.
        what: &'static str,
        /// One value.
        first: String,
        /// The other value.
        second: String,
    },
    /// Bytes behind `%` that are no text.
    NotText(&'static str),
}

impl fmt::Display for GitUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey(key) => write!(f, "unexpected query `{key}` in a git address"),
            Self::MissingValue(key) => write!(f, "query `{key}` has no value"),
            Self::RepeatedKey(key) => write!(f, "query `{key}` has several values"),
            Self::BadValue {
                key,
                value,
                expected,
            } => write!(f, "invalid {key} value `{value}`: expected {expected}"),
            Self::Conflict {
                what,
                first,
                second,
            } => write!(f, "{what} conflicts: `{first}` and `{second}`"),
            Self::NotText(part) => write!(f, "the {part} of the git address is not UTF-8 text"),
        }
    }
}

impl std::error::Error for GitUrlError {}

/// Returns the git address that `text` is, or `None` when it is not one.
///
/// # Errors
///
/// When it is a git address whose query or fragment cannot be used.
pub fn parse(text: &str) -> Result<Option<GitUrl>, GitUrlError> {
    let is_like_a_path = text.starts_with("github.com/");
    let Some(address) = read(text) else {
        return Ok(None);
    };
    let (git_ref, subdir) = split_fragment(&decoded(address.fragment, "fragment")?);
    let short_name = address.remote.rsplit('/').next().unwrap_or_default();
    let mut url = GitUrl {
        git_ref,
        subdir,
        checksum: None,
        keep_git_dir: None,
        submodules: None,
        mtime: None,
        fetch_by_commit: false,
        is_like_a_path,
        short_name: short_name
            .strip_suffix(".git")
            .unwrap_or(short_name)
            .to_string(),
        remote: address.remote,
    };
    apply_query(&mut url, address.query)?;
    Ok(Some(url))
}

/// Tells whether `text` is an http(s) address of a file: one that is not a git address.
pub fn is_http(text: &str) -> bool {
    let http = text.starts_with("http://") || text.starts_with("https://");
    http && !matches!(parse(text), Ok(Some(_)))
}

fn read(text: &str) -> Option<Address> {
    if text.starts_with("./") || text.starts_with("../") {
        return None;
    }
    if text.starts_with("github.com/") {
        return Address::from_path(text);
    }
    match scheme(text) {
        None => Address::from_scp(text),
        Some(scheme) => {
            let name = scheme.to_ascii_lowercase();
            let address = match name.as_str() {
                "http" | "https" | "ssh" | "git" => Address::from_url(text, &name)?,
                _ => return None,
            };
            let is_web = name.starts_with("http");
            (!is_web || address.path.ends_with(b".git")).then_some(address)
        }
    }
}

/// Returns what stands before `://` when it is letters and digits.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once("://")?;
    let is_name = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then_some(scheme)
}

fn decoded(bytes: Vec<u8>, part: &'static str) -> Result<String, GitUrlError> {
    String::from_utf8(bytes).map_err(|_| GitUrlError::NotText(part))
}

/// `ref:dir`; the directory cleaned, without a leading slash.
fn split_fragment(fragment: &str) -> (String, String) {
    let (git_ref, dir) = fragment.split_once(':').unwrap_or((fragment, ""));
    let mut parts: Vec<&str> = Vec::new();
    for part in dir.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    (git_ref.to_string(), parts.join("/"))
}

fn apply_query(url: &mut GitUrl, query: Vec<Pair>) -> Result<(), GitUrlError> {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, value) in query {
        let value = decoded(value, "query")?;
        values
            .entry(decoded(key, "query")?)
            .or_default()
            .push(value);
    }
    let (mut tag, mut branch) = (None, None);
    for (key, mut values) in values {
        let value = values.pop().unwrap_or_default();
        if !values.is_empty() {
            return Err(GitUrlError::RepeatedKey(key));
        }
        let is_switch = matches!(
            key.as_str(),
            "submodules" | "keep-git-dir" | "fetch-by-commit"
        );
        if value.is_empty() && !is_switch {
            return Err(GitUrlError::MissingValue(key));
        }
        match key.as_str() {
            "ref" => agree("ref", &mut url.git_ref, value)?,
            "subdir" => agree("subdir", &mut url.subdir, value)?,
            "tag" => tag = Some(value),
            "branch" => branch = Some(value),
            "checksum" | "commit" => {
                agree("checksum", url.checksum.get_or_insert_default(), value)?;
            }
            "keep-git-dir" => url.keep_git_dir = Some(switch(key, value)?),
            "submodules" => url.submodules = Some(switch(key, value)?),
            "fetch-by-commit" => url.fetch_by_commit = switch(key, value)?,
            "mtime" => url.mtime = Some(mtime(key, value)?),
            _ => return Err(GitUrlError::UnknownKey(key)),
        }
    }
    apply_names(url, tag, branch)
}

/// `tag` and `branch` are short for full names of a ref.
fn apply_names(
    url: &mut GitUrl,
    tag: Option<String>,
    branch: Option<String>,
) -> Result<(), GitUrlError> {
    if let (Some(first), Some(second)) = (&tag, &branch) {
        // A tag and a ref that disagree come first upstream.
        agree("ref", &mut url.git_ref, prefixed("refs/tags/", first))?;
        return Err(GitUrlError::Conflict {
            what: "tag and branch",
            first: first.clone(),
            second: second.clone(),
        });
    }
    if let Some(tag) = tag {
        agree("ref", &mut url.git_ref, prefixed("refs/tags/", &tag))?;
    }
    if let Some(branch) = branch {
        agree("ref", &mut url.git_ref, prefixed("refs/heads/", &branch))?;
    }
    Ok(())
}

fn prefixed(prefix: &str, name: &str) -> String {
    if name.starts_with(prefix) {
        name.to_string()
    } else {
        format!("{prefix}{name}")
    }
}

/// Sets a value that may already stand in another part of the address.
fn agree(what: &'static str, slot: &mut String, value: String) -> Result<(), GitUrlError> {
    if slot.is_empty() || *slot == value {
        *slot = value;
        return Ok(());
    }
    Err(GitUrlError::Conflict {
        what,
        first: slot.clone(),
        second: value,
    })
}

/// A key alone means true; otherwise the words of Go's `strconv.ParseBool`.
fn switch(key: String, value: String) -> Result<bool, GitUrlError> {
    match value.as_str() {
        "" | "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(GitUrlError::BadValue {
            key,
            value,
            expected: "true or false",
        }),
    }
}

fn mtime(key: String, value: String) -> Result<String, GitUrlError> {
    match value.as_str() {
        "checkout" | "commit" => Ok(value),
        _ => Err(GitUrlError::BadValue {
            key,
            value,
            expected: "checkout or commit",
        }),
    }
}

#[cfg(test)]
mod tests;
