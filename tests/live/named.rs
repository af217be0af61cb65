//! Named contexts: directories, images, layouts, repositories, files, targets of a bake file; in the
//! place of images, stages and names.

use std::process::Output;

use windlass_tests::{Build, GitDaemon, HttpServer, Live, Reply, SYNTAX};

/// Writes `text` into a directory beside the context and returns that directory.
fn directory(live: &Live, name: &str, files: &[(&str, &str)]) -> String {
    let dir = live.dir().join(name);
    for (path, text) in files {
        let path = dir.join(path);
        let parent = path.parent().expect("a file is in a directory");
        std::fs::create_dir_all(parent).expect("a directory");
        std::fs::write(path, text).expect("a file");
    }
    dir.display().to_string()
}

fn with<'a>(build: Build<'a>, name: &str, value: &str) -> Build<'a> {
    build.arg(format!("--build-context={name}={value}"))
}

#[test]
fn a_directory_is_copied_from_mounted_and_started_from() {
    let live = Live::new("named-dir");
    let files = [
        ("a", "A"),
        ("m/b", "B"),
        ("m/c.log", "C"),
        (".dockerignore", "**/*.log\n"),
    ];
    let dir = directory(&live, "assets", &files);
    let file = "
stages:
  base: {from: assets}
  app:
    from: busybox
    workdir: /w
    steps:
      - copy: a
        from: assets
      - run: ls /m > listing
        mounts: [{bind: m, from: {context: assets}, target: /m}]
      - copy: m/b
        from: base
";
    let out = with(live.yaml(file), "assets", &dir).run();
    let files = out.rootfs();
    assert_eq!(files.paths("/w").join(" "), "/w/a /w/b /w/listing");
    assert_eq!(files.read("/w/listing"), "b\n");
    let out = with(live.yaml(file), "assets", &dir)
        .arg("--target=base")
        .run();
    assert_eq!(
        out.rootfs().paths("/").join(" "),
        "/.dockerignore /a /m /m/b"
    );
}

#[test]
fn of_a_directory_only_what_is_used_is_sent() {
    let live = Live::new("named-sent");
    let large = "x".repeat(2 << 20);
    let dir = directory(&live, "assets", &[("a", "A"), ("large", &large)]);
    let file = "
stages:
  a: {from: scratch, steps: [{copy: a, from: assets}]}
  app: {from: a, steps: [{copy: a, to: /again, from: assets}]}
";
    let out = with(live.yaml(file), "assets", &dir).run();
    assert_eq!(out.rootfs().paths("/").join(" "), "/a /again");
    let step = out.step("[context assets] load from client");
    let sent = step.lines.iter().any(|line| line.contains("MB"));
    assert!(!sent, "{}", out.stderr);
}

#[test]
fn an_image_takes_the_place_of_another() {
    let live = Live::new("named-image");
    let base = live.repository();
    let file = "
stages:
  app:
    from: scratch
    steps: [{file: /mark, content: mine}]
    image: {env: {A: mine}, user: nobody, workdir: /srv, labels: {l: mine}}
";
    let push = format!("--output=type=image,name={base},push=true");
    live.yaml(file).arg(push).run().success();
    let file = "
stages:
  app:
    from: nowhere.example.com/golang:1
    steps:
      - {copy: /mark, from: other, to: /copied}
      - {file: /f, content: '${{ env.A }}'}
";
    let image = format!("docker-image://{base}");
    let build = with(live.yaml(file), "nowhere.example.com/golang:1", &image);
    let out = with(build, "other", &image).run();
    assert_eq!(out.rootfs().read("/f"), "mine");
    assert_eq!(out.rootfs().read("/copied"), "mine");
    let image = out.image();
    assert_eq!(image.setting("User").to_string(), "\"nobody\"");
    assert_eq!(image.setting("WorkingDir").to_string(), "\"/srv\"");
    assert_eq!(image.setting("Labels").to_string(), r#"{"l":"mine"}"#);
}

#[test]
fn an_image_has_the_time_of_its_own_build_and_not_of_the_one_it_replaces() {
    let live = Live::new("named-time");
    let base = live.repository();
    let file = "stages: {app: {from: alpine, steps: [run: echo UNIQUE >> /test]}}\n";
    let push = format!("--output=type=image,name={base},push=true");
    let push = live.yaml(file).arg(push);
    push.env("SOURCE_DATE_EPOCH", "981173106").run().success();
    let created = |build: Build<'_>| build.run().image().config["created"].to_string();
    let image = format!("docker-image://{base}");
    let derived = created(with(live.yaml(file), "alpine", &image));
    let now = created(
        live.yaml("stages: {app: {from: scratch, steps: [{file: /UNIQUE, content: x}]}}\n"),
    );
    assert_eq!(derived[..5], now[..5], "the year of {derived}");
    assert_ne!(derived[..5], "\"2001"[..]);
}

#[test]
fn an_image_may_be_replaced_by_nothing() {
    let live = Live::new("named-scratch");
    let file = "
stages:
  app:
    from: busybox
    steps: [{file: /out, content: hello}, {copy: /, from: busybox, to: /copied}]
";
    let out = with(live.yaml(file), "busybox", "docker-image://scratch").run();
    assert_eq!(out.rootfs().paths("/").join(" "), "/copied /out");
}

#[test]
fn a_context_takes_the_place_of_a_stage() {
    let live = Live::new("named-stage");
    let dir = directory(&live, "built", &[("out/app", "theirs"), ("out/no", "no")]);
    let file = "
stages:
  build:
    from: nowhere.example.com/golang:1
    args: {NEEDED: {required: true}}
    steps: [run: 'exit ${{ args.NEEDED }}']
  app: {from: scratch, steps: [{copy: /out/app, from: build}]}
";
    let out = with(live.yaml(file), "build", &dir).run();
    assert_eq!(out.rootfs().paths("/").join(" "), "/app");
    let image = "docker-image://busybox";
    let file = file.replace("/out/app", "/bin/busybox");
    let out = with(live.yaml(&file), "build", image).run();
    assert_eq!(out.rootfs().paths("/").join(" "), "/busybox");
}

#[test]
fn repositories_and_files_of_the_web_have_names() {
    let live = Live::new("named-remote");
    let daemon = GitDaemon::start(live.dir());
    let repository = daemon.repository("r.git");
    repository.file("sub/f", "f").commit();
    let server = HttpServer::start();
    server.on("/tool", Reply::Body(b"tool".into()));
    let file = "
stages:
  app:
    from: source
    steps: [{copy: /context, from: tool, to: /tool}]
";
    let url = format!("{}#main:sub", daemon.url("r.git"));
    let build = with(live.yaml(file), "source", &url);
    let out = with(build, "tool", &server.url("/tool")).run();
    assert_eq!(out.rootfs().read("/tool"), "tool");
    assert_eq!(out.rootfs().read("/f"), "f");
    let build = with(
        live.yaml(file),
        "source",
        &format!("{}?branch=main&subdir=sub", daemon.url("r.git")),
    );
    let out = with(build, "tool", &server.url("/tool")).run();
    assert_eq!(out.rootfs().read("/f"), "f");
}

#[test]
fn an_image_of_a_layout_has_a_name() {
    let live = Live::new("named-layout");
    let layout = live.dir().join("layout");
    let file = "
stages:
  app:
    from: scratch
    steps: [{file: /mark, content: layout}]
    image: {env: {A: of the layout}, workdir: /test}
";
    let output = format!(
        "--output=type=oci,tar=false,dest={},name=x/y:1",
        layout.display()
    );
    live.yaml(file).arg(output).run().success();
    let file = "
stages:
  base: {from: base-image}
  app: {from: base, steps: [{copy: /mark, from: base-image, to: /f}, {file: /env, content: '${{ env.A }}'}]}
";
    let value = format!("oci-layout://{}:1", layout.display());
    let out = with(live.yaml(file), "base-image", &value).run();
    assert_eq!(out.rootfs().read("/f"), "layout");
    assert_eq!(out.rootfs().read("/env"), "of the layout");
    let image = out.image();
    assert_eq!(image.setting("WorkingDir"), "/test");
    assert!(image.setting("Env").to_string().contains("A=of the layout"));
}

#[test]
fn a_context_that_nobody_uses_may_be_anything() {
    let live = Live::new("named-unused");
    let file = "
stages:
  unreached: {from: {context: other}}
  app: {from: scratch, steps: [{file: /f, content: made}]}
";
    let build = with(
        live.yaml(file),
        "unused",
        "docker-image://nowhere.example.com/x",
    );
    let out = with(build, "unreached", "docker-image://nowhere.example.com/x").run();
    assert_eq!(out.rootfs().read("/f"), "made");
}

const COPIES: &str = "
stages:
  app:
    from: scratch
    steps:
      - copy: /a
        from: {context: assets}
";

#[test]
fn a_context_that_nobody_gave_is_an_error_at_its_line() {
    let live = Live::new("named-missing");
    let out = with(live.yaml(COPIES), "asset", "docker-image://busybox").run();
    assert_eq!(
        out.failure().error().trim_end(),
        "\
build.yaml:7
--------------------
   5 |         steps:
   6 |           - copy: /a
   7 | >>>         from: {context: assets}
   8 |     
--------------------
ERROR: failed to build: failed to solve: build.yaml:7:25: no context is called `assets` (did you mean `asset`?)"
    );
}

#[test]
fn a_context_that_cannot_be_had_is_an_error_at_its_line() {
    let live = Live::new("named-broken");
    let mark = "   7 | >>>         from: {context: assets}";
    let image = format!("docker-image://{}:gone", live.registry().host());
    let out = with(live.yaml(COPIES), "assets", &image).run();
    out.failure()
        .stderr_contains(mark)
        .stderr_contains("build.yaml:7:25: the context `assets`: ");
    let daemon = GitDaemon::start(live.dir());
    let url = daemon.url("nope.git");
    let out = with(live.yaml(COPIES), "assets", &url).run();
    out.failure().stderr_contains(mark);
    let server = HttpServer::start();
    server.on("/gone", Reply::Status(404));
    let out = with(live.yaml(COPIES), "assets", &server.url("/gone")).run();
    out.failure().stderr_contains(mark).stderr_contains("404");
}

#[test]
fn a_source_policy_may_replace_an_image_by_a_directory() {
    let live = Live::new("named-policy");
    let dir = directory(&live, "other", &[("mark", "policy")]);
    let policy = r#"{"rules": [{
        "action": "CONVERT",
        "selector": {"identifier": "docker-image://nowhere.example.com/a:1"},
        "updates": {"identifier": "local://other"}
    }]}"#;
    directory(&live, ".", &[("policy.json", policy)]);
    let file = "stages: {app: {from: scratch, steps: [{copy: /mark, from: base}]}}\n";
    let build = with(live.yaml(file), "other", &dir);
    let build = with(build, "base", "docker-image://nowhere.example.com/a:1");
    let policy = live.dir().join("policy.json").display().to_string();
    let out = build
        .env("EXPERIMENTAL_BUILDKIT_SOURCE_POLICY", &policy)
        .run();
    assert_eq!(out.rootfs().read("/mark"), "policy");
}

/// Runs `docker buildx bake` on files in a directory of the test.
fn bake(live: &Live, files: &[(&str, &str)], args: &[&str]) -> Output {
    directory(live, "bake", files);
    live.buildx()
        .args(["bake", "--progress=plain"])
        .args(args)
        .current_dir(live.dir().join("bake"))
        .env("BUILDX_GIT_INFO", "false")
        .output()
        .expect("bake runs")
}

#[track_caller]
fn baked(live: &Live, files: &[(&str, &str)], args: &[&str]) {
    let out = bake(live, files, args);
    let stderr = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{stderr}");
}

/// Returns a file below the directory of [`bake`].
fn made(live: &Live, path: &str) -> String {
    let path = live.dir().join("bake").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

const BASE: &str = "stages:
  base:
    from: scratch
    steps: [{file: /mark, content: 'made for ${{ target.arch }}'}]
    image: {env: {A: of the base}}
";

const APP: &str = "stages:
  app:
    from: base-image
    steps:
      - {file: /env, content: '${{ env.A }}'}
      - {copy: /mark, from: base-image, to: /copied}
";

const BAKE: &str = r#"
target "base" { dockerfile = "base.yaml" }
target "app" {
  dockerfile = "app.yaml"
  contexts = { "base-image" = "target:base" }
  output = ["type=local,dest=out"]
}
"#;

#[test]
fn a_target_of_a_bake_file_is_a_context_with_its_config() {
    let live = Live::new("bake-target");
    let (base, app) = (format!("{SYNTAX}{BASE}"), format!("{SYNTAX}{APP}"));
    let files = [
        ("docker-bake.hcl", BAKE),
        ("base.yaml", &base),
        ("app.yaml", &app),
    ];
    baked(&live, &files, &["app"]);
    assert_eq!(made(&live, "out/env"), "of the base");
    assert!(made(&live, "out/copied").starts_with("made for "));
}

#[test]
fn a_target_of_several_platforms_is_a_context_for_each() {
    let live = Live::new("bake-platforms");
    let (base, app) = (format!("{SYNTAX}{BASE}"), format!("{SYNTAX}{APP}"));
    let files = [
        ("docker-bake.hcl", BAKE),
        ("base.yaml", &base),
        ("app.yaml", &app),
    ];
    baked(
        &live,
        &files,
        &["app", "--set=*.platform=linux/amd64,linux/arm64"],
    );
    for arch in ["amd64", "arm64"] {
        let dir = format!("out/linux_{arch}");
        assert_eq!(
            made(&live, &format!("{dir}/copied")),
            format!("made for {arch}")
        );
        assert_eq!(made(&live, &format!("{dir}/env")), "of the base");
    }
}

#[test]
fn a_bake_file_gives_contexts_of_every_kind() {
    let live = Live::new("bake-kinds");
    let file = format!(
        "{SYNTAX}stages:
  app:
    from: golang
    steps:
      - {{copy: a, from: assets, to: /a}}
      - {{copy: f, from: source, to: /f}}
"
    );
    let daemon = GitDaemon::start(live.dir());
    daemon.repository("r.git").file("f", "f").commit();
    let bake = format!(
        r#"
target "app" {{
  dockerfile = "app.yaml"
  contexts = {{
    assets = "./assets"
    golang = "docker-image://busybox"
    source = "{}"
  }}
  output = ["type=local,dest=out"]
}}
"#,
        daemon.url("r.git")
    );
    let files = [
        ("docker-bake.hcl", bake.as_str()),
        ("app.yaml", &file),
        ("assets/a", "A"),
    ];
    baked(&live, &files, &["app"]);
    assert_eq!(made(&live, "out/a"), "A");
    assert_eq!(made(&live, "out/f"), "f");
    assert!(live.dir().join("bake/out/bin/busybox").exists());
}

#[test]
fn targets_share_a_directory_and_may_stand_in_the_bake_file() {
    let live = Live::new("bake-inline");
    let target = |name: &str, path: &str| {
        format!(
            r#"
target "{name}" {{
  context = "ctx"
  dockerfile-inline = <<EOF
{SYNTAX}stages:
  app:
    from: scratch
    steps: [copy: {path}]
EOF
  output = ["type=local,dest=out-{name}"]
}}
"#
        )
    };
    let bake = target("one", "a") + &target("two", "[a, b]");
    let files = [
        ("docker-bake.hcl", bake.as_str()),
        ("ctx/a", "A"),
        ("ctx/b", "B"),
    ];
    baked(&live, &files, &["one", "two"]);
    assert_eq!(made(&live, "out-one/a"), "A");
    assert_eq!(made(&live, "out-two/a"), "A");
    assert_eq!(made(&live, "out-two/b"), "B");
}

#[test]
fn a_compose_file_gives_contexts() {
    let live = Live::new("bake-compose");
    let compose = "
services:
  app:
    image: app
    build:
      dockerfile: app.yaml
      additional_contexts:
        assets: ./assets
        golang: docker-image://busybox
";
    let file = "stages: {app: {from: golang, steps: [{copy: a, from: assets, to: /a}]}}\n";
    let file = format!("{SYNTAX}{file}");
    let files = [
        ("compose.yaml", compose),
        ("app.yaml", &file),
        ("assets/a", "A"),
    ];
    baked(
        &live,
        &files,
        &["app", "--set=app.output=type=local,dest=out"],
    );
    assert_eq!(made(&live, "out/a"), "A");
}
