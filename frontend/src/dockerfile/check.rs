//! `# check=`: settings of the warnings, of the file and above an instruction
//! (`frontend/dockerfile/linter/linter.go`, v0.32.2).

use crate::model::Check;
use crate::text::{Span, Spanned};
use crate::units::parse_bool;

use super::directive;
use super::line::Instruction;

/// Reads `skip=A,B;error=true;experimental=all`; everything in it is at `span`.
///
/// # Errors
///
/// A part is no setting.
pub(crate) fn options(text: &str, span: Span) -> Result<Check, String> {
    let mut check = Check {
        span: Some(span),
        ..Check::default()
    };
    if text.trim().is_empty() {
        return Ok(check);
    }
    for part in text.trim().splitn(3, ';') {
        let Some((key, value)) = part.split_once('=') else {
            return Err(format!("invalid check option \"{part}\""));
        };
        let (key, value) = (key.trim(), value.trim());
        let names = || {
            let names = value.split(',').map(str::trim);
            names
                .map(|name| Spanned::new(name.to_owned(), span))
                .collect()
        };
        match key {
            "skip" => check.skip = names(),
            "experimental" => check.experimental = names(),
            "error" => match parse_bool(value) {
                Some(flag) => check.error = Some(Spanned::new(flag, span)),
                None => return Err(format!("failed to parse check option \"{part}\"")),
            },
            _ => return Err(format!("invalid check option \"{key}\"")),
        }
    }
    Ok(check)
}

/// Returns the settings that the comments above an instruction are.
pub(super) fn above(it: &Instruction<'_>) -> Option<Check> {
    let mut settings = it.comments.iter().filter_map(|comment| {
        let (name, value) = directive::read_bare(comment.text)?;
        (name == "check").then_some((value, comment.span))
    });
    let (value, span) = settings.next()?;
    let value = value.split(' ').next().unwrap_or_default();
    let check = options(value, span).ok()?;
    // Only the file says whether what is found is an error.
    Some(Check {
        error: None,
        ..check
    })
}
