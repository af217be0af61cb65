//! `--call`: questions about a build file instead of a build.

use crate::gateway::{Error, Outcome, status};

/// Every subrequest has its answer here.
pub(super) fn answer(name: &str) -> Result<Outcome, Error> {
    let message = "`--call` and `--check` are not supported yet";
    Err(status::unsupported_request(name, message))
}
