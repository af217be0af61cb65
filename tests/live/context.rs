//! What is sent from the build context: ignore files, and only what the steps use.

use windlass_tests::{Build, Live, Outcome, SYNTAX};

const EVERYTHING: &str = "stages:
  app:
    from: scratch
    steps:
      - {copy: ., to: /}
";

fn everything(build: Build<'_>) -> Build<'_> {
    build
        .file("build.yaml", format!("{SYNTAX}{EVERYTHING}"))
        .file("a.txt", "a")
        .file("b.log", "b")
        .file("d/c.log", "c")
        .file("d/keep.log", "k")
        .file("d/e.txt", "e")
}

fn paths(out: &Outcome) -> String {
    out.rootfs().paths("/").join(" ")
}

/// Returns the bytes that the progress output says were sent from the context.
#[track_caller]
fn sent(out: &Outcome) -> f64 {
    let step = out.success().step("[internal] load build context");
    let line = step
        .lines
        .iter()
        .rfind(|line| line.starts_with("transferring context:"));
    let line = line.unwrap_or_else(|| panic!("nothing was sent:\n{}", out.stderr));
    let amount = line.split(' ').nth(2).expect("an amount");
    let digits = amount.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: f64 = digits.parse().expect("a number");
    match &amount[digits.len()..] {
        "B" => number,
        "kB" => number * 1e3,
        "MB" => number * 1e6,
        unit => panic!("unit {unit}"),
    }
}

#[test]
fn an_ignore_file_keeps_paths_out_and_lets_some_in_again() {
    let live = Live::new("ignore");
    let ignore = "# a comment\n\nbuild.yaml\n.dockerignore\n  **/*.log  \n!d/keep.log\n/a.txt\n";
    let out = everything(live.build()).file(".dockerignore", ignore).run();
    assert_eq!(paths(&out), "/d /d/e.txt /d/keep.log");
}

#[test]
fn an_ignore_file_of_the_build_file_comes_first() {
    let live = Live::new("own-ignore");
    let out = everything(live.build())
        .file(".dockerignore", "a.txt\n")
        .file("build.yaml.dockerignore", "*\n!a.txt\n")
        .run();
    assert_eq!(paths(&out), "/a.txt");
}

#[test]
fn what_an_ignore_file_keeps_out_is_missing() {
    let live = Live::new("ignored");
    let file = "stages: {app: {from: scratch, steps: [{copy: a.txt}]}}\n";
    let out = live
        .build()
        .file("build.yaml", format!("{SYNTAX}{file}"))
        .file("a.txt", "a")
        .file(".dockerignore", "*.txt\n")
        .run();
    out.failure().stderr_contains("\"/a.txt\": not found");
}

#[test]
fn only_what_steps_use_is_sent() {
    let live = Live::new("sent");
    let file = "stages:
  unreached:
    from: scratch
    steps:
      - copy: other.bin
  app:
    from: busybox
    workdir: /w
    steps:
      - copy: [a.txt, 'src/*.c']
      - add: b.txt
      - script: tools/go.sh
      - run: cp /bound/f bound && test ! -e /bound/unused.bin
        mounts:
          - {bind: dir, target: /bound}
";
    let large = vec![b'x'; 1 << 20];
    let out = live
        .build()
        .file("build.yaml", format!("{SYNTAX}{file}"))
        .file("unused.bin", &large)
        .file("other.bin", &large)
        .file("src/unused.bin", &large)
        .file("tools/unused.bin", &large)
        .file("a.txt", "a")
        .file("b.txt", "b")
        .file("src/m.c", "m")
        .file("tools/go.sh", "#!/bin/sh\necho went > script\n")
        .file("dir/f", "bound")
        .run();
    assert_eq!(
        out.rootfs().paths("/w").join(" "),
        "/w/a.txt /w/b.txt /w/bound /w/m.c /w/script"
    );
    assert!(sent(&out) < 2000.0, "{}", out.stderr);
}

#[test]
fn a_bound_context_is_sent_whole() {
    let live = Live::new("bound");
    let file = "stages:
  app:
    from: busybox
    steps:
      - run: test -e /c/large.bin
        mounts:
          - {bind: ., target: /c}
";
    let out = live
        .build()
        .file("build.yaml", format!("{SYNTAX}{file}"))
        .file("large.bin", vec![b'x'; 1 << 20])
        .run();
    assert!(sent(&out) > 1e6, "{}", out.stderr);
}

#[test]
fn a_file_that_uses_no_context_sends_none() {
    let live = Live::new("no-context");
    let file = "stages: {app: {from: scratch, steps: [{file: /f, content: x}]}}\n";
    let out = live
        .build()
        .file("build.yaml", format!("{SYNTAX}{file}"))
        .file("large.bin", "x")
        .run();
    assert!(
        !out.success().has_step("load build context"),
        "{}",
        out.stderr
    );
}

#[test]
fn a_change_of_an_unused_file_changes_nothing() {
    let live = Live::new("unused-change");
    let file = "stages:
  app:
    from: busybox
    steps:
      - copy: a.txt
      - run: cat /a.txt
";
    let file = format!("{SYNTAX}{file}");
    let mark = live.repository();
    let build = live.build().file("build.yaml", file).file("a.txt", &mark);
    build.run().success().not_cached("RUN cat");
    let build = build.file("unrelated", "new");
    build.run().success().cached("COPY a.txt").cached("RUN cat");
    let build = build.file("a.txt", format!("{mark} changed"));
    build.run().success().not_cached("RUN cat");
}

#[test]
fn a_link_that_is_used_brings_what_it_names() {
    let live = Live::new("linked");
    let file = "stages: {app: {from: scratch, steps: [{copy: [link, dir/f], to: /o/}]}}\n";
    let out = live
        .build()
        .file("build.yaml", format!("{SYNTAX}{file}"))
        .file("real/a.txt", "a")
        .file("elsewhere/f", "f")
        .symlink("link", "real/a.txt")
        .symlink("dir", "elsewhere")
        .run();
    assert_eq!(out.rootfs().read("/o/link"), "a");
    assert_eq!(out.rootfs().read("/o/f"), "f");
}
