//! `--call` and `--check` as buildx and bake show them, and what they exit with.

use std::path::Path;
use std::process::Command;

use windlass_tests::golden::inputs;
use windlass_tests::{Build, Live};

/// Hands a Dockerfile to us.
const FRONTEND: &str = "--build-arg=BUILDKIT_SYNTAX=registry.example.com/windlass:1";

const SHOP: &str = "
default: web
args:
  VERSION: {default: '3.20', description: Which alpine}
stages:
  deps:
    description: What the shop needs
    from: alpine:${{ args.VERSION }}
    steps:
      - run: 'true'
        secrets: npm_token
        ssh: {id: github, required: false}
  web: {from: deps}
";

#[track_caller]
fn check(build: Build<'_>, code: i32, expected: &str) {
    let out = build.run();
    let shown = out.stdout.replace(&context(&build), "");
    let stdout: Vec<&str> = shown.lines().map(str::trim_end).collect();
    assert_eq!(stdout.join("\n").trim_end(), expected, "{}", out.stderr);
    assert_eq!(out.code, Some(code));
}

/// The directory of the build file, which clients show before its name.
fn context(build: &Build<'_>) -> String {
    build.in_context("").display().to_string()
}

#[test]
fn an_outline_names_arguments_secrets_and_agents() {
    let live = Live::new("outline");
    let expected = "\
TARGET: web

BUILD ARG   VALUE   DESCRIPTION
VERSION     3.20    Which alpine

SECRET      REQUIRED
npm_token   true

SSH      REQUIRED
github";
    check(live.yaml(SHOP).arg("--call=outline"), 0, expected);
    let build = live.yaml(SHOP).arg("--call=outline").arg("--target=deps");
    let described = "TARGET:      deps\nDESCRIPTION: What the shop needs";
    check(build, 0, &expected.replace("TARGET: web", described));
}

#[test]
fn targets_are_listed_and_so_are_calls() {
    let live = Live::new("targets");
    let expected = "\
TARGET        DESCRIPTION
deps          What the shop needs
web (default)";
    check(live.yaml(SHOP).arg("--call=targets"), 0, expected);
    let out = live.yaml(SHOP).arg("--call=subrequests.describe").run();
    out.success().stdout_contains("\noutline ");
    let out = live.yaml(SHOP).arg("--call=targets,format=json").run();
    let json: serde_json::Value = serde_json::from_str(&out.stdout).expect("JSON");
    assert_eq!(json["targets"][1]["name"], "web");
    assert_eq!(json["targets"][1]["default"], true);
}

#[test]
fn a_check_exits_with_what_it_found() {
    let live = Live::new("check");
    check(
        live.yaml(SHOP).arg("--check"),
        0,
        "Check complete, no warnings found.",
    );
    let file = SHOP.replace("'true'", "echo a # b");
    let expected = "\
Check complete, 1 warning has been found!

WARNING: comment-in-command
the command ends before this `#` (if it belongs to the command, quote the command or write it after `run: |`)
build.yaml:10
--------------------
   8 |         from: alpine:${{ args.VERSION }}
   9 |         steps:
  10 | >>>       - run: echo a # b
  11 |             secrets: npm_token
  12 |             ssh: {id: github, required: false}
--------------------";
    check(live.yaml(&file).arg("--call=check"), 1, expected);
    let build = live.yaml(&file).arg("--call=check,ignorestatus=true");
    check(build, 0, expected);
}

#[test]
fn a_check_tells_what_it_found_before_the_mistake() {
    let live = Live::new("check-mistake");
    let file = SHOP.replace("'true'", "echo a # b").replace("ssh:", "shs:");
    let out = live.yaml(&file).arg("--call=check,format=json").run();
    let json: serde_json::Value = serde_json::from_str(&out.stdout).expect("JSON");
    assert_eq!(
        json["warnings"][0]["ruleName"], "comment-in-command",
        "{json}"
    );
    let message = json["buildError"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("`shs`"), "{json}");
    let line = &json["buildError"]["location"]["ranges"][0]["start"]["line"];
    assert_eq!(*line, 12, "{json}");
    assert_eq!(out.code, Some(1));
}

#[test]
fn a_mistake_is_shown_whatever_is_called() {
    let live = Live::new("call-mistake");
    let file = SHOP.replace("default: web", "default: wbe");
    let marked = "   2 | >>> default: wbe\n";
    for call in ["outline", "targets"] {
        let out = live.yaml(&file).arg(format!("--call={call}")).run();
        let error = out.failure().error();
        assert!(error.contains(marked), "{error}");
        assert!(error.contains("build.yaml:2:10: there is no stage `wbe`"));
    }
    let build = live.yaml(&file).arg("--check");
    let out = build.run();
    out.failure();
    let start = out.stderr.find("ERROR: ").expect("an error");
    assert_eq!(
        out.stderr[start..].replace(&context(&build), "").trim_end(),
        "\
ERROR: build.yaml:2:10: there is no stage `wbe` (did you mean `web`?)
build.yaml:2
--------------------
   1 |     # syntax=registry.example.com/windlass:1
   2 | >>> default: wbe
   3 |     args:
   4 |       VERSION: {default: '3.20', description: Which alpine}
--------------------"
    );
}

#[test]
fn an_unknown_call_asks_no_other_frontend() {
    let live = Live::new("unknown-call");
    let out = live.yaml(SHOP).arg("--call=outlin").run();
    out.failure().stderr_contains(
        "ERROR: failed to build: failed to solve: unsupported request frontend.outlin: there is \
         no call `outlin` (did you mean `--call=outline`?)",
    );
    out.stderr_lacks("docker/dockerfile");
}

#[test]
fn bake_calls_every_target() {
    let live = Live::new("bake-call");
    let bake = "target web {\n  description = \"The shop\"\n  dockerfile = \"build.yaml\"\n}\n\
                target deps {\n  dockerfile = \"build.yaml\"\n  target = \"deps\"\n}\n";
    let file = SHOP.replace("'true'", "echo a # b");
    let build = live.yaml(&file).file("docker-bake.hcl", bake);
    let (code, out) = run(&live, &build, &["web", "deps", "--call=targets"]);
    let list = "TARGET        DESCRIPTION\ndeps          What the shop needs\nweb (default) \n";
    let expected = format!("deps\n\n{list}\nweb\nThe shop\n\n{list}");
    assert_eq!((code, out), (Some(0), expected));
    let (code, out) = run(&live, &build, &["web", "--check"]);
    assert!(out.contains("Check complete, 1 warning has been found!"));
    assert_eq!(code, Some(1));
    let (code, out) = run(&live, &build, &["web", "--call=check,format=json"]);
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let warning = &json["target"]["web"]["check"]["warnings"][0];
    assert_eq!(warning["ruleName"], "comment-in-command");
    assert_eq!(code, Some(1));
    let (code, out) = run(&live, &build, &["--list=targets"]);
    assert!(out.contains("The shop"), "{out}");
    assert_eq!(code, Some(0));
}

/// Runs bake in the build's context; returns its exit status and standard output.
fn run(live: &Live, build: &Build<'_>, args: &[&str]) -> (Option<i32>, String) {
    let mut bake: Command = live.buildx();
    bake.args(["bake", "--progress=plain"]).args(args);
    bake.current_dir(build.in_context(""));
    let out = bake.output().expect("bake runs");
    let stdout = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(
        !stdout.is_empty(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    (out.status.code(), stdout)
}

/// Returns every op of a definition as JSON, but for what differs from build to build: digests of
/// ops, and with them the session.
fn ops(build: &Build<'_>) -> Vec<String> {
    let out = build.run();
    let json: serde_json::Value = serde_json::from_str(&out.success().stdout).expect("JSON");
    let metadata = json["metadata"].as_object().expect("a map");
    let definition = json["def"].as_object().expect("a map");
    assert!(
        metadata
            .keys()
            .all(|digest| definition.contains_key(digest))
    );
    assert!(json["source"]["locations"].is_object());
    let mut ops = Vec::new();
    for op in definition.values() {
        let mut op = op.clone();
        for input in op["inputs"].as_array_mut().into_iter().flatten() {
            input["digest"].take();
        }
        op["source"]["attrs"]["local.session"].take();
        ops.push(op.to_string());
    }
    ops.sort();
    ops
}

#[test]
fn a_definition_is_shown_as_the_dockerfile_frontend_shows_its_own() {
    let live = Live::new("convertllb");
    let call = "--call=convertllb,format=json";
    for path in inputs("parity", "yaml") {
        let read = |path: &Path| std::fs::read_to_string(path).expect("a file");
        let yaml = read(&path);
        let dockerfile = read(&path.with_extension("Dockerfile"));
        // Only the offline test has these platforms and images.
        let offline = [
            "--platform ",
            "/onbuild/",
            "@sha256:0123",
            "/no-layers:",
            "vendor1.com/",
        ];
        if offline.iter().any(|part| yaml.contains(part)) {
            continue;
        }
        let [mut ours, mut theirs] = [
            live.yaml(&yaml).arg(call),
            live.build().file("Dockerfile", dockerfile).arg(call),
        ];
        // How a pair is asked for stands in its first line: `# --target x`.
        let asked = yaml.lines().next().filter(|line| line.starts_with("# --"));
        let words = asked.unwrap_or_default().split_whitespace().skip(1);
        for option in words.filter(|option| *option != "--names") {
            (ours, theirs) = (ours.arg(option), theirs.arg(option));
        }
        let [ours, theirs] = [ops(&ours), ops(&theirs)];
        assert_eq!(ours.join("\n"), theirs.join("\n"), "{}", path.display());
    }
}

#[test]
fn plan_graph_and_schema_need_no_client_that_knows_them() {
    let live = Live::new("custom-calls");
    let plan = "\
result: web
target: linux/amd64
build: linux/amd64
image: docker.io/library/alpine:3.20 for linux/amd64 (base)

stage deps on linux/amd64
  from image docker.io/library/alpine:3.20
  run true
    secret: npm_token
    ssh: github
      required: false

stage web on linux/amd64
  from stage deps";
    check(live.yaml(SHOP).arg("--call=plan"), 0, plan);
    let out = live.yaml(SHOP).arg("--call=graph").run();
    out.success().stdout_contains("digraph plan {");
    let json = |call: &str| {
        let out = live.yaml(SHOP).arg(format!("--call={call}")).run();
        let json = serde_json::from_str(&out.success().stdout);
        json.expect("JSON")
    };
    let draft = |json: serde_json::Value| json["$schema"].as_str().expect("a URI").to_owned();
    assert!(draft(json("schema")).contains("2020-12"));
    assert!(draft(json("schema.draft-07,format=json")).contains("draft-07"));
    assert_eq!(json("plan,format=json")["linux/amd64"]["result"], "web");
    let bake = "target default {\n  dockerfile = \"build.yaml\"\n}\n";
    let build = live.yaml(SHOP).file("docker-bake.hcl", bake);
    let (code, out) = run(&live, &build, &["--call=plan,format=json"]);
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let plan = &json["target"]["default"]["plan"]["linux/amd64"];
    assert_eq!(plan["result"], "web");
    assert_eq!(code, Some(0));
}

#[test]
fn a_dockerfile_is_what_the_daemon_s_own_frontend_makes_of_it() {
    let live = Live::new("verify-dockerfile");
    let dockerfile = "\
FROM alpine AS base
ARG VERSION=1
WORKDIR /src
COPY a .
RUN --mount=type=cache,target=/c echo $VERSION
FROM scratch
COPY --from=base --link /src /
CMD [\"/a\"]
";
    let build = live.build().file("Dockerfile", dockerfile).file("a", "");
    let build = build.arg("--call=verify").arg("--build-arg=VERSION=2");
    let expected = "\
Dockerfile for linux/amd64: equal (6 vertices and the image config)
Dockerfile as a build file for linux/amd64: equal (6 vertices and the image config)";
    check(build.arg(FRONTEND), 0, expected);
}

#[test]
fn a_conversion_knows_the_user_of_the_base_image() {
    let live = Live::new("verify-conversion");
    live.image("distroless");
    // Who is not root, so that this is not the cache of the preset `pip`.
    let dockerfile = "\
FROM gcr.io/distroless/python3-debian12:nonroot
RUN --mount=type=cache,target=/root/.cache/pip [\"python3\", \"-V\"]
";
    let build = live.build().file("Dockerfile", dockerfile);
    let expected = "\
Dockerfile for linux/amd64: equal (2 vertices and the image config)
Dockerfile as a build file for linux/amd64: equal (2 vertices and the image config)";
    check(build.arg("--call=verify").arg(FRONTEND), 0, expected);
}

#[test]
fn a_dockerfile_that_no_build_file_says_is_equal_by_itself() {
    let live = Live::new("verify-refused");
    let dockerfile = "FROM alpine\nRUN\n";
    let build = live.build().file("Dockerfile", dockerfile);
    let expected = "\
Dockerfile for linux/amd64: equal (2 vertices and the image config)
Dockerfile as a build file: not compared, as it cannot be converted
error[not-in-build-file]: a build file cannot say all of it: `run` is empty
 --> Dockerfile:2:1
  |
2 | RUN
  | ^^^
  |
  = help: write `run: npm ci`";
    check(build.arg("--call=verify").arg(FRONTEND), 0, expected);
}

#[test]
fn a_build_file_is_compared_as_a_dockerfile() {
    let live = Live::new("verify-build-file");
    let file = "\
stages:
  app:
    from: alpine
    steps:
      - copy: a
        to: /a
      - run: make
        mounts: [{tmpfs: /t}]
";
    let build = live.yaml(file).file("a", "");
    let expected = "\
build.yaml as a Dockerfile for linux/amd64: not equal
--- the daemon's Dockerfile frontend
+++ Windlass
@@ [internal] load build context
+ source.attrs.local.followpaths: [\"a\"]
@@ 2 more, only in what they are made of";
    check(
        build.arg("--call=verify").arg("--platform=linux/amd64"),
        1,
        expected,
    );
}

/// Arguments of every kind, described or not; secrets and agents, needed and not; stages with and
/// without a name; something for the rules to find.
const DOCKERFILE: &str = "\
ARG inherited=box
ARG again=${inherited}1
ARG unused=abc
# suffix is what follows
ARG suffix=\"usy${inherited}\"
ARG again=${again}2

# first makes the tool
FROM b${suffix} AS first
# this describes nothing
ARG FOO=123
# BAR is a number
ARG BAR=456
RUN --mount=type=secret,target=/etc/passwd,required=true --mount=type=ssh true

FROM alpine AS second
ARG BAZ
RUN --mount=type=secret,id=unused --mount=type=ssh,id=ssh2 true

FROM scratch AS third
ARG BAR
ARG ABC=a
# check=skip=all
ARG password
RUN --mount=type=secret,id=second${BAR} true

# target is what people build
FROM third AS target
ARG again
COPY --from=first /foo $MISSING/
WORKDIR here
RUN --mount=type=ssh,id=ssh3,required true

FROM second
MAINTAINER me
CMD run it
";

/// Drops the columns, which only we tell, and how the file was loaded, which only they do; and sorts
/// warnings, which clients do.
fn comparable(json: serde_json::Value) -> serde_json::Value {
    match json {
        serde_json::Value::Object(map) => {
            let kept = map
                .into_iter()
                .filter(|(key, _)| !["character", "definition"].contains(&key.as_str()));
            kept.map(|(key, value)| (key, comparable(value))).collect()
        }
        serde_json::Value::Array(list) => {
            let mut list: Vec<_> = list.into_iter().map(comparable).collect();
            if list.iter().any(|it| it["ruleName"].is_string()) {
                list.sort_by_key(ToString::to_string);
            }
            list.into()
        }
        other => other,
    }
}

#[test]
fn a_dockerfile_is_answered_about_as_by_its_own_frontend() {
    let live = Live::new("call-dockerfile");
    let asked = |call: &str, args: &[&str], frontend: &[&str]| -> String {
        // The daemon ends with a panic if it is to list targets of a file that has this (v0.32.2).
        let text = match call.starts_with("targets") {
            true => DOCKERFILE.replace("# check=skip=all\n", ""),
            false => DOCKERFILE.to_owned(),
        };
        let build = live.build().file("Dockerfile", text);
        let build = build.arg(format!("--call={call}"));
        let out = build.args(args).args(frontend).run();
        match serde_json::from_str(&out.success().stdout) {
            Ok(json) => format!("{:#}", comparable(json)),
            Err(_) => out.stdout,
        }
    };
    let calls = [
        "outline",
        "outline,format=json",
        "targets",
        "targets,format=json",
        "check,format=json,ignorestatus=true",
    ];
    let nothing: [&str; 0] = [];
    for args in [&nothing[..], &["--target=target", "--build-arg=BAR=678"]] {
        for call in calls {
            let ours = asked(call, args, &[FRONTEND]);
            assert_eq!(ours, asked(call, args, &[]), "{call} {args:?}");
        }
    }
    let outline = asked("outline", &["--target=target"], &[FRONTEND]);
    assert!(
        outline.contains("DESCRIPTION: is what people build"),
        "{outline}"
    );
    let words = [
        "inherited",
        "suffix",
        "again",
        "FOO",
        "BAR",
        "ABC",
        "password",
    ];
    assert!(words.iter().all(|word| outline.contains(word)), "{outline}");
}
