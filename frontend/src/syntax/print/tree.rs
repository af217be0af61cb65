//! Document -> [`Tree`]: comments and blank lines go to the entry that they stand at.
//!
//! A comment on a line of its own belongs to the next entry, or, if it is indented as deep as the
//! list or map that ended before it, to the end of that. One at the end of a line belongs to the
//! entry of that line.

use std::collections::BTreeMap;

use crate::syntax::node::{Comment, Document, Kind, Layout, NodeId, Placement, Style};

use super::{Item, Shape, Tree, quote};

/// Returns what is to be printed of a document.
pub(super) fn tree(doc: &Document) -> Tree {
    let anchors = doc.anchors().iter();
    let mut cx = Cx {
        doc,
        anchors: anchors
            .map(|it| (it.node, it.span.start as usize))
            .collect(),
        n_taken: 0,
        outer: 0,
    };
    cx.value(doc.root(), usize::MAX)
}

struct Cx<'d> {
    doc: &'d Document,
    /// Where the anchor of a node is.
    anchors: BTreeMap<NodeId, usize>,
    /// How many comments have their place.
    n_taken: usize,
    /// How deep a comment in the list or map around is indented at least.
    outer: usize,
}

impl Cx<'_> {
    fn range(&self, id: NodeId) -> std::ops::Range<usize> {
        self.doc.span(id).range()
    }

    /// Returns where a node starts: at its anchor, or at the sign of a block scalar.
    fn start(&self, id: NodeId) -> usize {
        if let Some(at) = self.anchors.get(&id) {
            return *at;
        }
        let start = self.range(id).start;
        let Kind::Scalar {
            style: Style::Literal | Style::Folded,
            ..
        } = self.doc.node(id).kind
        else {
            return start;
        };
        let text = self.doc.text();
        let before = &text[..start];
        let before = before[..before.rfind('\n').unwrap_or(0)].trim_end();
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let is_later = |comment: &&Comment| comment.span.start as usize >= line;
        let comment = self.doc.comments()[self.n_taken..].iter().find(is_later);
        let end = comment.map_or(start, |comment| comment.span.start as usize);
        let header = &before[..end.min(before.len())];
        header.rfind(['|', '>']).unwrap_or(start)
    }

    fn anchor(&self, id: NodeId) -> String {
        let Some(at) = self.anchors.get(&id) else {
            return String::new();
        };
        let text = &self.doc.text()[*at..];
        let is_end = |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}');
        text[..text.find(is_end).unwrap_or(text.len())].to_owned()
    }

    /// Returns a node's value; what belongs to it ends before `limit`.
    fn value(&mut self, id: NodeId, limit: usize) -> Tree {
        let shape = match &self.doc.node(id).kind {
            Kind::Scalar { style, .. } => self.scalar(id, *style),
            Kind::Alias(_) | Kind::Broken => {
                Shape::Plain(self.doc.slice(self.doc.span(id)).to_owned())
            }
            Kind::Sequence { items, layout } => {
                let entries = items.iter().map(|item| (None, *item)).collect();
                self.items(id, "[]", entries, *layout, limit)
            }
            Kind::Mapping { entries, layout } => {
                let entries = entries.iter();
                let entries = entries
                    .map(|entry| (Some(entry.key), entry.value))
                    .collect();
                self.items(id, "{}", entries, *layout, limit)
            }
        };
        Tree {
            anchor: self.anchor(id),
            shape,
        }
    }

    fn items(
        &mut self,
        id: NodeId,
        empty: &'static str,
        entries: Vec<(Option<NodeId>, NodeId)>,
        layout: Layout,
        limit: usize,
    ) -> Shape {
        let end = self.range(id).end;
        // A list may stand as deep as the key that it is the value of; comments there are of
        // what comes next.
        let column = self.column(self.range(id).start);
        let least = column.max(self.outer);
        let limit = match layout {
            Layout::Flow => end,
            Layout::Block => limit,
        };
        let outer = std::mem::replace(&mut self.outer, column + 1);
        let starts: Vec<usize> = entries
            .iter()
            .map(|(key, value)| self.start(key.unwrap_or(*value)))
            .collect();
        let mut items = Vec::with_capacity(entries.len());
        for (n, (key, value)) in entries.into_iter().enumerate() {
            let next = starts.get(n + 1).copied().unwrap_or(limit);
            let before = self.lines_before(starts[n]);
            items.push(self.item(before, key, value, next));
        }
        self.outer = outer;
        let mut after = Vec::new();
        while let Some((start, placement)) = self.next_comment(limit) {
            let is_own = placement == Placement::Line && self.column(start) >= least;
            if layout == Layout::Block && !is_own && id != self.doc.root() {
                break;
            }
            self.take(&mut after);
        }
        Shape::Items {
            layout,
            empty,
            items,
            after,
        }
    }

    fn item(
        &mut self,
        mut before: Vec<String>,
        key: Option<NodeId>,
        id: NodeId,
        next: usize,
    ) -> Item {
        let key_end = key.map(|key| self.range(key).end);
        let mut trailing = Vec::new();
        let is_block = self.is_block(id);
        let start = self.start(id);
        if key_end.is_some() || start < self.range(id).start {
            let limit = self.first_inside(id);
            self.take_on_line(key_end.unwrap_or(start), limit, &mut trailing);
        }
        if !is_block {
            while self.next_comment(start).is_some() {
                self.take(&mut before);
            }
        }
        let mut value = self.value(id, next);
        if let Shape::Items { items, after, .. } = &mut value.shape {
            if items.is_empty() {
                before.append(after);
            }
            // `- ` and the first key share a line, which leaves no room for a comment.
            if let Some(first) = items
                .first_mut()
                .filter(|_| key.is_none() && value.anchor.is_empty())
            {
                before.append(&mut first.before);
            }
        }
        if !is_block {
            let end = self.range(id).end.max(key_end.unwrap_or(0));
            self.take_on_line(end, usize::MAX, &mut trailing);
        }
        let last = trailing.pop().unwrap_or_default();
        before.append(&mut trailing);
        Item {
            before,
            key: key.map(|key| self.key(key)),
            value,
            trailing: last,
        }
    }

    fn key(&self, id: NodeId) -> Shape {
        let mut text = String::new();
        match (&self.doc.node(id).kind, self.anchor(id)) {
            (Kind::Scalar { style, .. }, anchor) => {
                let shape = self.one_line(id, *style);
                if anchor.is_empty() {
                    return shape;
                }
                text.push_str(&anchor);
                text.push(' ');
                text.push_str(&quote::key(&shape));
            }
            _ => {
                text.push_str(self.doc.slice(self.doc.span(id)));
                text.push(' ');
            }
        }
        Shape::Plain(text)
    }

    /// Tells whether a node is a list or map without brackets: its comments are its entries'.
    fn is_block(&self, id: NodeId) -> bool {
        match &self.doc.node(id).kind {
            Kind::Sequence { items, layout } => !items.is_empty() && *layout == Layout::Block,
            Kind::Mapping { entries, layout } => !entries.is_empty() && *layout == Layout::Block,
            Kind::Scalar { .. } | Kind::Alias(_) | Kind::Broken => false,
        }
    }

    /// Returns where the first entry of a list or map starts; for others where they start.
    fn first_inside(&self, id: NodeId) -> usize {
        let range = self.range(id);
        match &self.doc.node(id).kind {
            Kind::Sequence { items, .. } => items
                .first()
                .copied()
                .map_or(range.end, |it| self.start(it)),
            Kind::Mapping { entries, .. } => {
                entries.first().map_or(range.end, |it| self.start(it.key))
            }
            Kind::Scalar { .. } | Kind::Alias(_) | Kind::Broken => range.start,
        }
    }

    fn scalar(&self, id: NodeId, style: Style) -> Shape {
        let value = self.doc.scalar_value(id);
        let written = self.doc.slice(self.doc.span(id));
        match style {
            Style::Literal => Shape::block(value, "|", value),
            Style::Folded => match self.folded(id, value) {
                Some(lines) => Shape::block(value, ">", &lines),
                None => Shape::block(value, "|", value),
            },
            Style::Plain | Style::Single | Style::Double if written.contains('\n') => {
                let inner = match style {
                    Style::Plain => written,
                    _ => written.get(1..written.len() - 1).unwrap_or_default(),
                };
                let lines: Vec<&str> = inner.split('\n').map(str::trim).collect();
                let mut lines = lines.join("\n");
                if style == Style::Single {
                    lines = lines.replace("''", "'");
                }
                let text = value.to_owned();
                if unfolded(&lines) == value && !value.contains('\n') {
                    lines.push('\n');
                    return Shape::Long { text, lines };
                }
                Shape::Text(text)
            }
            Style::Plain | Style::Single | Style::Double => self.one_line(id, style),
        }
    }

    fn one_line(&self, id: NodeId, style: Style) -> Shape {
        let value = self.doc.scalar_value(id).to_owned();
        if style == Style::Plain && (value.is_empty() || quote::is_ambiguous(&value)) {
            Shape::Plain(value)
        } else {
            Shape::Text(value)
        }
    }

    /// Returns the lines of a folded scalar without their indentation; nothing if the first line
    /// does not show what that is.
    fn folded(&self, id: NodeId, value: &str) -> Option<String> {
        let range = self.range(id);
        let text = self.doc.text();
        let line_start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let source = text.get(line_start..range.end)?;
        let first = source.lines().find(|line| !line.trim().is_empty())?;
        let indent = first.len() - first.trim_start_matches(' ').len();
        if value.trim_start_matches('\n').starts_with([' ', '\t']) {
            return None;
        }
        let mut lines = String::new();
        for line in source.lines() {
            lines.push_str(line.get(indent..).unwrap_or_default());
            lines.push('\n');
        }
        let n_missing = value.len() - value.trim_end_matches('\n').len();
        lines.extend(std::iter::repeat_n('\n', n_missing.saturating_sub(1)));
        Some(lines)
    }

    fn column(&self, at: usize) -> usize {
        let before = &self.doc.text()[..at];
        at - before.rfind('\n').map_or(0, |at| at + 1)
    }

    fn is_blank_before(&self, at: usize) -> bool {
        let before = &self.doc.text()[..at];
        let mut lines = before.rsplit('\n');
        lines.next();
        lines.next().is_some_and(|line| line.trim().is_empty())
    }

    /// Returns where the next comment without a place is, if it is before `limit`.
    fn next_comment(&self, limit: usize) -> Option<(usize, Placement)> {
        let comment = self.doc.comments().get(self.n_taken)?;
        let start = comment.span.start as usize;
        (start < limit).then_some((start, comment.placement))
    }

    /// Gives the next comment its place.
    fn take(&mut self, lines: &mut Vec<String>) {
        let comment = self.doc.comments()[self.n_taken];
        self.n_taken += 1;
        let is_own = comment.placement == Placement::Line;
        if is_own && self.is_blank_before(comment.span.start as usize) {
            lines.push(String::new());
        }
        lines.push(self.doc.slice(comment.span).trim_end().to_owned());
    }

    /// Takes the comment that stands on the line of the byte `at`, after it and before `limit`.
    fn take_on_line(&mut self, at: usize, limit: usize, lines: &mut Vec<String>) {
        if let Some((start, Placement::Trailing)) = self.next_comment(limit)
            && start >= at
            && !self.doc.text()[at..start].contains('\n')
        {
            self.take(lines);
        }
    }

    /// Takes every comment before an entry, and the blank lines.
    fn lines_before(&mut self, start: usize) -> Vec<String> {
        let mut lines = Vec::new();
        while self.next_comment(start).is_some() {
            self.take(&mut lines);
        }
        if self.is_blank_before(start) {
            lines.push(String::new());
        }
        lines
    }
}

/// Returns the text that lines are folded to.
fn unfolded(lines: &str) -> String {
    let mut out = String::new();
    let mut n_breaks = 0;
    for line in lines.split('\n') {
        if !line.is_empty() {
            match n_breaks {
                0 => {}
                1 => out.push(' '),
                n => out.extend(std::iter::repeat_n('\n', n - 1)),
            }
            out.push_str(line);
            n_breaks = 0;
        }
        n_breaks += 1;
    }
    out
}
