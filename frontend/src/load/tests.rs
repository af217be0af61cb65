//! The client's files in, what was read out.

use std::collections::BTreeMap;

use buildkit_llb::{Graph, Http};
use buildkit_proto::pb;
use prost::Message;

use super::load;
use crate::gateway::memory::Memory;
use crate::git_url;
use crate::request::{FilePlace, MainContext, Request};
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
        let op = pb::Op::decode(&solve.message().def[0][..]).expect("an op");
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

/// Returns what the build file and the context come from, without the client's directories.
fn remote(files: &[(&str, &str, &str)], change: impl Fn(&mut Request)) -> String {
    let mut request = Request::default();
    change(&mut request);
    let gateway = memory(files);
    let read = run(&gateway, &request);
    format!("{read}\n{}", sources(&gateway))
}

fn git(text: &str) -> MainContext {
    let url = git_url::parse(text).expect("a good address");
    MainContext::Git(Box::new(url.expect("a git address")), text.to_owned())
}

#[test]
fn a_repository_has_build_file_and_context() {
    let place = "git://h/r#v1";
    let found = remote(
        &[
            (place, "Dockerfile", "a: b"),
            (place, ".dockerignore", "x"),
            (place, "Dockerfile.dockerignore", "y"),
        ],
        |request| {
            request.context.source = git("git://h/r#v1");
            request.context.has_commit_times = true;
        },
    );
    assert_eq!(
        found,
        "\
Dockerfile: a: b | 
git://h/r#v1
  git.authheadersecret GIT_AUTH_HEADER
  git.authtokensecret GIT_AUTH_TOKEN
  git.fullurl git://h/r
  git.mtime commit"
    );
}

#[test]
fn a_build_file_may_be_local_all_the_same() {
    let found = remote(&[("dockerfile", "Dockerfile", "a: b")], |request| {
        request.context.source = git("git://h/r");
        request.file.place = FilePlace::Local;
    });
    assert!(
        found.starts_with("Dockerfile: a: b | \nlocal://dockerfile"),
        "{found}"
    );
}

#[test]
fn a_build_file_that_a_repository_does_not_have_is_named() {
    let found = remote(&[], |request| {
        request.context.source = git("git://h/r#v1");
        request.file.name = "x.yaml".to_owned();
    });
    assert!(
        found.starts_with(
            "there is no build file `x.yaml` in git://h/r#v1 (name it with `-f`, such as `-f build.yaml`)"
        ),
        "{found}"
    );
}

#[test]
fn a_download_that_is_no_archive_is_the_build_file() {
    let url = "http://h/x";
    let found = remote(&[(url, "context", "a: b")], |request| {
        request.context.source = MainContext::Http(url.to_owned());
    });
    assert!(found.starts_with("context: a: b | \nhttp://h/x"), "{found}");
}

#[test]
fn an_archive_is_unpacked() {
    let url = "http://h/x";
    let found = remote(
        &[(url, "context", "BZh91"), (url, "Dockerfile", "a: b")],
        |request| request.context.source = MainContext::Http(url.to_owned()),
    );
    assert!(
        found.starts_with("Dockerfile: a: b | \nhttp://h/x"),
        "{found}"
    );
}

#[test]
fn an_address_that_answers_nothing_is_named() {
    let found = remote(&[], |request| {
        request.context.source = MainContext::Http("http://h/x".to_owned());
    });
    assert!(
        found.starts_with(
            "the build context `http://h/x` cannot be fetched: open context: no such file or directory"
        ),
        "{found}"
    );
}

/// A definition that fetches `http://h/NAME`.
fn input(name: &str) -> pb::Definition {
    let mut graph = Graph::new();
    let output = graph.add(Http::new(format!("http://h/{name}"))).output(0);
    graph.define(Some(output), &[])
}

#[test]
fn inputs_come_in_place_of_the_clients_directories() {
    let mut gateway = memory(&[
        ("http://h/file", "Dockerfile", "a: b"),
        ("context", ".dockerignore", "x"),
    ]);
    gateway
        .inputs
        .insert("dockerfile".to_owned(), input("file"));
    let request = Request::default();
    assert_eq!(run(&gateway, &request), "Dockerfile: a: b | x");
    gateway
        .inputs
        .insert("context".to_owned(), input("context"));
    assert_eq!(run(&gateway, &request), "Dockerfile: a: b | ");
}

#[test]
fn an_input_that_is_no_definition_is_refused() {
    let mut gateway = memory(&[("dockerfile", "Dockerfile", "a: b")]);
    let input = pb::Definition {
        def: vec![vec![1]],
        ..pb::Definition::default()
    };
    gateway.inputs.insert("context".to_owned(), input);
    let found = run(&gateway, &Request::default());
    assert!(
        found.starts_with("an input of the build cannot be read: "),
        "{found}"
    );
}

#[test]
fn an_ignore_file_with_a_mistake_is_named() {
    check(
        &[
            ("dockerfile", "Dockerfile", "a: b"),
            ("context", ".dockerignore", "a\n!\n"),
        ],
        "Dockerfile",
        ".dockerignore: a `!` needs a pattern after it",
    );
}
