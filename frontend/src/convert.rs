//! Build files from Dockerfiles, and Dockerfiles from build files.
//!
//! `write` turns a [`Build`](crate::model::Build) into the tree that a person would have written;
//! `syntax::print` makes text of it. `dockerfile` turns one into a Dockerfile.

pub mod comments;
pub mod dockerfile;
pub mod write;

use crate::diagnostic::Diagnostics;
use crate::text::FileId;
use crate::{expand, model, syntax};

use comments::Comments;

/// Returns the Dockerfile that says what a build file says.
///
/// Reports what is wrong with the build file and `not-in-dockerfile`; the result lacks whatever was
/// reported.
pub fn to_dockerfile(file: FileId, bytes: &[u8], diags: &mut Diagnostics) -> Option<String> {
    let document = syntax::parse_bytes(file, bytes, diags)?;
    let build = model::decode(&document, diags);
    expand::check(&build, diags);
    let mut comments = Comments::of_document(&document, &build);
    let text = dockerfile::dockerfile(&build, &mut comments, diags);
    syntax::path::annotate(&document, diags);
    Some(text)
}
