//! What every test of this pass uses: a file in, its model or its mistakes out.

pub(crate) mod readable;

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
    assert_eq!(step_text(step), expected);
}

fn step_text(step: &str) -> String {
    // The step's first character stands in column 5 of line 4.
    let step = step.replace('\n', "\n    ");
    let text = format!("stages:\n s:\n  from: a\n  steps:\n  - {step}\n");
    match read(&text) {
        Ok(build) => {
            let steps = build
                .stages
                .first()
                .and_then(|stage| stage.body.steps.clone());
            let steps = steps.unwrap_or_default();
            steps.iter().map(verb_text).collect()
        }
        Err(lines) => {
            let lines: Vec<String> = lines.lines().map(|line| moved(line, 4, 4)).collect();
            lines.join("\n")
        }
    }
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

/// Makes a place relative to something that starts after so many lines and columns.
fn moved(line: &str, lines: u32, columns: u32) -> String {
    let mut parts = line.splitn(3, ':');
    let mut number = |base: u32| {
        let part = parts.next().and_then(|part| part.parse::<u32>().ok());
        part.map_or(0, |n| n.saturating_sub(base))
    };
    let (row, column) = (number(lines), number(columns));
    format!("{row}:{column}:{}", parts.next().unwrap_or_default())
}

/// Checks one key of a stage in the same way.
#[track_caller]
pub(super) fn check_stage(keys: &str, expected: &str) {
    let keys = keys.replace('\n', "\n  ");
    check(&format!("stages:\n s:\n  {keys}\n"), expected);
}

/// Checks a key beside `stages`: its mistakes, or what it is.
#[track_caller]
pub(super) fn check_keys(key: &str, expected: &str) {
    let text = format!("{key}\nstages: {{a: {{from: b}}}}\n");
    let actual = match read(&text) {
        Ok(build) => between(&readable::readable(&build), "Build { ", ", stages: "),
        Err(lines) => lines,
    };
    assert_eq!(actual, expected);
}

/// Checks an `image`, which starts at 1:1.
#[track_caller]
pub(super) fn check_image(image: &str, expected: &str) {
    let text = format!("stages: {{a: {{from: b, image:\n{image}}}}}\n");
    let actual = match read(&text) {
        Ok(build) => between(&readable::readable(&build), "ImageKeys { ", " } } }] }"),
        Err(lines) => lines
            .lines()
            .map(|line| moved(line, 1, 0))
            .collect::<Vec<_>>()
            .join("\n"),
    };
    assert_eq!(actual, expected);
}

/// Checks options of a `run`, which start at 2:1.
#[track_caller]
pub(super) fn check_exec(options: &str, expected: &str) {
    let step = format!("run: a\n{options}");
    let actual = step_text(&step);
    let is_good = actual.starts_with("Run {");
    let actual = match is_good {
        true => between(&actual, "exec: Exec { ", " } }"),
        false => actual,
    };
    assert_eq!(actual, expected);
}

fn between(text: &str, start: &str, end: &str) -> String {
    let text = text.split_once(start).map_or(text, |(_, text)| text);
    text.rsplit_once(end)
        .map_or(text, |(text, _)| text)
        .to_owned()
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

#[test]
fn what_is_no_build_file_is_told_so() {
    check(
        "- a\n",
        "1:1: the file is not a build file (a build file starts with `stages:`)",
    );
    check(
        "a\n",
        "1:1: the file is not a build file (a build file starts with `stages:`)",
    );
    check(
        "# only a comment\n",
        "1:1: the file is empty (a build file starts with `stages:`)",
    );
    check(
        "description: a\n",
        "1:1: the file has no stages (write `stages:` and below it `build: {from: alpine:3.20, \
         steps: []}`)",
    );
    check(
        "stage: {a: {from: b}}\n",
        "1:1: unknown key `stage` (did you mean `stages`?)",
    );
}

#[test]
fn keys_for_later_are_reserved() {
    check(
        "matrix: {}\nstages: {a: {from: b}}\n",
        "1:1: `matrix` is reserved (remove it; to keep it as a note or an anchor, start its name \
         with `x-`)",
    );
}

#[test]
fn notes_are_ignored_where_the_language_names_the_keys() {
    check_stage(
        "x-a: 1\nfrom: b\nsteps: [{run: c, x-d: e}]\nimage: {x-f: g}",
        "Build { stages: [Stage { name: \"s\", body: Body { from: Any \"b\", \
         steps: [Step { verb: Run { command: Shell(\"c\") } }], image: ImageKeys } }] }",
    );
}

#[test]
fn a_value_differs_by_platform() {
    check_step(
        "user: {by-platform: {linux/*: a, default: b}}",
        "User(ByPlatform { cases: [PlatformPattern { os: \"linux\" }=\"a\"], default: \"b\" })",
    );
    check_step(
        "user: {by-platform: {arm64: a}}",
        "1:22: `arm64` is not a platform pattern (write os/arch, such as linux/arm64, linux/* or \
         \"*/arm64\")",
    );
    check_step(
        "user: {by-platform: {linux/amd64: 'a b', default: c}}",
        "1:35: `a b` is not a user (write a name or number, or two with a colon, such as node \
         or 1000:1000)",
    );
    check_step(
        "user: {by-platform: {}}",
        "1:21: `by-platform` is empty (write `by-platform: {linux/amd64: x86_64, default: generic}`)",
    );
}

#[test]
fn every_mistake_is_reported_at_once() {
    check(
        "defualt: a\nargs: {b-c: d}\nstages: {e: {form: f, steps: [{cpoy: g}, {copy: h, chmod: 0644}]}}\n",
        "1:1: unknown key `defualt` (did you mean `default`?)\n\
         2:8: `b-c` cannot be the name of an argument (use letters, digits and `_`, and start \
         with no digit)\n\
         3:14: unknown key `form` (did you mean `from`?)\n\
         3:32: unknown verb `cpoy` (did you mean `copy`?)\n\
         3:59: YAML reads `0644` as the number 644 (put the text in quotes: \"0644\")",
    );
}
