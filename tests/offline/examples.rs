//! `examples`: each build file is read without a finding, those of the lint rules included, and its plan is beside it: one for every
//! platform it names and, where `--target` picks among stages, for these.

use std::fs;
use std::path::{Path, PathBuf};

use windlass_frontend::expand::Asked;
use windlass_frontend::plan;
use windlass_tests::golden::Mismatches;

use super::compiled::{compile, linted};

#[test]
fn every_example_has_the_expected_plan() {
    let mut wrong = Mismatches::default();
    let examples = examples();
    assert!(examples.len() >= 12, "{examples:?}");
    for example in examples {
        let path = example.join("build.yaml");
        let bytes = fs::read(&path).expect("an example has a build file");
        let found = targets(&example).map(|target| planned(&path, &bytes, target));
        wrong.check(&path, "plan", &found.collect::<Vec<_>>().join("\n"));
    }
    wrong.assert_none();
}

/// Returns the directories of the examples, sorted.
pub(crate) fn examples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let entries = fs::read_dir(root).expect("the examples");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("one").path()).collect();
    found.sort();
    found
}

/// Returns what `--target` says: first nothing, then what the example's README says.
pub(crate) fn targets(example: &Path) -> impl Iterator<Item = Option<&'static str>> {
    let named: &[&str] = match example.file_name().and_then(|name| name.to_str()) {
        Some("bake-and-compose") => &["check"],
        Some("poetry") => &["test", "development"],
        Some("rust-python") => &["security-scan", "runtime-distroless"],
        _ => &[],
    };
    [None].into_iter().chain(named.iter().copied().map(Some))
}

fn planned(path: &Path, bytes: &[u8], target: Option<&str>) -> String {
    let asked = Asked {
        target: target.map(str::to_owned),
        ..Asked::default()
    };
    let platforms = platforms(bytes);
    let compiled = compile("build.yaml", bytes, &asked, platforms);
    assert_eq!(compiled.rendered(), "", "{}", path.display());
    let linted = linted("build.yaml", bytes, platforms);
    assert_eq!(linted.rendered(), "", "{}", path.display());
    let plans = compiled
        .builds
        .iter()
        .map(|built| plan::dump::dump(&built.plan));
    plans.collect::<Vec<_>>().join("\n")
}

/// Returns the platforms that a build file of an example names, else one.
pub(crate) fn platforms(bytes: &[u8]) -> &'static [&'static str] {
    let text = String::from_utf8_lossy(bytes);
    match text.contains("\nplatforms: [linux/amd64, linux/arm64]\n") {
        true => &["linux/amd64", "linux/arm64"],
        false => &["linux/amd64"],
    }
}
