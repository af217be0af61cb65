//! A typed LLB graph and its exact encoding.

pub mod platform;

pub use platform::{Platform, PlatformError};
