//! Mappings as later passes see them: merge keys resolved, each key once.
//!
//! A key written in the mapping beats a merged one; of several merged mappings the first wins.
//! Merged entries stand where their `<<` stands.

use std::collections::{BTreeMap, BTreeSet};

use super::node::{Document, Entry, Kind, NodeId, Style};
use crate::diagnostic::{Code, Diagnostics};
use crate::text::{Span, Spanned};

/// A mapping of a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Mapping<'d> {
    doc: &'d Document,
    id: NodeId,
}

/// One entry of a [`Mapping`].
#[derive(Clone, Copy, Debug)]
pub struct Field<'d> {
    /// The key and where it is written.
    pub key: Spanned<&'d str>,
    /// The value.
    pub value: NodeId,
}

impl<'d> Mapping<'d> {
    pub(super) fn new(doc: &'d Document, id: NodeId) -> Self {
        Self { doc, id }
    }

    /// Returns the entries in the order of the file.
    pub fn fields(self) -> Vec<Field<'d>> {
        few(self.doc, self.id).unwrap_or_else(|| collect(self.doc, self.id, &mut BTreeSet::new()))
    }

    /// Returns the value of a key.
    pub fn get(self, key: &str) -> Option<NodeId> {
        self.fields()
            .into_iter()
            .find(|field| field.key.value == key)
            .map(|field| field.value)
    }
}

/// So many keys are looked through one by one.
const FEW: usize = 8;

/// Returns the fields of a mapping that has few and merges nothing.
fn few(doc: &Document, id: NodeId) -> Option<Vec<Field<'_>>> {
    let Kind::Mapping { entries, .. } = &doc.node(id).kind else {
        return None;
    };
    if entries.len() > FEW || entries.iter().any(|entry| is_merge(doc, entry.key)) {
        return None;
    }
    let mut fields: Vec<Field<'_>> = Vec::with_capacity(entries.len());
    for entry in entries {
        if let Some(text) = key_text(doc, entry.key)
            && fields.iter().all(|field| field.key.value != text)
        {
            fields.push(Field {
                key: Spanned::new(text, doc.span(entry.key)),
                value: entry.value,
            });
        }
    }
    Some(fields)
}

/// Returns the fields of a mapping but those in `seen`, and adds their keys to it.
fn collect<'d>(doc: &'d Document, id: NodeId, seen: &mut BTreeSet<&'d str>) -> Vec<Field<'d>> {
    let Kind::Mapping { entries, .. } = &doc.node(id).kind else {
        return Vec::new();
    };
    let mut fields = Vec::with_capacity(entries.len());
    let mut merges = Vec::new();
    for entry in entries {
        if is_merge(doc, entry.key) {
            merges.push((fields.len(), entry.value));
        } else if let Some(text) = key_text(doc, entry.key)
            && seen.insert(text)
        {
            let key = Spanned::new(text, doc.span(entry.key));
            fields.push(Field {
                key,
                value: entry.value,
            });
        }
    }
    if merges.is_empty() {
        return fields;
    }
    let mut own = fields.into_iter();
    let mut n_own = 0;
    let mut all = Vec::new();
    for (position, value) in merges {
        all.extend(own.by_ref().take(position - n_own));
        n_own = position;
        for source in merge_sources(doc, value) {
            all.extend(collect(doc, source, seen));
        }
    }
    all.extend(own);
    all
}

/// Returns the text of a key, unless it is broken or no text at all.
fn key_text(doc: &Document, key: NodeId) -> Option<&str> {
    let target = doc.resolve(key);
    match doc.node(target).kind {
        Kind::Scalar { .. } if is_merge(doc, key) || has_no_text(doc, target) => None,
        Kind::Scalar { .. } => Some(doc.scalar_value(target)),
        _ => None,
    }
}

fn has_no_text(doc: &Document, id: NodeId) -> bool {
    let is_plain = matches!(
        doc.node(id).kind,
        Kind::Scalar {
            style: Style::Plain,
            ..
        }
    );
    is_plain && doc.scalar_value(id).is_empty()
}

fn is_merge(doc: &Document, key: NodeId) -> bool {
    matches!(
        doc.node(key).kind,
        Kind::Scalar {
            style: Style::Plain,
            ..
        }
    ) && doc.scalar_value(key) == "<<"
}

/// Returns the mappings that a merge key names, in order; others were reported.
fn merge_sources(doc: &Document, value: NodeId) -> Vec<NodeId> {
    let is_mapping = |id: &NodeId| matches!(doc.node(*id).kind, Kind::Mapping { .. });
    let target = doc.resolve(value);
    match &doc.node(target).kind {
        Kind::Mapping { .. } => vec![target],
        Kind::Sequence { items, .. } => items
            .iter()
            .map(|item| doc.resolve(*item))
            .filter(is_mapping)
            .collect(),
        _ => Vec::new(),
    }
}

/// Checks the keys of every mapping once: reports `duplicate-key`, `bad-key` and `bad-merge`.
pub(super) fn check(doc: &Document, diags: &mut Diagnostics) {
    for node in &doc.nodes {
        if let Kind::Mapping { entries, .. } = &node.kind
            && !are_few_and_good(doc, entries)
        {
            check_keys(doc, entries, diags);
        }
    }
}

/// Tells whether there are few keys, all of them text and none twice.
fn are_few_and_good(doc: &Document, entries: &[Entry]) -> bool {
    let is_good = |(n, entry): (usize, &Entry)| {
        let text = key_text(doc, entry.key);
        text.is_some() && entries[..n].iter().all(|it| key_text(doc, it.key) != text)
    };
    entries.len() <= FEW && entries.iter().enumerate().all(is_good)
}

fn check_keys(doc: &Document, entries: &[Entry], diags: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for entry in entries {
        let span = doc.span(entry.key);
        if is_merge(doc, entry.key) {
            check_merge(doc, entry.value, diags);
        }
        let target = doc.resolve(entry.key);
        match &doc.node(target).kind {
            Kind::Scalar {
                style: Style::Plain,
                ..
            } if doc.scalar_value(target).is_empty() => {
                diags
                    .report(Code::BadKey, span, "an entry has no key")
                    .help("write the key before the `:`, or quote the text");
            }
            Kind::Scalar { .. } => {
                let text = doc.scalar_value(target);
                if let Some(first) = seen.get(text) {
                    diags
                        .report(Code::DuplicateKey, span, format!("duplicate key `{text}`"))
                        .label("again here")
                        .secondary(*first, "first written here")
                        .help("keep one of them");
                } else {
                    seen.insert(text, span);
                }
            }
            Kind::Sequence { .. } | Kind::Mapping { .. } => {
                diags
                    .report(Code::BadKey, span, "a key must be text")
                    .label("a list or a map")
                    .help("if it is text, put it in quotes");
            }
            Kind::Alias(_) | Kind::Broken => {}
        }
    }
}

fn check_merge(doc: &Document, value: NodeId, diags: &mut Diagnostics) {
    let target = doc.resolve(value);
    let values = match &doc.node(target).kind {
        Kind::Sequence { items, .. } => items.as_slice(),
        _ => std::slice::from_ref(&value),
    };
    for id in values {
        if !matches!(
            doc.node(doc.resolve(*id)).kind,
            Kind::Mapping { .. } | Kind::Broken
        ) {
            diags
                .report(Code::BadMerge, doc.span(*id), "`<<` merges maps")
                .label("not a map")
                .help("write the alias of a map, as in `<<: *name`");
        }
    }
}
