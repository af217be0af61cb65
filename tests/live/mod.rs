//! Builds on a real buildkitd, with the result inspected.

mod args;
mod cache_mounts;
mod caching;
mod config;
mod files;
mod mounts;
mod options;
mod platforms;
mod run;
mod script;
mod secrets;
mod stages;
mod examples;
mod world;
