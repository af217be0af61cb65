//! The passes that need nobody: a build file's bytes become plans and, with the images that
//! somebody resolved, graphs.
//!
//! `build` runs them with a daemon behind it, the command line and the tests without one.

use buildkit_llb::Platform;

use crate::diagnostic::Diagnostics;
use crate::dockerfile;
use crate::expand::{self, Asked};
use crate::lint;
use crate::model::{self, Build};
use crate::pass::enter;
use crate::plan::{self, Plan};
use crate::syntax::{self, Document};
use crate::text::{FileId, Spanned};

/// Where a build runs and what it is for.
#[derive(Clone, Debug)]
pub struct Platforms {
    /// Where steps run natively.
    pub builder: Platform,
    /// What was asked for; empty for what file and builder agree on.
    pub asked: Vec<Platform>,
}

/// A file that was read.
pub struct Reading {
    /// What it says.
    pub build: Build,
    /// The language it is in.
    pub language: Language,
}

/// The language of a file, and what a reading keeps besides what it says.
pub enum Language {
    /// A build file: its tree.
    BuildFile(Document),
    /// A Dockerfile: its comments, in order.
    Dockerfile(Vec<Spanned<String>>),
}

impl Reading {
    /// Keeps only what the file says.
    pub fn into_build(self) -> Build {
        self.build
    }

    /// Gives every finding the path of its place, such as `stages.test.steps[2].run`.
    pub fn add_paths(&self, diags: &mut Diagnostics) {
        if let Language::BuildFile(document) = &self.language {
            syntax::path::annotate(document, diags);
        }
    }
}

/// Reads a build file or a Dockerfile of that name, and checks what holds for every request.
///
/// The result is `None` if the text is neither.
pub fn read(file: FileId, name: &str, bytes: &[u8], diags: &mut Diagnostics) -> Option<Reading> {
    enter("syntax");
    let text = syntax::text(file, bytes, diags)?;
    let (build, language) = match dockerfile::is_dockerfile(name, text) {
        true => {
            enter("dockerfile");
            let reading = dockerfile::read(file, text, diags);
            (reading.build, Language::Dockerfile(reading.comments))
        }
        false => {
            let document = syntax::parse(file, text, diags)?;
            enter("model");
            let build = model::decode(&document, diags);
            (build, Language::BuildFile(document))
        }
    };
    enter("expand");
    expand::check(&build, diags);
    Some(Reading { build, language })
}

/// Returns the platforms to build for and the plan of each, in order.
///
/// A platform whose plan has an error is left out.
pub fn plans(
    build: &Build,
    asked: &Asked,
    platforms: &Platforms,
    diags: &mut Diagnostics,
) -> Vec<Plan> {
    lint::check_settings(build, asked, diags);
    let targets = expand::targets(build, &platforms.asked, &platforms.builder, diags);
    let mut plans = Vec::new();
    for target in &targets {
        enter("expand");
        let expansion = expand::expand(build, asked, target, &platforms.builder, diags);
        enter("plan");
        plans.extend(expansion.and_then(|expansion| plan::plan(expansion, diags)));
    }
    lint::settle(&lint::settings(build, asked), diags);
    plans
}
