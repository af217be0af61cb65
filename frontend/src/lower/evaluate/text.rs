//! Texts become strings.

use crate::diagnostic::{Code, Diagnostics};
use crate::expr::{EnvName, Piece, Reference, Text};
use crate::expr::{Found, Scope, eval};
use crate::text::Span;
use crate::units::Malformed;

use super::super::path;
use super::super::state::State;
use super::{Context, Rules};

/// What `env.*` means at one point of a stage.
struct Environment<'a>(&'a State, Rules);

impl Scope<EnvName> for Environment<'_> {
    fn find(&self, name: &EnvName) -> Found<'_> {
        match self.0.env(&name.0) {
            Some(value) => Found::Set(value),
            None if self.0.has_unknown_env => Found::Later(name.clone()),
            None => Found::Unset,
        }
    }

    fn needs_all_words(&self) -> bool {
        self.1 == Rules::Dockerfile
    }

    fn unset(&self, reference: &Reference<EnvName>, diags: &mut Diagnostics) {
        let name = &reference.name.0;
        let names = self.0.env.iter().map(|(name, _)| name.as_str());
        diags
            .report(
                Code::UnsetEnv,
                reference.span,
                format!("`env.{name}` is not set here"),
            )
            .did_you_mean(name, names)
            .help(format!("write `${{{{ env.{name}- }}}}` if it may be empty"));
    }
}

/// Returns the text with the state's environment; reports what is not set.
///
/// Without the base's config an unknown variable stands as it is written, and so does all of a
/// text with one that is not set: nothing else is said about that.
pub(crate) fn string(cx: &mut Context, state: &State, text: &Text) -> String {
    if let Some(literal) = text.as_literal() {
        return literal.to_owned();
    }
    let found = eval(text, &Environment(state, cx.rules), cx.diags);
    shown(found.as_ref().unwrap_or(text))
}

/// Returns the text with what is unknown as a reader would write it.
fn shown(text: &Text) -> String {
    let piece = |piece: &Piece<EnvName>| match piece {
        Piece::Literal(text) => text.clone(),
        Piece::Reference(reference) => format!("${{{{ env.{} }}}}", reference.name.0),
    };
    text.pieces.iter().map(piece).collect()
}

/// Returns a path that was written as `written`, in the form of vertices. Reports `bad-value` for
/// one that no image of Windows can have.
pub(crate) fn path_of(cx: &mut Context, state: &State, written: &str, span: Span) -> String {
    if !state.is_windows() {
        return written.to_owned();
    }
    path::from_windows(written).unwrap_or_else(|reason| {
        cx.diags
            .report(Code::BadValue, span, format!("`{written}` {reason}"))
            .help("write a path of the drive C:, such as `C:\\app` or `/app`");
        written.to_owned()
    })
}

/// Returns every text as a string.
pub(crate) fn strings(cx: &mut Context, state: &State, texts: &[Text]) -> Vec<String> {
    texts.iter().map(|text| string(cx, state, text)).collect()
}

/// Returns the meaning of a text; reports what has none.
pub(crate) fn parsed<T>(
    cx: &mut Context,
    state: &State,
    text: &Text,
    parse: impl Fn(&str) -> Result<T, Malformed>,
) -> Option<T> {
    let string = string(cx, state, text);
    meaning(cx, &string, text.span, parse)
}

/// Returns the meaning of an optional text.
pub(crate) fn parsed_option<T>(
    cx: &mut Context,
    state: &State,
    text: Option<&Text>,
    parse: impl Fn(&str) -> Result<T, Malformed>,
) -> Option<T> {
    text.and_then(|text| parsed(cx, state, text, parse))
}

/// Returns what a string means; reports what means nothing. Text that still names an unknown
/// variable has no meaning yet and is passed over.
pub(crate) fn meaning<T>(
    cx: &mut Context,
    string: &str,
    span: Span,
    parse: impl Fn(&str) -> Result<T, Malformed>,
) -> Option<T> {
    match parse(string) {
        Ok(value) => Some(value),
        Err(_) if string.contains("${{") => None,
        Err(malformed) => {
            cx.diags
                .report(Code::BadValue, span, malformed.message)
                .help(malformed.help);
            None
        }
    }
}
