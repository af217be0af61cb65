//! A definition as Graphviz: a box for every vertex, an arrow for every use.

use std::fmt::Write as _;

use buildkit_proto::pb;

use crate::attr;
use crate::definition::{ReadVertex, read};
use crate::dump::{Names, title};
use crate::error::ReadError;

/// Returns a definition as a Graphviz document.
pub fn dot(definition: &pb::Definition) -> Result<String, ReadError> {
    let mut text = String::from("digraph llb {\n  rankdir=BT\n  node [shape=box]\n");
    if let Some(read) = read(definition)? {
        let mut names = Names::default();
        for vertex in &read.vertices {
            names.add(vertex);
            // Writing to a string cannot fail.
            let _ = add(&mut text, &names, vertex);
        }
        let (digest, index) = read.result;
        let from = names.number(&digest.to_string());
        let _ = arrow(&mut text, from, "result", i64::from(index));
        text.push_str("  result [shape=plaintext]\n");
    }
    text.push_str("}\n");
    Ok(text)
}

fn add(text: &mut String, names: &Names, vertex: &ReadVertex<'_>) -> std::fmt::Result {
    let name = vertex
        .metadata
        .and_then(|carried| carried.description.get(attr::CUSTOM_NAME));
    let label = name.cloned().unwrap_or_else(|| title(&vertex.op));
    let number = names.number(&vertex.digest.to_string());
    writeln!(text, "  v{number} [label=\"{}\"]", escaped(&label))?;
    for input in &vertex.op.inputs {
        arrow(
            text,
            names.number(&input.digest),
            &format!("v{number}"),
            input.index,
        )?;
    }
    Ok(())
}

fn arrow(text: &mut String, from: usize, to: &str, index: i64) -> std::fmt::Result {
    match index {
        0 => writeln!(text, "  v{from} -> {to}"),
        index => writeln!(text, "  v{from} -> {to} [label=\"{index}\"]"),
    }
}

fn escaped(label: &str) -> String {
    label
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
