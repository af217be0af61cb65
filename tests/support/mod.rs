//! The parts of the live-test harness.

pub(crate) mod build;
pub(crate) mod git;
pub mod golden;
pub(crate) mod http;
pub(crate) mod image;
pub(crate) mod live;
pub(crate) mod outcome;
pub(crate) mod rootfs;
pub(crate) mod ssh_agent;
