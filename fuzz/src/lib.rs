//! Inputs that nobody thought of, fed to the passes.
//!
//! A target is a function from bytes to nothing; it may not panic, hang or take memory without
//! bound. Its inputs are seeds (cases, examples and what once broke), changed in a few places by a
//! seeded generator: the same seed gives the same inputs on every machine.

mod found;
mod mutate;
mod random;
mod run;
mod seed;
mod target;

pub use run::{Broken, Limit, run};
pub use target::{TARGETS, Target};
