//! What is kept from build to build, and what two builders make of the same file.

use windlass_tests::{Build, Live, Outcome, SYNTAX};

const FILE: &str = "stages:
  deps:
    from: alpine:3.22
    steps:
      - run: echo deps > /deps
  app:
    from: alpine:3.22
    workdir: /app
    steps:
      - copy: a.txt
      - copy: /deps
        from: deps
      - run: cat a.txt deps > both
    image:
      cmd: [cat, both]
";

/// What `FILE` does, in the progress output.
const STEPS: [&str; 5] = [
    "RUN echo deps",
    "WORKDIR /app",
    "COPY a.txt",
    "COPY /deps",
    "RUN cat",
];

fn described<'a>(build: Build<'a>, mark: &str) -> Build<'a> {
    build
        .file("build.yaml", format!("{SYNTAX}{FILE}"))
        .file("a.txt", format!("a {mark}\n"))
}

#[track_caller]
fn all_cached(out: &Outcome, steps: &[&str]) {
    out.success();
    for step in steps {
        out.cached(step);
    }
}

#[test]
fn the_same_build_again_runs_nothing() {
    let live = Live::new("again");
    let build = described(live.build(), &live.repository());
    build.run().success().not_cached("RUN cat");
    all_cached(&build.run(), &STEPS);
}

#[test]
fn an_empty_builder_finds_every_step_of_every_stage_in_a_registry() {
    let live = Live::new("export");
    let cache = format!("type=registry,ref={}:cache", live.repository());
    let first = described(live.build(), &live.repository())
        .arg(format!("--cache-to={cache},mode=max"))
        .run();
    let first = first.image();
    let empty = live.empty_builder();
    let second = described(empty.build(), &live.repository())
        .arg(format!("--cache-from={cache}"))
        .run();
    // What only the first builder had to look at is not even mentioned.
    for step in second.success().steps() {
        let is_ours = STEPS.iter().any(|name| step.name.contains(name));
        assert!(step.cached || !is_ours, "{step:?} ran:\n{}", second.stderr);
    }
    second.cached("RUN cat");
    let second = second.image();
    assert_eq!(second.layers(), first.layers());
    assert_eq!(second.rootfs().read("/app/both").lines().count(), 2);
}

#[test]
fn an_image_carries_its_own_cache() {
    let live = Live::new("inline");
    let name = format!("{}:1", live.repository());
    described(live.build(), &live.repository())
        .args([
            "--push",
            &format!("--tag={name}"),
            "--build-arg=BUILDKIT_INLINE_CACHE=1",
        ])
        .run()
        .success()
        .stderr_lacks("warning");
    let empty = live.empty_builder();
    let second = described(empty.build(), &live.repository())
        .arg(format!("--cache-from={name}"))
        .run();
    all_cached(&second, &["COPY a.txt", "RUN cat"]);
}

#[test]
fn a_cache_that_is_not_there_is_a_warning_and_the_build_goes_on() {
    let live = Live::new("no-cache-there");
    let out = described(live.build(), &live.repository())
        .arg(format!("--cache-from={}:nothing", live.repository()))
        .run();
    out.success().not_cached("RUN cat");
}

#[test]
fn two_empty_builders_make_the_same_digest() {
    let live = Live::new("reproducible");
    let made = |epoch: &str| {
        let empty = live.empty_builder();
        let out = described(empty.build(), "fixed")
            .oci("rewrite-timestamp=true")
            .arg("--provenance=false")
            .env("SOURCE_DATE_EPOCH", epoch)
            .run();
        out.layout()
    };
    let (first, second) = (made("1700000000"), made("1700000000"));
    assert_eq!(first.digest, second.digest);
    let image = first.only();
    assert_eq!(image.config["created"], "2023-11-14T22:13:20Z");
    let top = image.layers().len() - 1;
    let layer = image.layer(top);
    assert_eq!(layer.entry("/app/both").mtime, 1_700_000_000);
    let last = image.config["history"]
        .as_array()
        .and_then(|all| all.last());
    let created = last.map(|entry| entry["created"].clone());
    assert_eq!(created, Some("2023-11-14T22:13:20Z".into()));
}
