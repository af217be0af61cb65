//! A definition in a form in which two of them can be compared.
//!
//! In: a definition. Out: its vertices, what is needed first, each with a digest that is the same
//! for the same work and with the lines that say what it does. Sessions, names and places are left
//! aside, because two requests never share the first and no cache depends on the others.

use std::collections::BTreeMap;

use buildkit_llb::{Digest, ReadError, ReadVertex, pb, read};
use prost::Message as _;
use serde_json::Value;

use super::super::convert::{Style, show};

/// What makes a source of one request another's (`solver/pb/attr.go`, v0.32.2).
const OF_A_REQUEST: [&str; 2] = ["local.session", "local.unique"];

/// What a vertex carries that changes what is done.
const CARRIED: [&str; 3] = ["ignore_cache", "export_cache", "linux_resources"];

/// One vertex.
#[derive(Debug)]
pub(super) struct Vertex {
    /// Names all that it does and is made of.
    pub(super) digest: Digest,
    /// What it is: `exec`, `file`, `source`.
    pub(super) kind: String,
    /// What people know it by.
    pub(super) title: String,
    /// What it does, what it is made of left aside.
    pub(super) lines: Vec<String>,
    /// What it is made of.
    pub(super) inputs: Vec<Input>,
}

/// An output of a vertex that another is made of.
#[derive(Debug)]
pub(super) struct Input {
    /// Names the vertex.
    pub(super) digest: Digest,
    /// The number of the output.
    pub(super) index: i64,
    /// What people know the vertex by.
    pub(super) title: String,
}

/// The vertices of a definition and which output is its result.
#[derive(Debug, Default)]
pub(super) struct Normal {
    pub(super) vertices: Vec<Vertex>,
    pub(super) result: Option<(Digest, u32)>,
}

/// Reads a definition.
///
/// # Errors
///
/// It is none.
pub(super) fn normal(definition: &pb::Definition) -> Result<Normal, ReadError> {
    let Some(read) = read(definition)? else {
        return Ok(Normal::default());
    };
    let mut out = Normal::default();
    // By the digests that the definition has.
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for vertex in &read.vertices {
        let next = out.vertices.len();
        let normal = one(vertex, |digest| out.vertices.get(*known.get(digest)?));
        out.vertices.push(normal);
        known.insert(vertex.digest.to_string(), next);
    }
    let (digest, index) = read.result;
    let result = known.get(&digest.to_string());
    out.result = result.map(|number| (out.vertices[*number].digest, index));
    Ok(out)
}

fn one<'a>(vertex: &ReadVertex<'_>, known: impl Fn(&str) -> Option<&'a Vertex>) -> Vertex {
    let mut op = vertex.op.clone();
    let mut inputs = Vec::new();
    for input in &mut op.inputs {
        if let Some(needed) = known(&input.digest) {
            input.digest = needed.digest.to_string();
            inputs.push(Input {
                digest: needed.digest,
                index: input.index,
                title: needed.title.clone(),
            });
        }
    }
    if let Some(pb::op::Op::Source(source)) = &mut op.op {
        let attrs = &mut source.attrs;
        attrs.retain(|entry| !OF_A_REQUEST.contains(&entry.key()));
    }
    let mut bytes = op.encode_to_vec();
    op.inputs.clear();
    let mut lines = Vec::new();
    let op = show("Op", &op.encode_to_vec(), Style::Text);
    flatten(&op, "", &mut lines);
    // There in every vertex.
    lines.retain(|line| line != "constraints: {}");
    let keys = op.as_object().into_iter().flat_map(|fields| fields.keys());
    let mut kinds = keys.filter(|key| !["platform", "constraints"].contains(&key.as_str()));
    let metadata = vertex.metadata.map(pb::OpMetadata::encode_to_vec);
    let metadata = show("OpMetadata", &metadata.unwrap_or_default(), Style::Text);
    for key in CARRIED {
        if let Some(value) = metadata.get(key) {
            let first = lines.len();
            flatten(value, key, &mut lines);
            lines[first..]
                .iter()
                .for_each(|line| bytes.extend(line.bytes()));
        }
    }
    let kind = kinds.next().cloned().unwrap_or_default();
    Vertex {
        digest: Digest::of(&bytes),
        title: title(vertex, &kind, &lines),
        kind,
        lines,
        inputs,
    }
}

/// Returns the name it was given, or the first line of what it does.
fn title(vertex: &ReadVertex<'_>, kind: &str, lines: &[String]) -> String {
    let given = vertex.metadata.and_then(|metadata| {
        let mut names = metadata.description.iter();
        names.find(|(key, _)| *key == "llb.customname")
    });
    match given {
        Some((_, name)) => name.clone(),
        None => {
            let mut lines = lines.iter().filter(|line| line.starts_with(kind));
            lines.next().cloned().unwrap_or_default()
        }
    }
}

/// Writes a value as lines: `exec.meta.env: A=b`. Elements of lists of texts have no number, so that
/// one more of them is one more line.
pub(super) fn flatten(value: &Value, path: &str, lines: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                flatten(value, &format!("{path}{dot}{key}"), lines);
            }
            if fields.is_empty() {
                lines.push(format!("{path}: {{}}"));
            }
        }
        Value::Array(values) => {
            for (number, value) in values.iter().enumerate() {
                match value.is_object() {
                    true => flatten(value, &format!("{path}[{number}]"), lines),
                    false => flatten(value, path, lines),
                }
            }
        }
        Value::String(text) => {
            // Quotes stay readable, what would break the line does not stay.
            let text = text.replace('\\', "\\\\").replace('\n', "\\n");
            lines.push(format!("{path}: {text}"));
        }
        other => lines.push(format!("{path}: {other}")),
    }
}
