//! Reads a node as a map with the keys of a [`Table`].
//!
//! Out: [`Fields`], whose values are asked for by name. Keys that the table does not have and
//! required keys that are not there were reported; `x-` keys are ignored.

use crate::diagnostic::suggest::nearest;
use crate::diagnostic::{Code, Diagnostics};
use crate::syntax::{Document, Field, NodeId, View};
use crate::text::{Span, Spanned};

use super::fields::{Key, Kind, Need, Table};
use super::image::decode::IMAGE;
use super::stage::{STAGE, VARIANT};
use super::value::{self, Check, NameCheck, Slot};
use super::{BUILD, InputName, Value, input, verb};

/// What every part of this pass needs: the tree, and where to report to.
pub(super) struct Cx<'d> {
    /// The file.
    pub(super) doc: &'d Document,
    /// The sink.
    pub(super) diags: &'d mut Diagnostics,
}

/// A map that was checked against its table.
pub(super) struct Fields<'d> {
    table: &'static Table,
    found: Vec<Field<'d>>,
    /// Keys that unknown ones were meant to be: they are not missing too.
    meant: Vec<&'static str>,
    /// What stands for the map in messages: the key it is the value of.
    pub(super) at: Span,
    /// The whole map.
    pub(super) span: Span,
}

/// What people write who come from elsewhere, and the key it stands for.
const ALIASES: &[(&str, &str)] = &[
    ("arguments", "args"),
    ("base", "from"),
    ("build-args", "args"),
    ("build_args", "args"),
    ("caches", "cache"),
    ("command", "cmd"),
    ("condition", "when"),
    ("cwd", "workdir"),
    ("dest", "to"),
    ("dest", "target"),
    ("destination", "to"),
    ("destination", "target"),
    ("directory", "workdir"),
    ("dst", "to"),
    ("dst", "target"),
    ("dst", "path"),
    ("environment", "env"),
    ("if", "when"),
    ("image", "from"),
    ("into", "to"),
    ("jobs", "stages"),
    ("label", "labels"),
    ("maintainer", "author"),
    ("mode", "chmod"),
    ("owner", "chown"),
    ("path", "target"),
    ("ports", "expose"),
    ("readwrite", "writable"),
    ("rw", "writable"),
    ("services", "stages"),
    ("source", "bind"),
    ("source", "id"),
    ("src", "source"),
    ("src", "bind"),
    ("target", "to"),
    ("target", "path"),
    ("targets", "stages"),
    ("test", "run"),
    ("variables", "env"),
    ("working-dir", "workdir"),
    ("working-directory", "workdir"),
    ("working_dir", "workdir"),
];

impl<'d> Fields<'d> {
    /// Reads the map at `id`; `at` is what stands for it in messages. Nothing is an empty map.
    ///
    /// Reports `wrong-type`, `unknown-key`, `reserved-key` and `missing-key`.
    pub(super) fn read(
        table: &'static Table,
        slot: Slot<'_>,
        at: Span,
        cx: &mut Cx<'d>,
    ) -> Option<Self> {
        let found = match cx.doc.view(slot.id) {
            View::Null => Vec::new(),
            View::Scalar(scalar) if is_key_without_space(scalar.text, table) => {
                report_no_space(slot, scalar.text, cx);
                return None;
            }
            _ => value::map(slot, cx)?,
        };
        let fields = Self::of(table, found, at, cx);
        fields.report_missing(cx);
        Some(Self {
            span: cx.doc.span(slot.id),
            ..fields
        })
    }

    /// Keeps the fields that `table` has; reports the others.
    fn of(table: &'static Table, found: Vec<Field<'d>>, at: Span, cx: &mut Cx<'_>) -> Self {
        let mut meant = Vec::new();
        let is_known = |field: &Field<'d>| {
            let name = field.key.value;
            match table.find(name).map(|key| key.kind) {
                Some(Kind::Reserved) => report_reserved(field.key, cx),
                Some(_) => return true,
                None if name.starts_with("x-") => {}
                None => meant.extend(report_unknown(table, field.key, cx)),
            }
            false
        };
        let found = found.into_iter().filter(is_known).collect();
        Self {
            table,
            found,
            meant,
            at,
            span: at,
        }
    }

    /// Takes fields that were checked elsewhere, and what unknown ones were meant to be.
    pub(super) fn checked(
        table: &'static Table,
        found: Vec<Field<'d>>,
        meant: Vec<&'static str>,
        at: Spanned<Span>,
    ) -> Self {
        Self {
            table,
            found,
            meant,
            at: at.value,
            span: at.span,
        }
    }

    /// Reports `missing-key` for every required key that is not there.
    pub(super) fn report_missing(&self, cx: &mut Cx<'_>) {
        for key in self.table.keys() {
            if key.need == Need::Required && !self.is_meant(key.name) {
                report_missing(self.table, key, self.at, cx);
            }
        }
    }

    /// Tells whether a key is there, or misspelt.
    pub(super) fn is_meant(&self, name: &str) -> bool {
        self.field(name).is_some() || self.meant.contains(&name)
    }

    /// Tells whether one of `keys` is there.
    pub(super) fn has_any(&self, keys: &[Key]) -> bool {
        let is_one = |field: &Field<'_>| keys.iter().any(|key| key.name == field.key.value);
        self.found.iter().any(is_one)
    }

    fn field(&self, name: &str) -> Option<&Field<'d>> {
        debug_assert!(self.table.find(name).is_some(), "no key `{name}`");
        self.found.iter().find(|field| field.key.value == name)
    }

    /// Returns a value.
    pub(super) fn slot(&self, name: &str) -> Option<Slot<'d>> {
        let field = self.field(name)?;
        let key = self.table.find(name)?;
        Some(Slot::new(key, field.value))
    }

    /// Returns a value that is not null.
    pub(super) fn some(&self, name: &str, cx: &Cx<'_>) -> Option<Slot<'d>> {
        self.slot(name)
            .filter(|slot| !matches!(cx.doc.view(slot.id), View::Null))
    }

    /// Returns where a key is written.
    pub(super) fn key_span(&self, name: &str) -> Option<Span> {
        self.field(name).map(|field| field.key.span)
    }

    /// Reads text with references.
    pub(super) fn text(&self, name: &str, cx: &mut Cx<'_>) -> Option<Value> {
        value::text(self.slot(name)?, cx)
    }

    /// Reads text with references; what is literal must pass `check`.
    pub(super) fn checked_text(&self, name: &str, check: Check, cx: &mut Cx<'_>) -> Option<Value> {
        value::checked_text(self.slot(name)?, check, cx)
    }

    /// Reads text without references.
    pub(super) fn literal(&self, name: &str, cx: &mut Cx<'_>) -> Option<Spanned<String>> {
        value::literal(self.slot(name)?, cx)
    }

    /// Reads `true` or `false`.
    pub(super) fn boolean(&self, name: &str, cx: &mut Cx<'_>) -> Option<Spanned<bool>> {
        value::boolean(self.slot(name)?, cx)
    }

    /// Reads one of the words in `table`.
    pub(super) fn word<T: Copy>(
        &self,
        name: &str,
        table: &[(&str, T)],
        cx: &mut Cx<'_>,
    ) -> Option<Spanned<T>> {
        value::word(self.slot(name)?, table, cx)
    }

    /// Reads a `from`.
    pub(super) fn input(&self, name: &str, cx: &mut Cx<'_>) -> Option<InputName> {
        input::decode(self.slot(name)?, cx)
    }

    /// Returns the entries of a list, or one value as a list; nothing is an empty list.
    pub(super) fn items(&self, name: &str, cx: &Cx<'_>) -> Vec<Slot<'d>> {
        match self.some(name, cx) {
            Some(slot) => value::items(slot, cx),
            None => Vec::new(),
        }
    }

    /// Reads a text or a list of texts; nothing is an empty list.
    pub(super) fn texts(&self, name: &str, cx: &mut Cx<'_>) -> Vec<Value> {
        match self.some(name, cx) {
            Some(slot) => value::texts(slot, cx),
            None => Vec::new(),
        }
    }

    /// Reads a text or a list of texts without references; nothing is an empty list.
    pub(super) fn literals(&self, name: &str, cx: &mut Cx<'_>) -> Vec<Spanned<String>> {
        let Some(slot) = self.some(name, cx) else {
            return Vec::new();
        };
        let items = value::items(slot, cx);
        items
            .into_iter()
            .filter_map(|item| value::literal(item, cx))
            .collect()
    }

    /// Reads a map of texts; nothing is an empty map.
    pub(super) fn text_map(
        &self,
        name: &str,
        check: NameCheck,
        cx: &mut Cx<'_>,
    ) -> Vec<(Spanned<String>, Value)> {
        match self.some(name, cx) {
            Some(slot) => value::text_map(slot, check, cx),
            None => Vec::new(),
        }
    }
}

/// Returns the node's span, or that of its first key: what to mark for a map in a list.
pub(super) fn first_key(id: NodeId, cx: &Cx<'_>) -> Span {
    match cx.doc.view(id) {
        View::Mapping(mapping) => mapping
            .fields()
            .first()
            .map_or(cx.doc.span(id), |field| field.key.span),
        _ => cx.doc.span(id),
    }
}

/// Tells whether a text is a key and its value, but for the space after the colon.
fn is_key_without_space(text: &str, table: &'static Table) -> bool {
    text.split_once(':')
        .is_some_and(|(key, value)| !value.is_empty() && table.find(key).is_some())
}

fn report_no_space(slot: Slot<'_>, text: &str, cx: &mut Cx<'_>) {
    let help = format!(
        "write a space after the colon: `{}`",
        text.replacen(':', ": ", 1)
    );
    let diagnostic = cx.doc.wrong_type(slot.id, slot.name, "a map", cx.diags);
    diagnostic.map(|diagnostic| diagnostic.help(help));
}

/// Tells whether a later version will have the key.
pub(super) fn is_reserved(name: &str) -> bool {
    let key = BUILD.find(name);
    key.is_some_and(|key| matches!(key.kind, Kind::Reserved))
}

pub(super) fn report_reserved(key: Spanned<&str>, cx: &mut Cx<'_>) {
    let message = format!("`{}` is reserved", key.value);
    cx.diags
        .report(Code::ReservedKey, key.span, message)
        .label("not supported yet")
        .help("remove it; to keep it as a note or an anchor, start its name with `x-`");
}

/// Reports a key that the table does not have; returns the one it was meant to be.
pub(super) fn report_unknown(
    table: &'static Table,
    key: Spanned<&str>,
    cx: &mut Cx<'_>,
) -> Option<&'static str> {
    if is_reserved(key.value) {
        report_reserved(key, cx);
        return None;
    }
    let message = format!("unknown key `{}`", key.value);
    let diagnostic = cx.diags.report(Code::UnknownKey, key.span, message);
    diagnostic.label(format!("{} has no such key", table.what));
    if let Some(place) = elsewhere(key.value, table) {
        diagnostic.help(place);
        return None;
    }
    let meant = meant(key.value, table);
    match meant {
        Some(meant) => diagnostic.suggest(meant, format!("did you mean `{meant}`?")),
        None => {
            let list: Vec<&str> = names(table).collect();
            diagnostic.help(format!("there are: {}", list.join(", ")))
        }
    };
    meant
}

/// Returns the key of `table` that `name` was meant to be.
pub(super) fn meant(name: &str, table: &'static Table) -> Option<&'static str> {
    let alias = ALIASES
        .iter()
        .filter(|(theirs, _)| *theirs == name)
        .find(|(_, ours)| table.find(ours).is_some());
    nearest(name, names(table)).or(alias.map(|(_, ours)| *ours))
}

/// Says where a key belongs that stands one level too high.
fn elsewhere(name: &str, table: &'static Table) -> Option<String> {
    let is = |other: &'static Table| std::ptr::eq(table, other);
    if is(&STAGE) || is(&VARIANT) {
        let verb = verb::find(name);
        return match IMAGE.find(name) {
            Some(_) if !verb.is_some_and(verb::makes_files) => Some(format!(
                "it is about the image: write `{name}` below `image`"
            )),
            _ => verb.map(|_| format!("it is a step: write `- {name}: ...` below `steps`")),
        };
    }
    let is_of_stage = is(&BUILD) && STAGE.find(name).is_some() && meant(name, table).is_none();
    is_of_stage.then(|| {
        format!("it is about a stage: write `{name}` below the name of one, below `stages`")
    })
}

fn names(table: &'static Table) -> impl Iterator<Item = &'static str> {
    let is_there = |key: &&Key| !matches!(key.kind, Kind::Reserved);
    table.keys().filter(is_there).map(|key| key.name)
}

fn report_missing(table: &Table, key: &Key, at: Span, cx: &mut Cx<'_>) {
    let message = format!("{} needs `{}`", table.what, key.name);
    cx.diags
        .report(Code::MissingKey, at, message)
        .label(format!("has no `{}`", key.name))
        .help(format!("add `{}: {}`", key.name, key.example));
}
