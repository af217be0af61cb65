//! Named contexts in the place of stages, images and names.
//!
//! A context with the name of a stage is that stage, whatever the file says of it; one with the
//! name of an image is that image (`dockerfile2llb/convert.go:buildDispatchStates` and
//! `resolveBaseImage`, v0.32.2).

use buildkit_llb::Platform;

use crate::diagnostic::{Code, Diagnostics};
use crate::request::NamedContexts;
use crate::text::{Span, Spanned};

use super::{Asked, Input, Purpose};

/// Returns the context that is a stage.
pub(super) fn in_place_of_stage(
    asked: &Asked,
    name: &Spanned<String>,
    platform: &Platform,
) -> Option<Input> {
    found(asked, &name.value, name.span, platform)
}

/// Returns the context that an input means, or the input itself.
///
/// Reports `unknown-context`.
pub(super) fn in_place_of(
    input: Input,
    asked: &Asked,
    platform: &Platform,
    diags: &mut Diagnostics,
) -> Input {
    match input {
        Input::Image(name) => {
            found(asked, &name.value, name.span, platform).unwrap_or(Input::Image(name))
        }
        Input::NamedContext(name) => match found(asked, &name.value, name.span, platform) {
            Some(context) => context,
            None => {
                if let (Some(contexts), Purpose::Build) = (&asked.contexts, asked.purpose) {
                    unknown(&name, contexts, diags);
                }
                Input::NamedContext(name)
            }
        },
        input => input,
    }
}

fn found(asked: &Asked, name: &str, span: Span, platform: &Platform) -> Option<Input> {
    let key = asked.contexts.as_ref()?.find(name, platform)?;
    Some(Input::NamedContext(Spanned::new(key.to_owned(), span)))
}

fn unknown(name: &Spanned<String>, contexts: &NamedContexts, diags: &mut Diagnostics) {
    let name_text = &name.value;
    let message = format!("no context is called `{name_text}`");
    diags
        .report(Code::UnknownContext, name.span, message)
        .did_you_mean(name_text, contexts.names())
        .help(format!(
            "pass `--build-context {name_text}=...`: a directory, an image, a repository or a file"
        ));
}
