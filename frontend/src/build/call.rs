//! `--call`: questions about a build file instead of a build.

use crate::gateway::{Error, Outcome, status};

/// Every subrequest has its answer here.
pub(super) fn answer(name: &str) -> Result<Outcome, Error> {
    // Without the detail that names the request: with it, buildx would ask a Dockerfile frontend
    // of its own choice instead, which knows nothing of build files (build/build.go, docker/buildx v0.36.0).
    let error = format!("`--call` and `--check` are not supported yet (asked for `{name}`)");
    Err(status::unmarked(Error::new(error)))
}
