//! The client's files in, what was read out.

use std::collections::BTreeMap;

use buildkit_proto::pb;
use prost::Message;

use super::load;
use crate::gateway::memory::Memory;
use crate::request::Request;
use crate::text::FileId;

fn memory(files: &[(&str, &str, &str)]) -> Memory {
    let files = files.iter().map(|(local, path, text)| {
        let key = ((*local).to_owned(), (*path).to_owned());
        (key, text.as_bytes().to_vec())
    });
    Memory {
        files: files.collect(),
        ..Memory::default()
    }
}

fn run(gateway: &Memory, request: &Request) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    match runtime.block_on(load(gateway, request, "s1")) {
        Ok(loaded) => {
            let file = loaded.files.get(FileId::ROOT);
            format!(
                "{}: {} | {}",
                file.name(),
                file.text(),
                loaded.exclude.join(" ")
            )
        }
        Err(error) => error.message,
    }
}

#[track_caller]
fn check(files: &[(&str, &str, &str)], name: &str, expected: &str) {
    let mut request = Request::default();
    request.file.name = name.to_owned();
    assert_eq!(run(&memory(files), &request), expected);
}

/// Returns what the first sources of each solve are, with their attributes.
fn sources(gateway: &Memory) -> String {
    let solves = gateway.record().solves;
    let lines = solves.iter().map(|solve| {
        let op = pb::Op::decode(&solve.definition.def[0][..]).expect("an op");
        let Some(pb::op::Op::Source(source)) = op.op else {
            return "no source".to_owned();
        };
        let attrs: BTreeMap<_, _> = source.attrs.into_iter().map(|a| (a.key, a.value)).collect();
        let attrs = attrs.into_iter().map(|(key, value)| {
            format!(
                "\n  {} {}",
                key.unwrap_or_default(),
                value.unwrap_or_default()
            )
        });
        source.identifier + &attrs.collect::<String>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_build_file_and_the_contexts_ignore_file_are_read() {
    check(
        &[
            ("dockerfile", "build.yaml", "a: b"),
            ("context", ".dockerignore", "# no\n/x\n"),
        ],
        "build.yaml",
        "build.yaml: a: b | x",
    );
}

#[test]
fn an_ignore_file_beside_the_build_file_comes_first() {
    check(
        &[
            ("dockerfile", "build.yaml", "a: b"),
            ("dockerfile", "build.yaml.dockerignore", "y"),
            ("context", ".dockerignore", "x"),
        ],
        "build.yaml",
        "build.yaml: a: b | y",
    );
}

#[test]
fn dockerfile_may_be_in_lower_case() {
    check(
        &[("dockerfile", "dockerfile", "a: b")],
        "Dockerfile",
        "Dockerfile: a: b | ",
    );
    check(
        &[("dockerfile", "x/dockerfile", "a: b")],
        "x/Dockerfile",
        "x/Dockerfile: a: b | ",
    );
}

#[test]
fn a_missing_build_file_is_named() {
    check(
        &[("context", "build.yaml", "a: b")],
        "build.yaml",
        "there is no build file `build.yaml` (name it with `-f`, such as `-f build.yaml`)",
    );
}

#[test]
fn a_large_build_file_is_not_read_to_its_end() {
    let text = "x".repeat(10 << 20);
    let gateway = memory(&[("dockerfile", "Dockerfile", &text)]);
    let read = run(&gateway, &Request::default());
    assert_eq!(
        read.len(),
        "Dockerfile: ".len() + (4 << 20) + 1 + " | ".len()
    );
}

#[test]
fn each_transfer_has_its_own_hint() {
    let gateway = memory(&[("dockerfile", "Dockerfile", "a: b")]);
    run(&gateway, &Request::default());
    assert_eq!(
        sources(&gateway),
        "\
local://dockerfile
  local.differ none
  local.followpaths [\"Dockerfile\",\"Dockerfile.dockerignore\",\"dockerfile\"]
  local.session s1
  local.sharedkeyhint dockerfile
local://context
  local.differ none
  local.followpaths [\".dockerignore\"]
  local.session s1
  local.sharedkeyhint context-.dockerignore"
    );
}

#[test]
fn a_directory_may_be_in_another_session() {
    let gateway = memory(&[("other", "Dockerfile", "a: b")]);
    let mut request = Request::default();
    request.file.local = "other".to_owned();
    request.sessions.insert("other".to_owned(), "s2".to_owned());
    assert_eq!(run(&gateway, &request), "Dockerfile: a: b | ");
    assert!(sources(&gateway).contains("local.session s2"));
}

#[test]
fn an_input_in_place_of_the_context_is_refused() {
    let mut gateway = memory(&[("dockerfile", "Dockerfile", "a: b")]);
    let input = pb::Definition::default();
    gateway.inputs.insert("context".to_owned(), input);
    assert_eq!(
        run(&gateway, &Request::default()),
        "a build context that is the result of another build is not supported yet"
    );
}
