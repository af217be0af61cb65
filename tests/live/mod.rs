//! Builds on a real buildkitd, with the result inspected.

mod args;
mod cache;
mod cache_mounts;
mod caching;
mod calls;
mod config;
mod context;
mod copy;
mod entitlements;
mod examples;
mod files;
mod lint;
mod mistakes;
mod mounts;
mod named;
mod options;
mod outages;
mod platforms;
mod presets;
mod remote;
mod requests;
mod run;
mod script;
mod secrets;
mod stages;
mod world;
