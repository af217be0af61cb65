//! `stages`: what a stage starts from, its steps, and what differs by platform.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::{Field, View};
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
    /// The number of a stage of a Dockerfile that has no other name: no name finds it.
    pub number: Option<usize>,
    /// What the log shows in place of the name.
    pub title: Option<String>,
    /// The `FROM` of a Dockerfile, its lines joined.
    pub command: Option<String>,
    /// Mistakes that count only if the stage is built.
    pub mistakes: Vec<Mistake>,
    /// Name and body.
    pub span: Span,
    /// For `--call=targets`.
    pub description: Option<Spanned<String>>,
    /// The keys as written.
    pub body: Body,
    /// The keys that differ by target platform.
    pub by_platform: Vec<Variant>,
}

/// A mistake in a Dockerfile that counts for some builds only.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// What is wrong.
    pub diagnostic: Diagnostic,
    /// It does not count if the request sets this argument.
    pub unless: Option<String>,
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

const FROM: Key = key(
    "from",
    input::INPUT,
    "alpine:3.20",
    "What the stage starts from: `scratch`, a stage, or an image.",
);

const BODY: &[Key] = &[
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
        &[FROM.unless("by-platform")],
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
    groups: &[&[FROM], BODY],
};

/// Reads `stages`. Names are unique without case; a bad name was reported and is kept.
pub(super) fn decode(slot: Slot<'_>, cx: &mut Cx<'_>) -> Vec<Stage> {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    let mut stages = Vec::new();
    let mut fields = value::map(slot, cx).unwrap_or_default();
    if let Some(key) = key_as_name(&fields, cx) {
        report_key_as_name(key, cx);
        let is_stage = |field: &Field<'_>| {
            STAGE.find(field.key.value).is_none() && !matches!(cx.doc.view(field.value), View::Null)
        };
        fields.retain(is_stage);
    }
    for field in fields {
        check_name(field.key, &mut seen, cx);
        stages.extend(decode_one(field, cx));
    }
    stages
}

/// Returns the first key of a stage that stands where names of stages do, for want of indentation.
fn key_as_name<'d>(fields: &[Field<'d>], cx: &Cx<'_>) -> Option<Spanned<&'d str>> {
    let is_key = |field: &&Field<'_>| {
        let value = cx.doc.view(field.value);
        STAGE.find(field.key.value).is_some()
            && matches!(value, View::Scalar(_) | View::Sequence(_))
    };
    fields.iter().find(is_key).map(|field| field.key)
}

fn report_key_as_name(key: Spanned<&str>, cx: &mut Cx<'_>) {
    let message = format!("`{}` is a key of a stage, not the name of one", key.value);
    cx.diags
        .report(Code::WrongType, key.span, message)
        .label("stands where names do")
        .help("indent it, and the other keys of the stage, deeper than the stage's name");
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
    if !has_from(&fields, cx) && !is_image_text(&fields, cx) {
        let message = format!("stage `{}` needs `from`", field.key.value);
        cx.diags
            .report(Code::MissingKey, field.key.span, message)
            .label("has no `from`")
            .help("add `from: IMAGE`, `from: STAGE` or `from: scratch`");
    }
    Some(Stage {
        name: field.key.map(str::to_owned),
        number: None,
        title: None,
        command: None,
        mistakes: Vec::new(),
        span: field.key.span.to(fields.span),
        description: fields.literal("description", cx),
        body,
        by_platform,
    })
}

/// Tells whether the stage or one of its variants says what it starts from.
fn has_from(fields: &Fields<'_>, cx: &Cx<'_>) -> bool {
    let variants = fields.slot("by-platform").map(|slot| cx.doc.view(slot.id));
    let in_variant = match variants {
        Some(View::Mapping(mapping)) => mapping.fields().iter().any(|field| {
            let body = cx.doc.view(field.value);
            matches!(body, View::Mapping(body) if body.get("from").is_some())
        }),
        _ => false,
    };
    in_variant || fields.is_meant("from")
}

/// Tells whether `image` was written for `from`, which was reported as a wrong type.
fn is_image_text(fields: &Fields<'_>, cx: &Cx<'_>) -> bool {
    let image = fields.slot("image").map(|slot| cx.doc.view(slot.id));
    matches!(image, Some(View::Scalar(_)))
}

/// Reads `image`; who wrote the name of one is shown `from`.
fn image_keys(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Option<ImageKeys<Written>> {
    let slot = fields.some("image", cx)?;
    if let View::Scalar(scalar) = cx.doc.view(slot.id)
        && !fields.is_meant("from")
    {
        let message = "`image` is what the image config adds, not what the stage starts from";
        cx.diags
            .report(Code::WrongType, scalar.span, message)
            .label("text")
            .help(format!("write `from: {}`", scalar.text));
        return None;
    }
    image::decode::image(slot, cx)
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
        image: image_keys(fields, cx),
        check: fields
            .some("check", cx)
            .and_then(|slot| check::decode(slot, cx)),
    }
}

fn check_platform(text: &str) -> Result<(), Malformed> {
    if matches!(text, "target" | "build") {
        return Ok(());
    }
    if text.starts_with('$') {
        return Err(Malformed::new(
            format!("`{text}` is a variable of the shell, which is not replaced here"),
            "write `build` for $BUILDPLATFORM; $TARGETPLATFORM is the default",
        ));
    }
    units::parse_platform(text).map(drop).map_err(|malformed| {
        let help = "write `target`, `build`, or a platform such as linux/arm64";
        Malformed::new(malformed.message, help)
    })
}

#[cfg(test)]
mod tests {
    use crate::model::tests::{check, check_stage};

    #[test]
    fn a_stage_has_its_keys() {
        check_stage(
            "from: {image: a}\nplatform: build\nbuild-env: {A: }\nshell: [b, -c]\nuser: c\n\
             workdir: /d\nerrexit: false\ndescription: e\ncheck: {error: true}\nimage: {cmd: f}",
            "Build { stages: [Stage { name: \"s\", description: \"e\", body: Body { from: Image \"a\", \
             platform: \"build\", build_env: [\"A\"=None], shell: [\"b\", \"-c\"], user: \"c\", \
             workdir: \"/d\", errexit: false, image: ImageKeys { cmd: Shell(\"f\") }, \
             check: Check { error: true } } }] }",
        );
    }

    #[test]
    fn a_variant_has_the_keys_that_differ() {
        check_stage(
            "by-platform: {linux/arm64: {from: a}, \"*/amd64\": {from: b, env: {C: d}}}",
            "Build { stages: [Stage { name: \"s\", by_platform: \
             [Variant { pattern: PlatformPattern { os: \"linux\", arch: \"arm64\", variant: \"\" }, \
             body: Body { from: Any \"a\" } }, \
             Variant { pattern: PlatformPattern { arch: \"amd64\", variant: \"\" }, \
             body: Body { from: Any \"b\", env: [\"C\"=\"d\"] } }] }] }",
        );
    }

    #[test]
    fn a_stage_starts_from_something() {
        check_stage(
            "user: a",
            "2:2: stage `s` needs `from` (add `from: IMAGE`, `from: STAGE` or `from: scratch`)",
        );
        check_stage("form: a", "3:3: unknown key `form` (did you mean `from`?)");
        check_stage(
            "image: a:1",
            "3:10: `image` is what the image config adds, not what the stage starts from \
             (write `from: a:1`)",
        );
    }

    #[test]
    fn keys_of_other_maps_are_shown_their_place() {
        check_stage(
            "from: a\ncmd: b\nlabels: {c: d}",
            "4:3: unknown key `cmd` (it is about the image: write `cmd` below `image`)\n\
             5:3: unknown key `labels` (it is about the image: write `labels` below `image`)",
        );
        check_stage(
            "from: a\ncopy: b\nvolume: c",
            "4:3: unknown key `copy` (it is a step: write `- copy: ...` below `steps`)\n\
             5:3: unknown key `volume` (it is a step: write `- volume: ...` below `steps`)",
        );
        check(
            "{from: a, steps: [], stages: {b: {from: a}}}",
            "1:2: unknown key `from` (it is about a stage: write `from` below the name of one, \
             below `stages`)\n\
             1:11: unknown key `steps` (it is about a stage: write `steps` below the name of one, \
             below `stages`)",
        );
        check_stage(
            "from: a\nmatrix: {}",
            "4:3: `matrix` is reserved (remove it; to keep it as a note or an anchor, start its \
             name with `x-`)",
        );
    }

    #[test]
    fn keys_stand_deeper_than_the_name() {
        check(
            "stages:\n  a:\n  from: b\n  steps:\n  - run: c\n  d: {fro: e}",
            "3:3: `from` is a key of a stage, not the name of one (indent it, and the other keys \
             of the stage, deeper than the stage's name)\n\
             6:7: unknown key `fro` (did you mean `from`?)",
        );
    }

    #[test]
    fn a_colon_has_a_space_after_it() {
        check(
            "stages: {a: 'from:b'}",
            "1:13: `a` wants a map, not text (write a space after the colon: `from: b`)",
        );
    }

    #[test]
    fn names_are_lower_case_and_unique() {
        check(
            "stages: {a: {from: b}, A: {from: b}, context: {from: b}, B: {from: a}}",
            "1:24: stage `A` differs only in case from another (names of stages match without \
             case: rename one of them)\n\
             1:38: `context` has a meaning of its own and cannot be the name of a stage \
             (choose another name)\n\
             1:58: `B` cannot be the name of a stage (write `b`)",
        );
    }

    #[test]
    fn a_platform_is_a_word_or_a_platform() {
        check_stage(
            "from: a\nplatform: arm64",
            "4:13: `arm64` is only half a platform (write `target`, `build`, or a platform such \
             as linux/arm64)",
        );
    }
}
