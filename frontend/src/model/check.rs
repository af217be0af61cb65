//! `check`: lint settings of a file, a stage or a step.

use crate::diagnostic::Code;
use crate::text::{Span, Spanned};

use super::fields::{Key, Kind, Table, key};
use super::read::{Cx, Fields};
use super::value::Slot;

/// Lint settings: decoded and checked here, used by the lint pass.
#[derive(Clone, Debug, Default)]
pub struct Check {
    /// Where it stands.
    pub span: Option<Span>,
    /// Rules not to report, or `all`.
    pub skip: Vec<Spanned<String>>,
    /// Whether a finding fails the build (a file's or stage's only).
    pub error: Option<Spanned<bool>>,
    /// Experimental rules to report, or `all`.
    pub experimental: Vec<Spanned<String>>,
}

const SKIP: Key = key(
    "skip",
    Kind::Some(&Kind::Literal),
    "[latest-image]",
    "Rules that say nothing here, or `all`.",
);
const ERROR: Key = key(
    "error",
    Kind::Bool,
    "true",
    "Whether what is found fails the build; not on a step.",
);
const EXPERIMENTAL: Key = key(
    "experimental",
    Kind::Some(&Kind::Literal),
    "[all]",
    "Rules that are off by default and on here, or `all`.",
);

pub(super) static CHECK: Table = Table {
    what: "`check`",
    doc: "Settings of the warnings about what it stands on.",
    groups: &[&[SKIP, ERROR, EXPERIMENTAL]],
};

/// What a step may say; read as [`CHECK`], which knows better what is wrong with `error`.
pub(super) static STEP_CHECK: Table = Table {
    what: "`check` of a step",
    doc: "Settings of the warnings about the step.",
    groups: &[&[SKIP, EXPERIMENTAL]],
};

/// Reads the settings of a file or a stage.
pub(super) fn decode(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Check> {
    let at = cx.doc.span(slot.id);
    let fields = Fields::read(&CHECK, slot, at, cx)?;
    Some(Check {
        span: Some(fields.span),
        skip: fields.literals("skip", cx),
        error: fields.boolean("error", cx),
        experimental: fields.literals("experimental", cx),
    })
}

/// Reads the settings of a step, which cannot say `error`.
pub(super) fn decode_step(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Check> {
    let check = decode(slot, cx)?;
    let Some(error) = check.error else {
        return Some(check);
    };
    cx.diags
        .report(
            Code::MisplacedOption,
            error.span,
            "a step's `check` has no `error`",
        )
        .help("write `check: {error: ...}` on the stage or at the top of the file");
    Some(Check {
        error: None,
        ..check
    })
}
