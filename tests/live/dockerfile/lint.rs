//! What the rules find in Dockerfiles, as people see it: both frontends say the same.

use windlass_tests::{Live, Outcome};

use super::{Both, dockerfile};

const FILE: &str = "\
from alpine:3.22 as Build
WORKDIR app
ENV GREETING hello
MAINTAINER somebody
RUN echo $GREETING \\

    to all
ARG API_TOKEN
COPY $NAME.txt /x/
COPY ignored.txt /x/
EXPOSE 127.0.0.1:81:81
EXPOSE 80/TCP
CMD echo one
CMD [\"two\"]

FROM --platform=linux/amd64 alpine:3.22 AS context
FROM --platform=$TARGETPLATFORM alpine:3.22 AS build
COPY --from=context /bin/sh /sh
COPY --from=0 /x /x
";

const WARNINGS: &str = "\
\x20- ConsistentInstructionCasing: Command 'from' should match the case of the command majority (uppercase) (line 1)
 - DuplicateStageName: Duplicate stage name \"build\", stage names should be unique (line 17)
 - ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port mapping, found '127.0.0.1:81:81' (line 11)
 - ExposeProtoCasing: Defined protocol '80/TCP' in EXPOSE instruction should be lowercase (line 12)
 - FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value \"linux/amd64\" (line 16)
 - JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals (line 13)
 - LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format (line 3)
 - MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (line 4)
 - MultipleInstructionsDisallowed: Multiple CMD instructions should not be used in the same stage because only the last one will be used (line 13)
 - NoEmptyContinuation: Empty continuation line (line 7)
 - RedundantTargetPlatform: Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior (line 17)
 - ReservedStageName: Stage name should not use the same name as reserved stage \"context\" (line 16)
 - SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ARG \"API_TOKEN\") (line 8)
 - StageNameCasing: Stage name 'Build' should be lowercase (line 1)
 - UndefinedVar: Usage of undefined variable '$NAME' (line 9)
 - WorkdirRelativePath: Relative workdir \"app\" can have unexpected results if the base image changes (line 2)";

/// The lines below a build that warn, sorted: the client shows them in the order of their arrival.
fn warnings(out: &Outcome) -> String {
    let said = out.success().stderr.as_str();
    let start = said.find(" warnings found (use").expect("warnings");
    let lines = said[start..].lines().skip(1);
    let lines = lines.map(|line| line.trim_start_matches("\u{1b}[0m"));
    let mut lines: Vec<&str> = lines.filter(|line| line.starts_with(" - ")).collect();
    lines.sort_unstable();
    lines.join("\n")
}

#[test]
fn warnings_stand_below_the_build_with_their_lines() {
    let live = Live::new("dockerfile-lint");
    let both = Both::build(&live, FILE, |build| {
        build
            .file(".txt", "a")
            .file("ignored.txt", "i")
            .arg("--build-arg=UNDECLARED=1")
    });
    let [theirs, ours] = [&both.theirs, &both.ours].map(warnings);
    assert_eq!(ours, theirs);
    assert_eq!(ours, WARNINGS);
}

const SMALL: &str = "\
# check=skip=WorkdirRelativePath
# Where the service is made
FROM alpine:3.22 AS build
WORKDIR app
COPY dist/app ./
# check=skip=SecretsUsedInArgOrEnv
ENV API_KEY=none
CMD ./app
";

const CHECKED: &str = "\
Check complete, 2 warnings have been found!

WARNING: CopyIgnoredFile - https://docs.docker.com/go/dockerfile/rule/copy-ignored-file/
Attempting to Copy file \"dist/app\" that is excluded by .dockerignore
Dockerfile:5
--------------------
   3 |     FROM alpine:3.22 AS build
   4 |     WORKDIR app
   5 | >>> COPY dist/app ./
   6 |     # check=skip=SecretsUsedInArgOrEnv
   7 |     ENV API_KEY=none
--------------------

WARNING: JSONArgsRecommended - https://docs.docker.com/go/dockerfile/rule/json-args-recommended/
JSON arguments recommended for CMD to prevent unintended behavior related to OS signals
Dockerfile:8
--------------------
   6 |     # check=skip=SecretsUsedInArgOrEnv
   7 |     ENV API_KEY=none
   8 | >>> CMD ./app
   9 |     
--------------------";

/// Checks with both, and compares what is printed.
#[track_caller]
fn check(live: &Live, text: &str, args: &[&str], code: i32, expected: &str) {
    let both = Both::build(live, text, |build| {
        build.file(".dockerignore", "dist\n").args(args)
    });
    for out in [&both.theirs, &both.ours] {
        assert_eq!(shown(out), expected, "{}", out.stderr);
        assert_eq!(out.code, Some(code));
    }
}

/// Returns what is printed, without the directory of the file.
fn shown(out: &Outcome) -> String {
    let lines = out.stdout.lines().map(|line| match line.rsplit_once('/') {
        Some((_, name)) if name.starts_with("Dockerfile:") => name,
        _ => line,
    });
    let lines: Vec<&str> = lines.collect();
    lines.join("\n").trim_end().to_owned()
}

#[test]
fn a_check_lists_findings_and_exits_with_1_if_there_are_any() {
    let live = Live::new("dockerfile-check");
    let none = "Check complete, no warnings found.";
    check(&live, SMALL, &["--check"], 1, CHECKED);
    let ignored = ["--call=check,ignorestatus=true"];
    check(&live, SMALL, &ignored, 0, CHECKED);
    let skipped = SMALL.replace("skip=WorkdirRelativePath", "skip=all");
    check(&live, &skipped, &["--check"], 0, none);
    let argument = "--build-arg=BUILDKIT_DOCKERFILE_CHECK=skip=all";
    check(&live, SMALL, &["--call=check", argument], 0, none);
    // An argument that no Dockerfile declares is nobody's mistake.
    let argument = "--build-arg=BUILD_NUMBER=7";
    check(&live, &skipped, &["--check", argument], 0, none);
    let argument = "--build-arg=BUILDKIT_DOCKERFILE_CHECK=skip=all;experimental=all";
    let expected = "\
Check complete, 1 warning has been found!

WARNING: InvalidDefinitionDescription - \
https://docs.docker.com/go/dockerfile/rule/invalid-definition-description/
Comment for FROM should follow the format: `# build <description>`
Dockerfile:3
--------------------
   1 |     # check=skip=WorkdirRelativePath
   2 |     # Where the service is made
   3 | >>> FROM alpine:3.22 AS build
   4 |     WORKDIR app
   5 |     COPY dist/app ./
--------------------";
    check(&live, SMALL, &["--check", argument], 1, expected);
}

#[test]
fn findings_fail_a_build_that_says_so_and_are_marked() {
    let live = Live::new("dockerfile-lint-error");
    let text = "# check=error=true\nFROM alpine:3.22\nWORKDIR app\nCMD make\n";
    let both = Both::build(&live, text, |build| build);
    let sentence = "ERROR: failed to build: failed to solve: lint violation found for rules: \
                    JSONArgsRecommended, WorkdirRelativePath";
    let [theirs, ours] = [&both.theirs, &both.ours];
    for out in [theirs, ours] {
        out.failure()
            .stderr_contains(
                "ERROR: failed to build: failed to solve: lint violation found for rules: ",
            )
            .stderr_contains("2 warnings found")
            .stderr_contains(" (line 3)")
            .stderr_contains(" (line 4)");
        assert!(!out.has_step("[2/2] WORKDIR"), "{}", out.stderr);
    }
    // Ours shows the lines, too.
    let expected = "\
Dockerfile:3
--------------------
   1 |     # check=error=true
   2 |     FROM alpine:3.22
   3 | >>> WORKDIR app
   4 |     CMD make
   5 |     
--------------------
Dockerfile:4
--------------------
   2 |     FROM alpine:3.22
   3 |     WORKDIR app
   4 | >>> CMD make
   5 |     
--------------------
";
    assert_eq!(ours.error().trim_end(), format!("{expected}{sentence}"));
    let lenient = "--build-arg=BUILDKIT_DOCKERFILE_CHECK=skip=JSONArgsRecommended";
    let out = dockerfile(&live, text).arg(lenient).run();
    out.success().stderr_contains("1 warning found");
}
