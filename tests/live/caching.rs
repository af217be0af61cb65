//! What runs again, and what does not.

use windlass_tests::{Live, Outcome};

const TEXT: &str = r"
args: {A: a, B: b}
stages:
  base:
    from: alpine
    workdir: /srv
    steps:
      - run: echo UNIQUE base > base
  app:
    from: base
    steps:
      - copy: src
        to: src/
      - run: echo UNIQUE ${{ args.A }} > mentions-a
      - run: echo UNIQUE > mentions-none
  other:
    from: base
    steps:
      - run: echo UNIQUE ${{ args.B }} > mentions-b
  final:
    from: app
    steps:
      - copy: /srv/mentions-b
        from: other
    image:
      labels: {b: '${{ args.B }}'}
";

/// The steps that ran, without their positions.
fn ran(out: &Outcome) -> Vec<String> {
    let steps = out.success().steps();
    let own = steps.iter().filter(|step| {
        !step.cached && step.name.starts_with('[') && !step.name.starts_with("[internal]")
    });
    let own = own.filter(|step| !step.name.contains("FROM ") && !step.name.contains("WORKDIR "));
    own.map(|step| {
        step.name
            .rsplit(['>', ']'])
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    })
    .collect()
}

#[test]
fn a_second_identical_build_is_all_cached() {
    let live = Live::new("again");
    let build = live.yaml(TEXT).file("src/f", live.unique());
    let mut first = ran(&build.run());
    first.sort();
    assert_eq!(
        first,
        [
            "COPY --from=other /srv/mentions-b .",
            "COPY src src/",
            "base",
            "mentions-a",
            "mentions-b",
            "mentions-none",
        ]
    );
    let second = build.run();
    assert_eq!(ran(&second), Vec::<String>::new(), "{}", second.stderr);
    assert_eq!(build.run().layout().digest.len(), 71);
}

#[test]
fn a_changed_argument_runs_what_mentions_it_and_what_stands_on_that() {
    let live = Live::new("changed-arg");
    let build = || live.yaml(TEXT).file("src/f", live.unique());
    build().run().success();
    let out = build().arg("--build-arg=B=changed").run();
    assert_eq!(
        ran(&out),
        ["mentions-b", "COPY --from=other /srv/mentions-b ."],
        "{}",
        out.stderr
    );
    let out = build().arg("--build-arg=A=changed").run();
    assert_eq!(
        ran(&out),
        [
            "mentions-a",
            "mentions-none",
            "COPY --from=other /srv/mentions-b ."
        ],
        "{}",
        out.stderr
    );
}

#[test]
fn a_changed_file_runs_what_copies_it() {
    let live = Live::new("changed-file");
    let with = |used: &str, unused: &str| {
        let build = live.yaml(TEXT).file("src/f", used).file("unused", unused);
        build.run()
    };
    with(live.unique(), "one").success();
    let out = with(live.unique(), "two");
    assert_eq!(ran(&out), Vec::<String>::new(), "{}", out.stderr);
    let out = with("changed", "two");
    assert_eq!(ran(&out)[0], "COPY src src/", "{}", out.stderr);
    assert_eq!(ran(&out).len(), 4, "{}", out.stderr);
}

#[test]
fn names_comments_and_layout_are_in_no_key() {
    let live = Live::new("layout");
    let build = |text: &str| live.yaml(text).file("src/f", live.unique()).run();
    build(TEXT).success();
    let changed = TEXT
        .replace(
            "      - run: echo",
            "\n      # why\n      - name: a name\n        run: echo",
        )
        .replace("labels: {b", "labels: {z: '1', b");
    let out = build(&changed);
    assert_eq!(ran(&out), Vec::<String>::new(), "{}", out.stderr);
}

#[test]
fn no_cache_runs_everything() {
    let live = Live::new("no-cache");
    let build = || live.yaml(TEXT).file("src/f", live.unique());
    build().run().success();
    let out = build().arg("--no-cache").run();
    assert_eq!(ran(&out).len(), 6, "{}", out.stderr);
}

#[test]
fn no_cache_filter_runs_the_named_stages() {
    let live = Live::new("no-cache-filter");
    let build = || live.yaml(TEXT).file("src/f", live.unique());
    build().run().success();
    let out = build().arg("--no-cache-filter=Other").run();
    out.not_cached("> mentions-b")
        .cached("> mentions-a")
        .cached("> mentions-none");
}

#[test]
fn a_step_may_run_every_time() {
    let live = Live::new("no-cache-step");
    let text = r"
stages:
  app:
    from: alpine
    steps:
      - run: echo UNIQUE > /before
      - run: cat /proc/sys/kernel/random/uuid > /random
        no-cache: true
      - run: echo UNIQUE > /after
";
    let build = live.yaml(text);
    let first = build.run().rootfs().read("/random");
    let second = build.run();
    assert_ne!(first, second.rootfs().read("/random"));
    second.cached("> /before");
}
