//! Our definitions are byte for byte those of BuildKit's own builder and encoder.
//!
//! Generated graphs go to `tools/llbdiff`, which builds them with BuildKit's Go module and
//! compares. A few hundred are checked in with their digests, for machines without Go;
//! `UPDATE_VECTORS=1` writes them anew from what Go says.

#![expect(
    clippy::disallowed_methods,
    reason = "a test reads files and starts Go"
)]

mod build;
mod description;
mod generate;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use buildkit_llb::{Cap, Digest, Platform};
use prost::Message as _;
use serde_json::{Value, json};

const N_GRAPHS: u64 = 10_000;
const N_VECTORS: u64 = 300;

/// Returns the line that describes a graph and what we make of it.
fn line(graph: &description::Graph) -> Value {
    let bytes = build::build(graph).encode_to_vec();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "graph": description::to_json(graph), "definition": hex })
}

/// Sends lines to `tools/llbdiff` and returns what it says.
fn ask_go(lines: impl Iterator<Item = Value> + Send + 'static, args: &[&str]) -> Vec<String> {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tools");
    let mut child = Command::new("go")
        .args(["run", "./llbdiff"])
        .args(args)
        .current_dir(tools)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test needs Go: `go` must be in PATH");
    let stdin = child.stdin.take().expect("the input is a pipe");
    let writer = thread::spawn(move || {
        let mut stdin = BufWriter::new(stdin);
        // If Go ends early its answer says why.
        lines
            .into_iter()
            .try_for_each(|line| writeln!(stdin, "{line}"))
            .ok();
    });
    let stdout = BufReader::new(child.stdout.take().expect("the output is a pipe"));
    let answer: Vec<String> = stdout
        .lines()
        .map(|line| line.expect("Go writes text"))
        .collect();
    writer.join().expect("the writer does not panic");
    let status = child.wait().expect("Go ends");
    assert!(status.success(), "{}", answer.join("\n"));
    answer
}

#[test]
fn generated_graphs_agree_with_go() {
    let lines = (0..N_GRAPHS).map(|seed| line(&generate::graph(seed, 10)));
    let answer = ask_go(lines, &[]);
    let expected = format!("{N_GRAPHS} graphs agree");
    assert!(
        answer.iter().any(|line| line.starts_with(&expected)),
        "{}",
        answer.join("\n")
    );
    for line in answer {
        println!("{line}");
    }
}

#[test]
fn platforms_are_understood_as_go_understands_them() {
    let parts = generate::platforms(3_000);
    let answer = ask_go(
        parts.clone().into_iter().map(Value::String),
        &["-platforms"],
    );
    let (host, answers) = answer.split_first().expect("Go names its platform first");
    let (os, architecture) = host.split_once(' ').expect("an os and an architecture");
    let host = Platform::new(os, architecture);
    assert_eq!(answers.len(), parts.len());
    for (text, answer) in parts.iter().zip(answers) {
        let found = match Platform::parse(text, &host) {
            Ok(p) => {
                let forms = [p.format(), p.format_all(), p.normalized().format_all()];
                format!(" {}", forms.map(|form| format!("\"{form}\"")).join(" "))
            }
            Err(_) => String::new(),
        };
        assert_eq!(format!("\"{text}\":{found}"), *answer);
    }
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/graphs.jsonl")
}

fn update_vectors() {
    let lines = (0..N_VECTORS).map(|seed| line(&generate::graph(1_000_000 + seed, 3)));
    let answer = ask_go(lines, &["-vectors"]);
    std::fs::write(vectors(), answer.join("\n") + "\n").expect("the vectors can be written");
}

#[test]
fn checked_in_graphs_have_the_digests_that_go_computed() {
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        update_vectors();
    }
    let text = std::fs::read_to_string(vectors()).expect("the vectors are checked in");
    let mut n_vectors = 0;
    for (number, line) in (1..).zip(text.lines()) {
        let vector: Value = serde_json::from_str(line).expect("a vector is JSON");
        let graph = serde_json::from_value(vector["graph"].clone()).expect("a described graph");
        let ops = build::build(&graph).def;
        let found: Vec<_> = ops.iter().map(|op| Digest::of(op).to_string()).collect();
        assert_eq!(json!(found), vector["digests"], "line {number}");
        n_vectors += 1;
    }
    assert_eq!(n_vectors, N_VECTORS);
}

#[test]
fn generated_graphs_use_everything_that_an_op_can_require() {
    let mut caps = BTreeSet::new();
    for seed in 0..N_VECTORS * 5 {
        let definition = build::build(&generate::graph(seed, 10));
        caps.extend(
            definition
                .metadata
                .into_values()
                .flat_map(|carried| carried.caps.into_keys()),
        );
    }
    let unused = Cap::ALL.iter().filter(|cap| !caps.contains(cap.id()));
    let unused: Vec<_> = unused.map(|cap| cap.id()).collect();
    // Those that BuildKit's builder never requires, and those that are about no op.
    let expected = "source.local.differ source.git.subdir exec.meta.cgroup.parent \
        exec.meta.network.proxy exec.meta.security.devices.v1 \
        exec.meta.removemountstubs.recursive exec.mount.bind.readwrite-nooutput exec.cgroup \
        file.rm.wildcard file.copy.includeexcludepatterns file.copy.requiredpaths \
        file.rm.nofollowsymlink file.copy.alwaysreplaceexistingdestpaths file.copy.modestring \
        file.symlink.create cache.gha cache.s3 cache.azblob exporter.image.annotations \
        exporter.image.attestations exporter.sourcedateepoch exporter.multiple \
        exporter.session source.policy source.policy.session gc.freespacefilter history.filter";
    assert_eq!(unused.join(" "), expected);
}
