//! Platforms: which of several values counts, where stages run, what the file supports.

use buildkit_llb::Platform;

use super::Case;
use crate::diagnostic::{Diagnostics, oneline};
use crate::expand::targets;
use crate::text::Files;
use crate::{model, syntax};

const FILE: &str = "\
stages:
  a:
    from: scratch
    steps:
      - run: {by-platform: {linux/amd64: exact, 'linux/*': os, '*/arm64': arch, default: none}}
";

#[test]
fn the_pattern_that_says_most_counts() {
    Case::new(FILE).has("run exact");
    Case::new(FILE).platform("linux/arm/v6").has("run os");
    Case::new(FILE).platform("windows/arm64").has("run arch");
    Case::new(FILE).platform("windows/amd64").has("run none");
}

#[test]
fn a_tie_is_an_error() {
    Case::new(FILE)
        .platform("linux/arm64")
        .is("5:64: two patterns say equally much about `linux/arm64` (add `linux/arm64`)");
}

#[test]
fn a_value_for_no_platform_is_an_error() {
    let file = "\
stages:
  a:
    from: scratch
    steps:
      - run: {by-platform: {linux/amd64: x}}
";
    Case::new(file)
        .platform("linux/arm64")
        .is("5:14: there is no value for `linux/arm64` (add `linux/arm64: ...` or `default: ...`)");
}

#[test]
fn the_same_pattern_twice_is_an_error_on_every_platform() {
    let file = "\
stages:
  a:
    from: scratch
    by-platform: {linux/x86_64: {user: a}, linux/amd64: {user: b}}
";
    Case::new(file)
        .platform("linux/arm64")
        .is("4:44: the pattern is there twice (remove one of them)");
}

const VARIANTS: &str = "\
stages:
  a:
    from: alpine
    env: {A: 1, B: 2}
    args: {X: 1, Y: 2}
    user: me
    steps: [{run: 'ours ${{ args.X }} ${{ args.Y }} ${{ args.Z- }}'}]
    image: {cmd: [a], labels: {l: 1, m: 2}, expose: [80]}
    by-platform:
      '*/arm64':
        from: debian
        env: {B: 3, C: 4}
        args: {Y: 3, Z: 4}
        image: {labels: {m: 3}, expose: [81], stop-signal: INT}
";

#[test]
fn a_variant_replaces_keys_and_merges_maps() {
    let arm = VARIANTS.replace("${{ args.Z- }}", "");
    Case::new(&arm).platform("linux/arm64").is("\
result: a
target: linux/arm64
build: linux/amd64
image: docker.io/library/debian:latest for linux/arm64 (base)

stage a on linux/arm64
  from image docker.io/library/debian:latest
  env
    A=1
    B=3
    C=4
  user me
  run \"ours 1 3 \"
  cmd [a]
  expose [81]
  label
    l=1
    m=3
  stop-signal INT");
    Case::new(&arm).has("run \"ours 1 2 \"\nexpose [80]\nl=1\nm=2");
}

#[test]
fn an_argument_of_another_platform_is_an_error_there() {
    Case::new(VARIANTS)
        .platform("linux/arm64")
        .has("run ours 1 3 4");
    Case::new(VARIANTS).is("7:53: argument `Z` is not declared (declare it: `args: {Z: value}`)");
}

#[test]
fn a_stage_runs_where_its_base_runs() {
    let file = "\
stages:
  tools: {from: alpine, platform: build}
  more: {from: tools, steps: [{run: x}]}
  fixed: {from: alpine, platform: linux/aarch64}
  out:
    from: alpine
    steps:
      - copy: /a
        from: more
      - copy: /b
        from: fixed
      - copy: /c
        from: debian
";
    Case::new(file).platform("linux/arm/v7").has(
        "\
image: docker.io/library/alpine:latest for linux/amd64 (base)
image: docker.io/library/alpine:latest for linux/arm/v7 (base)
image: docker.io/library/alpine:latest for linux/arm64 (base)
image: docker.io/library/debian:latest for linux/arm/v7 (files)
stage tools on linux/amd64
stage more on linux/amd64
stage fixed on linux/arm64
stage out on linux/arm/v7",
    );
}

#[test]
fn a_stage_cannot_run_elsewhere_than_its_base() {
    let file = "\
stages:
  a: {from: alpine}
  b: {from: a, platform: linux/arm64}
  c: {from: a, platform: target}
  d: {from: scratch, steps: [{copy: /x, from: b}, {copy: /x, from: c}]}
";
    Case::new(file).is(
        "3:26: the stage runs on `linux/arm64`, its base on `linux/amd64` (leave `platform` out: it \
         is the base stage's)",
    );
}

#[test]
fn a_platform_that_is_none_is_an_error() {
    let file = "args: {P: traget}\nstages:\n  a: {from: alpine, platform: '${{ args.P }}'}\n";
    let out = Case::new(file).run();
    assert!(out.contains("(did you mean `target`?)"), "{out}");
}

/// Checks for which platforms a file is built.
#[track_caller]
fn check_targets(supported: &str, asked: &[&str], expected: &str) {
    let text = format!("platforms: [{supported}]\nstages: {{a: {{from: scratch}}}}\n");
    let mut files = Files::new();
    let file = files.add("build.yaml", text.as_str());
    let mut diags = Diagnostics::new();
    let document = syntax::parse(file, &text, &mut diags).expect("the file is YAML");
    let build = model::decode(&document, &mut diags);
    let builder = Platform::new("linux", "amd64");
    let platform = |text: &&str| {
        Platform::parse(text, &builder)
            .expect("a platform")
            .normalized()
    };
    let asked: Vec<Platform> = asked.iter().map(platform).collect();
    let found = targets(&build, &asked, &builder, &mut diags);
    let mut lines: Vec<String> = found.iter().map(Platform::format_all).collect();
    lines.extend(diags.iter().map(|d| oneline(d, &files)));
    assert_eq!(lines.join("\n"), expected);
}

#[test]
fn without_a_request_the_builder_and_the_file_agree() {
    check_targets("linux/arm64, linux/amd64", &[], "linux/amd64");
    check_targets("linux/arm64", &[], "linux/arm64");
    check_targets(
        "linux/arm64, linux/arm",
        &[],
        "--platform: the file supports several platforms, and the builder's, `linux/amd64`, is none \
         of them (pass `--platform` with one of linux/arm64, linux/arm/v7)",
    );
    check_targets("linux/arm64, linux/arm64/v8", &[], "linux/arm64");
}

#[test]
fn a_platform_that_the_file_does_not_support_is_an_error() {
    check_targets(
        "linux/amd64, linux/arm64/v8",
        &["linux/aarch64"],
        "linux/arm64",
    );
    check_targets(
        "linux/amd64, linux/arm64",
        &["linux/amd64", "linux/arm"],
        "linux/amd64\nlinux/arm/v7\n--platform: the file does not support the platform \
         `linux/arm/v7` (did you mean `linux/arm64`?)",
    );
}

#[test]
fn a_misspelt_platform_is_an_error() {
    check_targets(
        "",
        &["linux/amd46"],
        "linux/amd46\n--platform: `amd46` is not an architecture, did you mean `amd64`?",
    );
    check_targets(
        "",
        &["linux/loong64", "linux/own"],
        "linux/loong64\nlinux/own",
    );
}
