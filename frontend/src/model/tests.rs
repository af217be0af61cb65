//! What every test of this pass uses: a file in, its model or its mistakes out.

mod readable;

use super::*;
use crate::diagnostic::oneline;
use crate::syntax;
use crate::text::Files;

/// Decodes a file and returns the build, or what is wrong with the file, a line each.
fn read(text: &str) -> Result<Build, String> {
    let mut files = Files::new();
    let file = files.add("build.yaml", text);
    let mut diags = Diagnostics::new();
    let build = syntax::parse(file, text, &mut diags).map(|doc| decode(&doc, &mut diags));
    let lines: Vec<String> = diags.iter().map(|d| oneline(d, &files)).collect();
    match build {
        Some(build) if lines.is_empty() => Ok(build),
        _ => Err(lines.join("\n")),
    }
}

/// Checks what is wrong with a file.
#[track_caller]
pub(super) fn check(text: &str, expected: &str) {
    let actual = match read(text) {
        Ok(build) => readable::readable(&build),
        Err(lines) => lines,
    };
    assert_eq!(actual, expected);
}

/// Checks what is wrong with one step, or what it is; columns are those of the step's own text.
#[track_caller]
pub(super) fn check_step(step: &str, expected: &str) {
    // The step's first character stands in column 5 of line 4.
    let step = step.replace('\n', "\n    ");
    let text = format!("stages:\n s:\n  from: a\n  steps:\n  - {step}\n");
    let actual = match read(&text) {
        Ok(build) => {
            let steps = build
                .stages
                .first()
                .and_then(|stage| stage.body.steps.clone());
            let steps = steps.unwrap_or_default();
            steps.iter().map(verb_text).collect()
        }
        Err(lines) => lines.lines().map(relative).collect::<Vec<_>>().join("\n"),
    };
    assert_eq!(actual, expected);
}

fn verb_text(step: &Step<Written>) -> String {
    let text = readable::readable(step);
    match text
        .strip_prefix("Step { verb: ")
        .and_then(|text| text.strip_suffix(" }"))
    {
        Some(verb) => verb.to_owned(),
        None => text,
    }
}

/// Makes a place relative to the step: line 5, column 5 becomes 1:1.
fn relative(line: &str) -> String {
    let mut parts = line.splitn(3, ':');
    let mut number = |base: u32| {
        let part = parts.next().and_then(|part| part.parse::<u32>().ok());
        part.map_or(0, |n| n.saturating_sub(base))
    };
    let (row, column) = (number(4), number(4));
    format!("{row}:{column}:{}", parts.next().unwrap_or_default())
}

/// Checks one key of a stage in the same way.
#[track_caller]
pub(super) fn check_stage(keys: &str, expected: &str) {
    let keys = keys.replace('\n', "\n  ");
    check(&format!("stages:\n s:\n  {keys}\n"), expected);
}

#[test]
fn a_file_is_decoded_key_by_key() {
    check(
        "description: shop\ndefault: a\nplatforms: [linux/amd64]\nx-note: &n 1\nargs: {V: *n}\nstages:\n a: {from: b}\n",
        "Build { description: \"shop\", default: \"a\", platforms: [linux/amd64], \
         args: [Arg { name: \"V\", default: \"1\", kind: String }], \
         stages: [Stage { name: \"a\", body: Body { from: Any \"b\" } }] }",
    );
}
#[test]
fn keys_of_a_stage_are_found() {
    check_stage(
        "from: a\nenv: {A: b}",
        "Build { stages: [Stage { name: \"s\", body: Body { from: Any \"a\", env: [\"A\"=\"b\"] } }] }",
    );
}
