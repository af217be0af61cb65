//! `--call=convertllb`: the definition as JSON (`frontend/subrequests/convertllb`, v0.32.2).
//!
//! Messages are shown from their bytes and the table of their fields: ops and places as protobuf's
//! own JSON, what a vertex carries as Go's `encoding/json` does it, as upstream mixes them.

use buildkit_llb::Digest;
use buildkit_proto::{FIELDS, pb};
use prost::Message as _;
use prost::encoding::decode_varint;
use serde_json::{Map, Value};

use super::Answer;
use super::shape::base64;

/// Returns a definition as JSON.
pub fn convert(definition: &pb::Definition) -> Answer {
    let mut ops = Map::new();
    for bytes in &definition.def {
        ops.insert(
            Digest::of(bytes).to_string(),
            show("Op", bytes, Style::Proto),
        );
    }
    let carried = definition.metadata.iter().map(|(digest, metadata)| {
        let bytes = metadata.encode_to_vec();
        (digest.clone(), show("OpMetadata", &bytes, Style::Go))
    });
    let source = definition.source.as_ref().map(pb::Source::encode_to_vec);
    let json = Map::from_iter([
        ("def".to_owned(), Value::Object(ops)),
        ("metadata".to_owned(), Value::Object(carried.collect())),
        (
            "source".to_owned(),
            show("Source", &source.unwrap_or_default(), Style::Proto),
        ),
    ]);
    Answer::of_json(&Value::Object(json).to_string())
}

/// Whose JSON it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Names in camel case, 64 bits as text.
    Proto,
    /// The same, and bytes as the text that they most often are.
    Text,
    /// Names as declared, 64 bits as a number.
    Go,
}

/// Returns a message; what the table does not have is left out.
pub(super) fn show(message: &str, bytes: &[u8], style: Style) -> Value {
    let mut out = Map::new();
    for (number, wire) in Fields(bytes) {
        let Some((name, kind)) = field(message, number) else {
            continue;
        };
        let name = match style {
            Style::Proto | Style::Text => camel(name),
            Style::Go => name.to_owned(),
        };
        if let Some(kind) = kind.strip_prefix('*') {
            let list = out.entry(name).or_insert_with(|| Value::Array(Vec::new()));
            if let Some(list) = list.as_array_mut() {
                list.extend(values(kind, wire, style));
            }
        } else if let Some(kind) = kind.strip_prefix('%') {
            let map = out.entry(name).or_insert_with(|| Value::Object(Map::new()));
            if let (Some(map), Wire::Bytes(entry)) = (map.as_object_mut(), wire) {
                let (key, value) = pair(kind, entry, style);
                map.insert(key, value);
            }
        } else if let Some(value) = values(kind, wire, style).pop() {
            out.insert(name, value);
        }
    }
    Value::Object(out)
}

/// Returns name and kind of a field.
fn field(message: &str, number: u64) -> Option<(&'static str, &'static str)> {
    let mut paragraphs = FIELDS.split("\n\n");
    let paragraph = paragraphs.find(|it| it.lines().next() == Some(message))?;
    paragraph.lines().skip(1).find_map(|line| {
        let mut words = line.split(' ');
        let is_it = words.next()?.parse() == Ok(number);
        is_it.then(|| Some((words.next()?, words.next()?)))?
    })
}

/// Returns `proxyEnv` for `proxy_env`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        out.push_str(&first.to_ascii_uppercase());
        out.push_str(rest);
    }
    out
}

/// Returns what stands in a field: one value, or the several of a packed list.
fn values(kind: &str, wire: Wire<'_>, style: Style) -> Vec<Value> {
    match (kind, wire) {
        ("bytes", Wire::Bytes(bytes)) if style == Style::Text => {
            vec![Value::from(String::from_utf8_lossy(bytes))]
        }
        ("string", Wire::Bytes(bytes)) => vec![Value::from(String::from_utf8_lossy(bytes))],
        ("bytes", Wire::Bytes(bytes)) => vec![Value::from(base64(bytes))],
        ("int" | "long", Wire::Bytes(mut packed)) => {
            let mut out = Vec::new();
            while let Ok(number) = decode_varint(&mut packed) {
                out.push(scalar(kind, number, style));
            }
            out
        }
        (message, Wire::Bytes(bytes)) => vec![show(message, bytes, style)],
        (kind, Wire::Number(number)) => vec![scalar(kind, number, style)],
    }
}

fn scalar(kind: &str, number: u64, style: Style) -> Value {
    let signed = number.cast_signed();
    match kind.strip_prefix('=') {
        Some(names) => {
            let idx = usize::try_from(number).unwrap_or(usize::MAX);
            let name = names.split(',').nth(idx);
            name.map_or_else(|| Value::from(signed), Value::from)
        }
        None if kind == "bool" => Value::from(number != 0),
        None if kind == "long" && style != Style::Go => Value::from(signed.to_string()),
        None => Value::from(signed),
    }
}

/// Returns key and value of a map's entry.
fn pair(kind: &str, entry: &[u8], style: Style) -> (String, Value) {
    let mut key = String::new();
    let mut value = match kind {
        "string" => Value::from(""),
        "bool" => Value::from(false),
        _ => Value::Object(Map::new()),
    };
    for (number, wire) in Fields(entry) {
        match (number, wire) {
            (1, Wire::Bytes(bytes)) => key = String::from_utf8_lossy(bytes).into_owned(),
            (2, wire) => value = values(kind, wire, style).pop().unwrap_or(value),
            _ => {}
        }
    }
    (key, value)
}

/// What a field holds on the wire; no op has floats or fixed numbers.
enum Wire<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message, up to the first that is none.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Wire<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let tag = decode_varint(&mut self.0).ok()?;
        let number = decode_varint(&mut self.0).ok()?;
        match tag & 7 {
            0 => Some((tag >> 3, Wire::Number(number))),
            2 => {
                let length = usize::try_from(number).ok()?;
                let (bytes, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                Some((tag >> 3, Wire::Bytes(bytes)))
            }
            _ => None,
        }
    }
}
