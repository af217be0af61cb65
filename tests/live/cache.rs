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
    "COPY --from=deps /deps",
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

#[test]
fn an_equal_dockerfile_makes_the_same_digest() {
    let live = Live::new("same-digest");
    let pairs = [
        (
            "steps: [run: touch /foo; touch -d @1 /old; touch -d @4000000000 /new, run: rm /new]",
            "RUN touch /foo; touch -d @1 /old; touch -d @4000000000 /new\nRUN rm /new",
        ),
        (
            "steps: [{copy: a.txt, to: /foo, link: true}]",
            "COPY --link a.txt /foo",
        ),
        ("env: {A: b}", "ENV A=b"),
        ("workdir: /srv", "WORKDIR /srv"),
    ];
    for (ours, theirs) in pairs {
        let made = |build: Build<'_>| {
            let build = build.file("a.txt", "a").oci("rewrite-timestamp=true");
            let build = build.env("SOURCE_DATE_EPOCH", "1673354096");
            build.arg("--provenance=false").run().layout().digest
        };
        let ours = format!("stages: {{app: {{from: alpine, {ours}}}}}\n");
        let expected = made(
            live.build()
                .file("Dockerfile", format!("FROM alpine\n{theirs}\n")),
        );
        assert_eq!(made(live.yaml(&ours)), expected, "{ours}");
    }
}

#[test]
fn a_cache_whose_steps_meet_in_a_circle_is_written_over_itself() {
    let live = Live::new("cache-circle");
    let file = "
stages:
  base:
    from: alpine
    steps: [run: echo UNIQUE > /foo, workdir: /bar]
  one:
    from: base
    steps: [copy: hello.txt]
  two:
    from: base
    steps: [{copy: /bar/hello.txt, from: one}, {run: 'true'}]
  app:
    from: scratch
    steps: [{copy: /foo, from: two, to: /f}]
";
    let cache = live.dir().join("cache").display().to_string();
    let first = live.yaml(file).file("hello.txt", "hello");
    let first = first
        .arg(format!("--cache-to=type=local,dest={cache}"))
        .run();
    let expected = first.rootfs().read("/f");
    let empty = live.empty_builder();
    let text = format!("{SYNTAX}{}", file[1..].replace("UNIQUE", live.unique()));
    let second = empty
        .build()
        .file("build.yaml", text)
        .file("hello.txt", "hello");
    let second = second.arg(format!("--cache-to=type=local,dest={cache}"));
    let second = second
        .arg(format!("--cache-from=type=local,src={cache}"))
        .run();
    second.success().cached("COPY --from=two /foo");
    assert_eq!(second.rootfs().read("/f"), expected);
}

#[test]
fn an_image_of_several_platforms_carries_the_cache_of_each() {
    let live = Live::new("inline-platforms");
    let name = format!("{}:1", live.repository());
    let file = format!(
        "{SYNTAX}stages:
  base:
    platform: build
    from: busybox
    steps:
      - run: head -c 100 /dev/urandom | md5sum > unique; echo ${{{{ target.arch }}}} {} > arch
        workdir: /
  app:
    from: scratch
    steps:
      - {{copy: /unique, from: base, to: /}}
      - {{copy: /arch, from: base, to: /}}
",
        live.unique()
    );
    let platforms = "--platform=linux/amd64,linux/arm/v7";
    let repository = name.split_once('/').expect("host/name").1;
    let repository = repository.trim_end_matches(":1");
    let read = |reference: &str| -> serde_json::Value {
        let manifest = live.registry().manifest(repository, reference);
        serde_json::from_slice(&manifest.expect("it is pushed")).expect("JSON")
    };
    let pushed = |build: Build<'_>| {
        let build = build.file("build.yaml", &file).arg(platforms).arg("--push");
        let build = build.arg(format!("--tag={name}")).arg("--provenance=false");
        build.arg("--cache-to=type=inline").run().success();
        let index = read("1");
        [0, 1].map(|number| {
            let image = &index["manifests"][number];
            let digest = image["digest"].as_str().expect("a digest");
            (
                image["platform"].to_string(),
                read(digest)["layers"].clone(),
            )
        })
    };
    // Nothing but the cache can give the random numbers again.
    let first = pushed(live.build());
    for _ in 0..2 {
        let empty = live.empty_builder();
        let build = empty.build().arg(format!("--cache-from={name}"));
        assert_eq!(pushed(build), first);
    }
}

#[test]
fn a_directory_of_workdir_has_the_time_of_the_build() {
    let live = Live::new("workdir-time");
    let made = || {
        let empty = live.empty_builder();
        let file = format!("{SYNTAX}stages: {{app: {{from: alpine, workdir: /mydir}}}}\n");
        let build = empty.build().file("build.yaml", file);
        let build = build.arg("--provenance=false");
        build.env("SOURCE_DATE_EPOCH", "1673364896").run().layout()
    };
    let first = made();
    // A later second: what is of the clock differs.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(first.digest, made().digest);
    let image = first.only();
    let layer = image.layer(image.layers().len() - 1);
    assert_eq!(layer.entry("/mydir").mtime, 1_673_364_896);
}
