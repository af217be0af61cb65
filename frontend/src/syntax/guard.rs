//! What is refused before any YAML is read: too much, not UTF-8, not text.

use super::MAX_BYTES;
use crate::diagnostic::{Code, Diagnostics};
use crate::text::{FileId, Span};

/// Returns the bytes as text, or reports `file-too-large` or `not-utf8`.
pub(super) fn utf8<'t>(file: FileId, bytes: &'t [u8], diags: &mut Diagnostics) -> Option<&'t str> {
    if !is_small(file, bytes, diags) {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            // The files hold a replacement character there.
            let at = error.valid_up_to();
            let end = at + char::REPLACEMENT_CHARACTER.len_utf8();
            let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            let message = format!("line {line} is not UTF-8 text (byte 0x{:02x})", bytes[at]);
            diags
                .report(Code::NotUtf8, Span::new(file, at..end), message)
                .help("save the file as UTF-8");
            None
        }
    }
}

/// Tells whether the text may be read; reports `file-too-large` or `control-character`.
pub(super) fn is_readable(file: FileId, text: &str, diags: &mut Diagnostics) -> bool {
    if !is_small(file, text.as_bytes(), diags) {
        return false;
    }
    let bytes = text.as_bytes();
    // Most bytes can only be text; what else there is takes looking at characters.
    let is_odd = |b: &u8| !matches!(b, b' '..=b'~' | b'\n' | b'\t');
    let Some(first) = bytes.iter().position(is_odd) else {
        return true;
    };
    for (at, c) in text[first..].char_indices() {
        let at = first + at;
        let (name, help) = match c {
            '\r' if bytes.get(at + 1) != Some(&b'\n') => (
                "a carriage return without a line feed".to_owned(),
                "save the file with LF or CRLF line ends",
            ),
            '\t' | '\n' | '\r' => continue,
            '\u{feff}' if at == 0 => continue,
            '\0' => ("a NUL byte".to_owned(), "remove it; a build file is text"),
            '\u{feff}' => ("a byte-order mark inside the text".to_owned(), "remove it"),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => (
                format!("the control character U+{:04X}", u32::from(c)),
                "remove it, or write it as an escape inside double quotes",
            ),
            _ => continue,
        };
        let span = Span::new(file, at..at + c.len_utf8());
        diags
            .report(
                Code::ControlCharacter,
                span,
                format!("{name} is not allowed"),
            )
            .help(help);
        return false;
    }
    true
}

fn is_small(file: FileId, bytes: &[u8], diags: &mut Diagnostics) -> bool {
    if bytes.len() <= MAX_BYTES {
        return true;
    }
    // The reader may have stopped just past the bound, so the number of bytes says nothing.
    let message = format!(
        "the file is larger than {} MiB, the most that a build file can be",
        MAX_BYTES >> 20
    );
    diags
        .report(Code::FileTooLarge, Span::new(file, 0..0), message)
        .help("is this the right file? put data next to the build file and copy it");
    false
}
