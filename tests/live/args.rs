//! Build arguments: types, defaults, mistakes.

use windlass_tests::{Build, Live, Outcome};

const ARGS: &str = r"
args:
  NAME: world
  GREETING: hello ${{ args.NAME }}
  EMPTY:
  DEBUG: {type: bool, default: false}
  JOBS: {type: int, default: '4'}
  FLAVOUR: {type: enum, values: [full, slim], default: full}
  VERSION: {pattern: '[0-9]+\.[0-9]+', default: '1.0'}
stages:
  app:
    from: scratch
    args:
      FLAVOUR: slim
      OWN: own-${{ args.NAME }}
    steps:
      - file: /values
        content: '${{ args.GREETING }}, ${{ args.EMPTY-unset }}, ${{ args.DEBUG }}, ${{ args.JOBS }}, ${{ args.FLAVOUR }}, ${{ args.VERSION }}, ${{ args.OWN }}'
      - file: /debug
        content: ''
        when: {args.DEBUG: true}
";

fn with<'a>(live: &'a Live, args: &[&str]) -> Build<'a> {
    let args = args.iter().map(|arg| format!("--build-arg={arg}"));
    live.yaml(ARGS).args(args)
}

fn values(out: &Outcome) -> String {
    out.rootfs().read("/values")
}

#[test]
fn defaults_hold_and_stages_shadow() {
    let live = Live::new("args");
    let out = with(&live, &[]).run();
    assert_eq!(
        values(&out),
        "hello world, unset, false, 4, slim, 1.0, own-world"
    );
    assert!(!out.rootfs().has("/debug"));
}

#[test]
fn a_build_arg_wins_and_is_normalised() {
    let live = Live::new("build-arg");
    let args = [
        "NAME=you",
        "EMPTY=",
        "DEBUG=1",
        "JOBS=8",
        "FLAVOUR=full",
        "VERSION=2.10",
    ];
    let out = with(&live, &args).run();
    assert_eq!(values(&out), "hello you, , true, 8, full, 2.10, own-you");
    assert!(out.rootfs().has("/debug"));
}

#[test]
fn values_of_the_wrong_type_are_refused_all_at_once() {
    let live = Live::new("typed");
    let args = ["DEBUG=maybe", "JOBS=many", "VERSION=x"];
    let out = with(&live, &args).run();
    out.failure()
        .stderr_contains("3 mistakes in build.yaml")
        .stderr_contains("`maybe`")
        .stderr_contains("`many`")
        .stderr_contains("`x`")
        .stderr_contains("[0-9]+\\.[0-9]+");
}

#[test]
fn a_value_outside_an_enum_is_refused_with_its_values() {
    let live = Live::new("enum");
    let text = r"
args:
  FLAVOUR: {type: enum, values: [full, slim], default: full}
stages:
  app:
    from: scratch
    steps:
      - file: /flavour
        content: ${{ args.FLAVOUR }}
";
    let out = live.yaml(text).arg("--build-arg=FLAVOUR=slum").run();
    out.failure()
        .stderr_contains("`slum`")
        .stderr_contains("slim");
}

#[test]
fn an_unknown_argument_is_a_warning_with_a_suggestion() {
    let live = Live::new("unknown-arg");
    let args = [
        "NAMEE=x",
        "HTTP_PROXY=http://127.0.0.1:1",
        "BUILDKIT_INLINE_CACHE=0",
    ];
    let out = with(&live, &args).run();
    out.success()
        .stderr_contains(
            "unknown-build-arg: build argument `NAMEE` is not declared in the file \
             (did you mean `NAME`?)",
        )
        .stderr_lacks("HTTP_PROXY");
    assert_eq!(
        values(&out),
        "hello world, unset, false, 4, slim, 1.0, own-world"
    );
}

const REQUIRED: &str = r"
args:
  TOKEN_URL: {required: true, description: Where tokens come from}
stages:
  needs:
    from: scratch
    steps:
      - file: /url
        content: ${{ args.TOKEN_URL }}
  does-not:
    from: scratch
    steps:
      - file: /f
        content: ''
  app:
    from: needs
";

#[test]
fn a_required_argument_must_have_a_value_where_it_is_mentioned() {
    let live = Live::new("required");
    let out = live.yaml(REQUIRED).run();
    out.failure()
        .stderr_contains("TOKEN_URL")
        .stderr_contains("--build-arg TOKEN_URL=");
    let error = out.error();
    assert_eq!(error.matches(">>>").count(), 1, "{error}");
    let out = live.yaml(REQUIRED).arg("--build-arg=TOKEN_URL=x").run();
    assert_eq!(out.rootfs().read("/url"), "x");
    live.yaml(REQUIRED).arg("--target=does-not").run().success();
}

#[test]
fn an_argument_without_a_value_is_an_error_where_it_is_used() {
    let live = Live::new("no-value");
    let text = r"
args:
  NAME:
stages:
  app:
    from: scratch
    steps:
      - file: /f
        content: ${{ args.NAME }}
";
    let out = live.yaml(text).run();
    out.failure().stderr_contains("NAME");
    assert!(
        out.error()
            .contains("   9 | >>>         content: ${{ args.NAME }}"),
        "{}",
        out.error()
    );
}

#[test]
fn nothing_enters_a_step_s_environment_unasked() {
    let live = Live::new("args-env");
    let text = r"
args: {SECRETISH: value}
stages:
  app:
    from: alpine
    args: {OWN: value}
    steps:
      - run: env | grep -E 'SECRETISH|OWN|TARGET|BUILD|OTHER' > /found || echo none > /found
      - run: echo ${{ args.SECRETISH }} $MENTIONED > /mentioned
        env: {MENTIONED: '${{ args.OWN }}'}
";
    let out = live
        .yaml(text)
        .arg("--build-arg=SECRETISH=x")
        .arg("--build-arg=OTHER=y")
        .run();
    assert_eq!(out.rootfs().read("/found"), "none\n");
    assert_eq!(out.rootfs().read("/mentioned"), "x value\n");
}

#[test]
fn a_base_image_may_be_an_argument() {
    let live = Live::new("arg-base");
    let text = r"
args: {BASE: alpine:3.22, FROM: first}
stages:
  first:
    from: ${{ args.BASE }}
    steps:
      - run: echo first > /made
  second:
    from: ${{ args.BASE }}
    steps:
      - run: echo second > /made
  app:
    from: scratch
    steps:
      - copy: /made
        from: ${{ args.FROM }}
";
    let out = live.yaml(text).arg("--build-arg=FROM=second").run();
    assert_eq!(out.rootfs().read("/made"), "second\n");
    out.stderr_lacks("echo first");
    live.yaml(text)
        .arg("--build-arg=BASE=busybox")
        .run()
        .success()
        .stderr_contains("FROM docker.io/library/busybox");
}
