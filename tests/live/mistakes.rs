//! Mistakes in a build file, as the person at `docker buildx build` sees them: the whole error.

mod whole;

use windlass_tests::{Live, SYNTAX};

/// Builds a file, whose first line names the frontend, and compares the whole error.
#[track_caller]
fn check(name: &str, file: &str, expected: &str) {
    check_with(name, file, &[], expected);
}

#[track_caller]
fn check_with(name: &str, file: &str, args: &[&str], expected: &str) {
    let live = Live::new(name);
    let build = live.build().file("build.yaml", format!("{SYNTAX}{file}"));
    let out = build.args(args).run();
    let error = out.failure().error_without_times();
    assert_eq!(error.trim_end(), expected, "the error of\n{file}");
}

#[test]
fn a_failing_command_is_marked() {
    check(
        "failing",
        "stages:
  app:
    from: alpine:3.22
    steps:
      - run: echo fine
      - run: echo wrong >&2; exit 3
      - run: echo never
",
        "\
------
 > [app 3/4] RUN echo wrong >&2; exit 3:
TIME wrong
------
build.yaml:7
--------------------
   5 |         steps:
   6 |           - run: echo fine
   7 | >>>       - run: echo wrong >&2; exit 3
   8 |           - run: echo never
   9 |     
--------------------
ERROR: failed to build: failed to solve: process \"/bin/sh -c echo wrong >&2; exit 3\" did not complete successfully: exit code: 3",
    );
}

#[test]
fn a_failing_command_of_several_lines_is_marked_as_a_whole() {
    check(
        "failing-lines",
        "stages:
  app:
    from: alpine:3.22
    steps:
      - run: |
          echo one
          false
          echo never
        name: several lines
",
        "\
------
 > [app 2/2] several lines:
TIME one
------
build.yaml:6
--------------------
   5 |         steps:
   6 | >>>       - run: |
   7 | >>>           echo one
   8 | >>>           false
   9 | >>>           echo never
  10 | >>>         name: several lines
  11 |     
--------------------
ERROR: failed to build: failed to solve: process \"/bin/sh -c set -e\\necho one\\nfalse\\necho never\\n\" did not complete successfully: exit code: 1",
    );
}

#[test]
fn an_unknown_stage() {
    check(
        "stage",
        "stages:
  build:
    from: busybox
  app:
    from: {stage: biuld}
    steps:
      - copy: /x
        from: {stage: nothing-like-it}
",
        "\
build.yaml:6
--------------------
   4 |         from: busybox
   5 |       app:
   6 | >>>     from: {stage: biuld}
   7 |         steps:
   8 |           - copy: /x
--------------------
build.yaml:9
--------------------
   7 |         steps:
   8 |           - copy: /x
   9 | >>>         from: {stage: nothing-like-it}
  10 |     
--------------------
ERROR: failed to build: failed to solve: 2 mistakes in build.yaml
6:19: there is no stage `biuld` (did you mean `build`?)
9:23: there is no stage `nothing-like-it` (the stages are app, build)",
    );
}

#[test]
fn an_unknown_key() {
    check(
        "key",
        "stages:
  app:
    form: busybox
    steps:
      - run: make
        cahce: npm
",
        "\
build.yaml:4
--------------------
   2 |     stages:
   3 |       app:
   4 | >>>     form: busybox
   5 |         steps:
   6 |           - run: make
--------------------
build.yaml:7
--------------------
   5 |         steps:
   6 |           - run: make
   7 | >>>         cahce: npm
   8 |     
--------------------
ERROR: failed to build: failed to solve: 2 mistakes in build.yaml
4:5: unknown key `form` (did you mean `from`?)
7:9: unknown key `cahce` (did you mean `cache`?)",
    );
}

#[test]
fn an_unknown_argument() {
    check(
        "arg",
        "args: {version: 1}
stages:
  app:
    from: busybox:${{ args.verson }}
    steps:
      - run: echo ${{ args.zzz }}
",
        "\
build.yaml:5
--------------------
   3 |     stages:
   4 |       app:
   5 | >>>     from: busybox:${{ args.verson }}
   6 |         steps:
   7 |           - run: echo ${{ args.zzz }}
--------------------
build.yaml:7
--------------------
   5 |         from: busybox:${{ args.verson }}
   6 |         steps:
   7 | >>>       - run: echo ${{ args.zzz }}
   8 |     
--------------------
ERROR: failed to build: failed to solve: 2 mistakes in build.yaml
5:19: argument `verson` is not declared (did you mean `args.version`?)
7:19: argument `zzz` is not declared (declare it: `args: {zzz: value}`)",
    );
}

#[test]
fn an_unknown_preset() {
    check(
        "preset",
        "stages:
  app:
    from: busybox
    steps:
      - run: npm ci
        cache: nmp
",
        "\
build.yaml:7
--------------------
   5 |         steps:
   6 |           - run: npm ci
   7 | >>>         cache: nmp
   8 |     
--------------------
ERROR: failed to build: failed to solve: build.yaml:7:16: there is no cache or preset `nmp` (did you mean `npm`?)",
    );
}

#[test]
fn an_unknown_platform() {
    check(
        "platform",
        "platforms: [linux/amd46]
stages:
  app:
    from: busybox
    platform: linux/arm46
    by-platform:
      linus/*: {user: app}
",
        "\
build.yaml:2
--------------------
   1 |     # syntax=registry.example.com/windlass:1
   2 | >>> platforms: [linux/amd46]
   3 |     stages:
   4 |       app:
--------------------
build.yaml:6
--------------------
   4 |       app:
   5 |         from: busybox
   6 | >>>     platform: linux/arm46
   7 |         by-platform:
   8 |           linus/*: {user: app}
--------------------
build.yaml:8
--------------------
   6 |         platform: linux/arm46
   7 |         by-platform:
   8 | >>>       linus/*: {user: app}
   9 |     
--------------------
ERROR: failed to build: failed to solve: 3 mistakes in build.yaml
2:13: `amd46` is not an architecture, did you mean `amd64`? (write operating system and architecture, such as linux/arm64)
6:15: `arm46` is not an architecture, did you mean `arm64`? (write `target`, `build`, or a platform such as linux/arm64)
8:7: `linus` is not an operating system, did you mean `linux`? (write os/arch, such as linux/arm64, linux/* or \"*/arm64\")",
    );
}

#[test]
fn an_environment_variable_that_is_not_set() {
    check(
        "env",
        "stages:
  app:
    from: busybox
    env: {A: 'x${{ env.PATH }}'}
    steps:
      - run: echo ${{ env.PAHT }}
      - run: echo ${{ env.HOME_OF_NOBODY }}
",
        "\
build.yaml:7
--------------------
   5 |         env: {A: 'x${{ env.PATH }}'}
   6 |         steps:
   7 | >>>       - run: echo ${{ env.PAHT }}
   8 |           - run: echo ${{ env.HOME_OF_NOBODY }}
   9 |     
--------------------
build.yaml:8
--------------------
   6 |         steps:
   7 |           - run: echo ${{ env.PAHT }}
   8 | >>>       - run: echo ${{ env.HOME_OF_NOBODY }}
   9 |     
--------------------
ERROR: failed to build: failed to solve: 2 mistakes in build.yaml
7:19: `env.PAHT` is not set here (did you mean `PATH`?)
8:19: `env.HOME_OF_NOBODY` is not set here (write `${{ env.HOME_OF_NOBODY- }}` if it may be empty)",
    );
}

#[test]
fn stages_that_need_each_other() {
    check(
        "cycle",
        "stages:
  a:
    from: b
  b:
    from: busybox
    steps:
      - {copy: /x, from: a}
",
        "\
build.yaml:4
--------------------
   2 |     stages:
   3 |       a:
   4 | >>>     from: b
   5 |       b:
   6 |         from: busybox
--------------------
ERROR: failed to build: failed to solve: build.yaml:4:11: stages need each other: a -> b -> a (move what they share into a stage that both use)",
    );
}

#[test]
fn an_argument_that_must_be_passed_and_one_of_another_kind() {
    check_with(
        "values",
        "args:
  token: {required: true}
  n: {type: int}
  color: {type: enum, values: [red, green]}
stages:
  app:
    from: busybox
    steps:
      - run: echo ${{ args.token }} ${{ args.n }} ${{ args.color }}
",
        &["--build-arg=n=x", "--build-arg=color=gren"],
        "\
build.yaml:3
--------------------
   1 |     # syntax=registry.example.com/windlass:1
   2 |     args:
   3 | >>>   token: {required: true}
   4 |       n: {type: int}
   5 |       color: {type: enum, values: [red, green]}
--------------------
build.yaml:4
--------------------
   2 |     args:
   3 |       token: {required: true}
   4 | >>>   n: {type: int}
   5 |       color: {type: enum, values: [red, green]}
   6 |     stages:
--------------------
build.yaml:5
--------------------
   3 |       token: {required: true}
   4 |       n: {type: int}
   5 | >>>   color: {type: enum, values: [red, green]}
   6 |     stages:
   7 |       app:
--------------------
ERROR: failed to build: failed to solve: 3 mistakes in build.yaml
3:3: argument `token` needs a value (pass `--build-arg token=...`)
4:3: `--build-arg n`: `x` is not an integer (write a number such as 3)
5:3: `--build-arg color`: `gren` is none of red, green (use one of the `values`)",
    );
}

#[test]
fn a_step_without_a_verb_and_one_with_two() {
    check(
        "verbs",
        "stages:
  app:
    from: busybox
    steps:
      - cache: npm
      - {run: a, copy: b}
      - ruin: x
",
        "\
build.yaml:6
--------------------
   4 |         from: busybox
   5 |         steps:
   6 | >>>       - cache: npm
   7 |           - {run: a, copy: b}
   8 |           - ruin: x
--------------------
build.yaml:7
--------------------
   5 |         steps:
   6 |           - cache: npm
   7 | >>>       - {run: a, copy: b}
   8 |           - ruin: x
   9 |     
--------------------
build.yaml:8
--------------------
   6 |           - cache: npm
   7 |           - {run: a, copy: b}
   8 | >>>       - ruin: x
   9 |     
--------------------
ERROR: failed to build: failed to solve: 3 mistakes in build.yaml
6:9: a step needs a verb (the verbs are: run, script, copy, add, file, mkdir, symlink, remove, env, arg, build-env, workdir, user, shell, label, cmd, entrypoint, expose, volume, healthcheck, stop-signal, onbuild, author, parallel)
7:18: a step has one verb, not `run` and `copy` (make each a step of its own, starting with `- `)
8:9: unknown verb `ruin` (did you mean `run`?)",
    );
}
