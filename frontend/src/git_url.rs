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
mod tests {
    use super::*;

    /// One line: the remote, then every part that is not empty.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let actual = match parse(text) {
            Ok(None) => "not git".to_string(),
            Err(error) => error.to_string(),
            Ok(Some(url)) => {
                let mut line = url.remote.clone();
                let mut part = |name: &str, value: String| {
                    if !value.is_empty() {
                        line.push_str(&format!(" {name}={value}"));
                    }
                };
                part("ref", url.git_ref);
                part("subdir", url.subdir);
                part("checksum", url.checksum.unwrap_or_default());
                let switch = |on: Option<bool>| on.map_or(String::new(), |on| on.to_string());
                part("keep-git-dir", switch(url.keep_git_dir));
                part("submodules", switch(url.submodules));
                part("mtime", url.mtime.unwrap_or_default());
                part(
                    "fetch-by-commit",
                    switch(url.fetch_by_commit.then_some(true)),
                );
                part("path-like", switch(url.is_like_a_path.then_some(true)));
                part("short", url.short_name);
                line
            }
        };
        assert_eq!(actual, expected);
    }

    #[test]
    fn a_web_address_needs_its_suffix() {
        check("https://h.org/a/b.git", "https://h.org/a/b.git short=b");
        check("HTTP://h.org/a/b.git", "http://h.org/a/b.git short=b");
        check("https://h.org/a/b", "not git");
        check("https://h.org/a/b.git/", "not git");
        check("https://h.org/a/b.git.zip", "not git");
        check("https://h.org/b.tar?x=.git", "not git");
    }

    #[test]
    fn git_and_ssh_addresses_need_no_suffix() {
        check("git://h.org/a", "git://h.org/a short=a");
        check(
            "ssh://git@h.org:2222/a/b",
            "ssh://git@h.org:2222/a/b short=b",
        );
        check("git://h.org:port/a", "not git");
        check("ftp://h.org/a.git", "not git");
        check("ssh+git://h.org/a.git", "not git");
    }

    #[test]
    fn the_scp_form_is_git_over_ssh() {
        check("git@h.org:a/b.git", "git@h.org:a/b.git short=b");
        check(
            "me@h.org:a/b?tag=v1#:docs",
            "me@h.org:a/b ref=refs/tags/v1 subdir=docs short=b",
        );
        check("git@h.org:b.git", "git@h.org:b.git short=git@h.org:b");
        check("git@h.org:a#x?y", "git@h.org:a ref=x?y short=git@h.org:a");
        check("h.org:a/b.git", "not git");
        check("git@h_org:a/b.git", "not git");
    }

    #[test]
    fn a_path_is_not_git() {
        check(".", "not git");
        check("", "not git");
        check("./a.git", "not git");
        check("../git@h.org:a", "not git");
        check("h.org/a/b.git", "not git");
    }

    #[test]
    fn the_bare_github_form_is_marked() {
        check(
            "github.com/a/b#main",
            "github.com/a/b ref=main path-like=true short=b",
        );
        check(
            "github.com/a/b.git?branch=main",
            "github.com/a/b.git ref=refs/heads/main path-like=true short=b",
        );
    }

    #[test]
    fn a_fragment_is_a_ref_and_a_directory() {
        check(
            "https://h.org/b.git#v1.2",
            "https://h.org/b.git ref=v1.2 short=b",
        );
        check(
            "https://h.org/b.git#rel/2:x/./y/../z/",
            "https://h.org/b.git ref=rel/2 subdir=x/z short=b",
        );
        check(
            "https://h.org/b.git#:../up",
            "https://h.org/b.git subdir=up short=b",
        );
        check(
            "https://h.org/b.git#a%20b",
            "https://h.org/b.git ref=a b short=b",
        );
        check("https://h.org/b.git#a%2", "not git");
        check("https://h.org/b.git:#x", "not git");
    }

    #[test]
    fn a_query_says_the_same_in_words() {
        check(
            "https://h.org/b.git?ref=v1&subdir=/x",
            "https://h.org/b.git ref=v1 subdir=/x short=b",
        );
        check(
            "https://h.org/b.git?tag=refs/tags/v1",
            "https://h.org/b.git ref=refs/tags/v1 short=b",
        );
        check(
            "https://h.org/b.git?commit=ab12&keep-git-dir&submodules=0&mtime=commit#main",
            "https://h.org/b.git ref=main checksum=ab12 keep-git-dir=true submodules=false \
             mtime=commit short=b",
        );
        check(
            "https://h.org/b.git?checksum=ab12&fetch-by-commit=T",
            "https://h.org/b.git checksum=ab12 fetch-by-commit=true short=b",
        );
        check(
            "https://h.org/b.git?fetch-by-commit=false&ref=a+b%2Bc",
            "https://h.org/b.git ref=a b+c short=b",
        );
    }

    #[test]
    fn a_bad_query_is_an_error() {
        check(
            "https://h.org/b.git?depth=1",
            "unexpected query `depth` in a git address",
        );
        check("https://h.org/b.git?ref=", "query `ref` has no value");
        check("https://h.org/b.git?ref", "query `ref` has no value");
        check(
            "https://h.org/b.git?ref=a&ref=a",
            "query `ref` has several values",
        );
        check(
            "git@h.org:b?submodules=maybe",
            "invalid submodules value `maybe`: expected true or false",
        );
        check(
            "git@h.org:b?mtime=now",
            "invalid mtime value `now`: expected checkout or commit",
        );
        check(
            "https://h.org/b.git?ref=%ff",
            "the query of the git address is not UTF-8 text",
        );
    }

    #[test]
    fn parts_that_disagree_are_an_error() {
        check(
            "https://h.org/b.git?ref=v1#v2",
            "ref conflicts: `v2` and `v1`",
        );
        check(
            "https://h.org/b.git?ref=v1#v1",
            "https://h.org/b.git ref=v1 short=b",
        );
        check(
            "https://h.org/b.git?branch=main#main",
            "ref conflicts: `main` and `refs/heads/main`",
        );
        check(
            "https://h.org/b.git?tag=v1&branch=main",
            "tag and branch conflicts: `v1` and `main`",
        );
        check(
            "https://h.org/b.git?subdir=a#:b",
            "subdir conflicts: `b` and `a`",
        );
        check(
            "https://h.org/b.git?commit=a&checksum=b",
            "checksum conflicts: `b` and `a`",
        );
    }

    #[test]
    fn the_remote_is_escaped_as_git_is_given_it() {
        check(
            "https://u:p%40w@h.org/a%20b/ü.git",
            "https://u:p%40w@h.org/a%20b/%C3%BC.git short=%C3%BC",
        );
        check(
            "https://a@b:c@h.org/x.git",
            "https://a%40b:c@h.org/x.git short=x",
        );
        check("https://[::1]:80/x.git", "https://[::1]:80/x.git short=x");
        check("https://[::1/x.git", "not git");
        check("https://a b/x.git", "not git");
        check("https://h:1:2/x.git", "not git");
        check("https://h.org/x\u{1}.git", "not git");
    }

    #[test]
    fn a_file_on_the_web_is_what_is_not_git() {
        assert!(is_http("https://h.org/a.tar.gz"));
        assert!(is_http("http://h.org/a.git/info"));
        assert!(!is_http("https://h.org/a.git#v1"));
        assert!(!is_http("HTTPS://h.org/a.tar.gz"));
        assert!(!is_http("git://h.org/a"));
    }
}
