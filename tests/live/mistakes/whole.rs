//! Mistakes that are about the file as a whole, or about what it was asked for.

use windlass_tests::{Live, SYNTAX};

use super::{check, check_with};

#[test]
fn text_that_is_no_yaml() {
    check("yaml", "stages:\n  app: [from\n", "\
build.yaml:3
--------------------
   1 |     # syntax=registry.example.com/windlass:1
   2 |     stages:
   3 | >>>   app: [from
   4 |     
--------------------
ERROR: failed to build: failed to solve: build.yaml:3:8: the bracket is not closed (close it with `]`, or put the text in quotes)");
    check(
        "tab",
        "stages:\n\tapp:\n",
        "\
build.yaml:3
--------------------
   1 |     # syntax=registry.example.com/windlass:1
   2 |     stages:
   3 | >>> \tapp:
   4 |     
--------------------
ERROR: failed to build: failed to solve: build.yaml:3:1: YAML does not take tabs for indentation (indent with spaces)",
    );
}

#[test]
fn several_mistakes_at_once_and_ten_of_them_drawn() {
    let keys: String = (10..22).map(|n| format!("    key{n}: x\n")).collect();
    let file = format!("{SYNTAX}stages:\n  app:\n    from: busybox\n{keys}");
    let live = Live::new("several");
    let out = live.build().file("build.yaml", file).run();
    let error = out.failure().error();
    let drawn: Vec<&str> = error.lines().filter(|line| line.contains(">>>")).collect();
    let expected: Vec<String> = (10..20)
        .map(|n| format!("{:>4} | >>>     key{n}: x", n - 5))
        .collect();
    assert_eq!(drawn, expected);
    let start = error.find("ERROR: ").expect("a message");
    let mut lines = error[start..].lines();
    let first = "ERROR: failed to build: failed to solve: 12 mistakes in build.yaml";
    assert_eq!(lines.next(), Some(first));
    let listed: Vec<&str> = lines.collect();
    assert_eq!(listed.len(), 12, "{error}");
    for (line, n) in listed.iter().zip(10..) {
        let start = format!(
            "{}:5: unknown key `key{n}` (there are: description, from, ",
            n - 5
        );
        assert!(line.starts_with(&start), "{line}");
    }
}

#[test]
fn a_file_with_nothing_in_it() {
    check("nothing", "", "\
build.yaml:1
--------------------
   1 | >>> # syntax=registry.example.com/windlass:1
   2 |     
--------------------
ERROR: failed to build: failed to solve: build.yaml:1:1: the file is empty (a build file starts with `stages:`)");
    check(
        "comments",
        "# nothing\n\n",
        "\
build.yaml:1
--------------------
   1 | >>> # syntax=registry.example.com/windlass:1
   2 |     # nothing
   3 |     
--------------------
ERROR: failed to build: failed to solve: build.yaml:1:1: the file is empty (a build file starts with `stages:`)",
    );
    check(
        "no-stages",
        "stages: {}\n",
        "\
build.yaml:2
--------------------
   1 |     # syntax=registry.example.com/windlass:1
   2 | >>> stages: {}
   3 |     
--------------------
ERROR: failed to build: failed to solve: build.yaml:2:1: the file has no stages (write `stages:` and below it `build: {from: alpine:3.20, steps: []}`)",
    );
}

#[test]
fn keys_that_come_later() {
    check(
        "later",
        "matrix: {}
stages:
  app:
    from: {context: c}
    image: {onbuild: [RUN x]}
",
        "\
build.yaml:2
--------------------
   1 |     # syntax=registry.example.com/windlass:1
   2 | >>> matrix: {}
   3 |     stages:
   4 |       app:
--------------------
build.yaml:5
--------------------
   3 |     stages:
   4 |       app:
   5 | >>>     from: {context: c}
   6 |         image: {onbuild: [RUN x]}
   7 |     
--------------------
ERROR: failed to build: failed to solve: 2 mistakes in build.yaml
2:1: `matrix` is reserved (remove it; to keep it as a note or an anchor, start its name with `x-`)
5:21: no context is called `c` (pass `--build-context c=...`: a directory, an image, a repository or a file)",
    );
}

#[test]
fn a_platform_that_the_file_does_not_support() {
    check_with(
        "unsupported",
        "platforms: [linux/amd64, linux/arm64]\nstages: {app: {from: scratch}}\n",
        &["--platform=linux/s390x"],
        "\
ERROR: failed to build: failed to solve: --platform: the file does not support the platform `linux/s390x` (its `platforms` are linux/amd64, linux/arm64)",
    );
}

#[test]
fn a_target_that_does_not_exist() {
    check_with(
        "target",
        "stages: {build: {from: scratch}, app: {from: scratch}}\n",
        &["--target=biuld"],
        "\
ERROR: failed to build: failed to solve: --target: target stage \"biuld\" could not be found (did you mean build?)",
    );
}
