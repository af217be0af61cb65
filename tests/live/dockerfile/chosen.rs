//! Which frontend builds a Dockerfile that names another one in its first line.

use std::process::Command;

use windlass_tests::{Build, Live};

use super::{FRONTEND, own};

/// Names an image that is nowhere, and has two mistakes: this frontend tells both, its own one the
/// first.
const WRONG: &str = "\
# syntax=docker/dockerfile:1
FROM alpine:3.22
CPOY a b
RNU make
";

const TOLD: &str = "\
2 mistakes in Dockerfile
3:1: unknown instruction: CPOY (did you mean COPY?)
4:1: unknown instruction: RNU (did you mean RUN?)";

/// Returns a build by buildctl.
fn buildctl(live: &Live, build: &Build<'_>, args: &[&str]) -> Command {
    let context = build.in_context("");
    let mut buildctl = live.buildctl();
    buildctl.args(["build", "--progress=plain"]).args(args);
    for local in ["context", "dockerfile"] {
        buildctl.arg(format!("--local={local}={}", context.display()));
    }
    buildctl
}

/// Returns the end of what a failing command says.
fn error(mut command: Command) -> String {
    let out = command.output().expect("the client runs");
    assert!(!out.status.success());
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    let at = said.find("mistakes in").unwrap_or(2) - 2;
    said[at..].trim_end().to_owned()
}

#[test]
fn the_build_argument_wins_over_the_first_line() {
    let live = Live::new("chosen-argument");
    let text = "# syntax=docker/dockerfile:1\nFROM scratch\nCOPY f /\n";
    let out = own(&live, text).file("f", "made").arg(FRONTEND).run();
    assert_eq!(out.rootfs().read("/f"), "made");
    assert!(!out.has_step("docker/dockerfile"), "{}", out.stderr);
    own(&live, WRONG)
        .arg(FRONTEND)
        .run()
        .failure()
        .stderr_contains(TOLD);
    // Without the argument the image of the first line is wanted.
    let out = own(&live, WRONG).run();
    out.failure().stderr_contains("docker/dockerfile:1");
    // As clients without buildx ask the daemon.
    let build = own(&live, WRONG);
    let option = FRONTEND.replace("--build-arg=", "--opt=build-arg:");
    let asked = buildctl(&live, &build, &["--frontend=dockerfile.v0", &option]);
    assert_eq!(error(asked), TOLD);
}

#[test]
fn the_first_line_may_name_this_frontend() {
    let live = Live::new("chosen-line");
    let text = WRONG.replace("docker/dockerfile:1", "registry.example.com/windlass:1");
    let out = own(&live, &text).run();
    out.failure().stderr_contains(TOLD);
}

/// The Dockerfile frontend's image hands the build over to the image of the first line, or of the
/// build argument (`frontend/dockerfile/builder/build.go:forwardGateway`, v0.32.2).
#[test]
fn who_starts_the_image_by_its_name_gets_it() {
    let live = Live::new("chosen-source");
    let build = own(&live, WRONG);
    let source = "--opt=source=registry.example.com/windlass:1";
    let args = ["--frontend=gateway.v0", source];
    assert_eq!(error(buildctl(&live, &build, &args)), TOLD);
    let other = "--opt=build-arg:BUILDKIT_SYNTAX=docker/dockerfile:1";
    let args = ["--frontend=gateway.v0", source, other];
    assert_eq!(error(buildctl(&live, &build, &args)), TOLD);
}

#[test]
fn bake_names_it_among_the_arguments_of_a_target() {
    let live = Live::new("chosen-bake");
    let bake = "target \"default\" {\n  args = {\n    \
                BUILDKIT_SYNTAX = \"registry.example.com/windlass:1\"\n  }\n}\n";
    let build = own(&live, WRONG).file("docker-bake.hcl", bake);
    let mut bake = live.buildx();
    bake.args(["bake", "--progress=plain"]);
    bake.current_dir(build.in_context(""));
    assert_eq!(error(bake), TOLD);
}
