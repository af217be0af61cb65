//! `--call` on the gateway of maps: the JSON and the text that clients get.
//!
//! `cases/calls`: a build file and its answers.

use std::collections::BTreeMap;

use windlass_tests::golden::{Mismatches, inputs};

use super::{Case, case};

const SHOP: &str = include_str!("../cases/calls/shop.yaml");

fn call(file: &str, name: &str) -> Case {
    let case = case(file).option("requestid", &format!("frontend.{name}"));
    case.image("docker.io/library/alpine:1.0", "linux/amd64")
        .image("docker.io/library/busybox:latest", "linux/amd64")
}

/// Returns the metadata of the result: `json`, `txt`, `statuscode`, `version`.
#[track_caller]
fn answer(case: &Case) -> BTreeMap<String, String> {
    let metadata = case.outcome().metadata.into_iter();
    let text = |(key, value): (String, Vec<u8>)| {
        let key = key.strip_prefix("result.").unwrap_or(&key).to_owned();
        (key, String::from_utf8(value).expect("text"))
    };
    metadata.map(text).collect()
}

/// Returns the build error of a check, and the lines that are marked.
#[track_caller]
fn build_error(case: &Case) -> String {
    let json = &answer(case)["json"];
    let json: serde_json::Value = serde_json::from_str(json).expect("JSON");
    let error = &json["buildError"];
    let ranges = error["location"]["ranges"].as_array();
    let lines = ranges.into_iter().flatten().map(|it| &it["start"]["line"]);
    let lines: Vec<String> = lines.map(ToString::to_string).collect();
    let message = error["message"].as_str().unwrap_or_default();
    format!("{message} [{}]", lines.join(", "))
}

#[test]
fn answers_are_as_expected() {
    let mut wrong = Mismatches::default();
    for path in inputs("cases/calls", "yaml") {
        let file = std::fs::read_to_string(&path).expect("a case");
        for name in ["outline", "targets", "lint", "graph", "plan", "convertllb"] {
            let answer = answer(&call(&file, name).option("build-arg:NOPE", "1"));
            wrong.check(&path, &format!("{name}.json"), &answer["json"]);
            let version = if name == "convertllb" {
                // JSON for people, too.
                assert_eq!(answer["txt"], format!("{}\n", answer["json"]));
                "0.1.0"
            } else {
                wrong.check(&path, &format!("{name}.txt"), &answer["txt"]);
                "1.0.0"
            };
            assert_eq!(answer["version"], version);
        }
    }
    wrong.assert_none();
}

#[test]
fn values_in_an_outline_are_those_of_the_request() {
    let case = call(SHOP, "outline")
        .option("build-arg:VERSION", "2")
        .option("build-arg:MODE", "x");
    let text = &answer(&case)["txt"];
    let lines: Vec<&str> = text.lines().skip(2).take(4).map(str::trim_end).collect();
    assert_eq!(
        lines,
        [
            "BUILD ARG   VALUE      DESCRIPTION",
            "VERSION     2",
            "IMAGE       alpine:2",
            "MODE        x          How to compile (one of debug, release)",
        ]
    );
}

#[test]
fn the_outline_of_another_target_is_another() {
    let case = call(SHOP, "outline").option("target", "tools");
    assert_eq!(answer(&case)["txt"], "TARGET: tools\n\n");
}

#[test]
fn a_target_of_the_request_changes_no_list_of_targets() {
    let case = call(SHOP, "targets").option("target", "nope");
    assert!(answer(&case)["txt"].contains("web (default)"));
}

#[test]
fn what_can_be_called_is_listed_without_a_file() {
    let mut case = call(SHOP, "subrequests.describe");
    case.gateway.files.clear();
    let answer = answer(&case);
    let lines: Vec<&str> = answer["txt"].lines().take(2).collect();
    assert_eq!(
        lines,
        [
            "NAME                 VERSION DESCRIPTION",
            "outline              1.0.0   List the arguments, secrets, ssh agents and caches of the \
             target",
        ]
    );
    let json: serde_json::Value = serde_json::from_str(&answer["json"]).expect("JSON");
    assert_eq!(json[1]["name"], "frontend.targets");
    assert_eq!(json[1]["version"], "1.0.0");
    assert_eq!(json[1]["type"], "rpc");
    assert_eq!(json[1]["metadata"][0]["name"], "result.json");
}

#[test]
fn several_platforms_are_several_plans() {
    let case = call(SHOP, "plan").option("platform", "linux/amd64,linux/arm64");
    let answer = answer(&case);
    let json: serde_json::Value = serde_json::from_str(&answer["json"]).expect("JSON");
    assert_eq!(json["linux/arm64"]["result"], "web");
    assert!(answer["txt"].starts_with("# linux/amd64\nresult: web\ntarget: linux/amd64\n"));
    assert!(answer["txt"].contains("\n# linux/arm64\nresult: web\n"));
}

#[test]
fn a_schema_needs_no_file_and_is_of_the_draft_that_was_asked_for() {
    for (name, draft) in [("schema", "2020-12"), ("schema.draft-07", "draft-07")] {
        let mut case = call(SHOP, name);
        case.gateway.files.clear();
        let answer = answer(&case);
        let json: serde_json::Value = serde_json::from_str(&answer["json"]).expect("JSON");
        let uri = json["$schema"].as_str().expect("a URI");
        assert!(uri.contains(draft), "{uri}");
        assert_eq!(answer["txt"], format!("{}\n", answer["json"]));
    }
}

#[test]
fn a_file_is_converted_to_the_other_form() {
    let dockerfile = "FROM busybox AS one\nRUN make # all\n";
    let case = call(dockerfile, "convert").option("source", "example.com/windlass:1");
    let converted = answer(&case);
    let expected = "\
# syntax=example.com/windlass:1
stages:
  one:
    from: busybox
    steps:
      - run: \"make # all\"
";
    assert_eq!(converted["txt"], expected);
    let json: serde_json::Value = serde_json::from_str(&converted["json"]).expect("JSON");
    assert_eq!(json["file"], expected);
    let back = answer(&call(expected, "convert"));
    assert_eq!(
        back["txt"],
        format!("# syntax=docker/dockerfile:1\n\n{dockerfile}")
    );
    let error = call(
        "stages: {a: {from: scratch, steps: [{mkdir: /a}]}}",
        "convert",
    )
    .error();
    assert!(
        error.to_string().contains("a Dockerfile has no `mkdir`"),
        "{error}"
    );
}

#[test]
fn a_check_tells_what_fails_the_build() {
    let file = "stages:\n  a:\n    frm: x\n    from: x\n    usr: y\n";
    assert_eq!(
        build_error(&call(file, "lint")),
        "2 mistakes in build.yaml\n\
         3:5: unknown key `frm` (did you mean `from`?)\n\
         5:5: unknown key `usr` (did you mean `user`?) [3, 5]"
    );
    let status = |file: &str| answer(&call(file, "lint"))["statuscode"].clone();
    assert_eq!(
        (status(file), status(SHOP)),
        ("1".to_owned(), "1".to_owned())
    );
    assert_eq!(status("stages: {a: {from: scratch}}"), "0");
}

#[test]
fn a_check_looks_at_every_stage_unless_one_is_asked_for() {
    let file = SHOP.replace("from: busybox", "from: nowhere");
    assert_eq!(
        build_error(&call(&file, "lint")),
        "build.yaml:26:11: stage `tools`: image `docker.io/library/nowhere:latest` cannot be resolved: \
         docker.io/library/nowhere:latest: not found [26]"
    );
    assert_eq!(
        build_error(&call(&file, "lint").option("target", "web")),
        " []"
    );
    assert_eq!(
        build_error(&call(&file, "lint").option("target", "wbe")),
        "--target: target stage \"wbe\" could not be found (did you mean web?) []"
    );
}

#[test]
fn a_mistake_in_the_file_fails_the_other_calls_as_it_fails_a_build() {
    let file = SHOP.replace("platform: build", "platfrm: build");
    for name in ["outline", "targets"] {
        let error = call(&file, name).error();
        assert_eq!(
            error.message,
            "build.yaml:14:5: unknown key `platfrm` (did you mean `platform`?)"
        );
        assert_eq!(super::marks(&error), "build.yaml:14");
    }
}

#[test]
fn an_unknown_call_says_which_there_are() {
    let error = call(SHOP, "outlin").error();
    assert_eq!(
        error.message,
        "there is no call `outlin` (did you mean `--call=outline`?)"
    );
    let details = error
        .details
        .iter()
        .map(|it| it.type_url.rsplit('/').next());
    let details: Vec<&str> = details.flatten().collect();
    assert_eq!(details, ["errdefs.Subrequest", "errdefs.Source"]);
    assert!(
        call(SHOP, "x")
            .error()
            .message
            .contains("(there are: outline, targets, lint, ")
    );
}
