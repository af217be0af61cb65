//! The command as a person sees it: what it prints where, and how it exits.

#[path = "terminal/convert.rs"]
mod convert;
#[path = "terminal/dockerfile.rs"]
mod dockerfile;
#[path = "terminal/fmt.rs"]
mod fmt;

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// Runs `windlass` with a file on standard input.
fn windlass(args: &[&str], file: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_windlass"))
        .args(args)
        .env("NO_COLOR", "1")
        .env("FROM_THE_SHELL", "exported")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A command that reads no file may be gone already.
    let _ = stdin.write_all(file.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the command ends")
}

/// Returns standard output, standard error and the exit code as one text.
fn shown(args: &[&str], file: &str) -> String {
    let output = windlass(args, file);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!(
        "{}{}exit {}",
        text(&output.stdout),
        text(&output.stderr),
        output.status.code().expect("an exit code")
    )
}

const GOOD: &str = "\
args: {who: world, mode: {type: enum, values: [fast, safe], default: safe}}
stages:
  tools:
    from: busybox:1
  app:
    from: scratch
    steps:
      - copy: /bin/busybox
        from: tools
        to: /${{ args.who }}
        when: {args.mode: safe}
";

#[test]
fn a_good_file_has_no_mistakes() {
    assert_eq!(shown(&["check", "-"], GOOD), "<stdin>: no mistakes\nexit 0");
}

#[test]
fn every_mistake_is_shown_at_its_place() {
    let file = "stages:\n  app:\n    form: scratch\n    steps:\n      - rnu: x\n";
    assert_eq!(
        shown(&["check", "-"], file),
        "\
error[unknown-key]: unknown key `form`
 --> <stdin>:3:5
  |
3 |     form: scratch
  |     ^^^^ a stage has no such key
  |
  = in: stages.app.form
help: did you mean `from`?
  |
3 -     form: scratch
3 +     from: scratch
  |

error[unknown-verb]: unknown verb `rnu`
 --> <stdin>:5:9
  |
5 |       - rnu: x
  |         ^^^
  |
  = in: stages.app.steps[0].rnu
help: did you mean `run`?
  |
5 -       - rnu: x
5 +       - run: x
  |

<stdin>: 2 errors
exit 1"
    );
}

#[test]
fn tools_get_one_object_a_line_on_standard_output() {
    let output = windlass(
        &["check", "--format=json", "-"],
        "stages:\n  a: {from: scratch, x: 1}\n",
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["code"], "unknown-key");
    assert_eq!(lines[0]["severity"], "error");
    assert_eq!(lines[0]["message"], "unknown key `x`");
}

const LINTED: &str = "\
stages:
  app:
    from: alpine
    workdir: app
    steps:
      - rnu: make
";

#[test]
fn a_finding_of_a_rule_is_a_warning_unless_the_file_says_otherwise() {
    let file = LINTED.replace("rnu", "run");
    let shown_as = |file: &str| {
        let shown = shown(&["check", "-"], file);
        let is_told = |line: &&str| line.contains("[") || line.starts_with(['<', 'e']);
        let lines: Vec<&str> = shown.lines().filter(is_told).collect();
        lines.join("\n")
    };
    assert_eq!(
        shown_as(&file),
        "\
warning[latest-image]: which image `latest` is changes with time
warning[relative-workdir]: where `app` is depends on the base image
<stdin>: 2 warnings
exit 0"
    );
    assert_eq!(
        shown_as(&format!(
            "check: {{skip: latest-image, error: true}}\n{file}"
        )),
        "\
error[relative-workdir]: where `app` is depends on the base image
<stdin>: 1 error
exit 1"
    );
    let arg = "--build-arg=BUILDKIT_DOCKERFILE_CHECK=skip=all;experimental=root-user";
    assert_eq!(
        shown(&["check", arg, "-"], &file),
        "<stdin>: no mistakes\nexit 0",
        "who the user of the base is is not known"
    );
}

#[test]
fn what_a_base_says_comes_from_the_images_file() {
    let directory = std::env::temp_dir().join(format!("windlass-images-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    let images = directory.join("images.json");
    let text = r#"{"alpine:3": {"linux/amd64": {"config": {"os": "linux", "architecture": "amd64",
        "config": {"User": "root"}}}}}"#;
    std::fs::write(&images, text).expect("a file");
    let file = "check: {experimental: root-user}\nstages: {app: {from: 'alpine:3'}}\n";
    let flag = format!("--images={}", images.display());
    let shown = shown(&["check", "--platform=linux/amd64", &flag, "-"], file);
    std::fs::remove_dir_all(&directory).expect("the directory goes");
    assert!(shown.starts_with("warning[root-user]: "), "{shown}");
}

/// Returns a file's findings as SARIF.
fn sarif(file: &str, code: i32) -> serde_json::Value {
    let output = windlass(&["check", "--format=sarif", "-"], file);
    assert_eq!(output.status.code(), Some(code));
    serde_json::from_slice(&output.stdout).expect("an object")
}

#[test]
fn sarif_has_what_its_readers_need() {
    let log = sarif(&LINTED.replace("rnu", "run"), 0);
    assert_eq!(log["version"], "2.1.0");
    let schema = log["$schema"].as_str().expect("a schema");
    assert!(schema.ends_with("sarif-schema-2.1.0.json"), "{schema}");
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "windlass");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = driver["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index");
        let rule = &rules[usize::try_from(index).expect("small")];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["shortDescription"]["text"].is_string(), "{rule}");
        assert!(["error", "warning"].contains(&result["level"].as_str().expect("a level")));
        assert!(result["message"]["text"].is_string(), "{result}");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "%3Cstdin%3E");
        for key in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(place["region"][key].as_u64() > Some(0), "{key} of {place}");
        }
    }
    let found: Vec<String> = results
        .iter()
        .map(|result| {
            let place = &result["locations"][0];
            let region = &place["physicalLocation"]["region"];
            format!(
                "{} {} {}:{} {}",
                result["level"],
                result["ruleId"],
                region["startLine"],
                region["startColumn"],
                place["logicalLocations"][0]["fullyQualifiedName"],
            )
        })
        .collect();
    assert_eq!(
        found.join("\n"),
        "\
\"warning\" \"latest-image\" 3:11 \"stages.app.from\"
\"warning\" \"relative-workdir\" 4:14 \"stages.app.workdir\""
    );
}

#[test]
fn sarif_has_what_to_type_instead() {
    let log = sarif(LINTED, 1);
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 1, "a file with mistakes is not judged");
    assert_eq!(results[0]["level"], "error");
    let fix = &results[0]["fixes"][0];
    let replacement = &fix["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "run");
    assert_eq!(replacement["deletedRegion"]["startLine"], 6);
}

#[test]
fn arguments_come_from_the_command_and_the_environment() {
    let plan = shown(&["graph", "--build-arg=who=moon", "-"], GOOD);
    assert!(plan.contains("to: /moon"), "{plan}");
    let file = GOOD
        .replace("who:", "FROM_THE_SHELL:")
        .replace("args.who", "args.FROM_THE_SHELL");
    let plan = shown(&["graph", "--build-arg=FROM_THE_SHELL", "-"], &file);
    assert!(plan.contains("to: /exported"), "{plan}");
}

#[test]
fn a_target_that_is_not_there_is_no_place_in_the_file() {
    assert_eq!(
        shown(&["check", "--target=ap", "-"], GOOD),
        "error[unknown-target]: target stage \"ap\" could not be found (did you mean app?)\n\
         --> --target\n\n<stdin>: 1 error\nexit 1"
    );
}

#[test]
fn a_plan_is_text_dot_and_json() {
    assert_eq!(
        shown(&["graph", "--platform=linux/arm64", "-"], GOOD),
        "\
result: app
target: linux/arm64
build: linux/amd64
image: docker.io/library/busybox:1 for linux/arm64 (base)

stage tools on linux/arm64
  from image docker.io/library/busybox:1

stage app on linux/arm64
  from scratch
  copy /bin/busybox
    from: stage tools
    to: /world
exit 0"
    );
    assert_eq!(
        shown(
            &["graph", "--format=dot", "--platform=linux/arm64", "-"],
            GOOD
        ),
        "\
digraph plan {
  rankdir=LR;
  node [shape=box];
  \"docker.io/library/busybox:1\" [style=dashed];
  \"stage tools\" [label=\"tools\\nlinux/arm64\"];
  \"stage app\" [label=\"app\\nlinux/arm64\" peripheries=2];
  \"docker.io/library/busybox:1\" -> \"stage tools\" [label=\"base\"];
  \"stage tools\" -> \"stage app\" [label=\"copy\"];
}
exit 0"
    );
    let json = windlass(
        &["graph", "--format=json", "--platform=linux/arm64", "-"],
        GOOD,
    );
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("an object");
    assert_eq!(json["linux/arm64"]["result"], "app");
    assert_eq!(json["linux/arm64"]["stages"][1]["uses"][1]["name"], "tools");
}

#[test]
fn llb_is_text_dot_and_json() {
    let text = shown(
        &["graph", "--view=llb", "--platform=linux/amd64", "-"],
        GOOD,
    );
    assert!(
        text.starts_with("[1] source docker-image://docker.io/library/busybox:1\n"),
        "{text}"
    );
    let dot = shown(&["graph", "--view=llb", "--format=dot", "-"], GOOD);
    assert!(dot.starts_with("digraph "), "{dot}");
    let json = windlass(
        &[
            "graph",
            "--view=llb",
            "--format=json",
            "--platform=linux/amd64",
            "-",
        ],
        GOOD,
    );
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("an object");
    let vertices = json["linux/amd64"]["vertices"].as_array().expect("a list");
    assert_eq!(vertices.len(), 2);
    assert_eq!(vertices[1]["inputs"][0]["digest"], vertices[0]["digest"]);
}

#[test]
fn a_file_that_is_not_there_is_said() {
    assert_eq!(
        shown(&["check", "nowhere.yaml"], ""),
        "windlass: cannot read nowhere.yaml: No such file or directory (os error 2)\nexit 2"
    );
}

#[test]
fn the_schema_is_of_the_draft_that_was_asked_for() {
    let first = |args: &[&str]| {
        let output = windlass(args, "");
        let text = String::from_utf8(output.stdout).expect("text");
        let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        json["$schema"].as_str().expect("a URI").to_owned()
    };
    assert_eq!(
        [first(&["schema"]), first(&["schema", "--draft=07"])],
        [
            "https://json-schema.org/draft/2020-12/schema",
            "http://json-schema.org/draft-07/schema#",
        ]
    );
}
