//! What went wrong, in the form that BuildKit passes on.
//!
//! The same type comes in from a failed call and goes out with the outcome, so that what the
//! daemon knew (the failing vertex, its lines, its inputs) reaches the client unchanged.

use std::fmt;

use buildkit_proto::Any;

/// gRPC's code for everything that has no better one; clients show its message as it is.
pub const UNKNOWN: i32 = 2;

/// gRPC's code for a build that its user has stopped.
pub const CANCELED: i32 = 1;

/// gRPC's code for what a frontend cannot do.
pub const UNIMPLEMENTED: i32 = 12;

/// A failure: code, message and typed details.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// gRPC's code.
    pub code: i32,
    /// For people.
    pub message: String,
    /// For clients; kept and passed on whether or not we know them.
    pub details: Vec<Any>,
}

impl Error {
    /// Returns an error with a message and nothing else.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            code: UNKNOWN,
            message: message.into(),
            details: Vec::new(),
        }
    }

    /// Says before the message what was tried.
    #[must_use]
    pub fn context(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// Adds a detail after those that are there.
    #[must_use]
    pub fn detail(mut self, detail: Any) -> Self {
        self.details.push(detail);
        self
    }

    /// Tells whether a file or directory is not there. The daemon has no code of its own for it
    /// (`frontend/gateway/gateway.go`, v0.32.2), so its text decides.
    pub fn is_missing_file(&self) -> bool {
        self.message.contains("no such file or directory")
    }

    /// Tells whether the client shares no directory of the wanted name, or none at all. Again the
    /// text decides (`session/filesync/filesync.go`, v0.32.2).
    pub fn is_missing_directory(&self) -> bool {
        ["no access allowed to dir", "no local sources enabled"]
            .iter()
            .any(|text| self.message.contains(text))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
