//! `stages`: what a stage starts from, its steps, and what differs by platform.

use std::collections::BTreeMap;

use crate::diagnostic::Code;
use crate::syntax::Field;
use crate::text::{Span, Spanned};
use crate::units::{self, Malformed};

use super::fields::{Key, Kind, Table, key};
use super::read::{Cx, Fields};
use super::value::{self, Slot};
use super::{
    Arg, Check, ImageKeys, InputName, PlatformPattern, Step, Value, Written, arg, check, image,
    input, name, step,
};

/// A named sequence of steps on a base.
#[derive(Clone, Debug)]
pub struct Stage {
    /// `[a-z][a-z0-9_.-]*`, unique without case.
    pub name: Spanned<String>,
    /// Name and body.
    pub span: Span,
    /// For `--call=targets`.
    pub description: Option<Spanned<String>>,
    /// The keys as written.
    pub body: Body,
    /// The keys that differ by target platform.
    pub by_platform: Vec<Variant>,
}

/// One entry of a stage's `by-platform`.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Which target platforms.
    pub pattern: Spanned<PlatformPattern>,
    /// A key replaces, maps (`args`, `env`, `build-env`, `image`) merge.
    pub body: Body,
}

/// The keys of a stage that a variant may replace; `None` where the key was not written.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// What the stage starts from.
    pub from: Option<InputName>,
    /// `target`, `build` or a literal platform.
    pub platform: Option<Value>,
    /// Arguments of this stage and of stages built from it.
    pub args: Vec<Arg>,
    /// Environment of steps and image.
    pub env: Vec<(Spanned<String>, Value)>,
    /// Environment of the steps only; no value is a declaration without one.
    pub build_env: Vec<(Spanned<String>, Option<Value>)>,
    /// The shell of the stage.
    pub shell: Option<Spanned<Vec<Value>>>,
    /// The user of the stage.
    pub user: Option<Value>,
    /// The working directory, made if it is not there.
    pub workdir: Option<Value>,
    /// `false` leaves `set -e` out of scripts of several lines.
    pub errexit: Option<Spanned<bool>>,
    /// The steps.
    pub steps: Option<Vec<Step<Written>>>,
    /// What the image config adds.
    pub image: Option<ImageKeys<Written>>,
    /// Lint settings.
    pub check: Option<Check>,
}

const BODY: &[Key] = &[
    key(
        "from",
        input::INPUT,
        "alpine:3.20",
        "What the stage starts from: `scratch`, a stage, or an image.",
    ),
    key(
        "platform",
        Kind::Text,
        "build",
        "Where base and steps run: `target`, `build`, or a platform.",
    ),
    key(
        "args",
        arg::ARGS,
        "{VERSION: \"1.0\"}",
        "Arguments of this stage and of stages built from it.",
    ),
    key(
        "env",
        Kind::Named(&Kind::Text),
        "{NODE_ENV: production}",
        "Environment of steps and image.",
    ),
    key(
        "build-env",
        Kind::Named(&Kind::OneOf(&[Kind::Text, Kind::Null])),
        "{CI: true}",
        "Environment of the steps only.",
    ),
    key(
        "shell",
        Kind::List(&Kind::Text),
        "[/bin/bash, -c]",
        "The shell of the stage.",
    ),
    key("user", Kind::Text, "node", "The user of the stage."),
    key(
        "workdir",
        Kind::Text,
        "/app",
        "The working directory, made if it is not there.",
    ),
    key(
        "errexit",
        Kind::Bool,
        "false",
        "`false` leaves `set -e` out of texts of several lines.",
    ),
    key(
        "steps",
        Kind::List(&Kind::Step),
        "[{run: make}]",
        "What the stage does, in order.",
    ),
    key(
        "image",
        Kind::Map(&image::decode::IMAGE),
        "{cmd: [node, server.js]}",
        "What the image config adds.",
    ),
    key(
        "check",
        Kind::Map(&check::CHECK),
        "{skip: [comment-in-command]}",
        "Settings of the warnings about this stage.",
    ),
];

const VARIANTS: Kind = Kind::Named(&Kind::Map(&VARIANT));

pub(super) static STAGE: Table = Table {
    what: "a stage",
    doc: "A named sequence of steps on a base.",
    groups: &[
        &[key(
            "description",
            Kind::Literal,
            "The server",
            "One line, shown by `--call=targets`.",
        )],
        BODY,
        &[key(
            "by-platform",
            VARIANTS,
            "{linux/arm64: {from: arm64v8/alpine}}",
            "Per platform pattern the keys that differ: a key replaces, maps merge.",
        )],
    ],
};

pub(super) static VARIANT: Table = Table {
    what: "a stage by platform",
    doc: "The keys of a stage that differ on some platforms.",
    groups: &[BODY],
};

/// Reads `stages`. Names are unique without case; a bad name was reported and is kept.
pub(super) fn decode(slot: Slot<'_>, cx: &mut Cx<'_>) -> Vec<Stage> {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    let mut stages = Vec::new();
    for field in value::map(slot, cx).unwrap_or_default() {
        check_name(field.key, &mut seen, cx);
        stages.extend(decode_one(field, cx));
    }
    stages
}

fn check_name(key: Spanned<&str>, seen: &mut BTreeMap<String, Span>, cx: &mut Cx<'_>) {
    let lower = key.value.to_ascii_lowercase();
    if let Some(first) = seen.get(&lower) {
        let message = format!("stage `{}` differs only in case from another", key.value);
        cx.diags
            .report(Code::DuplicateName, key.span, message)
            .secondary(*first, "the other one")
            .help("names of stages match without case: rename one of them");
        return;
    }
    seen.insert(lower.clone(), key.span);
    let Err(malformed) = name::check_stage(key.value) else {
        return;
    };
    let diagnostic = cx.diags.report(Code::BadName, key.span, malformed.message);
    if name::check_stage(&lower).is_ok() {
        diagnostic.suggest(lower.clone(), format!("write `{lower}`"));
    }
    diagnostic.help(malformed.help);
}

fn decode_one(field: Field<'_>, cx: &mut Cx<'_>) -> Option<Stage> {
    let slot = Slot::of(field, "{from: alpine:3.20, steps: []}");
    let fields = Fields::read(&STAGE, slot, field.key.span, cx)?;
    let body = body(&fields, cx);
    let by_platform = variants(&fields, cx);
    let has_from = |body: &Variant| body.body.from.is_some();
    if fields.key_span("from").is_none() && !by_platform.iter().any(has_from) {
        let message = format!("stage `{}` needs `from`", field.key.value);
        cx.diags
            .report(Code::MissingKey, field.key.span, message)
            .label("has no `from`")
            .help("add `from: IMAGE`, `from: STAGE` or `from: scratch`");
    }
    Some(Stage {
        name: field.key.map(str::to_owned),
        span: field.key.span.to(fields.span),
        description: fields.literal("description", cx),
        body,
        by_platform,
    })
}

fn variants(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Vec<Variant> {
    let Some(slot) = fields.some("by-platform", cx) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for field in value::map(slot, cx).unwrap_or_default() {
        let pattern = value::pattern(field.key, cx);
        let slot = Slot::of(field, "{from: alpine:3.20}");
        let Some(fields) = Fields::read(&VARIANT, slot, field.key.span, cx) else {
            continue;
        };
        let body = body(&fields, cx);
        out.extend(pattern.map(|pattern| Variant { pattern, body }));
    }
    out
}

fn body(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Body {
    let steps = fields.slot("steps");
    Body {
        from: fields.input("from", cx),
        platform: fields.checked_text("platform", check_platform, cx),
        args: fields
            .some("args", cx)
            .map_or_else(Vec::new, |slot| arg::decode(slot, cx)),
        env: fields.text_map("env", name::check_env, cx),
        build_env: fields
            .some("build-env", cx)
            .map_or_else(Vec::new, |slot| step::decode::build_env(slot, cx)),
        shell: fields
            .slot("shell")
            .and_then(|slot| value::some_shell(slot, cx)),
        user: fields.checked_text("user", value::check_user, cx),
        workdir: fields.checked_text("workdir", value::check_path, cx),
        errexit: fields.boolean("errexit", cx),
        steps: steps.map(|slot| step::decode::steps(slot, cx)),
        image: fields
            .some("image", cx)
            .and_then(|slot| image::decode::image(slot, cx)),
        check: fields
            .some("check", cx)
            .and_then(|slot| check::decode(slot, cx)),
    }
}

fn check_platform(text: &str) -> Result<(), Malformed> {
    if matches!(text, "target" | "build") {
        return Ok(());
    }
    units::parse_platform(text).map(drop).map_err(|malformed| {
        let help = "write `target`, `build`, or a platform such as linux/arm64";
        Malformed::new(malformed.message, help)
    })
}
