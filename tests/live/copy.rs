//! `copy` follows COPY's rules: each rule is built twice, here and as a Dockerfile, and both results
//! are the files in sight.

mod add;
mod archives;
mod existing;
mod options;
mod paths;

use windlass_tests::{Build, Live, SYNTAX};

/// What a step makes: the step, the same as Dockerfile instructions, and the files in `/w`, its
/// working directory. Several steps stand on several lines.
type Rule<'a> = (&'a str, &'a str, &'a str);

/// Builds every rule in a stage of its own, on `base`.
#[track_caller]
fn check(name: &str, base: &str, rules: &[Rule<'_>]) {
    let live = Live::new(name);
    let ours = context(live.build())
        .file("build.yaml", build_file(base, rules))
        .run();
    let theirs = context(live.build())
        .file("Dockerfile", dockerfile(base, rules))
        .run();
    let (ours, theirs) = (ours.rootfs(), theirs.rootfs());
    for (number, (step, instruction, expected)) in rules.iter().enumerate() {
        let dir = format!("/r{number}");
        let listing = ours.listing(&dir);
        assert_eq!(listing, *expected, "files of `{step}`");
        assert_eq!(theirs.listing(&dir), *expected, "files of `{instruction}`");
        for path in ours.paths(&dir) {
            assert_eq!(
                ours.entry(path).data,
                theirs.entry(path).data,
                "{path} of `{step}`"
            );
        }
    }
}

/// The context that all rules copy from.
fn context(build: Build<'_>) -> Build<'_> {
    build
        .file(".dockerignore", "Dockerfile\nbuild.yaml\n.dockerignore\n")
        .file("a.txt", "A")
        .file("b.txt", "B")
        .program("run.sh", "#!/bin/sh\n")
        .file("d/x", "X")
        .file("d/sub/y", "Y")
        .symlink("d/back", "x")
        .file("e/x", "EX")
        .file("e/z", "Z")
        .symlink("link", "a.txt")
        .symlink("dlink", "d")
        .file("with space", "S")
        .file("p[1]", "P")
}

fn build_file(base: &str, rules: &[Rule<'_>]) -> String {
    let mut text = format!("{SYNTAX}stages:\n");
    for (number, (step, ..)) in rules.iter().enumerate() {
        text += &format!("  r{number}:\n    from: {base}\n    workdir: /w\n    steps:\n");
        for line in step.lines() {
            text += &format!("      - {line}\n");
        }
    }
    text += "  all:\n    from: scratch\n    steps:\n";
    for number in 0..rules.len() {
        text += &format!("      - {{copy: /w/, from: r{number}, to: /r{number}/}}\n");
    }
    text
}

fn dockerfile(base: &str, rules: &[Rule<'_>]) -> String {
    let mut text = String::new();
    for (number, (_, instruction, _)) in rules.iter().enumerate() {
        text += &format!("FROM {base} AS r{number}\nWORKDIR /w\n{instruction}\n");
    }
    text += "FROM scratch\n";
    for number in 0..rules.len() {
        text += &format!("COPY --from=r{number} /w/ /r{number}/\n");
    }
    text
}
