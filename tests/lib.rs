//! The tests live in `main.rs`; this library is empty so that cargo has a target to build.
