//! The rest of an instruction becomes words (`parser/line_parsers.go`, `parser/split_command.go`,
//! v0.32.2).

use std::ops::Range;

use super::Wrong;
use super::line::Instruction;

/// A part of an instruction's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Word {
    /// What it says, if that is not what stands there.
    pub(super) text: Option<String>,
    /// Where it stands.
    pub(super) range: Range<usize>,
}

impl Word {
    /// Returns the word that stands there.
    pub(super) fn at(range: Range<usize>) -> Self {
        Self { text: None, range }
    }

    fn new(text: String, range: Range<usize>, whole: &str) -> Self {
        let is_there = whole[range.clone()] == text;
        Self {
            text: (!is_there).then_some(text),
            range,
        }
    }

    /// Returns the part of the word that starts at a byte of its text.
    pub(super) fn skip(&self, n: usize) -> Self {
        match &self.text {
            None => Self::at(self.range.start + n..self.range.end),
            Some(text) => Self {
                text: Some(text[n..].to_owned()),
                range: self.range.clone(),
            },
        }
    }

    /// Returns the part of the word that ends before a byte of its text.
    pub(super) fn until(&self, n: usize) -> Self {
        match &self.text {
            None => Self::at(self.range.start..self.range.start + n),
            Some(text) => Self {
                text: Some(text[..n].to_owned()),
                range: self.range.clone(),
            },
        }
    }
}

/// Tells what separates words where quotes mean nothing.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ')
}

/// Returns the words of the rest in which quotes mean nothing.
pub(super) fn separated(it: &Instruction<'_>) -> Vec<Word> {
    let start = it.rest.range.start;
    let rest = it.str(&it.rest);
    let mut words = Vec::new();
    let mut at = 0;
    for word in rest.split(is_blank) {
        if !word.is_empty() {
            words.push(Word::at(start + at..start + at + word.len()));
        }
        at += word.len() + 1;
    }
    words
}

/// Tells whether a text is a JSON array, of whatever.
pub(super) fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('[')
        && matches!(
            serde_json::from_str(text),
            Ok(serde_json::Value::Array(items)) if items.iter().all(serde_json::Value::is_string)
        )
}

/// Returns the list that a JSON array is; nothing for what is none.
pub(super) fn json(it: &Instruction<'_>, word: &Word) -> Result<Option<Vec<Word>>, Wrong> {
    let text = it.str(word);
    if !text.starts_with('[') {
        return Ok(None);
    }
    let Ok(serde_json::Value::Array(items)) = serde_json::from_str(text) else {
        return Ok(None);
    };
    let mut words = Vec::with_capacity(items.len());
    let mut at = 1;
    for item in items {
        let serde_json::Value::String(item) = item else {
            return Err(it.wrong(
                word,
                "when using JSON array syntax, arrays must be comprised of strings only",
                "put every word into double quotes",
            ));
        };
        let start = at + text[at..].find('"').unwrap_or_default() + 1;
        let end = start + end_of_string(&text[start..]);
        at = end + 1;
        let range = word.range.start + start..word.range.start + end;
        words.push(Word::new(item, range, &it.text));
    }
    Ok(Some(words))
}

/// Returns the length of a JSON string up to its quote.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.unwrap_or(text.len())
}

/// Returns the list of a JSON array, or words.
pub(super) fn list(it: &Instruction<'_>) -> Result<Vec<Word>, Wrong> {
    Ok(json(it, &it.rest)?.unwrap_or_else(|| separated(it)))
}

/// Returns words that quotes and escapes hold together; they are kept.
pub(super) fn quoted(it: &Instruction<'_>) -> Vec<Word> {
    let text = it.str(&it.rest);
    let from = it.rest.range.start;
    let mut words = Vec::new();
    let mut word = String::new();
    let mut start = 0;
    let mut quote = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c.is_whitespace() && quote.is_none() {
            if !word.is_empty() {
                let range = from + start..from + at;
                words.push(Word::new(std::mem::take(&mut word), range, &it.text));
            }
            continue;
        }
        if word.is_empty() {
            start = at;
        }
        if c == it.escape && quote != Some('\'') {
            // One at the very end is dropped.
            if let Some((_, next)) = chars.next() {
                word.extend([c, next]);
            }
            continue;
        }
        match quote {
            Some(open) if open == c => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            _ => {}
        }
        word.push(c);
    }
    if !word.is_empty() {
        let range = from + start..from + text.len();
        words.push(Word::new(word, range, &it.text));
    }
    words
}

/// A name and its value.
pub(super) type Pair = (Word, Word);

/// Returns names and values: `a=1 b="2 3"`, or the old `a 1 2 3`.
pub(super) fn pairs(it: &Instruction<'_>, what: &str) -> Result<Vec<Pair>, Wrong> {
    let help = "write `NAME=value`";
    let words = quoted(it);
    let Some(first) = words.first() else {
        return Ok(Vec::new());
    };
    if !it.str(first).contains('=') {
        let text = it.str(&it.rest);
        let Some(end) = text.find(is_blank) else {
            return Err(Wrong::new(format!("{what} must have two arguments"), help));
        };
        let value = text.len() - text[end..].trim_start_matches(is_blank).len();
        return Ok(vec![(it.rest.until(end), it.rest.skip(value))]);
    }
    let mut pairs = Vec::with_capacity(words.len());
    for word in &words {
        let text = it.str(word);
        match text.find('=') {
            None => {
                let message = format!(
                    "Syntax error - can't find = in \"{text}\". Must be of the form: name=value"
                );
                return Err(it.wrong(word, message, help));
            }
            Some(at) => pairs.push((word.until(at), word.skip(at + 1))),
        }
    }
    Ok(pairs)
}

/// Tells whether a byte is a blank where bytes are taken for characters.
fn is_blank_byte(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | 0x85 | 0xa0)
}

/// Splits the flags from what follows them, from a byte of a text on; returns where the rest
/// starts, which may be within a letter.
///
/// Every byte is taken for a character.
pub(super) fn flags(text: &str, from: usize, escape: char) -> (Vec<Word>, usize) {
    let bytes = text.as_bytes();
    let mut flags = Vec::new();
    let mut at = from;
    loop {
        at += bytes[at..]
            .iter()
            .take_while(|byte| is_blank_byte(**byte))
            .count();
        if !bytes[at..].starts_with(b"--") {
            return (flags, at);
        }
        let start = at;
        let mut flag = String::new();
        let mut quote = None;
        while let Some(byte) = bytes.get(at) {
            match char::from(*byte) {
                c @ ('"' | '\'') if quote == Some(c) => quote = None,
                c @ ('"' | '\'') if quote.is_none() => quote = Some(c),
                c if c == escape => {
                    at += 1;
                    flag.extend(bytes.get(at).map(|byte| char::from(*byte)));
                }
                _ if is_blank_byte(*byte) && quote.is_none() => break,
                c => flag.push(c),
            }
            at += 1;
        }
        at = at.min(bytes.len());
        if flag == "--" {
            return (flags, at);
        }
        let mut end = at;
        while !text.is_char_boundary(end) {
            end += 1;
        }
        flags.push(Word::new(flag, start..end, text));
    }
}
