//! Build files from Dockerfiles, and Dockerfiles from build files.
//!
//! `settle` makes a build that a build file can say of what a Dockerfile was read to. `write` turns
//! a [`Build`] into the tree that a person would have written; `syntax::print` makes text of it.
//! `proof` compares what both are compiled to. `dockerfile` turns a build into a Dockerfile.

pub mod comments;
pub mod dockerfile;
mod place;
mod proof;
mod settle;
pub mod write;

use crate::diagnostic::{Code, Diagnostics, Place, Severity};
use crate::model::Build;
use crate::text::{FileId, Files};
use crate::{dockerfile as dockerfile_reader, expand, model, syntax};

use comments::Comments;

/// A form of builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A build file.
    BuildFile,
    /// A Dockerfile.
    Dockerfile,
}

/// What is taken for granted of base images, which only a builder knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bases {
    /// As [`Self::Plain`], and those with Rust are as its official image.
    Official,
    /// Their user is root, and tools keep their caches where they do by default.
    #[default]
    Plain,
    /// Nothing.
    Unknown,
}

/// How a build file is written.
#[derive(Clone, Copy, Debug)]
pub struct Style<'s> {
    /// The image of the frontend, for the first line.
    pub image: &'s str,
    /// What is taken for granted of base images.
    pub bases: Bases,
}

/// Returns the form of a text; `name` is that of its file.
pub fn form(name: &str, text: &str) -> Form {
    match dockerfile_reader::is_dockerfile(name, text) {
        true => Form::Dockerfile,
        false => Form::BuildFile,
    }
}

/// Returns what a file says in the other form; `image` is that of the frontend, for the first
/// line of a build file.
///
/// Reports what is wrong with the file, and `not-in-build-file` or `not-in-dockerfile`. Nothing is
/// returned if there is an error.
pub fn convert(
    file: FileId,
    files: &Files,
    bytes: &[u8],
    image: &str,
    diags: &mut Diagnostics,
) -> Option<String> {
    let text = syntax::text(file, bytes, diags)?;
    let converted = match form(files.get(file).name(), text) {
        Form::Dockerfile => {
            let bases = Bases::default();
            Some(to_build_file(file, files, Style { image, bases }, diags))
        }
        Form::BuildFile => to_dockerfile(file, bytes, diags),
    };
    converted.filter(|_| !diags.has_errors())
}

/// Returns the build file that says what a Dockerfile says.
///
/// Reports what is wrong with the Dockerfile, `not-in-build-file` and `conversion-differs`; the
/// result lacks whatever was reported.
pub fn to_build_file(
    file: FileId,
    files: &Files,
    style: Style<'_>,
    diags: &mut Diagnostics,
) -> String {
    let source = files.get(file);
    let reading = dockerfile_reader::read(file, source.text(), diags);
    let mut build = reading.build;
    // Whatever is built, nothing of it can be left out.
    let mistakes = build.stages.iter().flat_map(|stage| &stage.mistakes);
    for mistake in mistakes.chain(&build.mistakes) {
        diags.add(mistake.diagnostic.clone());
    }
    expand::check(&build, diags);
    let bases = style.bases;
    let mut comments = settle::settle(&mut build, &reading.comments, source, bases, diags);
    let text = syntax::print::print(&write::write(&build, &mut comments));
    check(&build, file, &text, diags);
    if !diags.has_errors() {
        for span in proof::differing(source.name(), source.text(), &text) {
            diags
                .report(
                    Code::ConversionDiffers,
                    span,
                    "a build file would not build this the same",
                )
                .help("build it from the Dockerfile");
        }
    }
    format!("# syntax={}\n{text}", style.image)
}

/// Reports what a build file does not take, such as names that only a Dockerfile allows.
fn check(build: &Build, file: FileId, text: &str, diags: &mut Diagnostics) {
    if diags.has_errors() {
        return;
    }
    let mut found = Diagnostics::new();
    let document = syntax::parse(file, text, &mut found);
    if let Some(document) = &document {
        expand::check(&model::decode(document, &mut found), &mut found);
    }
    for wrong in found.iter().filter(|it| it.severity == Severity::Error) {
        let message = format!("a build file cannot say all of it: {}", wrong.message);
        let path = wrong.place.span().zip(document.as_ref());
        let path = path.map(|(span, document)| document.path_at(span.start));
        let span = place::place(build, &path.unwrap_or_default());
        let place = span.map_or(Place::Outside("Dockerfile"), Place::At);
        let diagnostic = diags.report(Code::NotInBuildFile, place, message);
        diagnostic.helps.clone_from(&wrong.helps);
    }
}

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
