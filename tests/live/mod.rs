//! Builds on a real buildkitd, with the result inspected.

mod world;
