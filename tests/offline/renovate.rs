//! The managers of `docs/renovate.json` find the images of the examples and of the page about them.
//!
//! Renovate runs them with RE2, whose syntax `regex-lite` has; where there is Node, its regular
//! expressions must find the same.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex_lite::Regex;
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the managers: what stands for their datasource, and their expressions.
fn managers() -> Vec<(String, Vec<String>)> {
    let config: Value = serde_json::from_str(&read("docs/renovate.json")).expect("JSON");
    let managers = config["customManagers"].as_array().expect("managers");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    managers
        .iter()
        .map(|manager| {
            let strings = manager["matchStrings"].as_array().expect("expressions");
            let strings = strings.iter().map(text).collect();
            (text(&manager["datasourceTemplate"]), strings)
        })
        .collect()
}

/// Returns what all managers find in a text, a line for each.
fn found(text: &str) -> String {
    let mut found = String::new();
    for (datasource, strings) in managers() {
        for string in strings {
            let expression = Regex::new(&string).expect("an expression");
            for captures in expression.captures_iter(text) {
                let part = |name: &str| captures.name(name).map_or("", |part| part.as_str());
                let datasource = [datasource.as_str(), part("datasource")].concat();
                let (name, value) = (part("depName"), part("currentValue"));
                let line = format!("{datasource} {name} {value} {}", part("currentDigest"));
                let _ = writeln!(found, "{}", line.trim());
            }
        }
    }
    found
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(found(text), expected);
}

#[test]
fn the_images_of_an_example_are_found() {
    check(
        &read("examples/dotnet/build.yaml"),
        "docker mcr.microsoft.com/dotnet/sdk 8.0-alpine\n\
         docker mcr.microsoft.com/dotnet/aspnet 8.0-alpine\n\
         docker registry.example.com/windlass 1\n",
    );
    check(
        &read("examples/rust-python/build.yaml"),
        "docker aquasec/trivy 0.49.1\n\
         docker gcr.io/distroless/python3-debian12 nonroot\n\
         docker registry.example.com/windlass 1\n",
    );
    check(
        &read("examples/hello/build.yaml"),
        "docker alpine 3.22\ndocker registry.example.com/windlass 1\n",
    );
}

#[test]
fn the_page_shows_what_is_found() {
    let page = read("docs/renovate.md");
    let example = page.split("```yaml\n").nth(1).expect("an example");
    let example = example.split("```").next().expect("its end");
    check(
        example,
        "docker caddy 2.8-alpine\n\
         docker registry.example.com/windlass 1\n\
         docker python 3.12\n",
    );
}

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[test]
fn every_way_to_write_an_image_is_found() {
    let text = format!(
        "# syntax=localhost:5000/windlass:1.2@{DIGEST}
      - {{copy: /a, from: \"ghcr.io/acme/tools:v1\"}}
    from: {{image: 'registry:5000/a/b_c:2'}}
    from: node:20-alpine@{DIGEST} # pinned
  # renovate: datasource=github-releases depName=acme/tool versioning=semver
  TOOL_VERSION:
    default: 1.2.3+build
  # renovate: datasource=docker depName=python
  PYTHON: {{default: \"3.12\", description: The version}}
"
    );
    let expected = format!(
        "docker ghcr.io/acme/tools v1\n\
         docker registry:5000/a/b_c 2\n\
         docker node 20-alpine {DIGEST}\n\
         docker localhost:5000/windlass 1.2 {DIGEST}\n\
         github-releases acme/tool 1.2.3+build\n\
         docker python 3.12\n"
    );
    check(&text, &expected);
}

#[test]
fn what_is_no_image_with_a_tag_is_left_alone() {
    check(
        "    from: build
    from: scratch
    from: python:3.${{ args.MINOR }}-slim
    from: python:${{ args.VERSION }}
    image:
      user: node
    from: {stage: build}
    from: alpine@sha256:00
",
        "",
    );
}

#[test]
fn the_files_of_the_examples_are_looked_at() {
    // What stands between the slashes of `managerFilePatterns`.
    let config: Value = serde_json::from_str(&read("docs/renovate.json")).expect("JSON");
    for manager in config["customManagers"].as_array().expect("managers") {
        let pattern = manager["managerFilePatterns"][0].as_str().expect("one");
        let pattern = Regex::new(pattern.trim_matches('/')).expect("an expression");
        for path in ["build.yaml", "web/build.yml", "web/base.build.yaml"] {
            assert!(pattern.is_match(path), "{path}");
        }
        for path in ["rebuild.yaml", "build.yaml.txt", "compose.yaml"] {
            assert!(!pattern.is_match(path), "{path}");
        }
    }
}

/// The program for Node: the same as [`found`].
const PROGRAM: &str = "
const {managers, text} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
let found = '';
for (const [datasource, strings] of managers)
  for (const string of strings)
    for (const {groups: g} of text.matchAll(new RegExp(string, 'g')))
      found += [datasource + (g.datasource || ''), g.depName, g.currentValue, g.currentDigest || '']
        .join(' ').trim() + '\\n';
process.stdout.write(found);";

#[test]
fn node_finds_the_same() {
    use std::io::Write as _;
    use std::process::Stdio;
    let mut texts = String::new();
    for example in super::examples::examples() {
        let path = example.join("build.yaml");
        texts.push_str(&fs::read_to_string(path).expect("a build file"));
    }
    let mut node = Command::new("node");
    node.args(["-e", PROGRAM]);
    node.stdin(Stdio::piped()).stdout(Stdio::piped());
    // Renovate's own engine is the one above; this one is a second opinion.
    let Ok(mut child) = node.spawn() else { return };
    let input = json!({"managers": managers(), "text": texts}).to_string();
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("Node reads");
    drop(stdin);
    let output = child.wait_with_output().expect("Node runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), found(&texts));
    assert!(found(&texts).lines().count() > 25, "{}", found(&texts));
}
