//! `from`: the name of a stage, an image or a context, said outright or not.

use super::fields::{Kind, Table, key};
use super::read::{Cx, Fields};
use super::value::{self, Check, Slot};
use super::{InputKind, InputName};

pub(super) static BASE: Table = Table {
    what: "a `from`",
    doc: "What a stage starts from or a file comes from, said outright.",
    groups: &[&[
        key("stage", Kind::Text, "build", "A stage of this file.").chosen(),
        key("image", Kind::Text, "alpine:3.20", "An image.").chosen(),
        key(
            "context",
            Kind::Text,
            "assets",
            "A context that `--build-context` names.",
        )
        .chosen(),
    ]],
};

/// What `from` takes.
pub(super) const INPUT: Kind = Kind::OneOf(&[Kind::Text, Kind::Map(&BASE)]);

/// Reads a `from`: a name, or a map that says what the name is.
pub(super) fn decode(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<InputName> {
    let check: Check = |text| value::check_not_empty(text, "write the name of a stage or an image");
    if !value::is_map(slot, cx) {
        return value::checked_text(slot, check, cx).map(|name| InputName {
            kind: InputKind::Any,
            name,
        });
    }
    let at = cx.doc.span(slot.id);
    let fields = Fields::read(&BASE, slot, at, cx)?;
    let kinds = [
        ("stage", InputKind::Stage),
        ("image", InputKind::Image),
        ("context", InputKind::Context),
    ];
    let written = |(name, _): &&(&str, InputKind)| fields.key_span(name).is_some();
    let found: Vec<&(&str, InputKind)> = kinds.iter().filter(written).collect();
    match found.as_slice() {
        [(name, kind)] => Some(InputName {
            kind: *kind,
            name: fields.checked_text(name, check, cx)?,
        }),
        [] => {
            if value::map(slot, cx).is_some_and(|written| written.is_empty()) {
                value::empty(slot, cx);
            }
            None
        }
        [(first, _), (second, _), ..] => {
            value::conflict(&fields, first, second, "keep one of them", cx);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::tests::check_step;

    #[test]
    fn a_name_may_be_anything() {
        check_step(
            "copy: a\nfrom: b",
            "Copy { sources: [Path(\"a\")], from: Any \"b\" }",
        );
    }

    #[test]
    fn a_map_says_what_it_is() {
        check_step(
            "copy: a\nfrom: {context: b}",
            "Copy { sources: [Path(\"a\")], from: Context \"b\" }",
        );
    }

    #[test]
    fn it_is_one_thing() {
        check_step(
            "copy: a\nfrom: {stage: b, image: c}",
            "2:18: `stage` and `image` cannot stand together (keep one of them)",
        );
        check_step(
            "copy: a\nfrom: {}",
            "2:7: `from` is empty (write `from: build`)",
        );
        check_step(
            "copy: a\nfrom: {git: b}",
            "2:8: unknown key `git` (there are: stage, image, context)",
        );
        check_step(
            "copy: a\nfrom: ''",
            "2:7: the text is empty (write the name of a stage or an image)",
        );
    }
}
