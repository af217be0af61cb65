//! The world Windlass is developed and tested in: a private BuildKit daemon, a registry and a
//! buildx builder, all made from pinned sources on the spot.
//!
//! `World::up` is the one entry: it installs what is missing, starts what is not running and
//! returns the addresses. The commands of `main.rs` and the live tests under `tests/live` share it.
//! Nothing here prints; whoever calls passes a `Progress`.

mod base_images;
pub mod bench;
mod binfmt;
mod buildkitd;
mod checks;
mod command;
mod daemon;
mod demo;
mod dirs;
mod docker;
mod engine;
mod error;
mod frontend_image;
mod fuzz;
mod packages;
mod progress;
mod registries;
mod registry;
mod release;
mod ssh_agent;
mod tools;
pub mod upstream;
mod world;

pub use buildkitd::{Buildkitd, Variant};
pub use checks::test;
pub use demo::demo;
pub use dirs::Dirs;
pub use engine::Wanted;
pub use error::{Context, Error, Result};
pub use frontend_image::Profile;
pub use fuzz::fuzz;
pub use progress::Progress;
pub use registries::{cargo_config, registries};
pub use registry::Registry;
pub use release::{Times, release};
pub use ssh_agent::SshAgent;
pub use world::{Builder, World};
