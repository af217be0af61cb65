//! The verbs that change the image config and the environment of later steps.

use crate::expr;
use crate::model::image::decode as image;
use crate::model::read::{Cx, Fields};
use crate::model::value::{self, Check, Slot};
use crate::model::{Named, Value, Written, arg, name};
use crate::syntax::View;
use crate::text::Spanned;

use super::decode::build_env;
use super::{Verb, run};

/// Reads a config verb.
pub(super) fn decode(verb: &str, fields: &Fields<'_>, cx: &mut Cx<'_>) -> Option<Verb<Written>> {
    let slot = fields.slot(verb)?;
    Some(match verb {
        "env" => match named(slot, cx) {
            Some(entries) => Verb::Named(Named::Env, entries),
            None => Verb::Env(pairs(slot, name::check_env, cx)?),
        },
        "arg" => {
            value::map(slot, cx)?;
            Verb::Arg(arg::decode(slot, cx))
        }
        "build-env" => {
            value::map(slot, cx)?;
            Verb::BuildEnv(build_env(slot, cx))
        }
        "label" => match named(slot, cx) {
            Some(entries) => Verb::Named(Named::Label, entries),
            None => Verb::Label(pairs(slot, name::check_label, cx)?),
        },
        "workdir" => Verb::Workdir(value::checked_text(slot, value::check_path, cx)?),
        "user" => Verb::User(value::checked_text(slot, value::check_user, cx)?),
        "shell" => Verb::Shell(value::some_shell(slot, cx)?.value),
        "cmd" => Verb::Cmd(run::command(slot, cx)?),
        "entrypoint" => Verb::Entrypoint(run::command(slot, cx)?),
        "expose" => Verb::Expose(value::some_texts(slot, image::check_port, cx)?),
        "volume" => Verb::Volume(value::some_texts(slot, value::check_path, cx)?),
        "healthcheck" => {
            let at = fields.key_span(verb);
            Verb::Healthcheck(Box::new(image::healthcheck(slot, at, cx)?.value))
        }
        "stop-signal" => Verb::StopSignal(value::checked_text(slot, image::check_signal, cx)?),
        "onbuild" => Verb::Onbuild(image::onbuild(fields, verb, cx)),
        "author" => Verb::Author(value::text(slot, cx)?),
        _ => return None,
    })
}

/// Reads a map in whose names are references; nothing if there are none.
fn named(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Vec<(Value, Value)>> {
    let View::Mapping(mapping) = cx.doc.view(slot.id) else {
        return None;
    };
    let fields = mapping.fields();
    if !fields.iter().any(|field| field.key.value.contains("${{")) {
        return None;
    }
    let mut out = Vec::with_capacity(fields.len());
    for field in fields {
        let (name, span) = (field.key.value, field.key.span);
        let name = expr::parse(name, span, &|_| span, cx.diags);
        let value = value::text(Slot::of(field, "\"\""), cx);
        out.extend(value.map(|value| (Value::Plain(name), value)));
    }
    Some(out)
}

/// Reads a map of at least one text.
fn pairs(slot: Slot<'_>, check: Check, cx: &mut Cx<'_>) -> Option<Vec<(Spanned<String>, Value)>> {
    if let View::Mapping(mapping) = cx.doc.view(slot.id)
        && mapping.fields().is_empty()
    {
        value::empty(slot, cx);
        return None;
    }
    Some(value::text_map(slot, check, cx))
}

#[cfg(test)]
mod tests {
    use crate::model::tests::check_step;

    #[test]
    fn config_verbs_are_those_of_a_dockerfile() {
        check_step("env: {A: b}", "Env([\"A\"=\"b\"])");
        check_step(
            "arg: {A: b, C: }",
            "[Arg { name: \"A\", default: \"b\", kind: String }, Arg { name: \"C\", kind: String }]",
        );
        check_step("env: {'${{ args.A }}': b}", "Named(Env, [\"<A>\"=\"b\"])");
        check_step("label: {a.b: 1}", "Label([\"a.b\"=\"1\"])");
        check_step("workdir: /a", "Workdir(\"/a\")");
        check_step("user: a:b", "User(\"a:b\")");
        check_step("shell: [a, -c]", "Shell([\"a\", \"-c\"])");
        check_step("cmd: a b", "Cmd(Shell(\"a b\"))");
        check_step("entrypoint: []", "Entrypoint(Exec([]))");
        check_step("expose: [80, 53/udp]", "Expose([\"80\", \"53/udp\"])");
        check_step("volume: /a", "Volume([\"/a\"])");
        check_step("stop-signal: SIGINT", "StopSignal(\"SIGINT\")");
        check_step("onbuild: RUN a", "Onbuild([\"RUN a\"])");
        check_step("author: me", "Author(\"me\")");
        check_step("healthcheck: none", "Healthcheck(None)");
    }

    #[test]
    fn a_build_env_may_have_no_value() {
        check_step(
            "build-env: {A: b, C: }",
            "BuildEnv([\"A\"=\"b\", \"C\"=None])",
        );
        check_step("env: {A: }", "1:8: `A` has no value (write `A: \"\"`)");
    }

    #[test]
    fn a_list_of_assignments_becomes_a_map() {
        check_step(
            "env: [A=b]",
            "1:6: `env` wants a map, not a list (write `A: b` for `A=b`)",
        );
        check_step(
            "env: {}",
            "1:6: `env` is empty (write `env: {NODE_ENV: production}`)",
        );
    }

    #[test]
    fn names_and_values_are_checked() {
        check_step(
            "env: {a b: c}",
            "1:7: `a b` cannot be the name of a variable (use letters, digits and `_`)",
        );
        check_step(
            "expose: [80, http]",
            "1:14: `http` is not a port (write a port or a range, with its protocol unless it \
             is tcp: 8080, 53/udp, 8000-8010)",
        );
        check_step(
            "stop-signal: SIGFOO",
            "1:14: `SIGFOO` is not a signal (write a name such as SIGTERM or a number such as 15)",
        );
        check_step(
            "user: a b",
            "1:7: `a b` is not a user (write a name or number, or two with a colon, such as \
             node or 1000:1000)",
        );
        check_step(
            "shell: []",
            "1:8: `shell` is empty (write `shell: [/bin/bash, -c]`)",
        );
    }

    #[test]
    fn what_has_a_reference_is_checked_later() {
        check_step("user: '${{ args.U }}'", "User(\"<U>\")");
        check_step("expose: '${{ args.P }}'", "Expose([\"<P>\"])");
    }
}
