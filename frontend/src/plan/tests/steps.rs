//! Keys, steps and mounts of a stage.

use super::Case;

const KEYS: &str = "\
stages:
  a:
    image:
      author: me
      onbuild: [RUN x]
      shell: [/bin/bash, -c]
      stop-signal: INT
      healthcheck: {run: ping, retries: 3}
      annotations: {a: 1}
      labels: {l: 1}
      volumes: [/v]
      expose: [80]
      env: {I: 1}
      workdir: /i
      user: i
      cmd: run
      entrypoint: [e]
    steps:
      - run: first
    workdir: /w
    user: u
    shell: [/bin/sh]
    build-env: {B: 1, C: }
    env: {A: 1}
    errexit: false
    from: scratch
";

#[test]
fn keys_take_effect_in_their_order() {
    Case::new(KEYS).is("\
result: a
target: linux/amd64
build: linux/amd64

stage a on linux/amd64
  from scratch
  errexit: false
  env
    A=1
  build-env
    B=1
    C
  shell [/bin/sh]
  user u
  workdir /w
  run first
  entrypoint [e]
  cmd run
  user i
  image-workdir /i
  image-env
    I=1
  expose [80]
  volume [/v]
  label
    l=1
  annotations
    a=1
  healthcheck ping
    retries: 3
  stop-signal INT
  shell [/bin/bash, -c]
  onbuild
    RUN x
  author me");
}

#[test]
fn a_step_is_there_when_its_condition_holds() {
    let file = "\
args:
  DEBUG: {type: bool, default: 'false'}
  MODE: fast
  NONE:
stages:
  a:
    from: scratch
    steps:
      - {run: debug, when: {args.DEBUG: true}}
      - {run: one-means-true, when: {args.DEBUG: 1}}
      - {run: release, when: {not: {args.DEBUG: true}}}
      - {run: any-of, when: {args.MODE: [slow, fast]}}
      - {run: all-of, when: {args.MODE: fast, target.arch: aarch64}}
      - {run: os, when: {target.os: linux, build.platform: linux/amd64}}
      - {run: none, when: {args.NONE: ''}}
      - {run: stage, when: {stage.name: a, stage.target: b}}
";
    #[track_caller]
    fn check(case: Case<'_>, expected: &str) {
        let out = case.run();
        let runs = out
            .lines()
            .filter_map(|line| line.trim().strip_prefix("run "));
        assert_eq!(runs.collect::<Vec<_>>().join(" "), expected);
    }
    check(Case::new(file), "release any-of os none");
    check(
        Case::new(file).args(&[("DEBUG", "T")]),
        "debug one-means-true any-of os none",
    );
    check(
        Case::new(file).platform("linux/arm64"),
        "release any-of all-of os none",
    );
}

#[test]
fn a_condition_that_can_never_hold_is_an_error() {
    let file = "\
args: {MODE: {type: enum, values: [fast, safe], default: fast}}
stages:
  a:
    from: scratch
    steps:
      - {run: a, when: {args.MODE: fsat}}
      - {run: b, when: {args.MODEE: fast}}
";
    Case::new(file).is("\
6:36: `args.MODE` is never this: `fsat` is none of fast, safe (use one of the `values`)
7:25: argument `MODEE` is not declared (did you mean `args.MODE`?)");
}

#[test]
fn a_cache_is_a_path_a_name_or_a_preset() {
    let file = "\
args: {DIR: /var/lib/x, NAME: go}
caches:
  npm: {path: /cache/npm, sharing: locked}
  seeded: {path: '${{ args.DIR }}', id: own, from: seed}
stages:
  seed: {from: scratch}
  a:
    from: scratch
    steps:
      - run: x
        cache:
          - npm
          - cargo
          - /root/.cache
          - ${{ env.HOME }}/.cache
          - ${{ args.NAME }}
          - seeded
          - {path: rel, uid: 1000}
";
    Case::new(file).has(
        "\
stage seed on linux/amd64
run x
cache: /cache/npm
sharing: locked
cache: preset cargo
cache: /root/.cache
cache: ${{ env.HOME }}/.cache
cache: preset go
cache: /var/lib/x
id: own
from: stage seed
cache: rel
uid: 1000",
    );
}

#[test]
fn an_unknown_cache_suggests_a_cache_or_preset() {
    let file = "\
caches: {maven-repo: {path: /m2}}
stages:
  a:
    from: scratch
    steps:
      - {run: x, cache: [carog, maven-rpeo, node]}
";
    let out = Case::new(file).run();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(
        lines[..2],
        [
            "6:26: there is no cache or preset `carog` (did you mean `cargo`?)",
            "6:33: there is no cache or preset `maven-rpeo` (did you mean `maven-repo`?)",
        ]
    );
    assert!(
        lines[2]
            .starts_with("6:45: there is no cache or preset `node` (write a path such as `/node`")
    );
}

#[test]
fn a_secret_is_a_name_or_an_id_and_a_map_overrides() {
    let file = "\
secrets:
  token: {id: npm-token, env: TOKEN, required: false}
  key: {target: /key}
ssh:
  default: {required: false}
  deploy: {}
stages:
  a:
    from: scratch
    steps:
      - run: x
        secrets: [token, key, other, {id: token, target: /t, required: true}]
        ssh: [deploy, {id: default, target: /agent}]
      - run: y
        ssh: true
";
    Case::new(file).is("\
result: a
target: linux/amd64
build: linux/amd64

stage a on linux/amd64
  from scratch
  run x
    secret: npm-token
      env: TOKEN
      required: false
    secret: key
      target: /key
    secret: other
    secret: npm-token
      target: /t
      env: TOKEN
      required: true
    ssh: deploy
    ssh: default
      target: /agent
      required: false
  run y
    ssh: default
      required: false");
}

#[test]
fn branches_lose_the_steps_whose_condition_fails() {
    let file = "\
stages:
  a:
    from: scratch
    steps:
      - parallel:
          - - run: a
            - {run: b, when: {target.os: windows}}
          - - {copy: /x, from: c}
  c: {from: scratch}
default: a
";
    Case::new(file).has(
        "\
stage c on linux/amd64
parallel 1/2
run a
parallel 2/2
copy /x
from: stage c",
    );
    assert!(!Case::new(file).run().contains("run b"));
}

#[test]
fn every_mistake_is_reported_once_whatever_is_reached() {
    let file = "\
args: {A: '${{ args.B }}'}
caches: {c: {path: '${{ args.C }}'}}
stages:
  x:
    from: scratch
    env: {E: '${{ args.E }}'}
    image: {labels: {l: '${{ args.L }}'}}
    steps:
      - {run: 'a ${{ args.R }}', when: {target.os: windows}}
      - {copy: a, to: {by-platform: {windows/amd64: '${{ args.T }}', default: b}}}
    by-platform:
      windows/*: {user: '${{ args.U }}', from: {stage: nope}}
  y: {from: scratch}
";
    let out = Case::new(file).run();
    let lines: Vec<&str> = out
        .lines()
        .map(|line| line.split(" (").next().unwrap_or(""))
        .collect();
    assert_eq!(
        lines,
        [
            "1:12: argument `B` is not declared",
            "2:21: argument `C` is not declared",
            "6:15: argument `E` is not declared",
            "7:26: argument `L` is not declared",
            "9:18: argument `R` is not declared",
            "10:54: argument `T` is not declared",
            "12:26: argument `U` is not declared",
            "12:56: there is no stage `nope`",
        ]
    );
}
