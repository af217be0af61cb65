//! `cases/ok`: a build file, its plan and its LLB. `cases/err`: a build file and what is said.

use std::fs;
use std::path::Path;

use buildkit_llb::dump;
use windlass_frontend::expand::Asked;
use windlass_frontend::plan;
use windlass_tests::golden::{Mismatches, inputs};

use super::compiled::{Compiled, compile, linted};

fn case(path: &Path) -> Compiled {
    let bytes = fs::read(path).expect("a case");
    compile("build.yaml", &bytes, &Asked::default(), &["linux/amd64"])
}

#[test]
fn good_files_have_the_expected_plan_and_llb() {
    let mut wrong = Mismatches::default();
    for path in inputs("cases/ok", "yaml") {
        let compiled = case(&path);
        assert!(
            !compiled.diags.has_errors(),
            "{}\n{}",
            path.display(),
            compiled.rendered()
        );
        let built = &compiled.builds[0];
        wrong.check(&path, "plan", &plan::dump::dump(&built.plan));
        let llb = dump(&built.definition).expect("a definition");
        wrong.check(&path, "llb", &llb);
        wrong.check(&path, "config.json", &config(&built.config));
    }
    wrong.assert_none();
}

#[test]
fn bad_files_are_told_what_is_wrong() {
    let mut wrong = Mismatches::default();
    for path in inputs("cases/err", "yaml") {
        let compiled = case(&path);
        wrong.check(&path, "stderr", &compiled.rendered());
    }
    wrong.assert_none();
}

#[test]
fn every_rule_finds_what_it_is_for() {
    let mut wrong = Mismatches::default();
    for path in inputs("cases/lint", "yaml") {
        let bytes = fs::read(&path).expect("a case");
        let compiled = linted("build.yaml", &bytes, &["linux/amd64"]);
        wrong.check(&path, "stderr", &compiled.rendered());
    }
    wrong.assert_none();
}

#[test]
fn the_same_file_gives_the_same_bytes() {
    for path in inputs("cases/ok", "yaml") {
        let bytes = |compiled: Compiled| {
            let built = compiled.builds.into_iter().next().expect("a build");
            (built.definition, built.config)
        };
        assert_eq!(bytes(case(&path)), bytes(case(&path)), "{}", path.display());
    }
}

/// An image config as a person reads it; the order of the fields is as we write them.
fn config(bytes: &[u8]) -> String {
    let config: serde_json::Value = serde_json::from_slice(bytes).expect("our config is JSON");
    serde_json::to_string_pretty(&config).expect("JSON is text") + "\n"
}
