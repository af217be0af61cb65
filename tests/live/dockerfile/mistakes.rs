//! Mistakes in a Dockerfile, as the person at `docker buildx build` sees them: the whole error.

use windlass_tests::Live;

use super::{Both, dockerfile};

/// Builds a file and compares the whole error.
#[track_caller]
fn check(name: &str, file: &str, expected: &str) {
    let live = Live::new(&format!("dockerfile-{name}"));
    let out = dockerfile(&live, file).run();
    let error = out.failure().error_without_times();
    assert_eq!(error.trim_end(), expected, "the error of\n{file}");
}

/// The same, and the daemon's own frontend says it to the letter.
#[track_caller]
fn check_both(name: &str, file: &str, expected: &str) {
    let live = Live::new(&format!("dockerfile-{name}"));
    let both = Both::build(&live, file, |build| build);
    for out in [&both.theirs, &both.ours] {
        let error = out.failure().error_without_times();
        assert_eq!(error.trim_end(), expected, "the error of\n{file}");
    }
}

#[test]
fn several_mistakes_are_told_at_once() {
    check(
        "several",
        "\
FROM alpine:3.22 AS build
CPOY a b
RUN --mount=type=cach,target=/x true
FROM scratch AS other
ENV A
COPY --form=build /x /y
HEALTHCHECK FOO
",
        "\
Dockerfile:2
--------------------
   1 |     FROM alpine:3.22 AS build
   2 | >>> CPOY a b
   3 |     RUN --mount=type=cach,target=/x true
   4 |     FROM scratch AS other
--------------------
Dockerfile:3
--------------------
   1 |     FROM alpine:3.22 AS build
   2 |     CPOY a b
   3 | >>> RUN --mount=type=cach,target=/x true
   4 |     FROM scratch AS other
   5 |     ENV A
--------------------
Dockerfile:5
--------------------
   3 |     RUN --mount=type=cach,target=/x true
   4 |     FROM scratch AS other
   5 | >>> ENV A
   6 |     COPY --form=build /x /y
   7 |     HEALTHCHECK FOO
--------------------
Dockerfile:6
--------------------
   4 |     FROM scratch AS other
   5 |     ENV A
   6 | >>> COPY --form=build /x /y
   7 |     HEALTHCHECK FOO
   8 |     
--------------------
Dockerfile:7
--------------------
   5 |     ENV A
   6 |     COPY --form=build /x /y
   7 | >>> HEALTHCHECK FOO
   8 |     
--------------------
ERROR: failed to build: failed to solve: 5 mistakes in Dockerfile
2:1: unknown instruction: CPOY (did you mean COPY?)
3:13: unsupported mount type \"cach\" (did you mean cache?)
5:1: ENV must have two arguments (write `NAME=value`)
6:6: unknown flag: --form (did you mean from?)
7:13: Unknown type \"FOO\" in HEALTHCHECK (try CMD)",
    );
}

#[test]
fn a_failing_command_is_marked() {
    check_both(
        "failing",
        "\
FROM alpine:3.22
RUN echo fine
RUN echo wrong >&2; \\
    exit 3
RUN echo never
",
        "\
------
 > [3/4] RUN echo wrong >&2;     exit 3:
TIME wrong
------
Dockerfile:3
--------------------
   2 |     RUN echo fine
   3 | >>> RUN echo wrong >&2; \\
   4 | >>>     exit 3
   5 |     RUN echo never
--------------------
ERROR: failed to build: failed to solve: process \"/bin/sh -c echo wrong >&2;     exit 3\" did not complete successfully: exit code: 3",
    );
}

#[test]
fn a_failing_heredoc_is_marked_as_a_whole() {
    check_both(
        "failing-heredoc",
        "\
FROM alpine:3.22
RUN <<EOF
echo one
exit 4
EOF
CMD [\"one\"]
",
        "\
------
 > [2/2] RUN <<EOF (echo one...):
TIME one
------
Dockerfile:2
--------------------
   1 |     FROM alpine:3.22
   2 | >>> RUN <<EOF
   3 | >>> echo one
   4 | >>> exit 4
   5 | >>> EOF
   6 |     CMD [\"one\"]
--------------------
ERROR: failed to build: failed to solve: process \"/bin/sh -c echo one\\nexit 4\\n\" did not complete successfully: exit code: 4",
    );
}

#[test]
fn a_failing_trigger_is_marked_at_its_from() {
    let live = Live::new("dockerfile-failing-trigger");
    let name = format!("{}:1", live.repository());
    let base = "FROM alpine:3.22\nONBUILD RUN exit 5\n";
    let push = dockerfile(&live, base).arg("--push");
    push.arg(format!("--tag={name}")).run().success();
    let text = format!("FROM alpine:3.22 AS one\nFROM {name}\nRUN true\n");
    let both = Both::build(&live, &text, |build| build);
    for out in [&both.theirs, &both.ours] {
        out.failure()
            .stderr_contains(&format!("   2 | >>> FROM {name}\n"))
            .stderr_contains("ONBUILD RUN exit 5");
    }
}

#[test]
fn a_missing_file_is_marked_where_it_is_copied() {
    let live = Live::new("dockerfile-missing");
    let text = "FROM alpine:3.22\nRUN true\nCOPY nothing.txt /x\nCMD [\"sh\"]\n";
    let both = Both::build(&live, text, |build| build);
    for out in [&both.theirs, &both.ours] {
        out.failure()
            .stderr_contains(" > [3/3] COPY nothing.txt /x:\n")
            .stderr_contains("   3 | >>> COPY nothing.txt /x\n")
            .stderr_contains("\"/nothing.txt\": not found");
    }
}

#[test]
fn an_unknown_stage_is_an_image_and_the_stage_is_suggested() {
    check(
        "stage",
        "\
FROM alpine:3.22 AS build
RUN true
FROM scratch
COPY --from=biuld /a /b
",
        "\
------
 > [internal] load metadata for docker.io/library/biuld:latest:
------
Dockerfile:4
--------------------
   2 |     RUN true
   3 |     FROM scratch
   4 | >>> COPY --from=biuld /a /b
   5 |     
--------------------
ERROR: failed to build: failed to solve: Dockerfile:4:13: image `docker.io/library/biuld:latest` cannot be resolved (did you mean the stage `build`?): docker.io/library/biuld:latest: not found",
    );
}

#[test]
fn a_stage_that_comes_later() {
    check(
        "later",
        "\
FROM alpine:3.22 AS a
COPY --from=b /x /y
FROM alpine:3.22 AS b
FROM a
",
        "\
Dockerfile:2
--------------------
   1 |     FROM alpine:3.22 AS a
   2 | >>> COPY --from=b /x /y
   3 |     FROM alpine:3.22 AS b
   4 |     FROM a
--------------------
ERROR: failed to build: failed to solve: cannot copy from stage \"b\", it needs to be defined before current stage (a stage takes files from the stages before it)",
    );
}

#[test]
fn an_unknown_instruction() {
    check_both("instruction", "FROM alpine:3.22\nCPOY a b\n", "\
Dockerfile:2
--------------------
   1 |     FROM alpine:3.22
   2 | >>> CPOY a b
   3 |     
--------------------
ERROR: failed to build: failed to solve: dockerfile parse error on line 2: unknown instruction: CPOY (did you mean COPY?)");
}

#[test]
fn an_unknown_flag() {
    check_both("flag", "FROM alpine:3.22\nCOPY --form=a b c\n", "\
Dockerfile:2
--------------------
   1 |     FROM alpine:3.22
   2 | >>> COPY --form=a b c
   3 |     
--------------------
ERROR: failed to build: failed to solve: dockerfile parse error on line 2: unknown flag: --form (did you mean from?)");
}

#[test]
fn a_heredoc_without_an_end() {
    check("heredoc", "FROM alpine:3.22\nRUN <<EOF\necho a\n", "\
Dockerfile:2
--------------------
   1 |     FROM alpine:3.22
   2 | >>> RUN <<EOF
   3 | >>> echo a
   4 |     
--------------------
ERROR: failed to build: failed to solve: dockerfile parse error on line 2: unterminated heredoc: `EOF` does not end (its name stands alone on the line after it)");
}

#[test]
fn a_file_without_a_stage() {
    check("no-stage", "ARG A=1\n", "\
Dockerfile:1
--------------------
   1 | >>> ARG A=1
   2 |     
--------------------
ERROR: failed to build: failed to solve: dockerfile contains no stages to build (a Dockerfile starts with FROM, such as `FROM alpine:3.20`)");
}

#[test]
fn a_file_whose_first_instruction_is_no_from() {
    check("no-from", "RUN make\n", "\
Dockerfile:1
--------------------
   1 | >>> RUN make
   2 |     
--------------------
ERROR: failed to build: failed to solve: dockerfile parse error on line 1: no build stage in current context (only ARG can stand before the first FROM)");
}

#[test]
fn an_empty_file() {
    check(
        "empty",
        "",
        "\
Dockerfile:1
--------------------
   1 | >>> 
--------------------
ERROR: failed to build: failed to solve: the Dockerfile cannot be empty (a Dockerfile starts with FROM, such as `FROM alpine:3.20`)",
    );
}

#[test]
fn a_base_without_a_tag() {
    check(
        "tag",
        "ARG TAG\nFROM alpine:${TAG}\n",
        "\
Dockerfile:2
--------------------
   1 |     ARG TAG
   2 | >>> FROM alpine:${TAG}
   3 |     
--------------------
ERROR: failed to build: failed to solve: `alpine:` is not an image: the tag is empty",
    );
}

#[test]
fn a_variable_that_does_not_end() {
    check("variable", "FROM alpine:3.22\nENV B=${A\nRUN true\n", "\
Dockerfile:2
--------------------
   1 |     FROM alpine:3.22
   2 | >>> ENV B=${A
   3 |     RUN true
   4 |     
--------------------
ERROR: failed to build: failed to solve: dockerfile parse error on line 2: failed to process \"${A\": unsupported modifier () in substitution (write `$NAME`, `${NAME}` or `${NAME:-default}`; `\\$` is a dollar sign)");
}

#[test]
fn an_unknown_option_of_a_check() {
    check("check-option", "# check=skip\nFROM alpine:3.22\n", "\
Dockerfile:1
--------------------
   1 | >>> # check=skip
   2 |     FROM alpine:3.22
   3 |     
--------------------
ERROR: failed to build: failed to solve: failed to parse check options: invalid check option \"skip\"");
}

#[test]
fn lines_are_right_in_a_file_of_windows() {
    check(
        "crlf",
        "\u{feff}# escape=`\r\nFROM alpine:3.22\r\nRUN echo a `\r\n  b\r\nCPOY a `\r\n  b\r\n",
        "\
Dockerfile:5
--------------------
   3 |     RUN echo a `
   4 |       b
   5 | >>> CPOY a `
   6 |       b
   7 |     
--------------------
ERROR: failed to build: failed to solve: dockerfile parse error on line 5: unknown instruction: CPOY (did you mean COPY?)",
    );
}

#[test]
fn a_missing_secret_is_marked_where_it_is_wanted() {
    check_both(
        "secret",
        "\
FROM alpine:3.22
RUN true
RUN --mount=type=secret,id=token,required cat /run/secrets/token
",
        "\
------
 > [stage-0 3/3] RUN --mount=type=secret,id=token,required cat /run/secrets/token:
------
Dockerfile:3
--------------------
   1 |     FROM alpine:3.22
   2 |     RUN true
   3 | >>> RUN --mount=type=secret,id=token,required cat /run/secrets/token
   4 |     
--------------------
ERROR: failed to build: failed to solve: secret token: not found",
    );
}
