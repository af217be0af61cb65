//! `image` and `healthcheck`: their keys, and how they are read.
//!
//! Literal ports, signals, users, durations and ONBUILD instructions were checked.

use crate::diagnostic::Code;
use crate::model::fields::{Kind, Table, key};
use crate::model::read::{Cx, Fields};
use crate::model::value::{self, Check, Slot};
use crate::model::{Value, Written, name};
use crate::syntax::View;
use crate::text::{Span, Spanned};
use crate::units::{self, Malformed};

use super::{Healthcheck, ImageKeys};

/// What `healthcheck` takes.
pub(in crate::model) const HEALTHCHECK: Kind =
    Kind::OneOf(&[Kind::Word(&["none"]), Kind::Map(&CHECKUP)]);

const COMMAND: Kind = Kind::OneOf(&[Kind::Text, Kind::List(&Kind::Text)]);
const TEXTS: Kind = Kind::Some(&Kind::Text);

pub(in crate::model) static CHECKUP: Table = Table {
    what: "a health check",
    doc: "A command that says whether a container is healthy.",
    groups: &[&[
        key(
            "run",
            COMMAND,
            "curl -f http://localhost",
            "The command; a string goes to the image's shell.",
        )
        .required(),
        key("interval", Kind::Text, "30s", "Time between checks."),
        key("timeout", Kind::Text, "5s", "Time for one check."),
        key(
            "start-period",
            Kind::Text,
            "1m",
            "Time in which failures do not count.",
        ),
        key(
            "start-interval",
            Kind::Text,
            "5s",
            "Time between checks in the start period.",
        ),
        key(
            "retries",
            Kind::Int,
            "3",
            "Failures in a row before the container is unhealthy.",
        ),
    ]],
};

pub(in crate::model) static IMAGE: Table = Table {
    what: "`image`",
    doc: "What the image config adds after the last step.",
    groups: &[&[
        key("entrypoint", COMMAND, "[node]", "What the image runs."),
        key(
            "cmd",
            COMMAND,
            "[node, server.js]",
            "What the image runs, or the arguments of its entrypoint.",
        ),
        key("user", Kind::Text, "node", "Who runs it."),
        key(
            "workdir",
            Kind::Text,
            "/app",
            "Where it runs; no directory is made.",
        ),
        key(
            "env",
            Kind::Named(&Kind::Text),
            "{NODE_ENV: production}",
            "Environment of the image only.",
        ),
        key("expose", TEXTS, "[8080]", "Ports that it listens on."),
        key(
            "volumes",
            TEXTS,
            "[/data]",
            "Directories that are kept outside the image.",
        ),
        key(
            "labels",
            Kind::Named(&Kind::Text),
            "{org.opencontainers.image.title: app}",
            "Labels of the image.",
        ),
        key(
            "annotations",
            Kind::Named(&Kind::Text),
            "{org.opencontainers.image.title: app}",
            "Annotations of the manifest.",
        ),
        key(
            "healthcheck",
            HEALTHCHECK,
            "{run: curl -f localhost}",
            "How to tell that a container is healthy, or `none`.",
        ),
        key(
            "stop-signal",
            Kind::Text,
            "SIGINT",
            "The signal that stops a container.",
        ),
        key(
            "shell",
            Kind::List(&Kind::Text),
            "[/bin/bash, -c]",
            "Shell of the image and of builds from it.",
        ),
        key(
            "onbuild",
            Kind::Some(&Kind::Literal),
            "[\"COPY . /app\"]",
            "Dockerfile instructions that run in builds from this image.",
        ),
        key("author", Kind::Text, "me@example.com", "Who made it."),
    ]],
};

/// Reads `image`.
pub(in crate::model) fn image(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<ImageKeys<Written>> {
    let at = cx.doc.span(slot.id);
    let fields = Fields::read(&IMAGE, slot, at, cx)?;
    let command = |name, cx: &mut Cx<'_>| value::command(fields.slot(name)?, cx);
    Some(ImageKeys {
        span: fields.span,
        entrypoint: command("entrypoint", cx),
        cmd: command("cmd", cx),
        user: fields.checked_text("user", value::check_user, cx),
        workdir: fields.checked_text("workdir", value::check_path, cx),
        env: fields.text_map("env", name::check_env, cx),
        expose: texts(&fields, "expose", check_port, cx),
        volumes: texts(&fields, "volumes", value::check_path, cx),
        labels: fields.text_map("labels", name::check_label, cx),
        annotations: fields.text_map("annotations", name::check_label, cx),
        healthcheck: fields
            .slot("healthcheck")
            .and_then(|slot| healthcheck(slot, fields.key_span("healthcheck"), cx)),
        stop_signal: fields.checked_text("stop-signal", check_signal, cx),
        shell: fields
            .slot("shell")
            .and_then(|slot| value::some_shell(slot, cx)),
        onbuild: onbuild(&fields, "onbuild", cx),
        author: fields.text("author", cx),
    })
}

fn texts(fields: &Fields<'_>, name: &str, check: Check, cx: &mut Cx<'_>) -> Vec<Value> {
    let items = fields.items(name, cx).into_iter();
    items
        .filter_map(|item| value::checked_text(item, check, cx))
        .collect()
}

/// Checks what EXPOSE takes.
pub(in crate::model) fn check_port(text: &str) -> Result<(), Malformed> {
    units::parse_port(text).map(drop)
}

/// Checks what STOPSIGNAL takes.
pub(in crate::model) fn check_signal(text: &str) -> Result<(), Malformed> {
    units::parse_signal(text).map(drop)
}

/// Reports text that is not `none`: another word for it, or the command itself.
fn report_no_checkup(slot: Slot<'_>, text: &str, cx: &mut Cx<'_>) {
    const NONE: &[&str] = &["none", "off", "no", "false", "disable", "disabled"];
    let is_none = NONE.iter().any(|word| text.eq_ignore_ascii_case(word));
    let wanted = "a map or `none`";
    let Some(diagnostic) = cx.doc.wrong_type(slot.id, slot.name, wanted, cx.diags) else {
        return;
    };
    match is_none {
        true => diagnostic.suggest("none", "write `none`"),
        false => diagnostic.help("write the command below `run`, as in `{run: curl -f localhost}`"),
    };
}

/// Reads `healthcheck`: `none`, or a command and its times; `at` is its key.
pub(in crate::model) fn healthcheck(
    slot: Slot<'_>,
    at: Option<Span>,
    cx: &mut Cx<'_>,
) -> Option<Spanned<Healthcheck<Written>>> {
    let span = cx.doc.span(slot.id);
    match cx.doc.view(slot.id) {
        View::Scalar(scalar) if scalar.text == "none" => {
            return Some(Spanned::new(Healthcheck::None, span));
        }
        View::Mapping(_) => {}
        View::Scalar(scalar) => {
            report_no_checkup(slot, scalar.text, cx);
            return None;
        }
        View::Null | View::Sequence(_) | View::Broken => {
            value::wrong_type(slot, "a map or `none`", cx);
            return None;
        }
    }
    let fields = Fields::read(&CHECKUP, slot, at.unwrap_or(span), cx)?;
    let run = fields
        .slot("run")
        .and_then(|slot| value::some_command(slot, cx));
    let interval: Check = |text| units::parse_interval(text).map(drop);
    let check = Healthcheck::Check {
        interval: fields.checked_text("interval", interval, cx),
        timeout: fields.checked_text("timeout", interval, cx),
        start_period: fields.checked_text("start-period", interval, cx),
        start_interval: fields.checked_text("start-interval", interval, cx),
        retries: fields.checked_text("retries", check_retries, cx),
        run: run?.value,
    };
    Some(Spanned::new(check, span))
}

fn check_retries(text: &str) -> Result<(), Malformed> {
    match units::parse_integer(text)?.try_into() {
        Ok(0..=i32::MAX) => Ok(()),
        _ => Err(Malformed::new(
            format!("`{text}` is not a number of retries"),
            "write a number such as 3",
        )),
    }
}

/// The instructions that can be a trigger.
const TRIGGERS: &[&str] = &[
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "HEALTHCHECK",
    "LABEL",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// Reads ONBUILD triggers; reports `bad-value` for what is no instruction.
pub(in crate::model) fn onbuild(
    fields: &Fields<'_>,
    name: &str,
    cx: &mut Cx<'_>,
) -> Vec<Spanned<String>> {
    let mut triggers = fields.literals(name, cx);
    triggers.retain(|trigger| is_trigger(trigger, cx));
    triggers
}

fn is_trigger(trigger: &Spanned<String>, cx: &mut Cx<'_>) -> bool {
    let (word, rest) = trigger
        .value
        .trim()
        .split_once(char::is_whitespace)
        .unwrap_or((trigger.value.trim(), ""));
    let upper = word.to_ascii_uppercase();
    let is_known = TRIGGERS.contains(&upper.as_str());
    if is_known && !rest.trim().is_empty() {
        return true;
    }
    let message = match upper.as_str() {
        "" => "an empty text is not an instruction".to_owned(),
        "FROM" | "MAINTAINER" => format!("`{word}` cannot be a trigger"),
        "ONBUILD" => "the key says `onbuild` already".to_owned(),
        _ if is_known => format!("`{word}` has nothing after it"),
        _ => format!("`{word}` is not a Dockerfile instruction"),
    };
    let diagnostic = cx
        .diags
        .report(Code::BadValue, trigger.span, message)
        .help("write an instruction without ONBUILD, such as \"COPY . /app\"");
    let near = crate::diagnostic::suggest::nearest(word, TRIGGERS.iter().copied());
    if let Some(near) = near.filter(|_| !is_known) {
        diagnostic.suggest(
            trigger.value.replacen(word, near, 1),
            format!("did you mean `{near}`?"),
        );
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::model::tests::check_image;

    #[test]
    fn an_image_has_its_keys() {
        check_image(
            "{entrypoint: [a], cmd: b, user: c, workdir: d, env: {E: f}, expose: 80, volumes: [/g], \
             labels: {h: i}, annotations: {j: k}, stop-signal: 9, shell: [l], onbuild: [RUN m], \
             author: n}",
            "entrypoint: Exec([\"a\"]), cmd: Shell(\"b\"), user: \"c\", workdir: \"d\", \
             env: [\"E\"=\"f\"], expose: [\"80\"], volumes: [\"/g\"], labels: [\"h\"=\"i\"], \
             annotations: [\"j\"=\"k\"], stop_signal: \"9\", shell: [\"l\"], onbuild: [\"RUN m\"], \
             author: \"n\"",
        );
    }

    #[test]
    fn a_health_check_is_none_or_a_command() {
        check_image(
            "{healthcheck: {run: a, interval: 30s, timeout: 5s, start-period: 1m, \
             start-interval: 0, retries: 3}}",
            "healthcheck: Check { run: Shell(\"a\"), interval: \"30s\", timeout: \"5s\", \
             start_period: \"1m\", start_interval: \"0\", retries: \"3\" }",
        );
        check_image(
            "{healthcheck: off}",
            "1:15: `healthcheck` wants a map or `none`, not text (write `none`)",
        );
        check_image(
            "{healthcheck: curl localhost}",
            "1:15: `healthcheck` wants a map or `none`, not text (write the command below `run`, \
             as in `{run: curl -f localhost}`)",
        );
        check_image(
            "{healthcheck: {run: a, retries: -1, interval: 5}}",
            "1:33: `-1` is not a number of retries (write a number such as 3)\n\
             1:47: `5` has no unit (write numbers with their units, such as 30s, 1m30s or 500ms)",
        );
    }

    #[test]
    fn a_trigger_is_an_instruction() {
        check_image(
            "{onbuild: [run make, FROM a, RNU b, COPY]}",
            "1:22: `FROM` cannot be a trigger (write an instruction without ONBUILD, such as \
             \"COPY . /app\")\n\
             1:30: `RNU` is not a Dockerfile instruction (did you mean `RUN`?: RUN b)\n\
             1:37: `COPY` has nothing after it (write an instruction without ONBUILD, such as \
             \"COPY . /app\")",
        );
    }

    #[test]
    fn a_word_of_compose_is_understood() {
        check_image(
            "{ports: [80]}",
            "1:2: unknown key `ports` (did you mean `expose`?)",
        );
    }
}
