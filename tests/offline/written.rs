//! A build that is written as a build file is the same build.

use std::fs;

use windlass_frontend::convert::comments::Comments;
use windlass_frontend::convert::write::write;
use windlass_frontend::diagnostic::Diagnostics;
use windlass_frontend::expand::Asked;
use windlass_frontend::model;
use windlass_frontend::syntax::{self, print};
use windlass_frontend::text::FileId;

use super::compiled::compile;
use super::examples::platforms;
use super::format::{paths, sent};

/// Returns a build file as it is written from what it says.
fn rewritten(text: &str) -> String {
    let mut diags = Diagnostics::new();
    let document = syntax::parse(FileId::ROOT, text, &mut diags).expect("a document");
    let build = model::decode(&document, &mut diags);
    print::print(&write(&build, &mut Comments::default()))
}

#[test]
fn what_is_written_is_the_same_build() {
    for path in paths() {
        let text = fs::read_to_string(&path).expect("a build file");
        let again = rewritten(&text);
        let all = platforms(text.as_bytes());
        let asked = Asked::default();
        let before = compile("build.yaml", text.as_bytes(), &asked, all);
        if before.diags.has_errors() {
            continue;
        }
        let after = compile("build.yaml", again.as_bytes(), &asked, all);
        let place = format!("{}\n{again}{}", path.display(), after.rendered());
        assert!(sent(&before) == sent(&after), "{place}");
        assert_eq!(rewritten(&again), again, "{place}");
        let document = syntax::parse(FileId::ROOT, &again, &mut Diagnostics::new());
        assert_eq!(
            print::format(&document.expect("a document")),
            again,
            "{place}"
        );
    }
}
