//! Lint findings as people see them below a build, and builds that fail for them.

use windlass_tests::Live;

const FILE: &str = "
platforms: [linux/amd64, linux/arm64]
stages:
  app:
    from: alpine:3.22
    workdir: app
    steps:
      - add: hello.txt
      - run: mkdir -p out
        check: {skip: all}
    image:
      cmd: cat hello.txt
";

const WARNINGS: [&str; 4] = [
    " - add-for-copy: `add` does nothing here that `copy` does not (write `copy`) (line 8)",
    " - relative-workdir: where `app` is depends on the base image (write `/app`) (line 6)",
    " - shell-form-command: `cmd` is run by a shell, which takes its signals (write a list: \
     `cmd: [program, argument]`) (line 12)",
    "3 warnings found (use docker --debug to expand):",
];

/// The lines below a build that warn, sorted: the client shows them in the order of their arrival.
fn warnings(stderr: &str) -> Vec<String> {
    let start = stderr.find("warnings found").expect("warnings");
    let start = stderr[..start].rfind(|c: char| !c.is_ascii_digit() && c != ' ');
    let lines = stderr[start.map_or(0, |at| at + 1)..].trim_end().lines();
    let lines = lines.map(|line| line.trim_start_matches("\u{1b}[0m").to_owned());
    let mut lines: Vec<String> = lines.collect();
    lines.sort_unstable();
    lines
}

#[test]
fn findings_are_shown_once_with_their_lines() {
    let live = Live::new("lint");
    for platforms in ["linux/amd64", "linux/arm64,linux/amd64"] {
        let build = live.yaml(FILE).file("hello.txt", "hello\n");
        let out = build.arg(format!("--platform={platforms}")).run();
        let shown = warnings(&out.success().stderr);
        assert_eq!(shown, WARNINGS, "{platforms}");
    }
}

#[test]
fn findings_fail_a_build_that_says_so() {
    let live = Live::new("lint-error");
    let expected = "\
build.yaml:6
--------------------
   4 |       app:
   5 |         from: alpine:3.22
   6 | >>>     workdir: app
   7 |         steps:
   8 |           - add: hello.txt
--------------------
build.yaml:8
--------------------
   6 |         workdir: app
   7 |         steps:
   8 | >>>       - add: hello.txt
   9 |           - run: mkdir -p out
  10 |             check: {skip: all}
--------------------
build.yaml:12
--------------------
  10 |             check: {skip: all}
  11 |         image:
  12 | >>>       cmd: cat hello.txt
  13 |     
--------------------
ERROR: failed to build: failed to solve: \
lint violation found for rules: add-for-copy, relative-workdir, shell-form-command
6:14: where `app` is depends on the base image (write `/app`)
8:9: `add` does nothing here that `copy` does not (write `copy`)
12:12: `cmd` is run by a shell, which takes its signals (write a list: `cmd: [program, argument]`)";
    let strict = "--build-arg=BUILDKIT_DOCKERFILE_CHECK=error=true";
    let out = live.yaml(FILE).arg(strict).run();
    out.failure().stderr_lacks("warning");
    assert_eq!(out.error().trim_end(), expected);

    let file = FILE.replace("steps:", "check: {error: true}\n    steps:");
    let out = live.yaml(&file).run();
    out.failure()
        .stderr_contains("lint violation found for rules: ");
    let skipped = "--build-arg=BUILDKIT_DOCKERFILE_CHECK=\
                   skip=JSONArgsRecommended,add-for-copy,relative-workdir;error=true";
    let build = live.yaml(FILE).file("hello.txt", "hello\n");
    build.arg(skipped).run().success().stderr_lacks("warning");
}
