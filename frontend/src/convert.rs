//! Build files from other forms, and other forms from build files.
//!
//! `write` turns a [`Build`](crate::model::Build) into the tree that a person would have written;
//! `syntax::print` makes text of it.

pub mod write;
