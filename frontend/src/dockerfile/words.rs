//! The rest of an instruction becomes words (`parser/line_parsers.go`, v0.32.2).

use serde_json::Value;

use crate::units::Malformed;

use super::line::ESCAPE;

/// Tells what separates words where quotes mean nothing.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ')
}

/// Returns the words of a text in which quotes mean nothing.
pub(super) fn separated(text: &str) -> Vec<String> {
    let words = text.split(is_blank).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Returns the list of a JSON array; nothing for what is none.
pub(super) fn json(text: &str) -> Result<Option<Vec<String>>, Malformed> {
    if !text.trim_start().starts_with('[') {
        return Ok(None);
    }
    let Ok(Value::Array(items)) = serde_json::from_str(text) else {
        return Ok(None);
    };
    let words = items.into_iter().map(|item| match item {
        Value::String(word) => Ok(word),
        _ => Err(Malformed::new(
            "a JSON array may hold strings only",
            "put every word into double quotes",
        )),
    });
    words.collect::<Result<_, _>>().map(Some)
}

/// Returns the list of a JSON array, or words.
pub(super) fn list(text: &str) -> Result<Vec<String>, Malformed> {
    Ok(json(text)?.unwrap_or_else(|| separated(text)))
}

/// Returns words that quotes and escapes hold together; they are kept.
pub(super) fn quoted(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() && quote.is_none() {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            continue;
        }
        if c == ESCAPE && quote != Some('\'') {
            // One at the very end is dropped.
            if let Some(next) = chars.next() {
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
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// Returns names and values: `a=1 b="2 3"`, or the old `a 1 2 3`.
pub(super) fn pairs(word: &str, text: &str) -> Result<Vec<(String, String)>, Malformed> {
    let help = "write `NAME=value`";
    let words = quoted(text);
    let Some(first) = words.first() else {
        return Err(Malformed::new(format!("{word} has nothing after it"), help));
    };
    if !first.contains('=') {
        let pair = text.split_once(is_blank);
        let (name, value) =
            pair.ok_or_else(|| Malformed::new(format!("{word} needs name and value"), help))?;
        let value = value.trim_start_matches(is_blank);
        return Ok(vec![(name.to_owned(), value.to_owned())]);
    }
    let mut pairs = Vec::new();
    for item in &words {
        match item.split_once('=') {
            Some((name, value)) if !name.is_empty() => {
                pairs.push((name.to_owned(), value.to_owned()));
            }
            Some(_) => return Err(Malformed::new("a name is empty", help)),
            None => return Err(Malformed::new(format!("`{item}` has no `=`"), help)),
        }
    }
    Ok(pairs)
}
