//! A git address as a source.

use buildkit_llb::{Git, GitMtime};

use crate::git_url::GitUrl;

/// Returns what fetches an address.
pub(crate) fn git(url: &GitUrl) -> Git {
    let mut git = Git::new(&url.remote);
    if !url.git_ref.is_empty() {
        git = git.reference(url.git_ref.clone());
    }
    if url.keep_git_dir == Some(true) {
        git = git.keep_git_dir();
    }
    if let Some(checksum) = &url.checksum {
        git = git.checksum(checksum.clone());
    }
    if !url.subdir.is_empty() {
        git = git.subdir(&url.subdir);
    }
    if url.submodules == Some(false) {
        git = git.skip_submodules();
    }
    if url.fetch_by_commit {
        git = git.fetch_by_commit();
    }
    match url.mtime.as_deref() {
        Some("checkout") => git.mtime(GitMtime::Checkout),
        Some("commit") => git.mtime(GitMtime::Commit),
        _ => git,
    }
}
