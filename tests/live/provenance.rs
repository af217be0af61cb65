//! Provenance: what the daemon attests of how an image was made, as far as it depends on us.

mod targets;

use serde_json::Value;
use windlass_tests::{Build, GitDaemon, HttpServer, Live, OciLayout, Reply, SYNTAX};

/// The predicates of the provenance of an exported image, one for each platform.
fn predicates(layout: &OciLayout) -> Vec<&Value> {
    let all = layout.attestations.iter();
    let slsa = all.filter(|it| {
        let kind = it["predicateType"].as_str().unwrap_or_default();
        kind.starts_with("https://slsa.dev/provenance/")
    });
    slsa.map(|it| &it["predicate"]).collect()
}

/// The addresses of what a build used, in the order of the statement.
fn uses(predicate: &Value) -> Vec<String> {
    let of_v1 = &predicate["buildDefinition"]["resolvedDependencies"];
    let of_v02 = &predicate["materials"];
    let all = of_v1.as_array().or(of_v02.as_array()).into_iter().flatten();
    all.map(|it| it["uri"].as_str().unwrap_or("-").to_owned())
        .collect()
}

const FRONTEND: &str = "pkg:docker/registry.example.com/windlass@1";
const BUSYBOX: &str = "pkg:docker/busybox@latest?platform=linux%2Famd64";

/// Builds the directory `src` of a repository whose address has a password in it.
fn of_repository(live: &Live, format: &str, version: &str) -> (OciLayout, String, String) {
    let daemon = GitDaemon::start(&live.dir().join(version));
    let repository = daemon.repository_in("r.git", format);
    let file = "
stages:
  app:
    from: busybox
    steps:
      - run: echo git > /foo
        network: none
      - copy: app.yaml
";
    repository.file("src/app.yaml", &format!("{SYNTAX}{}", &file[1..]));
    let commit = repository.commit();
    repository.git(&["branch", "v1"]);
    let server = HttpServer::start();
    for (path, data) in repository.served() {
        server.on(&format!("/r.git/{path}"), Reply::Body(data));
    }
    let context = format!("http://user:pass@{}/r.git#v1:src", server.host());
    let build = live.build().context(&context).arg("--file=app.yaml");
    let out = build.arg(format!("--provenance=version={version}")).run();
    let shown = format!("http://xxxxx:xxxxx@{}/r.git#v1", server.host());
    (out.layout(), shown, commit)
}

/// Checks what is attested of a repository with commits of this format.
#[track_caller]
fn check_repository(name: &str, format: &str) {
    let live = Live::new(name);
    let (layout, shown, commit) = of_repository(&live, format, "v1");
    assert_eq!(layout.images[0].rootfs().read("/foo"), "git\n");
    let predicate = predicates(&layout)[0];
    let definition = &predicate["buildDefinition"];
    let source = &definition["externalParameters"]["configSource"];
    assert_eq!(source["uri"], format!("{shown}:src"));
    assert_eq!(source["path"], "app.yaml");
    assert_eq!(uses(predicate), [BUSYBOX, FRONTEND, &shown]);
    assert_eq!(
        definition["resolvedDependencies"][2]["digest"][format],
        commit
    );
    let request = &definition["externalParameters"]["request"];
    assert_eq!(request["frontend"], "gateway.v0");
    assert_eq!(request["locals"], Value::Null);
    let metadata = &predicate["runDetails"]["metadata"];
    let complete = &metadata["buildkit_completeness"];
    assert_eq!(complete["request"], true);
    assert_eq!(complete["resolvedDependencies"], true);
    assert_eq!(metadata["buildkit_hermetic"], true);
    let (layout, shown, commit) = of_repository(&live, format, "v0.2");
    let predicate = predicates(&layout)[0];
    let source = &predicate["invocation"]["configSource"];
    assert_eq!(source["uri"], format!("{shown}:src"));
    assert_eq!(source["entryPoint"], "app.yaml");
    assert_eq!(uses(predicate), [BUSYBOX, FRONTEND, &shown]);
    assert_eq!(predicate["materials"][2]["digest"][format], commit);
    assert_eq!(predicate["metadata"]["completeness"]["materials"], true);
}

#[test]
fn a_repository_is_named_with_its_commit_and_without_its_password() {
    check_repository("provenance-git", "sha1");
}

#[test]
fn a_repository_of_sha256_is_named_with_its_commit() {
    check_repository("provenance-sha256", "sha256");
}

#[test]
fn every_platform_has_the_provenance_of_its_own_base() {
    let live = Live::new("provenance-platforms");
    let file =
        "stages: {app: {from: alpine, steps: [{file: /foo, content: 'ok-${{ target.arch }}'}]}}\n";
    let build = live.yaml(file).arg("--provenance=mode=max");
    let build = build.arg("--build-arg=FOO=bar").arg("--label=lbl=abc");
    let out = build.arg("--platform=linux/amd64,linux/arm64").run();
    let layout = out.layout();
    for (number, arch) in ["amd64", "arm64"].iter().enumerate() {
        let image = layout.platform(&format!("linux/{arch}"));
        assert_eq!(image.rootfs().read("/foo"), format!("ok-{arch}"));
        let predicate = predicates(&layout)[number];
        let base = format!("pkg:docker/alpine@latest?platform=linux%2F{arch}");
        assert_eq!(uses(predicate), [base.as_str(), FRONTEND]);
        let external = &predicate["buildDefinition"]["externalParameters"];
        assert_eq!(external["configSource"]["uri"], Value::Null);
        let args = &external["request"]["args"];
        assert_eq!(args["build-arg:FOO"], "bar");
        assert_eq!(args["label:lbl"], "abc");
    }
}

#[test]
fn every_step_has_its_lines_and_every_line_its_step() {
    let live = Live::new("provenance-lines");
    let file = "
stages:
  app:
    from: alpine
    workdir: /tmp
    steps:
      - run: echo hello > foo
      - {copy: foo, to: foo2}
      - {copy: foo, to: foo3, link: true}
      - {add: bar, to: bar}
      - {file: /f, content: x}
";
    let build = live.yaml(file).file("foo", "data").file("bar", "data2");
    let layout = build.arg("--provenance=mode=max").run().layout();
    let predicate = predicates(&layout)[0];
    let internal = &predicate["buildDefinition"]["internalParameters"];
    let steps = internal["buildConfig"]["llbDefinition"]
        .as_array()
        .expect("steps");
    let source = &predicate["runDetails"]["metadata"]["buildkit_metadata"]["source"];
    let mut lines = Vec::new();
    for (id, found) in source["locations"].as_object().expect("places") {
        let step = steps.iter().find(|it| it["id"] == **id).expect("a step");
        let places = found["locations"].as_array().cloned().unwrap_or_default();
        let identifier = &step["op"]["Op"]["source"]["identifier"];
        let is_context = *identifier == "local://context";
        assert_eq!(places.len(), usize::from(!is_context), "{step}");
        for range in places
            .iter()
            .flat_map(|it| it["ranges"].as_array().into_iter().flatten())
        {
            lines.push(range["start"]["line"].as_i64().expect("a line"));
        }
    }
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines, [4, 5, 7, 8, 9, 10, 11]);
}

#[test]
fn secrets_and_agents_are_named_with_whether_they_must_be_there() {
    let live = Live::new("provenance-secrets");
    let file = "
stages:
  app:
    from: busybox
    steps:
      - run: echo ok > /foo
        secrets:
          - {id: mysecret, required: false}
          - {id: othersecret, required: false}
        ssh: {id: default, required: false}
";
    let layout = live.yaml(file).arg("--provenance=mode=max").run().layout();
    assert_eq!(layout.images[0].rootfs().read("/foo"), "ok\n");
    let request = &predicates(&layout)[0]["buildDefinition"]["externalParameters"]["request"];
    assert_eq!(
        request["secrets"],
        serde_json::json!([
            {"id": "mysecret", "optional": true},
            {"id": "othersecret", "optional": true},
        ])
    );
    assert_eq!(
        request["ssh"],
        serde_json::json!([{"id": "default", "optional": true}])
    );
}

#[test]
fn an_image_of_a_layout_is_named_with_its_digest() {
    let live = Live::new("provenance-layout");
    let layout = live.dir().join("layout");
    let file = "stages: {app: {from: scratch, steps: [{file: /foo, content: foo}]}}\n";
    let output = format!("type=oci,tar=false,dest={}", layout.display());
    let build = live.yaml(file).arg(format!("--output={output}"));
    build.arg("--provenance=false").run().success();
    let index = std::fs::read(layout.join("index.json")).expect("an index");
    let index: Value = serde_json::from_slice(&index).expect("JSON");
    let digest = index["manifests"][0]["digest"].as_str().expect("a digest");
    let file = "stages: {app: {from: foo, steps: [{file: /bar, content: bar}]}}\n";
    let context = format!("foo=oci-layout://{}@{digest}", layout.display());
    let build = live.yaml(file).arg(format!("--build-context={context}"));
    let layout = build.arg("--provenance=mode=max").run().layout();
    let files = layout.images[0].rootfs();
    assert_eq!(files.paths("/").join(" "), "/bar /foo");
    let predicate = predicates(&layout)[0];
    let all = &predicate["buildDefinition"]["resolvedDependencies"];
    let all = all.as_array().expect("a list").iter();
    let of_layout = all.filter(|it| it["uri"].as_str().is_some_and(|it| it.contains("/foo")));
    let of_layout: Vec<&Value> = of_layout.collect();
    assert_eq!(of_layout.len(), 1, "{:?}", uses(predicate));
    let uri = of_layout[0]["uri"].as_str().unwrap_or_default();
    assert!(uri.starts_with("pkg:oci/"), "{uri}");
    let hex = digest.trim_start_matches("sha256:");
    assert_eq!(of_layout[0]["digest"]["sha256"], hex);
}

#[test]
fn what_has_no_files_is_exported_by_every_exporter() {
    let live = Live::new("provenance-nothing");
    let file = "stages: {app: {from: scratch, image: {env: {FOO: bar}}}}\n";
    let theirs = "FROM scratch\nENV FOO=bar\n";
    let built = |output: &str, platforms: &str| {
        let build = live.yaml(file).arg("--provenance=mode=max");
        let build = build.arg(format!("--platform={platforms}"));
        let dest = build.beside("made").display().to_string();
        build.arg(output.replace("DEST", &dest)).run().success();
    };
    for platforms in ["linux/amd64", "linux/amd64,linux/arm64"] {
        built("--output=type=image", platforms);
        built("--output=type=local,dest=DEST", platforms);
        built("--output=type=tar,dest=DEST", platforms);
        let digest = |build: Build<'_>| {
            let build = build.arg("--provenance=mode=max");
            let out = build.arg(format!("--platform={platforms}")).run();
            out.layout().digest
        };
        let theirs = digest(live.build().file("Dockerfile", theirs));
        assert_eq!(digest(live.yaml(file)), theirs);
    }
}

/// Builds with both frontends what needs nothing of a context that the client does not share.
fn without_context(live: &Live, build: &Build<'_>, frontend: &[&str]) -> String {
    let mut buildctl = live.buildctl();
    buildctl.args(["build", "--progress=plain"]).args(frontend);
    buildctl.args(["--opt", "attest:provenance=mode=max"]);
    let local = build.in_context("");
    buildctl.arg(format!("--local=dockerfile={}", local.display()));
    let out = buildctl.output().expect("buildctl runs");
    let stderr = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success(), "{stderr}");
    stderr
}

#[test]
fn a_context_that_is_not_there_may_have_no_ignore_file() {
    let live = Live::new("provenance-no-context");
    let build = live.yaml("stages: {app: {from: alpine}}\n");
    let build = build.file("Dockerfile", "FROM alpine\n");
    without_context(&live, &build, &["--frontend=dockerfile.v0"]);
    let source = "source=registry.example.com/windlass:1";
    let ours = [
        "--frontend=gateway.v0",
        "--opt",
        source,
        "--opt",
        "filename=build.yaml",
    ];
    let said = without_context(&live, &build, &ours);
    assert!(said.contains("load .dockerignore"), "{said}");
}

#[test]
fn what_was_asked_is_told_in_full_or_not_at_all() {
    let live = Live::new("provenance-modes");
    let file = "stages: {app: {from: busybox, steps: [run: echo ok > /foo]}}\n";
    let made = |version: &str, mode: &str| {
        let build = live.yaml(file).arg("--build-arg=FOO=bar");
        let build = build.arg("--label=lbl=abc");
        let context = "foo=http://foo:bar@example.invalid/foo.html";
        let build = build.arg(format!("--build-context={context}"));
        let how = format!("--provenance=version={version},mode={mode}");
        build.arg(how).run().layout()
    };
    for (version, mode) in [
        ("v1", "min"),
        ("v1", "max"),
        ("v0.2", "min"),
        ("v0.2", "max"),
    ] {
        let layout = made(version, mode);
        let predicate = predicates(&layout)[0];
        assert_eq!(uses(predicate), [BUSYBOX, FRONTEND]);
        let is_v1 = version == "v1";
        let (request, metadata) = match is_v1 {
            true => (
                &predicate["buildDefinition"]["externalParameters"]["request"],
                &predicate["runDetails"]["metadata"]["buildkit_metadata"],
            ),
            false => (
                &predicate["invocation"]["parameters"],
                &predicate["metadata"]["https://mobyproject.org/buildkit@v1#metadata"],
            ),
        };
        assert_eq!(request["frontend"], "gateway.v0", "{predicate:#}");
        let args = &request["args"];
        assert_eq!(
            args["context:foo"],
            "http://xxxxx:xxxxx@example.invalid/foo.html"
        );
        let is_full = mode == "max";
        let told = |value: &Value| !value.is_null();
        assert_eq!(told(&args["build-arg:FOO"]), is_full, "{version} {mode}");
        assert_eq!(told(&args["label:lbl"]), is_full, "{version} {mode}");
        assert_eq!(told(&metadata["source"]), is_full, "{predicate:#}");
        assert_eq!(told(&metadata["layers"]), is_full, "{version} {mode}");
    }
}

/// What is told of a repository whose address has a password in it, as it is written there and as a
/// secret.
#[test]
fn a_password_in_the_address_of_a_repository_is_told_and_a_secret_is_not() {
    let live = Live::new("provenance-password");
    let daemon = GitDaemon::start(live.dir());
    let repository = daemon.repository("r.git");
    let file = "stages: {app: {from: scratch, steps: [{copy: foo}]}}\n";
    repository.file("build.yaml", &format!("{SYNTAX}{file}"));
    repository.file("foo", "foo").commit();
    let server = HttpServer::start();
    for (path, data) in repository.served() {
        server.on(&format!("/r.git/{path}"), Reply::Body(data));
    }
    let told = |context: &str, more: &[&str]| {
        let build = live.build().context(context).arg("--file=build.yaml");
        let build = build.env("TOKEN", "token-4711").args(more);
        format!("{:?}", predicates(&build.run().layout()))
    };
    let address = format!("http://user:pass-4711@{}/r.git#main", server.host());
    let found = told(&address, &["--provenance=mode=min"]);
    assert!(!found.contains("pass-4711"), "{found}");
    let found = told(&address, &["--provenance=mode=max"]);
    let full = format!(
        r#""git.fullurl": String("http://user:pass-4711@{}/r.git")"#,
        server.host()
    );
    assert!(found.contains(&full), "{found}");
    let address = format!("http://{}/r.git#main", server.host());
    let secret = "--secret=id=GIT_AUTH_TOKEN,env=TOKEN";
    let found = told(&address, &["--provenance=mode=max", secret]);
    assert!(found.contains("GIT_AUTH_TOKEN"), "{found}");
    assert!(!found.contains("token-4711"), "{found}");
}

#[test]
fn a_directory_has_the_provenance_beside_its_files() {
    let live = Live::new("provenance-directory");
    let file =
        "stages: {app: {from: scratch, steps: [{file: '/${{ target.arch }}', content: ok}]}}\n";
    let made = |platforms: &str, attributes: &str| {
        let build = live.yaml(file).arg("--provenance=mode=max");
        let build = build.arg(format!("--platform={platforms}"));
        let dest = build.beside("made");
        let output = format!("--output=type=local,dest={}{attributes}", dest.display());
        build.arg(output).run().success();
        dest
    };
    let told = |path: &std::path::Path| {
        let text = std::fs::read_to_string(path).expect("provenance");
        let statement: Value = serde_json::from_str(&text).expect("JSON");
        let predicate = statement.get("predicate").unwrap_or(&statement);
        let metadata = &predicate["runDetails"]["metadata"]["buildkit_metadata"];
        metadata["source"]["infos"][0]["filename"].clone()
    };
    let one = made("linux/amd64", "");
    assert!(one.join("amd64").exists());
    assert_eq!(told(&one.join("provenance.json")), "build.yaml");
    let both = made("linux/amd64,linux/arm64", "");
    let flat = made("linux/amd64,linux/arm64", ",platform-split=false");
    for arch in ["amd64", "arm64"] {
        let dir = both.join(format!("linux_{arch}"));
        assert!(dir.join(arch).exists() && flat.join(arch).exists());
        assert_eq!(told(&dir.join("provenance.json")), "build.yaml");
        let beside = flat.join(format!("provenance.linux_{arch}.json"));
        assert_eq!(told(&beside), "build.yaml");
    }
}
