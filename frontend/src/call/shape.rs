//! The shapes that several answers have: objects, places, files, columns.

use serde_json::Value;

use crate::gateway::status::Origin;
use crate::model::Stage;
use crate::text::{FileId, Span};
use buildkit_proto::pb;

/// Returns an object; what is empty is left out, as Go leaves it out.
pub(super) fn object(fields: Vec<(&str, Value)>) -> Value {
    let there = fields.into_iter().filter(|(_, value)| !is_empty(value));
    Value::Object(there.map(|(key, value)| (key.to_owned(), value)).collect())
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Number(number) => number.as_i64() == Some(0),
        Value::Object(_) | Value::Bool(true) => false,
    }
}

/// Returns the name of a stage; nothing for one of a Dockerfile that no name finds.
pub(super) fn name(stage: &Stage) -> &str {
    match stage.number {
        None => &stage.name.value,
        Some(_) => "",
    }
}

/// Returns a span as Go writes `pb.Location` (`solver/pb/ops.pb.go`, v0.32.2).
pub(super) fn location(span: Span, origin: Origin<'_>) -> Value {
    ranges(&[origin.range(span)])
}

/// Returns ranges of the first source as Go writes `pb.Location`.
pub(super) fn ranges(ranges: &[pb::Range]) -> Value {
    let position = |at: Option<pb::Position>| {
        let at = at.unwrap_or_default();
        object(vec![
            ("line", Value::from(at.line)),
            ("character", Value::from(at.character)),
        ])
    };
    let range = |range: &pb::Range| {
        object(vec![
            ("start", position(range.start)),
            ("end", position(range.end)),
        ])
    };
    object(vec![("ranges", ranges.iter().map(range).collect())])
}

/// Returns the build file as Go writes bytes.
pub(super) fn source(origin: Origin<'_>) -> Value {
    Value::from(base64(origin.files.get(FileId::ROOT).text().as_bytes()))
}

/// Returns bytes as Go writes them.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |idx: usize| u32::from(chunk.get(idx).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let is_there = digit <= chunk.len();
            let idx = (bits >> (18 - 6 * digit) & 63) as usize;
            out.push(if is_there {
                char::from(DIGITS[idx])
            } else {
                '='
            });
        }
    }
    out
}

/// Returns JSON with a line for each entry.
pub(super) fn indented(json: &str) -> String {
    let mut out = String::with_capacity(2 * json.len());
    let (mut depth, mut is_quoted, mut is_escaped) = (0, false, false);
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        if is_quoted {
            is_quoted = is_escaped || c != '"';
            is_escaped = c == '\\' && !is_escaped;
            out.push(c);
            continue;
        }
        match c {
            '{' | '[' if matches!(chars.peek(), Some('}' | ']')) => {
                out.push(c);
                out.extend(chars.next());
                continue;
            }
            '{' | '[' => depth += 1,
            '}' | ']' => {
                depth -= 1;
                line(depth, &mut out);
            }
            _ => is_quoted = c == '"',
        }
        out.push(c);
        match c {
            '{' | '[' | ',' => line(depth, &mut out),
            ':' => out.push(' '),
            _ => {}
        }
    }
    out
}

fn line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// Returns rows of cells as lines with their columns `gap` apart.
pub(super) fn columns(rows: &[Vec<String>], gap: usize) -> String {
    let width = |idx: usize| {
        let cells = rows.iter().filter_map(|row| row.get(idx));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let mut out = String::new();
    for row in rows {
        for (idx, cell) in row.iter().enumerate() {
            out.push_str(cell);
            if idx + 1 < row.len() {
                let blanks = width(idx) + gap - cell.chars().count();
                out.extend(std::iter::repeat_n(' ', blanks));
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_go_writes_them() {
        let written = ["", "a", "ab", "abc", "abcd"].map(|text| base64(text.as_bytes()));
        assert_eq!(written, ["", "YQ==", "YWI=", "YWJj", "YWJjZA=="]);
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn json_is_indented_as_serde_does_it() {
        let json = r#"{"a":[],"b":{},"c":[1,{"d":"e, [\\\"{:","f":null}],"g":"\\"}"#;
        let value: Value = serde_json::from_str(json).expect("JSON");
        let expected = serde_json::to_string_pretty(&value).expect("JSON");
        assert_eq!(indented(json), expected);
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "é", ""], ["bcd", "f", "g"]].map(|row| row.map(String::from).to_vec());
        assert_eq!(columns(&rows, 2), "a    é  \nbcd  f  g\n");
    }
}
