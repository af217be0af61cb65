//! Single values: text with references, text by platform, words, truth values, lists of them.
//!
//! Every string of the language is read by [`text`] or [`literal`], so that every string takes
//! references and platforms, or says that it does not.

use crate::diagnostic::suggest::nearest;
use crate::diagnostic::{Code, Diagnostic};
use crate::expr::{self, Name, Template};
use crate::syntax::{Field, NodeId, View};
use crate::text::{Span, Spanned};
use crate::units::{self, Malformed};

use super::fields::{Key, Kind, Table, key};
use super::read::{Cx, Fields};
use super::{ByPlatform, Command, PlatformPattern, Value, Written};

/// Checks the literal text of a value.
pub(super) type Check = fn(&str) -> Result<(), Malformed>;

/// Checks a name that the author chose.
pub(super) type NameCheck = fn(&str) -> Result<(), Malformed>;

/// A value, and what messages call it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot<'d> {
    /// The key it stands at, or in whose list it stands.
    pub(super) name: &'d str,
    /// What to type instead.
    pub(super) example: &'static str,
    /// The node.
    pub(super) id: NodeId,
}

impl<'d> Slot<'d> {
    /// Returns the value of a key.
    pub(super) fn new(key: &'static Key, id: NodeId) -> Self {
        Self {
            name: key.name,
            example: key.example,
            id,
        }
    }

    /// Returns the value of a name that the author chose.
    pub(super) fn of(field: Field<'d>, example: &'static str) -> Self {
        Self {
            name: field.key.value,
            example,
            id: field.value,
        }
    }
}

pub(super) static BY_PLATFORM: Table = Table {
    what: "a value by platform",
    doc: "A string that differs by target platform.",
    groups: &[&[key(
        "by-platform",
        Kind::Named(&Kind::Text),
        "{linux/amd64: x86_64, default: generic}",
        "The string per platform pattern; `default` is for every other platform.",
    )
    .required()]],
};

impl Value {
    /// Returns where it is written.
    pub fn span(&self) -> Span {
        match self {
            Self::Plain(template) => template.span,
            Self::ByPlatform(by_platform) => by_platform.span,
        }
    }

    /// Returns every string it can be.
    pub fn templates(&self) -> impl Iterator<Item = &Template<Name>> {
        let (plain, cases, default) = match self {
            Self::Plain(template) => (Some(template), &[][..], None),
            Self::ByPlatform(it) => (None, it.cases.as_slice(), it.default.as_ref()),
        };
        let cases = cases.iter().map(|(_, template)| template);
        plain.into_iter().chain(cases).chain(default)
    }

    /// Returns the text when it is the same for every argument and platform.
    pub fn as_literal(&self) -> Option<&str> {
        match self {
            Self::Plain(template) => template.as_literal(),
            Self::ByPlatform(_) => None,
        }
    }
}

/// Says that a value is of another kind than wanted, and what to type.
pub(super) fn wrong_type<'c>(
    slot: Slot<'_>,
    wanted: &str,
    cx: &'c mut Cx<'_>,
) -> Option<&'c mut Diagnostic> {
    let diagnostic = cx.doc.wrong_type(slot.id, slot.name, wanted, cx.diags)?;
    let name = slot.name;
    Some(diagnostic.help(format!("write `{name}: {}`", slot.example)))
}

/// Reads text with references, or by platform.
pub(super) fn text(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Value> {
    if let View::Mapping(mapping) = cx.doc.view(slot.id)
        && mapping.get("by-platform").is_some()
    {
        return by_platform(slot, cx).map(Box::new).map(Value::ByPlatform);
    }
    template(slot, cx).map(Value::Plain)
}

/// Reads text; what is literal must pass `check`. Reports `bad-value`.
pub(super) fn checked_text(slot: Slot<'_>, check: Check, cx: &mut Cx<'_>) -> Option<Value> {
    let value = text(slot, cx)?;
    check_value(&value, check, cx).then_some(value)
}

/// Tells whether every literal text of a value passes `check`. Reports `bad-value`.
pub(super) fn check_value(value: &Value, check: Check, cx: &mut Cx<'_>) -> bool {
    let mut is_good = true;
    for template in value.templates() {
        if let Some(Err(malformed)) = template.as_literal().map(check) {
            bad_value(malformed, template.span, cx);
            is_good = false;
        }
    }
    is_good
}

/// Reports `bad-value`.
pub(super) fn bad_value(malformed: Malformed, span: Span, cx: &mut Cx<'_>) {
    cx.diags
        .report(Code::BadValue, span, malformed.message)
        .help(malformed.help);
}

/// Checks a name that the author chose; reports `bad-name`.
pub(super) fn is_good_name(name: Spanned<&str>, check: NameCheck, cx: &mut Cx<'_>) -> bool {
    let Err(malformed) = check(name.value) else {
        return true;
    };
    cx.diags
        .report(Code::BadName, name.span, malformed.message)
        .help(malformed.help);
    false
}

/// Reads a string and the references in it: the only place where they are read.
fn template(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Template<Name>> {
    let text = string(slot, cx)?;
    let scalar = expr::has_references(text.value).then(|| cx.doc.scalar_text(slot.id));
    let Some(scalar) = scalar.flatten() else {
        return Some(Template::literal(text.span, text.value));
    };
    let place = |range| scalar.span_of(range);
    Some(expr::parse(text.value, text.span, &place, cx.diags))
}

fn string<'d>(slot: Slot<'_>, cx: &mut Cx<'d>) -> Option<Spanned<&'d str>> {
    match cx.doc.view(slot.id) {
        View::Scalar(_) => cx.doc.string(slot.id, slot.name, cx.diags),
        View::Null if !cx.doc.span(slot.id).is_empty() => {
            cx.doc.string(slot.id, slot.name, cx.diags)
        }
        View::Null | View::Sequence(_) | View::Mapping(_) | View::Broken => {
            wrong_type(slot, "text", cx);
            None
        }
    }
}

/// Reads text that takes no references.
pub(super) fn literal(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Spanned<String>> {
    let text = string(slot, cx)?;
    if expr::has_references(text.value) {
        let message = format!("`{}` takes no references", slot.name);
        cx.diags
            .report(Code::MisplacedReference, text.span, message)
            .label("`${{` is not replaced here")
            .help("write the text itself");
        return None;
    }
    Some(text.map(str::to_owned))
}

fn by_platform(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<ByPlatform> {
    let at = cx.doc.span(slot.id);
    let outer = Fields::read(&BY_PLATFORM, slot, at, cx)?;
    let inner = outer.slot("by-platform")?;
    let mut out = ByPlatform {
        span: outer.span,
        cases: Vec::new(),
        default: None,
    };
    let fields = map(inner, cx)?;
    for field in &fields {
        let value = template(Slot::of(*field, "x86_64"), cx);
        if field.key.value == "default" {
            out.default = value;
        } else if let Some(pattern) = case_pattern(field.key, cx) {
            out.cases.extend(value.map(|value| (pattern, value)));
        }
    }
    if fields.is_empty() {
        empty(inner, cx);
    }
    let n_read = out.cases.len() + usize::from(out.default.is_some());
    if n_read == 0 || n_read < fields.len() {
        // What was reported may be what a platform lacks: nothing more is said about it.
        let reported = Template::reference(out.span, Name::Broken);
        out.default.get_or_insert(reported);
    }
    Some(out)
}

/// Reads a key of `by-platform`; reports `bad-platform`, and who misspelt `default` is shown it.
fn case_pattern(key: Spanned<&str>, cx: &mut Cx<'_>) -> Option<Spanned<PlatformPattern>> {
    if !key.value.contains('/') && nearest(key.value, ["default"]).is_some() {
        let message = format!("`{}` is not a platform pattern", key.value);
        cx.diags
            .report(Code::BadPlatform, key.span, message)
            .suggest("default", "did you mean `default`?");
        return None;
    }
    pattern(key, cx)
}

/// Reads a platform pattern; reports `bad-platform`.
pub(super) fn pattern(key: Spanned<&str>, cx: &mut Cx<'_>) -> Option<Spanned<PlatformPattern>> {
    match PlatformPattern::parse(key.value) {
        Ok(pattern) => Some(Spanned::new(pattern, key.span)),
        Err(malformed) => {
            cx.diags
                .report(Code::BadPlatform, key.span, malformed.message)
                .help(malformed.help);
            None
        }
    }
}

/// Reads `true` or `false`.
pub(super) fn boolean(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Spanned<bool>> {
    cx.doc.bool(slot.id, slot.name, cx.diags)
}

/// Reads one of the words in `table`; reports `bad-value`.
pub(super) fn word<T: Copy>(
    slot: Slot<'_>,
    table: &[(&str, T)],
    cx: &mut Cx<'_>,
) -> Option<Spanned<T>> {
    let text = literal(slot, cx)?;
    let found = table.iter().find(|(name, _)| *name == text.value);
    if let Some((_, value)) = found {
        return Some(Spanned::new(*value, text.span));
    }
    let names = || table.iter().map(|(name, _)| *name);
    let longer = names().find(|name| text.value.starts_with(name));
    let near = nearest(&text.value, names()).or(longer);
    let list: Vec<&str> = names().collect();
    let message = format!("`{}` cannot be `{}`", slot.name, text.value);
    let diagnostic = cx.diags.report(Code::BadValue, text.span, message);
    let diagnostic = match near {
        Some(near) => diagnostic.suggest(near, format!("did you mean `{near}`?")),
        None => diagnostic,
    };
    diagnostic.help(format!("write one of: {}", list.join(", ")));
    None
}

/// Reads a map with names of the author's choice.
pub(super) fn map<'d>(slot: Slot<'_>, cx: &mut Cx<'d>) -> Option<Vec<Field<'d>>> {
    if let View::Mapping(mapping) = cx.doc.view(slot.id) {
        return Some(mapping.fields());
    }
    wrong_type(slot, "a map", cx);
    None
}

/// Reads a list.
pub(super) fn list<'d>(slot: Slot<'d>, cx: &mut Cx<'_>) -> Option<Vec<Slot<'d>>> {
    if let View::Sequence(items) = cx.doc.view(slot.id) {
        return Some(items.iter().map(|id| Slot { id: *id, ..slot }).collect());
    }
    wrong_type(slot, "a list", cx);
    None
}

/// Reads a list; anything else is a list of one.
pub(super) fn items<'d>(slot: Slot<'d>, cx: &Cx<'_>) -> Vec<Slot<'d>> {
    match cx.doc.view(slot.id) {
        View::Sequence(items) => items.iter().map(|id| Slot { id: *id, ..slot }).collect(),
        _ => vec![slot],
    }
}

/// Reads a text or a list of texts.
pub(super) fn texts(slot: Slot<'_>, cx: &mut Cx<'_>) -> Vec<Value> {
    let items = items(slot, cx);
    items
        .into_iter()
        .filter_map(|item| text(item, cx))
        .collect()
}

/// Reads a text or a list of at least one; what is literal must pass `check`.
pub(super) fn some_texts(slot: Slot<'_>, check: Check, cx: &mut Cx<'_>) -> Option<Vec<Value>> {
    let items = items(slot, cx);
    if items.is_empty() {
        empty(slot, cx);
        return None;
    }
    let values = items.into_iter();
    Some(
        values
            .filter_map(|item| checked_text(item, check, cx))
            .collect(),
    )
}

/// Reports `empty-list` for a list or map that needs an entry.
pub(super) fn empty(slot: Slot<'_>, cx: &mut Cx<'_>) {
    let message = format!("`{}` is empty", slot.name);
    cx.diags
        .report(Code::EmptyList, cx.doc.span(slot.id), message)
        .help(format!("write `{}: {}`", slot.name, slot.example));
}

/// Reads a map of texts whose names pass `check`.
pub(super) fn text_map(
    slot: Slot<'_>,
    check: NameCheck,
    cx: &mut Cx<'_>,
) -> Vec<(Spanned<String>, Value)> {
    let mut out = Vec::new();
    for field in pairs(slot, cx) {
        let is_good = is_good_name(field.key, check, cx);
        let value = text(Slot::of(field, "\"\""), cx).filter(|_| is_good);
        out.extend(value.map(|value| (field.key.map(str::to_owned), value)));
    }
    out
}

/// Reads a map, and shows how to write one to those who wrote a list of `A=b`.
pub(super) fn pairs<'d>(slot: Slot<'_>, cx: &mut Cx<'d>) -> Vec<Field<'d>> {
    if let View::Mapping(mapping) = cx.doc.view(slot.id) {
        return mapping.fields();
    }
    let first = match cx.doc.view(slot.id) {
        View::Sequence(items) => items.first().copied().unwrap_or(slot.id),
        _ => slot.id,
    };
    let written = match cx.doc.view(first) {
        View::Scalar(scalar) => scalar.text.split_once('='),
        _ => None,
    };
    if let Some((name, value)) = written
        && let Some(diagnostic) = cx.doc.wrong_type(slot.id, slot.name, "a map", cx.diags)
    {
        let is_plain = value.starts_with(|c: char| c.is_ascii_alphabetic());
        let quote = if is_plain { "" } else { "\"" };
        let help = format!("write `{name}: {quote}{value}{quote}` for `{name}={value}`");
        diagnostic.help(help);
        return Vec::new();
    }
    wrong_type(slot, "a map", cx);
    Vec::new()
}

/// Tells whether a value is a map that is not one string by platform.
pub(super) fn is_map(slot: Slot<'_>, cx: &Cx<'_>) -> bool {
    match cx.doc.view(slot.id) {
        View::Mapping(mapping) => mapping.get("by-platform").is_none(),
        _ => false,
    }
}

/// Reads a shell: a list, which may be empty.
pub(super) fn shell(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Spanned<Vec<Value>>> {
    let items = list(slot, cx)?;
    let words = items.into_iter().filter_map(|item| text(item, cx));
    Some(Spanned::new(words.collect(), cx.doc.span(slot.id)))
}

/// Reads a shell of at least one word.
pub(super) fn some_shell(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Spanned<Vec<Value>>> {
    let shell = shell(slot, cx)?;
    if shell.value.is_empty() {
        empty(slot, cx);
        return None;
    }
    Some(shell)
}

/// Reads a command: a string for the shell, or a list as it is.
pub(super) fn command(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Spanned<Command<Written>>> {
    let span = cx.doc.span(slot.id);
    if let View::Sequence(_) = cx.doc.view(slot.id) {
        let words = texts(slot, cx);
        return Some(Spanned::new(Command::Exec(words), span));
    }
    let text = text(slot, cx)?;
    Some(Spanned::new(Command::Shell(text), span))
}

/// Reads a command that is not empty.
pub(super) fn some_command(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<Spanned<Command<Written>>> {
    let command = command(slot, cx)?;
    let is_empty = match &command.value {
        Command::Shell(text) | Command::Verbatim(text) => {
            text.as_literal().is_some_and(|text| text.trim().is_empty())
        }
        // A list whose words were all reported is not reported again.
        Command::Exec(_) => matches!(cx.doc.view(slot.id), View::Sequence([])),
    };
    if is_empty {
        empty(slot, cx);
        return None;
    }
    Some(command)
}

/// Checks that a name of the author's is one of a known few; reports `unknown-key`.
pub(super) fn is_one_of(name: Spanned<&str>, what: &str, known: &[&str], cx: &mut Cx<'_>) -> bool {
    if known.contains(&name.value) {
        return true;
    }
    cx.diags
        .report(
            Code::UnknownKey,
            name.span,
            format!("unknown {what} `{}`", name.value),
        )
        .did_you_mean(name.value, known.iter().copied())
        .help(format!("there are: {}", known.join(", ")));
    false
}

/// Refuses an empty path.
pub(super) fn check_path(text: &str) -> Result<(), Malformed> {
    check_not_empty(text, "write a path, such as /app")
}

/// Checks `user` or `user:group`.
pub(super) fn check_user(text: &str) -> Result<(), Malformed> {
    units::parse_user(text).map(drop)
}

/// Refuses empty text.
pub(super) fn check_not_empty(text: &str, help: &'static str) -> Result<(), Malformed> {
    if text.is_empty() {
        return Err(Malformed::new("the text is empty", help));
    }
    Ok(())
}

/// Reports `conflicting-keys` for two keys that cannot stand together.
pub(super) fn conflict(
    fields: &Fields<'_>,
    first: &str,
    second: &str,
    help: &str,
    cx: &mut Cx<'_>,
) {
    let span = |name| fields.key_span(name).unwrap_or(fields.at);
    let message = format!("`{first}` and `{second}` cannot stand together");
    cx.diags
        .report(Code::ConflictingKeys, span(second), message)
        .secondary(span(first), "the other one")
        .help(help);
}
