//! Dockerfiles on the gateway of maps.

use serde_json::Value;

use super::case;

const FILE: &str = "\
ARG TAG=3
FROM --platform=$BUILDPLATFORM alpine:${TAG} AS tools
RUN make

FROM alpine:\"$TAG\"
CMD [\"sh\"]
";

/// Returns what a call answers, as JSON and as text.
fn answer(call: &str) -> (Value, String) {
    let case = case(FILE).option("requestid", &format!("frontend.{call}"));
    let metadata = case.outcome().metadata;
    let find = |key: &str| String::from_utf8_lossy(&metadata[key]).into_owned();
    let json = serde_json::from_str(&find("result.json")).expect("JSON");
    (json, find("result.txt"))
}

#[test]
fn bases_and_platforms_of_targets_are_as_written_and_no_name_is_made_up() {
    let (json, text) = answer("targets");
    let all = json["targets"].as_array().expect("targets").iter();
    let all = all.map(|it| ["name", "base", "platform"].map(|key| it[key].as_str().unwrap_or("-")));
    let all: Vec<String> = all.map(|fields| fields.join(" ")).collect();
    assert_eq!(
        all,
        ["tools alpine:${TAG} $BUILDPLATFORM", "- alpine:\"$TAG\" -"]
    );
    assert_eq!(text, "TARGET     DESCRIPTION\ntools      \n (default) \n");
    let (json, text) = answer("outline");
    assert_eq!(json["name"], Value::Null);
    assert_eq!(
        text,
        "BUILD ARG   VALUE   DESCRIPTION\nTAG         3       \n\n"
    );
}

#[test]
fn an_argument_that_the_file_does_not_have_is_told_if_another_was_meant() {
    let strict = format!("# check=error=true\n{FILE}");
    let warnings = |name: &str| {
        let case = case(&strict).option(&format!("build-arg:{name}"), "3");
        let warnings = case.run().warnings.into_iter().map(|it| it.short);
        warnings.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(warnings("BUILD_NUMBER"), "");
    assert_eq!(
        warnings("TGA"),
        "unknown-build-arg: build argument `TGA` is not declared in the file (did you mean `TAG`?)"
    );
    // And nothing fails for it.
    case(&strict).option("build-arg:TGA", "3").outcome();
}

#[test]
fn an_unknown_target_is_told_with_the_names_there_are() {
    let error = |text: &str| case(text).option("target", "1").error().to_string();
    assert_eq!(
        error(FILE),
        "--target: target stage \"1\" could not be found (the stages are tools)"
    );
    assert_eq!(
        error("FROM alpine:3\n"),
        "--target: target stage \"1\" could not be found (the stages have no names)"
    );
}

#[test]
fn an_image_that_is_not_there_may_be_a_slip_of_one_that_everybody_knows() {
    let error = |text: &str| case(text).error().to_string();
    let told = error("FROM ubunut:24.04\n");
    let expected = "build.yaml:1:6: image `docker.io/library/ubunut:24.04` cannot be resolved \
                    (did you mean the image `ubuntu`?): ";
    assert!(told.starts_with(expected), "{told}");
    let told = error("FROM alpine:3\nFROM postgresql:16\n");
    let expected = "build.yaml:2:6: stage `stage-1`: image `docker.io/library/postgresql:16` cannot \
                    be resolved (did you mean the image `postgres`?): ";
    assert!(told.starts_with(expected), "{told}");
    let told = error("FROM ubuntu:24.04\n");
    let expected = "build.yaml:1:6: image `docker.io/library/ubuntu:24.04` cannot be resolved: ";
    assert!(told.starts_with(expected), "{told}");
    let told = error("FROM alpine:3 AS builder\nFROM scratch\nCOPY --from=bilder /a /\n");
    assert!(
        told.contains("(did you mean the stage `builder`?)"),
        "{told}"
    );
}
