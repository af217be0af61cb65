//! `RUN --device` (`instructions/commands_rundevice.go`, v0.32.2).

use crate::model::{Device, Written};
use crate::request::csv;
use crate::text::Spanned;
use crate::units;

use super::Wrong;
use super::line::Instruction;
use super::words::Word;

/// Reads a `--device`: `name`, `name=...`, `required`.
pub(super) fn device(it: &Instruction<'_>, word: &Word) -> Result<Device<Written>, Wrong> {
    let wrong = |message: String| Err(it.wrong(word, message, "write `vendor/class=name`"));
    let Ok(fields) = csv::fields(it.str(word)) else {
        return wrong(format!("failed to parse csv devices: `{}`", it.str(word)));
    };
    let mut name: Option<&str> = None;
    let mut is_required = false;
    for field in &fields {
        let (key, value) = match field.split_once('=') {
            Some((key, value)) => (key.to_ascii_lowercase(), Some(value)),
            None => (field.to_ascii_lowercase(), None),
        };
        match (key.as_str(), value, name) {
            ("required", None, _) => is_required = true,
            ("required", Some(value), _) => match units::parse_bool(value) {
                Some(flag) => is_required = flag,
                None => return wrong(format!("invalid value for required: {value}")),
            },
            ("name", Some(value), None) => name = Some(value),
            ("name", Some(_), Some(known)) => {
                return wrong(format!("device name already set to {known}"));
            }
            (_, _, None) => name = Some(field),
            (_, None, Some(_)) => {
                return wrong(format!("invalid field '{field}' must be a key=value pair"));
            }
            (_, Some(_), Some(_)) => {
                return wrong(format!("unexpected key '{key}' in '{field}'"));
            }
        }
    }
    Ok(Device {
        name: it.literal_text(word, name.unwrap_or_default()),
        required: Some(Spanned::new(is_required, it.span(word.range.clone()))),
    })
}
