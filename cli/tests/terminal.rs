//! The command as a person sees it: what it prints where, and how it exits.

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
    from: busybox
  app:
    from: scratch
    steps:
      - copy: /bin/busybox
        from: tools
        to: /${{ args.who }}
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
image: docker.io/library/busybox:latest for linux/arm64 (base)

stage tools on linux/arm64
  from image docker.io/library/busybox:latest

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
  \"docker.io/library/busybox:latest\" [style=dashed];
  \"stage tools\" [label=\"tools\\nlinux/arm64\"];
  \"stage app\" [label=\"app\\nlinux/arm64\" peripheries=2];
  \"docker.io/library/busybox:latest\" -> \"stage tools\" [label=\"base\"];
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
        text.starts_with("[1] source docker-image://docker.io/library/busybox:latest\n"),
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
