//! `when`: the conditions of a step.

use crate::diagnostic::{Code, Diagnostics};
use crate::expr::{self, Name, Piece};
use crate::syntax::Field;
use crate::text::Spanned;

use super::read::Cx;
use super::value::{self, Slot};
use super::{When, WhenTest};

/// Reads a `when`: every entry of the map must hold.
pub(super) fn decode(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<When> {
    let fields = value::map(slot, cx)?;
    if fields.is_empty() {
        value::empty(slot, cx);
        return None;
    }
    let span = cx.doc.span(slot.id);
    let tests = fields.into_iter().filter_map(|field| test(field, cx));
    let tests: Vec<WhenTest> = tests.collect();
    Some(When { span, tests })
}

fn test(field: Field<'_>, cx: &mut Cx<'_>) -> Option<WhenTest> {
    if field.key.value == "not" {
        let slot = Slot::of(field, "{target.os: windows}");
        return decode(slot, cx).map(WhenTest::Not);
    }
    if field.key.value.starts_with("x-") {
        return None;
    }
    let name = name(field.key, cx);
    let slot = Slot::of(field, "\"value\"");
    let items = value::items(slot, cx);
    if items.is_empty() {
        value::empty(slot, cx);
    }
    let values = items.into_iter();
    let values = values.filter_map(|item| value::literal(item, cx)).collect();
    Some(WhenTest::Is {
        name: name?,
        values,
    })
}

/// Reads the key of a condition as what `${{ }}` would name; `env` is not known yet.
fn name(key: Spanned<&str>, cx: &mut Cx<'_>) -> Option<Spanned<Name>> {
    const OPEN: &str = "${{ ";
    let reference = format!("{OPEN}{} }}}}", key.value);
    let place = |_| key.span;
    let mut reported = Diagnostics::new();
    let template = expr::parse(&reference, key.span, &place, &mut reported);
    let is_silent = reported.is_empty();
    cx.diags.append(reported);
    match &*template.pieces {
        [Piece::Reference(found)] if found.modifier.is_none() => match &found.name {
            Name::Env(_) => {
                let message = format!("`{}` is not known when steps are chosen", key.value);
                cx.diags
                    .report(Code::BadValue, key.span, message)
                    .help("use an argument: `args.NAME`");
                None
            }
            name => Some(Spanned::new(name.clone(), key.span)),
        },
        _ => {
            if is_silent {
                let message = format!("`{}` is no name to compare", key.value);
                cx.diags
                    .report(Code::BadValue, key.span, message)
                    .help("write `args.NAME`, `target.arch`, `stage.name`, ...");
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::tests::check_step;

    #[test]
    fn all_entries_hold_and_a_list_is_any_of() {
        check_step(
            "user: a\nwhen: {target.arch: [arm64, arm], not: {args.B: true}, stage.name: c}",
            "Step { when: When { tests: [Is { name: Target(Arch), values: [\"arm64\", \"arm\"] }, \
             Not(When { tests: [Is { name: \"B\", values: [\"true\"] }] }), \
             Is { name: StageName, values: [\"c\"] }] }, verb: User(\"a\") }",
        );
    }

    #[test]
    fn the_environment_is_known_too_late() {
        check_step(
            "user: a\nwhen: {env.CI: true}",
            "2:8: `env.CI` is not known when steps are chosen (use an argument: `args.NAME`)",
        );
    }

    #[test]
    fn a_key_is_a_name() {
        check_step(
            "user: a\nwhen: {CI: true}",
            "2:8: `CI` does not say what it names (did you mean `args.CI`?)",
        );
        check_step(
            "user: a\nwhen: {'args.A:-b': true}",
            "2:8: `args.A:-b` is no name to compare (write `args.NAME`, `target.arch`, \
             `stage.name`, ...)",
        );
    }

    #[test]
    fn a_condition_tests_something() {
        check_step(
            "user: a\nwhen: {}",
            "2:7: `when` is empty (write `when: {target.arch: arm64}`)",
        );
        check_step(
            "user: a\nwhen: {args.B: []}",
            "2:16: `args.B` is empty (write `args.B: \"value\"`)",
        );
        check_step(
            "user: a\nwhen: {args.B: '${{ args.C }}'}",
            "2:16: `args.B` takes no references (write the text itself)",
        );
    }
}
