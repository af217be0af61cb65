//! Formatting: every build file that people read is formatted, and formatting any build file
//! changes nothing that BuildKit gets.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use windlass_frontend::diagnostic::Diagnostics;
use windlass_frontend::expand::Asked;
use windlass_frontend::syntax::{self, View, print};
use windlass_frontend::text::FileId;
use windlass_tests::golden::inputs;

use super::compiled::{Compiled, compile};
use super::docs;
use super::examples::{examples, platforms};

/// Returns a file as it should be; nothing if it is no map that can be read.
fn formatted(text: &str) -> Option<String> {
    let mut diags = Diagnostics::new();
    let document = syntax::parse(FileId::ROOT, text, &mut diags)?;
    let is_map = matches!(document.view(document.root()), View::Mapping(_));
    (is_map && !diags.has_errors()).then(|| print::format(&document))
}

#[test]
fn what_people_read_is_formatted() {
    let mut texts = docs::build_files();
    for example in examples() {
        for entry in fs::read_dir(example).expect("an example") {
            let path = entry.expect("a directory entry").path();
            if path.extension().is_some_and(|found| found == "yaml") {
                let text = fs::read_to_string(&path).expect("a file");
                texts.push((path.display().to_string(), text));
            }
        }
    }
    for path in inputs("parity", "yaml") {
        let text = fs::read_to_string(&path).expect("a case");
        texts.push((path.display().to_string(), text));
    }
    let mut wrong = String::new();
    let mut n_formatted = 0;
    for (place, text) in &texts {
        let Some(formatted) = formatted(text) else {
            continue;
        };
        n_formatted += 1;
        if formatted != *text {
            let _ = writeln!(wrong, "{place}\n{formatted}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(n_formatted > 100, "only {n_formatted} texts found");
}

/// Returns what BuildKit gets, places and names aside.
pub(crate) fn sent(compiled: &Compiled) -> Vec<(&[Vec<u8>], &str)> {
    let builds = compiled.builds.iter();
    let config = |config| std::str::from_utf8(config).expect("a config is text");
    builds
        .map(|it| (it.definition.def.as_slice(), config(&it.config)))
        .collect()
}

/// Returns every build file of the cases and the examples that can be built.
pub(crate) fn paths() -> Vec<PathBuf> {
    let directories = ["cases/ok", "cases/lint", "cases/calls", "parity"];
    let files = directories.iter().flat_map(|it| inputs(it, "yaml"));
    let examples = examples().into_iter().map(|it| it.join("build.yaml"));
    files.chain(examples).collect()
}

#[test]
fn formatting_changes_no_build() {
    for path in paths() {
        let text = fs::read_to_string(&path).expect("a build file");
        let formatted = formatted(&text).expect("a map");
        let all = platforms(text.as_bytes());
        let asked = Asked::default();
        let before = compile("build.yaml", text.as_bytes(), &asked, all);
        let after = compile("build.yaml", formatted.as_bytes(), &asked, all);
        assert_eq!(sent(&before), sent(&after), "{}", path.display());
    }
}
