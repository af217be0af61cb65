//! Which stages are built, in which order, and what `from` names.

use super::Case;
use crate::plan::ImageUse;

#[test]
fn only_what_the_target_reaches_is_built_each_after_what_it_uses() {
    let file = "\
stages:
  unused: {from: golang}
  late: {from: early, steps: [{copy: /m, from: MIDDLE}]}
  middle: {from: alpine}
  early: {from: middle}
  last: {from: unused}
";
    Case::new(file).target("LATE").has(
        "\
result: late
image: docker.io/library/alpine:latest for linux/amd64 (base)
stage middle on linux/amd64
stage early on linux/amd64
stage late on linux/amd64",
    );
    let out = Case::new(file).target("late").run();
    assert!(!out.contains("unused") && !out.contains("golang"), "{out}");
}

#[test]
fn the_result_is_the_default_or_the_last_stage() {
    let file = "stages: {a: {from: scratch}, b: {from: scratch}}\n";
    Case::new(file).has("result: b");
    Case::new(&format!("default: A\n{file}")).has("result: a");
    Case::new(&format!("default: A\n{file}"))
        .target("b")
        .has("result: b");
    Case::new(&format!("default: c\n{file}")).is("1:10: there is no stage `c`");
}

#[test]
fn an_unknown_target_suggests_the_nearest() {
    let file = "stages: {build: {from: scratch}, b: {from: scratch}}\n";
    Case::new(file)
        .target("biuld")
        .is("--target: target stage \"biuld\" could not be found (did you mean build?)");
}

#[test]
fn a_name_is_a_stage_before_it_is_an_image() {
    let file = "\
stages:
  node: {from: node}
  a: {from: NODE}
  b: {from: {image: node}}
  c: {from: {stage: node}}
  d:
    from: scratch
    steps:
      - copy: /a
        from: a
      - copy: /b
        from: b
      - copy: /c
        from: c
      - copy: /d
        from: context
      - copy: /e
        from: scratch
";
    Case::new(file).has(
        "\
stage a on linux/amd64
from stage node
stage b on linux/amd64
from image docker.io/library/node:latest
stage c on linux/amd64
from stage node
stage d on linux/amd64
from scratch
from: stage a
from: context
from: scratch",
    );
}

#[test]
fn what_is_no_stage_and_no_image_is_an_error_in_every_stage() {
    let file = "\
stages:
  builder: {from: {stage: biulder}}
  b: {from: Builder/x:1}
  c: {from: 'https://x/y'}
  d: {from: '${{ env.X }}'}
  e: {from: {image: scratch}}
  f:
    from: scratch
    steps:
      - copy: /a
        from: f
      - copy: /a
        from: {stage: buidler}
";
    Case::new(file).is("\
2:27: there is no stage `biulder` (did you mean `builder`?)
4:13: `https://x/y` is not an image: an image name has no `https://` (write it without the scheme: `registry.example.com/app:1`)
5:14: `env.X` is not known here (use an argument: `${{ args.NAME }}`)
6:21: `scratch` is not an image (write `from: scratch`)
11:15: stage `f` takes files from itself (an image of that name is `{image: f}`)
13:23: there is no stage `buidler` (did you mean `builder`?)");
}

#[test]
fn capital_letters_in_an_image_suggest_the_small_ones() {
    Case::new("stages: {a: {from: 'ghcr.io/Foo/Bar:V1'}}\n").is(
        "1:20: `ghcr.io/Foo/Bar:V1` is not an image: a repository has no capital letters (did you \
         mean `ghcr.io/foo/bar:V1`?)",
    );
}

#[test]
fn a_cycle_is_reported_once_with_every_edge() {
    let file = "\
stages:
  a: {from: scratch, steps: [{copy: /x, from: c}]}
  b: {from: a}
  c:
    from: scratch
    steps:
      - run: x
        mounts: [{bind: /, from: b, target: /b}]
  ok: {from: scratch}
";
    Case::new(file).target("ok").is(
        "2:47: stages need each other: a -> c -> b -> a (move what they share into a stage that \
         both use)",
    );
    Case::new(file).is(&Case::new(file).target("b").run());
}

#[test]
fn a_named_context_must_be_given_where_it_is_reached() {
    let file = "\
stages:
  a: {from: {context: assets}}
  b: {from: scratch}
";
    Case::new(file)
        .target("a")
        .contexts(&["asset"])
        .is("2:23: no context is called `assets` (did you mean `asset`?)");
    Case::new(file).target("a").contexts(&[]).is(
        "2:23: no context is called `assets` (pass `--build-context assets=...`: a directory, an \
         image, a repository or a file)",
    );
    Case::new(file).contexts(&[]).has("result: b");
    // Nobody was asked, or only about the file.
    Case::new(file).target("a").has("from context assets");
    Case::new(file)
        .target("a")
        .contexts(&[])
        .call()
        .has("from context assets");
}

#[test]
fn a_named_context_takes_the_place_of_an_image_of_its_name() {
    let file = "\
stages:
  a:
    from: alpine
    platform: linux/arm64
    steps:
      - {copy: /x, from: 'alpine:3.20'}
      - {run: x, mounts: [{bind: /x, from: {image: docker.io/library/alpine}, target: /x}]}
";
    Case::new(file)
        .contexts(&["alpine", "alpine::linux/arm64", "alpine:3.20", "busybox"])
        .is("\
result: a
target: linux/amd64
build: linux/amd64
context: alpine for linux/amd64
context: alpine:3.20 for linux/amd64
context: alpine::linux/arm64 for linux/arm64

stage a on linux/arm64
  from context alpine::linux/arm64
  copy /x
    from: context alpine:3.20
  run x
    bind: /x
      from: context alpine
      target: /x");
}

#[test]
fn a_named_context_takes_the_place_of_a_stage_of_its_name() {
    let file = "\
stages:
  build:
    from: nope
    platform: linux/arm64
    args: {A: {required: true}}
    steps: [run: 'x ${{ args.A }}']
  a: {from: build, steps: [{copy: /x, from: build}]}
";
    Case::new(file).contexts(&["build"]).is("\
result: a
target: linux/amd64
build: linux/amd64
context: build for linux/arm64

stage build on linux/arm64
  from context build

stage a on linux/arm64
  from stage build
  copy /x
    from: stage build");
}

#[test]
fn an_image_that_nobody_has_may_be_a_misspelt_stage() {
    let file = "\
stages:
  build: {from: scratch}
  node: {from: node}
  a: {from: scratch, steps: [{copy: /x, from: biuld}, {copy: /x, from: ghcr.io/a/biuld}]}
  b: {from: a, steps: [{copy: /x, from: node}]}
";
    let plan = Case::new(file).plan().expect("the file has a plan");
    let like = |image: &ImageUse| {
        format!(
            "{}: {}",
            image.name,
            plan.stage_like(image).unwrap_or("none")
        )
    };
    let found: Vec<String> = plan.images.iter().map(like).collect();
    assert_eq!(
        found,
        [
            "docker.io/library/biuld:latest: build",
            "docker.io/library/node:latest: none",
            "ghcr.io/a/biuld:latest: none",
        ]
    );
}

#[test]
fn a_long_chain_of_stages_needs_no_call_stack() {
    let mut file = "stages:\n  s0: {from: scratch, args: {X: 1}}\n".to_owned();
    for idx in 1..10_000 {
        file.push_str(&format!(
            "  s{idx}:\n    from: s{}\n    user: '${{{{ args.X }}}}'\n",
            idx - 1
        ));
    }
    Case::new(&file).has("stage s0 on linux/amd64\nstage s9999 on linux/amd64\nuser 1");
}

#[test]
fn a_long_cycle_is_reported() {
    let mut file = "stages:\n".to_owned();
    for idx in 0..2_000 {
        file.push_str(&format!("  s{idx}: {{from: s{}}}\n", (idx + 1) % 2_000));
    }
    let out = Case::new(&file).run();
    assert!(
        out.contains("s0 -> s1 -> s2 -> s3 -> s4 -> s5 -> s6 -> s7 -> ... -> s0"),
        "{out}"
    );
}

#[test]
fn what_holds_a_broken_reference_is_not_looked_at_again() {
    let file = "\
stages:
  a: {from: 'node:${{ arg.V }}', platform: 'linux/${{ X }}'}
  b: {from: '${{ args.V'}
";
    Case::new(file).target("a").is("\
2:23: unknown name `arg` in a reference (did you mean `args.V`?)
2:55: `X` does not say what it names (did you mean `args.X`?)
3:14: the `${{` is not closed (close it with `}}`; a `${{` that is text is written `$${{`)");
}
