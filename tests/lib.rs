//! What the tests of `main.rs` are written with: builds through `docker buildx` in a world of our
//! own, and readers for what came out.
//!
//! A part that is missing is set up; a test is never skipped.

mod support;

pub use support::build::{Build, Running};
pub use support::git::{GitDaemon, GitRepository};
pub use support::golden;
pub use support::http::{HttpServer, Reply};
pub use support::image::{Image, OciLayout};
pub use support::live::{EmptyBuilder, Live, SYNTAX};
pub use support::outcome::{Outcome, Step};
pub use support::rootfs::{Entry, Kind, Rootfs};
pub use support::ssh_agent::SshAgent;
pub use xtask::Variant;
