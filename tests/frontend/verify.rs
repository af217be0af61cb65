//! `--call=verify` on the gateway of maps, where the daemon's frontend answers what it is told to.

use buildkit_llb::dump;
use windlass_frontend::gateway::memory::Memory;
use windlass_frontend::gateway::{Error, FrontendAnswer};

use super::{Case, case};

const DOCKERFILE: &str =
    "# syntax=registry.example.com/windlass:1\nFROM alpine:3 AS app\nRUN make\n";

const BUILD_FILE: &str = "stages: {app: {from: 'alpine:3', steps: [{run: make}]}}\n";

/// Returns what a build makes of a file, as another frontend would answer it.
fn answer_of(file: &str) -> FrontendAnswer {
    let record = case(file).run();
    let definition = record.solves.last().expect("a solve").message();
    let outcome = record.outcome.expect("an outcome").expect("a result");
    FrontendAnswer {
        definitions: [(String::new(), definition)].into(),
        metadata: outcome.metadata,
    }
}

fn verified(file: &str, theirs: Result<FrontendAnswer, Error>) -> Case {
    let mut case = case(file).option("requestid", "frontend.verify");
    let frontends = &mut case.gateway.frontends;
    frontends.insert("dockerfile.v0".to_owned(), theirs);
    case
}

#[track_caller]
fn check(case: &Case, status: &str, expected: &str) {
    let metadata = case.outcome().metadata;
    let text = |key: &str| String::from_utf8_lossy(&metadata[key]).into_owned();
    assert_eq!(text("result.txt"), expected);
    assert_eq!(text("result.statuscode"), status);
}

#[test]
fn the_same_of_a_dockerfile_is_equal() {
    let expected = "\
build.yaml for linux/amd64: equal (2 vertices and the image config)
build.yaml as a build file for linux/amd64: equal (2 vertices and the image config)
";
    check(
        &verified(DOCKERFILE, Ok(answer_of(DOCKERFILE))),
        "0",
        expected,
    );
}

#[test]
fn a_difference_is_shown_and_is_the_status() {
    let theirs = answer_of("FROM alpine:3 AS app\nENV A=b\nRUN make\n");
    let expected = "\
build.yaml for linux/amd64: not equal
--- the daemon's Dockerfile frontend
+++ Windlass
@@ [2/2] RUN make
- exec.meta.env: A=b
@@ image config
- config.Env: A=b
- history[0].created_by: ENV A=b
- history[0].empty_layer: true
- history[1].comment: buildkit.dockerfile.v0
- history[1].created_by: RUN /bin/sh -c make # buildkit
+ history[0].created_by: RUN /bin/sh -c make # buildkit
build.yaml as a build file for linux/amd64: not equal
--- the daemon's Dockerfile frontend
+++ Windlass
@@ [2/2] RUN make
- exec.meta.env: A=b
@@ image config
- config.Env: A=b
- history[0].created_by: ENV A=b
- history[0].empty_layer: true
- history[1].comment: buildkit.dockerfile.v0
- history[1].created_by: RUN /bin/sh -c make # buildkit
+ history[0].created_by: RUN /bin/sh -c make # buildkit
";
    check(&verified(DOCKERFILE, Ok(theirs)), "1", expected);
}

#[test]
fn platforms_are_compared_one_by_one() {
    let one = answer_of(DOCKERFILE);
    let theirs = FrontendAnswer {
        definitions: [("linux/amd64".to_owned(), one.definitions[""].clone())].into(),
        metadata: [(
            "containerimage.config/linux/amd64".to_owned(),
            one.metadata["containerimage.config"].clone(),
        )]
        .into(),
    };
    let case = verified(DOCKERFILE, Ok(theirs)).option("multi-platform", "true");
    let expected = "\
build.yaml for linux/amd64: equal (2 vertices and the image config)
build.yaml as a build file for linux/amd64: equal (2 vertices and the image config)
";
    check(&case, "0", expected);
}

#[test]
fn a_dockerfile_that_no_build_file_says_is_not_unequal_for_that() {
    let file = "FROM alpine:3 AS app\nENV \"a b\"=c\nRUN make\n";
    let expected = "\
build.yaml for linux/amd64: equal (2 vertices and the image config)
build.yaml as a build file: not compared, as it cannot be converted
error[not-in-build-file]: a build file cannot say all of it: `a b` cannot be the name of a variable
 --> build.yaml:2:5
  |
2 | ENV \"a b\"=c
  |     ^^^^^
  |
  = help: use letters, digits and `_`
";
    check(&verified(file, Ok(answer_of(file))), "0", expected);
}

#[test]
fn a_conversion_that_cannot_be_built_is_unequal() {
    let file = "FROM alpine:3 AS scratch\nRUN make\n";
    let case = verified(file, Ok(answer_of(file))).option("target", "scratch");
    let expected = "\
build.yaml for linux/amd64: equal (2 vertices and the image config)
build.yaml as a build file: not equal, as it cannot be built
--target: target stage \"scratch\" could not be found (did you mean scratch-2?)
";
    check(&case, "1", expected);
}

#[test]
fn what_only_the_other_refuses_is_said() {
    let refused = Error::new("dockerfile parse error on line 2");
    let expected = "build.yaml: only the daemon's Dockerfile frontend refuses it:\n\
                    dockerfile parse error on line 2\n";
    check(&verified(DOCKERFILE, Err(refused)), "1", expected);
}

#[test]
fn the_daemon_s_frontend_gets_the_same_request_and_starts_no_other() {
    let case = verified(DOCKERFILE, Ok(answer_of(DOCKERFILE)))
        .option("source", "registry.example.com/windlass:1")
        .option("build-arg:A", "b");
    let asked = &case.run().asked;
    let options: Vec<String> = asked[0]
        .options
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(
        options,
        [
            "build-arg:A=b",
            "cmdline=dockerfile.v0",
            "filename=build.yaml"
        ]
    );
    assert!(asked[0].inputs.is_empty());
}

#[test]
fn a_build_file_is_handed_over_as_a_dockerfile() {
    let mut case = verified(BUILD_FILE, Ok(answer_of(DOCKERFILE)));
    let ignored = (
        "dockerfile".to_owned(),
        "build.yaml.dockerignore".to_owned(),
    );
    let Memory { files, .. } = &mut case.gateway;
    files.insert(ignored, b"dist\n".to_vec());
    let expected =
        "build.yaml as a Dockerfile for linux/amd64: equal (2 vertices and the image config)\n";
    check(&case, "0", expected);
    let asked = &case.gateway.record().asked[0];
    assert!(!asked.options.contains_key("filename"));
    let file = dump(&asked.inputs["dockerfile"]).expect("a definition");
    assert!(
        file.contains("FROM alpine:3 AS app\\nRUN make\\n"),
        "{file}"
    );
    assert!(file.contains("/Dockerfile.dockerignore"), "{file}");
}

#[test]
fn what_no_dockerfile_can_say_is_an_error_at_its_line() {
    let file =
        "stages:\n  app:\n    from: alpine:3\n    steps:\n      - symlink: /a\n        target: b\n";
    let error = verified(file, Ok(FrontendAnswer::default())).error();
    assert!(
        error.message.starts_with("build.yaml:5:"),
        "{}",
        error.message
    );
}
