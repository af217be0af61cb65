//! What the build context is, and where in it the context begins.
//!
//! Told apart as `frontend/dockerui/context.go:initContext` (v0.32.2) does: a repository, an
//! http address, or else the client's directory, which an input may replace.

use super::option::Reader;
use crate::git_url::{self, GitUrl};

/// The build context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContextRequest {
    /// What it is.
    pub source: MainContext,
    /// The directory of it that takes its place, when it is not the client's directory.
    pub subdir: Option<String>,
    /// Whether files of a repository have the time of their commit, if its address says nothing
    /// of it: they do if the build has a time.
    pub has_commit_times: bool,
}

/// What the build context is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum MainContext {
    /// The client's directory, or an input.
    #[default]
    Local,
    /// A repository: its address, and how it was written.
    Git(Box<GitUrl>, String),
    /// An address: an archive, or a build file alone.
    Http(String),
}

pub(super) fn read(reader: &mut Reader<'_>) -> ContextRequest {
    let key = reader.text("contextkey").unwrap_or("context");
    let keeps_git_dir = reader.boolean(
        "build-arg:BUILDKIT_CONTEXT_KEEP_GIT_DIR",
        "--build-arg BUILDKIT_CONTEXT_KEEP_GIT_DIR",
    );
    let value = reader.text(key).unwrap_or_default();
    let source = match git_url::parse(value) {
        Ok(Some(mut url)) => {
            if keeps_git_dir == Some(true) {
                url.keep_git_dir = Some(true);
            }
            MainContext::Git(Box::new(url), value.to_owned())
        }
        Ok(None) if git_url::is_http(value) => MainContext::Http(value.to_owned()),
        Ok(None) => MainContext::Local,
        Err(error) => {
            reader.bad("the build context", format!("`{value}`: {error}"));
            MainContext::Local
        }
    };
    ContextRequest {
        source,
        subdir: reader.text("contextsubdir").map(str::to_owned),
        has_commit_times: reader.text("build-arg:SOURCE_DATE_EPOCH").is_some(),
    }
}
