//! End to end on the gateway of maps: options and files in, solves and result out.

mod attestations;
mod calls;
mod contexts;
mod convert;
mod dockerfile;
mod old_builders;
mod onbuild;
mod options;
mod result;
mod verify;

use std::collections::BTreeMap;
use std::thread;

use buildkit_llb::Platform;
use buildkit_proto::{Any, errdefs, pb};
use prost::Message;
use tokio::sync::oneshot;
use windlass_frontend::build::{self, Invocation, guard};
use windlass_frontend::gateway::memory::{Memory, Record};
use windlass_frontend::gateway::{Error, ImageMeta, Outcome, Refs, Worker};

const CONFIG: &str = r#"{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"]},"rootfs":{"type":"layers","diff_ids":["sha256:1"]}}"#;

/// What a builder of today can do, as far as these tests look at it.
const CAPS: [&str; 14] = [
    "file.base",
    "file.copy.requiredpaths",
    "file.symlink.create",
    "mergeop",
    "diffop",
    "exec.meta.cdi",
    "exec.meta.cgroup.parent",
    "exec.meta.linux.resources",
    "exec.meta.ulimit",
    "exec.validexitcode",
    "source.git.checksum",
    "source.git.fetchbycommit",
    "source.git.mtime",
    "source.git.skipsubmodules",
];

const TWO_STAGES: &str = "\
stages:
  deps:
    from: alpine:3
    steps:
      - run: echo deps
  unused:
    from: debian
  web:
    from: alpine:3
    steps:
      - copy: /deps
        from: deps
    image:
      cmd: [web]
";

struct Case {
    gateway: Memory,
    invocation: Invocation,
}

fn case(file: &str) -> Case {
    let mut gateway = Memory::default();
    let builder = Platform::new("linux", "amd64");
    gateway.pong.llb_caps = CAPS.map(str::to_owned).into();
    gateway.pong.workers = vec![Worker {
        id: "w".to_owned(),
        platforms: vec![builder],
    }];
    let key = ("dockerfile".to_owned(), "build.yaml".to_owned());
    gateway.files.insert(key, file.as_bytes().to_vec());
    let mut case = Case {
        gateway,
        invocation: Invocation {
            session: "s1".to_owned(),
            ..Invocation::default()
        },
    };
    for platform in ["linux/amd64", "linux/arm64"] {
        case = case.image("docker.io/library/alpine:3", platform);
        case = case.image("docker.io/library/alpine:latest", platform);
    }
    case.option("filename", "build.yaml")
}

impl Case {
    fn option(mut self, key: &str, value: &str) -> Self {
        let options = &mut self.invocation.options;
        options.insert(key.to_owned(), value.to_owned());
        self
    }

    /// A builder that lacks a capability.
    fn without(mut self, cap: &str) -> Self {
        let caps = &mut self.gateway.pong.llb_caps;
        assert!(caps.remove(cap), "it is there otherwise");
        self
    }

    fn image(mut self, name: &str, platform: &str) -> Self {
        let meta = ImageMeta {
            name: format!("{name}@sha256:{}", "a".repeat(64)),
            digest: format!("sha256:{}", "a".repeat(64)),
            config: CONFIG
                .replace("amd64", platform.trim_start_matches("linux/"))
                .into_bytes(),
        };
        let key = (name.to_owned(), platform.to_owned());
        self.gateway.images.insert(key, meta);
        self
    }

    fn run(&self) -> Record {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let run = build::run(&self.gateway, &self.invocation);
        runtime.block_on(run).expect("the outcome is handed back");
        self.gateway.record()
    }

    /// The ops of the result, in order, and the warnings.
    fn ops(&self) -> (String, String) {
        let record = self.run();
        let result = record.solves.last().expect("a solve of the result");
        let ops = result.message().def.into_iter().filter_map(|op| {
            Some(match pb::Op::decode(&op[..]).ok()?.op? {
                pb::op::Op::Exec(exec) => exec.meta?.args.pop()?,
                pb::op::Op::File(file) => format!("file on {}", file.actions[0].input),
                pb::op::Op::Merge(_) => "merge".to_owned(),
                pb::op::Op::Diff(_) => "diff".to_owned(),
                _ => return None,
            })
        });
        let warnings = record.warnings.into_iter().map(|it| it.short);
        (
            ops.collect::<Vec<_>>().join(", "),
            warnings.collect::<Vec<_>>().join(", "),
        )
    }

    fn outcome(&self) -> Outcome {
        let outcome = self.run().outcome.expect("an outcome");
        outcome.expect("a result")
    }

    fn error(&self) -> Error {
        let outcome = self.run().outcome.expect("an outcome");
        outcome.expect_err("an error")
    }
}

/// The lines that a client would mark, in the order in which it shows them.
fn marks(error: &Error) -> String {
    let sources = error.details.iter().rev().filter_map(|detail: &Any| {
        let name = detail.type_url.strip_prefix("type.googleapis.com/")?;
        (name == "errdefs.Source")
            .then(|| errdefs::Source::decode(&detail.value[..]))?
            .ok()
    });
    let lines = sources.flat_map(|source| {
        let file = source.info.unwrap_or_default().filename;
        let line = |range: &pb::Range| range.start.map_or(0, |start| start.line);
        let lines: Vec<i32> = source.ranges.iter().map(line).collect();
        lines.into_iter().map(move |line| format!("{file}:{line}"))
    });
    lines.collect::<Vec<_>>().join(" ")
}

fn keys(metadata: &BTreeMap<String, Vec<u8>>) -> String {
    metadata
        .keys()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_build_file_becomes_one_image() {
    let outcome = case(TWO_STAGES).outcome();
    assert!(matches!(outcome.refs, Refs::Single(Some(_))));
    assert_eq!(
        keys(&outcome.metadata),
        "containerimage.base.config\ncontainerimage.config\nrefs.platforms"
    );
    assert_eq!(
        String::from_utf8_lossy(&outcome.metadata["refs.platforms"]),
        r#"{"Platforms":[{"ID":"linux/amd64","Platform":{"architecture":"amd64","os":"linux"}}]}"#
    );
}

#[test]
fn several_platforms_become_one_result_with_a_ref_each() {
    let case = case(TWO_STAGES)
        .option("platform", "linux/arm64,linux/amd64")
        .option("build-arg:SOURCE_DATE_EPOCH", "7");
    let outcome = case.outcome();
    let Refs::ByPlatform(refs) = &outcome.refs else {
        panic!("one ref for each platform");
    };
    let ids: Vec<&str> = refs.keys().map(String::as_str).collect();
    assert_eq!(ids, ["linux/amd64", "linux/arm64"]);
    assert_eq!(
        keys(&outcome.metadata),
        "containerimage.base.config/linux/amd64\ncontainerimage.base.config/linux/arm64\n\
         containerimage.config/linux/amd64\ncontainerimage.config/linux/arm64\nrefs.platforms\n\
         source.date.epoch/linux/amd64\nsource.date.epoch/linux/arm64"
    );
}

#[test]
fn images_are_looked_up_once_for_each_platform_and_only_if_reached() {
    let case = case(TWO_STAGES).option("platform", "linux/arm64,linux/amd64");
    let names: Vec<String> = case
        .run()
        .lookups
        .into_iter()
        .map(|it| it.log_name)
        .collect();
    assert_eq!(
        names,
        [
            "[linux/amd64 internal] load metadata for docker.io/library/alpine:3",
            "[linux/arm64 internal] load metadata for docker.io/library/alpine:3",
        ]
    );
}

#[test]
fn caches_are_imported_for_the_result_only() {
    let imports = r#"[{"Type":"registry","Attrs":{"ref":"r/cache"}}]"#;
    let record = case(TWO_STAGES).option("cache-imports", imports).run();
    let counts: Vec<usize> = record
        .solves
        .iter()
        .map(|it| it.cache_imports.len())
        .collect();
    assert_eq!(counts, [0, 0, 1]);
}

#[test]
fn the_build_file_travels_with_the_definition() {
    let record = case(TWO_STAGES).run();
    let result = record.solves.last().expect("a solve of the result");
    let infos = result.message().source.expect("sources").infos;
    assert_eq!(infos.len(), 1);
    assert_eq!(infos[0].filename, "build.yaml");
    assert_eq!(infos[0].data, TWO_STAGES.as_bytes());
    assert!(infos[0].definition.is_some());
}

#[test]
fn an_image_that_is_not_there_is_an_error_at_its_line() {
    let file = TWO_STAGES.replace("from: debian", "from: deps");
    let error = case(&file.replacen("alpine:3", "nowhere", 1)).error();
    assert_eq!(
        error.message,
        "build.yaml:3:11: stage `deps`: image `docker.io/library/nowhere:latest` cannot be resolved: \
         docker.io/library/nowhere:latest: not found"
    );
    assert_eq!(marks(&error), "build.yaml:3");
}

#[test]
fn every_mistake_is_told_and_marked_from_top_to_bottom() {
    let error = case("stages:\n  a:\n    frm: alpine\n    from: alpine\n    usr: x\n").error();
    assert_eq!(
        error.message,
        "2 mistakes in build.yaml\n\
         3:5: unknown key `frm` (did you mean `from`?)\n\
         5:5: unknown key `usr` (did you mean `user`?)"
    );
    assert_eq!(marks(&error), "build.yaml:3 build.yaml:5");
}

#[test]
fn bad_options_are_told_before_a_file_is_read() {
    let case = case(TWO_STAGES).option("multi-platform", "maybe");
    let record = case.run();
    assert_eq!(record.solves.len(), 0);
    let error = record.outcome.expect("an outcome").expect_err("an error");
    assert_eq!(
        error.message,
        "multi-platform: `maybe` is neither true nor false"
    );
    assert_eq!(error.details.len(), 1, "a Source without lines");
}

#[test]
fn an_unknown_capability_is_unimplemented() {
    let error = case(TWO_STAGES).option("frontend.caps", "x.y").error();
    assert_eq!((error.code, error.details.len()), (12, 2));
    assert_eq!(
        error.message,
        "this frontend does not have the capability `x.y`"
    );
}

#[test]
fn a_warning_is_shown_once_however_many_platforms() {
    let case = case(TWO_STAGES)
        .option("platform", "linux/arm64,linux/amd64")
        .option("build-arg:NOPE", "1");
    let short: Vec<String> = case.run().warnings.into_iter().map(|it| it.short).collect();
    assert_eq!(
        short,
        ["unknown-build-arg: build argument `NOPE` is not declared in the file"]
    );
}

const LINTED: &str = "\
stages:
  app:
    from: alpine:3
    steps:
      - add: main.py
    image:
      cmd: python main.py
";

#[test]
fn a_lint_warning_has_its_rule_its_line_and_what_to_type() {
    let record = case(LINTED)
        .option("platform", "linux/arm64,linux/amd64")
        .run();
    let shown = record.warnings.into_iter().map(|it| {
        let lines: Vec<i32> = it
            .ranges
            .iter()
            .flat_map(|range| &range.start)
            .map(|start| start.line)
            .collect();
        format!("{} {lines:?}\n  {}", it.short, it.detail.join("\n  "))
    });
    assert_eq!(
        shown.collect::<Vec<_>>().join("\n"),
        "\
add-for-copy: `add` does nothing here that `copy` does not (write `copy`) (line 5) [5]
  `add` does what `copy` does.
  write `copy`
shell-form-command: `cmd` is run by a shell, which takes its signals \
(write a list: `cmd: [program, argument]`) (line 7) [7]
  A shell stands between the container's runtime and its command.
  write a list: `cmd: [program, argument]`"
    );
    record.outcome.expect("an outcome").expect("a result");
}

#[test]
fn findings_fail_a_build_when_the_file_or_the_request_says_so() {
    let expected = "\
lint violation found for rules: add-for-copy, shell-form-command
5:9: `add` does nothing here that `copy` does not (write `copy`)
7:12: `cmd` is run by a shell, which takes its signals (write a list: `cmd: [program, argument]`)";
    let arg = "build-arg:BUILDKIT_DOCKERFILE_CHECK";
    let error = case(LINTED).option(arg, "error=true").error();
    assert_eq!(error.message, expected);
    assert_eq!(marks(&error), "build.yaml:5 build.yaml:7");
    let record = case(LINTED).option(arg, "error=true").run();
    assert_eq!(record.warnings.len(), 0, "each is told once");

    let strict = format!("{LINTED}check: {{error: true}}\n");
    assert_eq!(case(&strict).error().message, expected);
    let record = case(&strict).option(arg, "skip=add-for-copy").run();
    assert_eq!(record.warnings.len(), 1, "the argument is all there is");
    record.outcome.expect("an outcome").expect("a result");

    let strict = format!("{TWO_STAGES}check: {{error: true}}\n");
    assert_eq!(
        case(&strict).option("build-arg:NOPE", "1").error().message,
        "lint violation found for rules: unknown-build-arg\n\
         --build-arg: build argument `NOPE` is not declared in the file"
    );
}

#[test]
fn a_panic_is_an_error_that_names_the_pass() {
    for pass in [
        "load", "syntax", "model", "expand", "plan", "resolve", "lint", "lower", "solve",
    ] {
        let (sender, bug) = oneshot::channel();
        thread::spawn(move || {
            guard::report(sender);
            case(TWO_STAGES).option("windlass.panic", pass).run();
        });
        let message = bug.blocking_recv().expect("a panic").message;
        let expected = format!("internal error in {pass}: ");
        assert!(message.starts_with(&expected), "{message}");
    }
}

#[test]
fn a_scratch_result_has_no_ref() {
    let outcome = case("stages:\n  a:\n    from: scratch\n").outcome();
    assert_eq!(outcome.refs, Refs::Single(None));
}

const PARALLEL: &str = "\
stages:
  app:
    from: alpine:3
    steps:
      - parallel:
          - - run: one
          - - run: two
";

#[test]
fn parallel_branches_are_merged() {
    let (ops, warnings) = case(PARALLEL).ops();
    assert_eq!(ops, "one, diff, two, diff, merge");
    assert_eq!(warnings, "");
}

#[test]
fn a_builder_that_cannot_merge_runs_the_branches_in_order() {
    for cap in ["mergeop", "diffop"] {
        let (ops, warnings) = case(PARALLEL).without(cap).ops();
        assert_eq!(ops, "one, two", "{cap}");
        assert_eq!(
            warnings,
            "parallel-in-order: the branches run one after the other (this builder cannot merge \
             filesystems; use a newer one, or containerd's store) (line 5)"
        );
    }
}

#[test]
fn a_linked_copy_is_a_plain_one_on_a_builder_that_cannot_merge() {
    let file = "stages: {a: {from: alpine:3, steps: [{copy: x, link: true}]}}\n";
    let (ops, warnings) = case(file).ops();
    assert_eq!((&*ops, &*warnings), ("file on -1, merge", ""));
    let (ops, warnings) = case(file).without("mergeop").ops();
    assert_eq!((&*ops, &*warnings), ("file on 0", ""));
}
