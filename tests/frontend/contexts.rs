//! Remote and named contexts: options in, sources of the result out.

use buildkit_llb::{Graph, Http, Vertex};
use buildkit_proto::pb;
use prost::Message;
use windlass_frontend::gateway::SourceMeta;
use windlass_frontend::gateway::memory::Record;

use super::{Case, case, marks};

const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

const COPIES: &str = "\
stages:
  app:
    from: alpine
    steps:
      - copy: /a
        from: assets
      - run: x
        mounts: [{bind: /b, from: {context: assets}, target: /b}]
";

/// The sources of the result, a line each: what the progress shows, what is fetched, what of it.
fn sources(record: &Record) -> String {
    let definition = record.solves.last().expect("a solve").message();
    let mut lines = Vec::new();
    for bytes in &definition.def {
        let op = pb::Op::decode(&bytes[..]).expect("an op");
        let Some(pb::op::Op::Source(source)) = op.op else {
            continue;
        };
        let digest = buildkit_llb::Digest::of(bytes).to_string();
        let description = &definition.metadata[&digest].description;
        let mut line = description
            .get("llb.customname")
            .cloned()
            .unwrap_or_default();
        line += &format!(": {}", source.identifier);
        if let Some(platform) = op.platform {
            line += &format!(" {}/{}", platform.os, platform.architecture);
        }
        for attr in source.attrs {
            let key = attr.key.unwrap_or_default();
            if !key.starts_with("git.auth") {
                line += &format!(" {key}={}", attr.value.unwrap_or_default());
            }
        }
        lines.push(line.replace(DIGEST, "DIGEST"));
    }
    lines.sort();
    lines.join("\n")
}

impl Case {
    fn put(mut self, source: &str, path: &str, text: &str) -> Self {
        let key = (source.to_owned(), path.to_owned());
        self.gateway.files.insert(key, text.as_bytes().to_vec());
        self
    }

    fn input(mut self, name: &str, url: &str) -> Self {
        let mut graph = Graph::new();
        let output = graph
            .add(Vertex::new(Http::new(url)).name("theirs"))
            .output(0);
        let definition = graph.define(Some(output), &[]);
        self.gateway.inputs.insert(name.to_owned(), definition);
        self
    }

    #[track_caller]
    fn sources(&self, expected: &str) {
        let record = self.run();
        if let Some(Err(error)) = &record.outcome {
            panic!("{}", error.message);
        }
        assert_eq!(sources(&record), expected);
    }

    #[track_caller]
    fn fails(&self, expected: &str, marked: &str) {
        let error = self.error();
        assert_eq!(error.message, expected);
        assert_eq!(marks(&error), marked);
    }
}

#[test]
fn of_a_named_directory_only_what_is_used_is_sent_but_for_its_ignore_file() {
    case(COPIES)
        .option("context:assets", "local:assets")
        .option("sharedkey:localdir:assets", "dir:node")
        .option("local-sessionid:assets", "s2")
        .put("assets", ".dockerignore", "*.log\n")
        .sources(
            "\
[app 1/3] FROM docker.io/library/alpine:latest@DIGEST: docker-image://docker.io/library/alpine:latest@DIGEST linux/amd64
[context assets] load from client: local://assets local.excludepatterns=[\"*.log\"] local.followpaths=[\"a\",\"b\"] local.session=s2 local.sharedkeyhint=context:assets-dir:node",
        );
}

#[test]
fn a_named_directory_that_is_a_stage_or_a_base_is_sent_as_it_is_used() {
    let file = "\
stages:
  assets: {from: nope}
  whole: {from: {context: other}, steps: [{run: x}]}
  app: {from: whole, steps: [{copy: /a, from: assets}]}
";
    case(file)
        .option("context:assets", "local:assets")
        .option("context:other", "local:other")
        .sources(
            "\
[context assets] load from client: local://assets local.followpaths=[\"a\"] local.session=s1 local.sharedkeyhint=context:assets-
[context other] load from client: local://other local.session=s1 local.sharedkeyhint=context:other-",
        );
}

#[test]
fn a_named_stage_that_is_the_result_is_sent_whole() {
    let file = "stages: {a: {from: nope}, b: {from: a, steps: [{copy: /x, from: a}]}}";
    case(file)
        .option("target", "a")
        .option("context:a", "local:a")
        .sources("[context a] load from client: local://a local.session=s1 local.sharedkeyhint=context:a-");
}

#[test]
fn an_image_takes_the_place_of_another_with_its_config() {
    let case = case("stages: {app: {from: golang, steps: [{run: 'echo ${{ env.PATH }}'}]}}")
        .option("context:golang", "docker-image://alpine")
        .option("image-resolve-mode", "pull");
    case.sources(
        "[context golang] alpine: docker-image://docker.io/library/alpine:latest@DIGEST linux/amd64",
    );
    let record = case.gateway.record();
    let lookups: Vec<&str> = record
        .lookups
        .iter()
        .map(|it| it.log_name.as_str())
        .collect();
    assert_eq!(lookups, ["[context golang] load metadata for alpine"]);
}

#[test]
fn each_platform_has_its_own_context_if_there_is_one() {
    let case = case("stages: {app: {from: base, steps: [{run: x}]}}")
        .option("platform", "linux/amd64,linux/arm64")
        .option("context:base", "docker-image://alpine")
        .option("context:base::linux/arm64", "input:theirs")
        .input("theirs", "http://h/arm64");
    let record = case.run();
    let solves = record.solves.len();
    let of = |number: usize| {
        let mut record = record.clone();
        record.solves.truncate(number);
        sources(&record)
    };
    assert_eq!(
        of(solves - 1),
        "[context base] alpine: docker-image://docker.io/library/alpine:latest@DIGEST linux/amd64"
    );
    assert_eq!(of(solves), "theirs: http://h/arm64");
}

#[test]
fn what_a_source_policy_puts_in_the_place_of_an_image_counts() {
    let replaced = |by: &[(&str, &str)]| {
        let mut case = case("stages: {app: {from: base, steps: [{run: x}]}}")
            .option("context:base", "docker-image://a");
        let by = by.iter();
        let full = |name: &str| format!("docker.io/library/{name}:latest");
        let by = by.map(|(name, source)| (full(name), (*source).to_owned()));
        case.gateway.replaced = by.collect();
        case
    };
    replaced(&[("a", "docker-image://b"), ("b", "https://h/file")])
        .sources("[context base] https://h/file: https://h/file http.filename=context");
    replaced(&[("a", "local://dir")])
        .sources("[context base] load from client: local://dir local.session=s1 local.sharedkeyhint=context:base-");
    replaced(&[("a", "docker-image://a")]).fails(
        "build.yaml:1:22: the context `base`: source policies replace it without end",
        "build.yaml:1",
    );
}

#[test]
fn a_layout_is_read_from_the_clients_store() {
    let name = format!("docker.io/library/base@{DIGEST}");
    let case = case("stages: {app: {from: base, steps: [{run: x}]}}")
        .option("context:base", &format!("oci-layout://store:tag@{DIGEST}"))
        .image(&name, "linux/amd64");
    case.sources(
        "[context base] OCI load from client: oci-layout://docker.io/library/base@DIGEST linux/amd64 oci.session=s1 oci.store=store",
    );
    let record = case.gateway.record();
    let layout = record.lookups[0].layout.as_ref().expect("a layout");
    assert_eq!((&*layout.session, &*layout.store), ("s1", "store"));
}

#[test]
fn repositories_and_files_of_the_web_are_fetched() {
    let file = "stages: {app: {from: a, steps: [{copy: /context, from: b}, {run: x}]}}";
    case(file)
        .option("context:a", "https://h/r.git?branch=main&subdir=d")
        .option("context:b", "https://h/file")
        .sources(
            "\
[context b] https://h/file: https://h/file http.filename=context
[internal] load git source https://h/r.git?branch=main&subdir=d: git://h/r.git#refs/heads/main:d git.fullurl=https://h/r.git",
        );
}

#[test]
fn an_input_brings_its_config() {
    // {"config":{"Env":["A=of the input"],"Labels":{"a":"b"}},"os":"linux","architecture":"amd64"}
    let config = "eyJjb25maWciOnsiRW52IjpbIkE9b2YgdGhlIGlucHV0Il0sIkxhYmVscyI6eyJhIjoiYiJ9fSwib3MiOiJsaW51eCIsImFyY2hpdGVjdHVyZSI6ImFtZDY0In0=";
    let case = case("stages: {app: {from: base, steps: [{run: 'echo ${{ env.A }}'}]}}")
        .option("context:base", "input:theirs")
        .option(
            "input-metadata:theirs",
            &format!(r#"{{"containerimage.config":"{config}"}}"#),
        )
        .input("theirs", "http://h/base");
    let outcome = case.outcome();
    let config = String::from_utf8_lossy(&outcome.metadata["containerimage.config"]).into_owned();
    assert!(config.contains(r#""Labels":{"a":"b"}"#), "{config}");
    assert!(config.contains("A=of the input"), "{config}");
}

#[test]
fn a_context_that_nobody_uses_may_be_anything() {
    case("stages: {app: {from: scratch, steps: [{copy: x}]}}")
        .option("context:unused", "ftp://nonsense")
        .sources("[internal] load build context: local://context local.followpaths=[\"x\"] local.session=s1 local.sharedkeyhint=context");
}

#[test]
fn a_context_that_cannot_be_used_is_an_error_at_the_line_that_uses_it() {
    case(COPIES).option("context:assets", "ftp://x").fails(
        "build.yaml:6:15: the context `assets`: `ftp://x` is nothing that a context can be (give a \
         directory, `docker-image://NAME`, `oci-layout://PATH`, `target:NAME` in a bake file, or \
         the address of a repository or file)",
        "build.yaml:6",
    );
    case(COPIES)
        .option("context:assets", "docker-image://nope")
        .fails(
            "build.yaml:6:15: the context `assets`: docker.io/library/nope:latest: not found",
            "build.yaml:6",
        );
    case(COPIES).option("context:assets", "input:theirs").fails(
        "build.yaml:6:15: the context `assets`: the client hands in no input `theirs`",
        "build.yaml:6",
    );
    case(COPIES)
        .option("context:assets", "local:assets")
        .put("assets", ".dockerignore", "[\n")
        .fails(
            "build.yaml:6:15: the context `assets`: .dockerignore: `[` is not a pattern (close its \
             bracket, or write `\\` before a bracket or backslash that means itself)",
            "build.yaml:6",
        );
}

#[test]
fn a_context_that_nobody_gave_is_an_error_at_its_line() {
    let case = case(COPIES).image("docker.io/library/assets:latest", "linux/amd64");
    case.fails(
        "build.yaml:8:45: no context is called `assets` (pass `--build-context assets=...`: a \
         directory, an image, a repository or a file)",
        "build.yaml:8",
    );
}

#[test]
fn a_question_about_the_file_needs_no_context() {
    let outcome = case(COPIES).option("requestid", "frontend.lint").outcome();
    let text = String::from_utf8_lossy(&outcome.metadata["result.json"]).into_owned();
    assert!(!text.contains("unknown-context"), "{text}");
}

const WHOLE: &str = "stages: {app: {from: scratch, steps: [{copy: ., to: /}]}}";

#[test]
fn a_repository_is_build_context_and_has_the_build_file() {
    let place = "git://h/r#main:d";
    case("")
        .option("context", "git://h/r#main:d")
        .put(place, "build.yaml", WHOLE)
        .put(place, ".dockerignore", "x")
        .sources(
            "[internal] load git source git://h/r#main:d: git://h/r#main:d git.fullurl=git://h/r",
        );
}

#[test]
fn a_directory_of_the_context_may_be_the_context() {
    let case = case("")
        .option("context", "git://h/r")
        .option("contextsubdir", "d")
        .put("git://h/r", "build.yaml", WHOLE);
    case.sources("[internal] load git source git://h/r: git://h/r git.fullurl=git://h/r");
    let record = case.gateway.record();
    let text = buildkit_llb::dump(&record.solves.last().expect("a solve").message());
    let text = text.expect("a definition");
    assert!(text.contains("/d"), "{text}");
}

#[test]
fn an_input_may_be_the_build_context() {
    case(WHOLE)
        .input("context", "http://h/theirs")
        .put("context", ".dockerignore", "x")
        .sources("theirs: http://h/theirs");
}

/// Returns the time of a build, or why there is none; `change` gives sources their times.
fn epoch(options: &[(&str, &str)], change: impl Fn(&mut Case)) -> String {
    let file = "stages: {app: {from: scratch, steps: [{file: /f, content: x}]}}";
    epoch_of(file, options, change)
}

fn epoch_of(file: &str, options: &[(&str, &str)], change: impl Fn(&mut Case)) -> String {
    let mut case = case(file);
    for (key, value) in options {
        case = case.option(key, value);
    }
    change(&mut case);
    match case.run().outcome.expect("an outcome") {
        Ok(outcome) => {
            let epoch = outcome.metadata.get("source.date.epoch");
            let epoch = epoch.map(|epoch| String::from_utf8_lossy(epoch).into_owned());
            epoch.unwrap_or_else(|| "none".to_owned())
        }
        Err(error) => error.message,
    }
}

#[test]
fn the_time_may_be_that_of_a_context() {
    let of = "build-arg:SOURCE_DATE_EPOCH";
    let url = "https://h/file";
    let found = epoch(&[(of, "base"), ("context:base", "git://h/r#v1")], |case| {
        let commit = b"tree 1\ncommitter A <a@b> 77 +0100\n\nx".to_vec();
        let meta = SourceMeta {
            commit,
            ..SourceMeta::default()
        };
        case.gateway.sources.insert("git://h/r#v1".to_owned(), meta);
    });
    assert_eq!(found, "77");
    let found = epoch(&[(of, "base"), ("context:base", url)], |case| {
        let meta = SourceMeta {
            last_modified: Some(88),
            ..SourceMeta::default()
        };
        case.gateway.sources.insert(url.to_owned(), meta);
    });
    assert_eq!(found, "88");
    let packed = epoch(&[(of, "base"), ("context:base", url)], |case| {
        let meta = SourceMeta::default();
        case.gateway.sources.insert(url.to_owned(), meta);
        let key = (url.to_owned(), "context".to_owned());
        case.gateway.files.insert(key, b"BZh91".to_vec());
        case.gateway.mtime = 99_500_000_000;
    });
    assert_eq!(packed, "99");
    assert_eq!(epoch(&[(of, "context")], |_| {}), "none");
    let local = [(of, "base"), ("context:base", "local:x")];
    assert_eq!(epoch(&local, |_| {}), "none");
}

#[test]
fn a_time_that_cannot_be_found_out_is_an_error() {
    let of = "build-arg:SOURCE_DATE_EPOCH";
    let options = [(of, "base"), ("context:base", "git://h/r#v1")];
    assert_eq!(
        epoch(&options, |_| {}),
        "the time for SOURCE_DATE_EPOCH=base cannot be found out: git://h/r#v1: not found"
    );
}

const DATED: &str = "\
args:
  host: h
  SOURCE_DATE_EPOCH: {default: '5'}
stages:
  source:
    from: scratch
    steps:
      - add: git://${{ args.host }}/r#v1
  two:
    from: source
    steps:
      - add: https://h/file
  app:
    from: scratch
    steps:
      - file: /f
        content: x${{ args.SOURCE_DATE_EPOCH-none }}
";

#[test]
fn the_time_may_be_a_default_of_the_file_or_that_of_a_stage() {
    let arg = |value| [("build-arg:SOURCE_DATE_EPOCH", value)];
    let with_commit = |case: &mut Case| {
        let commit = b"tree 1\ncommitter A <a@b> 77 +0100\n\nx".to_vec();
        let meta = SourceMeta {
            commit,
            ..SourceMeta::default()
        };
        case.gateway.sources.insert("git://h/r#v1".to_owned(), meta);
    };
    assert_eq!(epoch_of(DATED, &[], |_| {}), "5");
    assert_eq!(epoch_of(DATED, &arg("6"), |_| {}), "6");
    assert_eq!(epoch_of(DATED, &arg(""), |_| {}), "none");
    assert_eq!(epoch_of(DATED, &arg("context"), |_| {}), "none");
    assert_eq!(epoch_of(DATED, &arg("Source"), with_commit), "77");
    let by_default = DATED.replace("'5'", "source");
    assert_eq!(epoch_of(&by_default, &[], with_commit), "77");
    assert_eq!(
        epoch_of(&by_default, &[("platform", "linux/arm64")], with_commit),
        "77"
    );

    assert_eq!(
        epoch_of(DATED, &arg("two"), |_| {}),
        "build.yaml:9:3: the stage `two` has no time: a SOURCE_DATE_EPOCH stage \
         does not meet source-only requirements (it must start from scratch and `add` one address, nothing else)"
    );
    let no_number = "invalid SOURCE_DATE_EPOCH: soon is no number of seconds \
         (give seconds since 1970, such as the output of `git log -1 --pretty=%ct`, or `context` \
         for the time of a remote build context)";
    let found = epoch_of(DATED, &arg("soon"), |_| {});
    assert_eq!(found, format!("--build-arg: {no_number}"));
    let wrong = DATED.replace("'5'", "soon");
    let found = epoch_of(&wrong, &[], |_| {});
    assert_eq!(found, format!("build.yaml:3:3: {no_number}"));
    let typed = DATED.replace("{default: '5'}", "{default: 5, type: int}");
    assert_eq!(epoch_of(&typed, &arg(""), |_| {}), "none");
}

#[test]
fn the_argument_has_the_time_that_was_found() {
    let shown = |value: &str| {
        let case = case(DATED).option("build-arg:SOURCE_DATE_EPOCH", value);
        let record = case.run();
        let result = record.solves.last().expect("a solve of the result");
        let bytes = String::from_utf8_lossy(&result.definition).into_owned();
        ["x6", "xnone", "x5"].map(|text| bytes.contains(text))
    };
    assert_eq!(shown("6"), [true, false, false]);
    assert_eq!(shown("context"), [false, true, false]);
    assert_eq!(shown(""), [false, true, false]);
}
