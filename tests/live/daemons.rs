//! Daemons of other versions, compiled from what `tools/buildkitd` pins: the oldest that still
//! compiles, one in between, and the newest.
//!
//! The same builds on each: what a daemon cannot do is done another way, or is one sentence.

use std::time::Duration;

use windlass_tests::{Build, EmptyBuilder, GitDaemon, HttpServer, Live, Reply};
use windlass_tests::{SYNTAX, Variant};

/// Starts a daemon of `version`.
fn daemon<'a>(live: &'a Live, version: &'static str) -> EmptyBuilder<'a> {
    live.builder(Variant {
        version: Some(version),
        ..Variant::default()
    })
}

/// Starts to describe a build of this file.
fn yaml<'a>(on: &'a EmptyBuilder<'_>, text: &str) -> Build<'a> {
    on.build().file("build.yaml", with_names(on, text))
}

/// Returns the whole file. Before v0.12, a mirror is a host without a path, so images have their
/// full names.
fn with_names(on: &EmptyBuilder<'_>, text: &str) -> String {
    let host = on.registry().host();
    let syntax = SYNTAX.replace(
        "registry.example.com",
        &format!("{host}/registry.example.com"),
    );
    let library = format!("from: {host}/docker.io/library/");
    syntax + &text.replace("from: library/", &library)
}

#[test]
fn a_daemon_of_v0_11_builds() {
    let live = Live::new("v0.11");
    let daemon = daemon(&live, "v0.11");
    everything(&live, &daemon, UNNOTICED);
    refused_by_v0_11(&daemon);
}

#[test]
fn a_daemon_of_v0_17_builds() {
    let live = Live::new("v0.17");
    let daemon = daemon(&live, "v0.17");
    everything(&live, &daemon, UNNOTICED);
    refused_by_v0_17(&daemon);
}

/// The newest: it can do all, so nothing is said and nothing refused.
#[test]
fn a_daemon_of_v0_34_builds() {
    let live = Live::new("v0.34");
    let daemon = daemon(&live, "v0.34");
    everything(&live, &daemon, "");
    what_others_refuse(&daemon);
}

/// What is said of a `copy` on a daemon that lets a missing path pass.
const UNNOTICED: &str = "this builder does not notice if the path is missing";

fn everything(live: &Live, on: &EmptyBuilder<'_>, said: &str) {
    hello(on);
    stages_mounts_and_merges(on, said);
    contexts(live, on);
    two_platforms(on);
    calls(on);
    a_failing_step(on);
    through_buildctl(live, on);
}

/// As it is, but for names of images that a daemon before v0.12 finds.
fn hello(on: &EmptyBuilder<'_>) {
    let build = on.build().directory("examples/hello");
    let text = std::fs::read_to_string(build.in_context("build.yaml")).expect("a build file");
    let text = text.replace("from: ", "from: library/");
    let (_, text) = text.split_once('\n').expect("a first line");
    let out = build.file("build.yaml", with_names(on, text)).run();
    assert_eq!(out.rootfs().read("/srv/greeting.txt"), "Hello, world!\n");
}

fn stages_mounts_and_merges(on: &EmptyBuilder<'_>, said: &str) {
    let file = "
args:
  NAME: world
stages:
  deps:
    from: library/alpine
    workdir: /d
    steps:
      - run: echo kept > /c/kept
        cache: {path: /c, id: seen}
      - run: cat /c/kept > from-cache
        cache: {path: /c, id: seen}
      - run: cat /run/secrets/token > /tmp/x; wc -c < /tmp/x > size; rm /tmp/x
        secrets: token
      - run: echo $TOKEN | wc -c > size-of-variable
        secrets: {id: token, env: TOKEN}
  app:
    from: library/busybox
    workdir: /w
    steps:
      - copy: '*.txt'
        chown: app:app
        chmod: '0640'
      - copy: src/
        to: src/
        exclude: ['*.log']
      - copy: src/deep/a
        to: kept/
        parents: true
      - copy: /d/
        from: deps
        to: deps/
        link: true
      - file: note
        content: for ${{ args.NAME }}
      - script:
          content: |
            #!/bin/sh
            echo script > scripted
      - parallel:
          - - run: echo one > one
          - - run: echo two > two
      - mkdir: made
      - remove: b.txt
    image: {user: app, cmd: [cat, note], healthcheck: {run: 'true'}}
";
    let out = yaml(on, file)
        .file("a.txt", "A")
        .file("b.txt", "B")
        .file("src/deep/a", "deep")
        .file("src/x.log", "")
        .env("SECRET", "1234")
        .arg("--secret=id=token,env=SECRET")
        .arg("--build-arg=NAME=old")
        .run();
    let image = out.success().image();
    assert_eq!(image.setting("User").to_string(), "\"app\"");
    let files = image.rootfs();
    for (path, text) in [
        ("a.txt", "A"),
        ("src/deep/a", "deep"),
        ("kept/src/deep/a", "deep"),
        ("deps/from-cache", "kept\n"),
        ("deps/size", "4\n"),
        ("deps/size-of-variable", "5\n"),
        ("note", "for old"),
        ("scripted", "script\n"),
        ("one", "one\n"),
        ("two", "two\n"),
    ] {
        assert_eq!(files.read(&format!("/w/{path}")), text, "{path}");
    }
    assert!(files.has("/w/made") && !files.has("/w/b.txt") && !files.has("/w/src/x.log"));
    out.stderr_contains(said);
    if said.is_empty() {
        out.stderr_lacks("this builder");
    }
    let again = yaml(on, file)
        .file("a.txt", "A")
        .file("b.txt", "B")
        .file("src/deep/a", "deep")
        .env("SECRET", "1234")
        .arg("--secret=id=token,env=SECRET")
        .arg("--build-arg=NAME=old")
        .run();
    again.success().cached("RUN echo two > two");
}

/// A directory, an image and a repository by name; a file of the web; times of them.
fn contexts(live: &Live, on: &EmptyBuilder<'_>) {
    let web = HttpServer::start();
    web.on("/f", Reply::Body(b"web".to_vec()));
    let dir = live.dir().join("assets");
    std::fs::create_dir_all(&dir).expect("a directory");
    std::fs::write(dir.join("a"), "named").expect("a file");
    let repositories = GitDaemon::start(&live.dir().join("git"));
    let repository = repositories.repository("code");
    repository.file("r", "repository").commit();
    let file = format!(
        "
stages:
  app:
    from: base
    workdir: /w
    steps:
      - copy: a
        from: assets
      - copy: r
        from: code
      - add: {}
",
        web.url("/f")
    );
    let out = yaml(on, &file)
        .arg(format!("--build-context=assets={}", dir.display()))
        .arg(format!(
            "--build-context=base=docker-image://{}/docker.io/library/busybox",
            live.registry().host()
        ))
        .arg(format!("--build-context=code={}", repositories.url("code")))
        .run();
    let files = out.rootfs();
    for (path, text) in [("a", "named"), ("r", "repository"), ("f", "web")] {
        assert_eq!(files.read(&format!("/w/{path}")), text, "{path}");
    }
}

fn two_platforms(on: &EmptyBuilder<'_>) {
    let out = yaml(
        on,
        "stages: {a: {from: library/alpine, steps: [run: uname -m > /m]}}",
    )
    .arg("--platform=linux/amd64,linux/arm64")
    .run();
    let layout = out.success().layout();
    for (platform, machine) in [("linux/amd64", "x86_64\n"), ("linux/arm64", "aarch64\n")] {
        assert_eq!(layout.platform(platform).rootfs().read("/m"), machine);
    }
}

fn calls(on: &EmptyBuilder<'_>) {
    let file = "
args: {V: {default: '1', description: Which}}
stages: {a: {description: It, from: library/alpine:latest, steps: [run: 'echo ${{ args.V }}']}}
";
    let out = yaml(on, file).arg("--call=outline").run();
    assert!(out.success().stdout.contains("Which"), "{}", out.stdout);
    let out = yaml(on, file).arg("--call=targets").run();
    assert!(out.success().stdout.contains("It"), "{}", out.stdout);
    let out = yaml(on, file).arg("--check").run();
    assert!(out.stdout.contains("latest-image"), "{}", out.stdout);
}

fn a_failing_step(on: &EmptyBuilder<'_>) {
    let out = yaml(
        on,
        "stages:\n  a:\n    from: library/alpine\n    steps:\n      - run: exit 3\n",
    )
    .run();
    out.failure().within(Duration::from_secs(60));
    let error = out.error();
    assert!(error.contains("   6 | >>>       - run: exit 3"), "{error}");
    assert!(error.contains("exit code: 3"), "{error}");
}

fn through_buildctl(live: &Live, on: &EmptyBuilder<'_>) {
    let text = "stages: {a: {from: scratch, steps: [{file: /hi, content: buildctl}]}}\n";
    let dir = live.dir().join("buildctl");
    std::fs::create_dir_all(&dir).expect("a directory");
    std::fs::write(dir.join("build.yaml"), text).expect("a file");
    let (here, out) = (dir.display(), dir.join("out"));
    let mut buildctl = on.buildctl();
    buildctl.args(["build", "--frontend=gateway.v0", "--progress=plain"]);
    let image = format!("{}/registry.example.com/windlass:1", live.registry().host());
    buildctl.args(["--opt", &format!("source={image}")]);
    buildctl.args(["--opt", "filename=build.yaml"]);
    buildctl.arg(format!("--local=context={here}"));
    buildctl.arg(format!("--local=dockerfile={here}"));
    buildctl.arg(format!("--output=type=local,dest={}", out.display()));
    let done = buildctl.output().expect("buildctl runs");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    let made = std::fs::read_to_string(out.join("hi")).expect("a file");
    assert_eq!(made, "buildctl");
}

/// The last line of the error of a build with this step.
#[track_caller]
fn refused(on: &EmptyBuilder<'_>, step: &str, expected: &str) {
    let file = format!("stages:\n  a:\n    from: library/alpine\n    steps:\n      - {step}\n");
    let out = yaml(on, &file).file("x", "").run();
    let error = out.failure().error();
    let last = error.trim_end().lines().last().unwrap_or_default();
    let sentence = last.rsplit_once("build.yaml:6:9: ").map(|(_, rest)| rest);
    assert_eq!(sentence, Some(expected), "{error}");
}

fn refused_by_v0_11(on: &EmptyBuilder<'_>) {
    refused_by_v0_17(on);
    refused(
        on,
        "{copy: x, chmod: u+x}",
        "this builder cannot set a mode in letters (use BuildKit 0.17 or later, or write it in digits)",
    );
    refused(
        on,
        "{run: exit 3, exit-codes: [3]}",
        "this builder cannot let a step end with another exit code than 0 (use BuildKit 0.17 or later)",
    );
}

fn refused_by_v0_17(on: &EmptyBuilder<'_>) {
    refused(
        on,
        "{symlink: /a, target: /b}",
        "this builder cannot make a symbolic link (use BuildKit 0.19 or later, or make it with `run`)",
    );
    refused(
        on,
        "{run: 'true', resources: {memory: 64MB}}",
        "this builder cannot limit the memory or the processors of a step (use BuildKit 0.31 or later)",
    );
}

/// What [`refused_by_v0_11`] has, on a daemon that has learnt it.
fn what_others_refuse(on: &EmptyBuilder<'_>) {
    let file = "
stages:
  a:
    from: library/alpine
    workdir: /w
    steps:
      - {copy: x, chmod: u+x}
      - {run: exit 3, exit-codes: [3]}
      - {symlink: a, target: x}
      - {run: 'true', resources: {memory: 64MB}}
";
    let out = yaml(on, file).file("x", "").run();
    let files = out.success().rootfs();
    assert_eq!(files.listing("/w"), "777 0:0 a -> x\n744 0:0 x");
    let missing = "stages: {a: {from: library/alpine, steps: [copy: none]}}\n";
    let out = yaml(on, missing).run();
    out.failure().stderr_contains("\"/none\": not found");
}
