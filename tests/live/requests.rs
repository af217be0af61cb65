//! What is asked of a build: its file, its options, and what is not built yet.

use std::process::Command;
use std::time::Duration;

use windlass_tests::{Build, Live, SYNTAX};

const FRONTEND: &str = "--build-arg=BUILDKIT_SYNTAX=registry.example.com/windlass:1";
const FILE: &str = "stages: {app: {from: scratch, steps: [{file: /f, content: made}]}}\n";

fn with_syntax(file: &str) -> String {
    format!("{SYNTAX}{file}")
}

#[track_caller]
fn check(build: Build<'_>, expected: &str) {
    let out = build.run();
    let error = out.failure().error();
    assert_eq!(error.trim_end(), expected);
}

#[test]
fn a_file_called_dockerfile_needs_no_flag() {
    let live = Live::new("default-name");
    let out = live.build().file("Dockerfile", with_syntax(FILE)).run();
    assert_eq!(out.rootfs().read("/f"), "made");
    let out = live.build().file("dockerfile", with_syntax(FILE)).run();
    assert_eq!(out.rootfs().read("/f"), "made");
}

#[test]
fn a_file_called_dockerfile_is_found_for_clients_that_do_not_look_for_it() {
    let live = Live::new("lower-case-name");
    // buildx finds it by itself and says its name; buildctl says none.
    for name in ["Dockerfile", "dockerfile"] {
        let build = live.build().file(name, with_syntax(FILE));
        let directory = build.in_context("").display().to_string();
        let made = build.beside("made");
        let mut buildctl = live.buildctl();
        buildctl.args(["build", "--progress=plain", "--frontend=gateway.v0"]);
        buildctl.args(["--opt", "source=registry.example.com/windlass:1"]);
        buildctl.arg(format!("--local=dockerfile={directory}"));
        buildctl.arg(format!("--output=type=local,dest={}", made.display()));
        let out = buildctl.output().expect("buildctl runs");
        let stderr = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{name}: {stderr}");
        let text = std::fs::read_to_string(made.join("f")).expect("a file");
        assert_eq!(text, "made", "{name}");
    }
}

#[test]
fn a_file_may_stand_elsewhere() {
    let live = Live::new("elsewhere");
    let file = "stages: {app: {from: scratch, steps: [copy: a.txt]}}\n";
    let path = live.dir().join("other.yaml");
    std::fs::write(&path, with_syntax(file)).expect("a file");
    let build = live
        .build()
        .file("a.txt", "a")
        .named_file(&path.display().to_string());
    assert_eq!(build.run().rootfs().read("/a.txt"), "a");
    let build = live
        .build()
        .file("sub/b.yaml", with_syntax(FILE))
        .named_file("sub/b.yaml");
    assert_eq!(build.run().rootfs().read("/f"), "made");
}

#[test]
fn a_file_may_be_a_link() {
    let live = Live::new("linked-file");
    let build = live
        .build()
        .file("real/b.yaml", with_syntax(FILE))
        .symlink("link.yaml", "real/b.yaml")
        .named_file("link.yaml");
    assert_eq!(build.run().rootfs().read("/f"), "made");
}

#[test]
fn windows_line_ends_change_nothing() {
    let live = Live::new("crlf");
    let text = "stages:\n  app:\n    from: busybox\n    steps:\n      - run: |\n          echo one > /f\n          echo two >> /f\n";
    let unix = live.build().file("build.yaml", with_syntax(text)).run();
    let windows = with_syntax(text).replace('\n', "\r\n");
    let windows = live.build().file("build.yaml", windows).run();
    assert_eq!(windows.rootfs().read("/f"), "one\ntwo\n");
    windows.cached("RUN");
    assert_eq!(unix.image().history(), windows.image().history());
}

#[test]
fn a_build_file_that_is_not_there() {
    let live = Live::new("no-file");
    check(
        live.build().arg(FRONTEND).named_file("build.yaml"),
        "\
ERROR: failed to build: failed to solve: there is no build file `build.yaml` (name it with `-f`, such as `-f build.yaml`)",
    );
}

#[test]
fn an_empty_build_file() {
    let live = Live::new("empty-file");
    check(live.build().arg(FRONTEND).file("build.yaml", ""), "\
build.yaml:1
--------------------
   1 | >>> 
--------------------
ERROR: failed to build: failed to solve: build.yaml:1:1: the file is empty (a build file starts with `stages:`)");
}

#[test]
fn a_file_of_ten_megabytes_is_refused_at_once() {
    let live = Live::new("huge");
    let mut text = with_syntax(FILE);
    text.push_str(&"# and so on\n".repeat(900_000));
    let build = live.build().file("build.yaml", text);
    let out = build.run();
    out.within(Duration::from_secs(5));
    assert_eq!(out.failure().error().trim_end(), "\
build.yaml:1
--------------------
   1 | >>> # syntax=registry.example.com/windlass:1
   2 |     stages: {app: {from: scratch, steps: [{file: /f, content: made}]}}
   3 |     # and so on
--------------------
ERROR: failed to build: failed to solve: build.yaml:1:1: the file is larger than 4 MiB, the most that a build file can be (is this the right file? put data next to the build file and copy it)");
}

#[test]
fn nesting_and_aliases_without_end_are_refused_at_once() {
    let live = Live::new("bomb");
    let mut text = with_syntax("x-0: &a0 [x, x]\n");
    for n in 1..40 {
        let before = n - 1;
        text += &format!("x-{n}: &a{n} [*a{before}, *a{before}]\n");
    }
    let build = live.build().file("build.yaml", text + FILE);
    let out = build.run();
    out.failure().within(Duration::from_secs(5));
    out.stderr_contains("the file has more than 1000000 values");
    let deep = with_syntax("x-deep: ") + &"[".repeat(100_000);
    let out = live.build().file("build.yaml", deep).run();
    out.failure()
        .within(Duration::from_secs(5))
        .stderr_contains("nested");
}

#[test]
fn every_bad_option_is_named() {
    let live = Live::new("options");
    let build = live.build().file("build.yaml", with_syntax(FILE));
    let epoch = "--build-arg: invalid SOURCE_DATE_EPOCH: now is no number of seconds \
                 (give seconds since 1970, such as the output of `git log -1 --pretty=%ct`, or `context` for the time of a remote build context)";
    // The daemon looks at most of them before we do.
    for (option, expected) in [
        (
            "ulimit=x",
            "failed to parse ulimit: invalid ulimit argument: x",
        ),
        ("image-resolve-mode=x", "invalid image-resolve-mode: x"),
        ("force-network-mode=x", "invalid netmode x"),
        (
            "multi-platform=x",
            "invalid boolean value for multi-platform: x",
        ),
        (
            "add-hosts=x",
            "failed to parse additional hosts: invalid key-value pair x",
        ),
        (
            "platform=linux/amd46",
            "--platform: `amd46` is not an architecture, did you mean `amd64`?",
        ),
        ("build-arg:SOURCE_DATE_EPOCH=now", epoch),
        ("attest:vex=", "unknown attestation type \"vex\""),
        (
            "attest:sbom=generator=A B",
            "failed to parse sbom generator A B: invalid reference format: repository name \
             (library/A B) must be lowercase",
        ),
    ] {
        let mut buildctl = buildctl(&live, &build);
        buildctl.arg("--opt").arg(option);
        let expected = format!("error: failed to solve: {expected}");
        assert_eq!(failure(buildctl), expected, "{option}");
    }
}

#[test]
fn an_option_that_nobody_knows_is_ignored() {
    let live = Live::new("unknown-option");
    let build = live.build().file("build.yaml", with_syntax(FILE));
    let mut buildctl = buildctl(&live, &build);
    buildctl.args(["--opt", "nobody=knows", "--opt", "resource-hint=7"]);
    let out = buildctl.output().expect("buildctl runs");
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}

#[test]
fn what_buildx_itself_refuses_never_reaches_us_and_the_rest_has_its_flag() {
    let live = Live::new("flags");
    let build = || live.build().file("build.yaml", with_syntax(FILE));
    build().arg("--platform=nonsense").run().failure();
    build().arg("--ulimit=x").run().failure();
    check(
        build().arg("--build-arg=SOURCE_DATE_EPOCH=now"),
        "\
ERROR: failed to build: failed to solve: --build-arg: invalid SOURCE_DATE_EPOCH: now is no number of seconds (give seconds since 1970, such as the output of `git log -1 --pretty=%ct`, or `context` for the time of a remote build context)",
    );
}

#[test]
fn an_image_without_files_for_several_platforms() {
    let live = Live::new("empty-platforms");
    let file = "stages: {app: {from: scratch, image: {cmd: [x]}}}\n";
    let out = live
        .build()
        .file("build.yaml", with_syntax(file))
        .arg("--platform=linux/amd64,linux/arm64")
        .run();
    let layout = out.layout();
    for platform in ["linux/amd64", "linux/arm64"] {
        let image = layout.platform(platform);
        assert_eq!(image.layers().len(), 0);
        assert_eq!(image.setting("Cmd").to_string(), "[\"x\"]");
    }
}

#[test]
fn a_client_that_shares_no_build_file_is_told_and_the_daemon_goes_on() {
    let live = Live::new("no-directory");
    let build = live.build().file("build.yaml", with_syntax(FILE));
    let context = build.in_context("x");
    let context = context.parent().expect("a directory").display();
    let expected = "error: failed to solve: the client does not share the directory of the build \
                    file `build.yaml` (with buildctl, add `--local dockerfile=DIR`)";
    let mut only_context = gateway(&live);
    only_context.args(["--local", &format!("context={context}")]);
    assert_eq!(failure(only_context), expected);
    assert_eq!(failure(gateway(&live)), expected);
    // A build that needs no files of the context needs no context.
    let mut only_file = gateway(&live);
    only_file.args(["--local", &format!("dockerfile={context}")]);
    let out = only_file.output().expect("buildctl runs");
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}");
}

#[test]
fn a_bug_of_ours_is_an_error_and_the_next_build_works() {
    let live = Live::new("panic");
    for pass in ["load", "expand", "resolve", "lower", "solve"] {
        let build = live.build().file("build.yaml", with_syntax(FILE));
        let mut buildctl = buildctl(&live, &build);
        buildctl.arg("--opt").arg(format!("windlass.panic={pass}"));
        let error = failure(buildctl);
        assert!(
            error.contains(&format!("internal error in {pass}: ")),
            "{error}"
        );
        assert!(error.contains("please report"), "{error}");
    }
    live.build()
        .file("build.yaml", with_syntax(FILE))
        .run()
        .success();
}

#[test]
fn warnings_stand_below_the_build_with_their_lines() {
    let live = Live::new("warnings");
    let file = "args: {version: 1}
stages:
  app:
    from: alpine:3.22
    steps:
      - run: echo ${{ args.version }} # b
";
    let out = live
        .build()
        .file("build.yaml", with_syntax(file))
        .arg("--build-arg=verson=2")
        .run();
    out.success();
    let start = out.stderr.find("2 warnings found").expect("warnings");
    // The client shows them in the order in which they reach it.
    let mut lines: Vec<&str> = out.stderr[start..].trim_end().lines().collect();
    lines[1] = lines[1].trim_start_matches("\u{1b}[0m");
    lines[1..].sort_unstable();
    assert_eq!(
        lines,
        [
            "2 warnings found (use docker --debug to expand):",
            " - comment-in-command: the command ends before this `#` (if it belongs to the command, \
             quote the command or write it after `run: |`) (line 7)",
            " - unknown-build-arg: build argument `verson` is not declared in the file \
             (did you mean `version`?)",
        ]
    );
}

#[test]
fn a_definition_may_be_large_but_not_larger_than_any_message() {
    let live = Live::new("large-definition");
    let built = |n_files: usize| {
        let line = format!("    {}\n", "x".repeat(75));
        let mut file = format!("args:\n  TEXT: |\n{}stages:\n", line.repeat(20_000));
        file += "  app:\n    from: scratch\n    steps:\n";
        for n in 0..n_files {
            file += &format!("      - {{file: /f{n}, content: '{n} ${{{{ args.TEXT }}}}'}}\n");
        }
        live.build().file("build.yaml", with_syntax(&file)).run()
    };
    let files = built(5).rootfs();
    assert_eq!(files.read("/f4").len(), 2 + 20_000 * 76);
    let error = built(12).failure().within(Duration::from_secs(60)).error();
    let expected = "MiB of steps and inline content; BuildKit takes less than 16 MiB";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn warnings_are_in_the_metadata_of_the_build() {
    let live = Live::new("metadata");
    let file = "stages: {app: {from: scratch, steps: [add: f]}}\n";
    let build = live.build().file("build.yaml", with_syntax(file));
    let metadata = build.beside("metadata.json");
    let build = build.file("f", "x").env("BUILDX_METADATA_WARNINGS", "1");
    let build = build.arg(format!("--metadata-file={}", metadata.display()));
    build.run().success();
    let text = std::fs::read_to_string(metadata).expect("a file");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let warning = &json["buildx.build.warnings"][0];
    let range = &warning["range"][0]["start"]["line"];
    assert_eq!(*range, 2, "{json}");
    let step = warning["vertex"].as_str().unwrap_or_default();
    assert!(step.starts_with("sha256:"), "{json}");
    assert_eq!(warning["sourceInfo"]["filename"], "build.yaml");
}

/// Returns a build through the gateway directly, which takes every option.
fn buildctl(live: &Live, build: &Build<'_>) -> Command {
    let context = build.in_context("x");
    let context = context.parent().expect("a directory").display().to_string();
    let mut buildctl = gateway(live);
    buildctl.args(["--local", &format!("context={context}")]);
    buildctl.args(["--local", &format!("dockerfile={context}")]);
    buildctl
}

/// Returns a build whose client shares no directory.
fn gateway(live: &Live) -> Command {
    let mut buildctl = live.buildctl();
    buildctl.args(["build", "--progress=plain", "--frontend=gateway.v0"]);
    buildctl.args(["--opt", "source=registry.example.com/windlass:1"]);
    buildctl.args(["--opt", "filename=build.yaml"]);
    buildctl
}

/// Runs it and returns the error.
#[track_caller]
fn failure(mut command: Command) -> String {
    let out = command.output().expect("the client runs");
    let stderr = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success(), "no failure:\n{stderr}");
    let start = stderr.find("\nerror: ").map_or(0, |at| at + 1);
    stderr[start..].trim_end().to_owned()
}
