//! YAML events -> nodes.
//!
//! Everything that leaves the structure whole (undefined anchors, tags) is reported and the node
//! becomes [`Kind::Broken`]; the first thing that does not is returned as a [`Failure`].

mod size;

use std::collections::BTreeMap;
use std::ops::Range;

use size::Size;

use super::failure::{Failure, Reason};
use super::node::{Anchor, Comment, Document, Entry, Kind, Layout, Node, NodeId, Placement, Style};
use super::yaml::{Core, Event, Parser, Properties, Stop, What};
use super::{MAX_DEPTH, MAX_VALUES};
use crate::diagnostic::{Code, Diagnostics};
use crate::text::{FileId, Span};

/// What is read, and how.
pub(super) struct Source<'t> {
    /// The file.
    pub(super) file: FileId,
    /// The text as its author wrote it.
    pub(super) text: &'t str,
    /// The same text, same length, with `repairs` filled in.
    pub(super) repaired: &'t str,
    /// Bytes that were reported; a node that starts in one is broken.
    pub(super) repairs: &'t [Range<usize>],
}

/// Reads one document; nothing when the file has none.
pub(super) fn read(
    source: &Source<'_>,
    diags: &mut Diagnostics,
) -> Result<Option<Document>, Failure> {
    let base = if source.text.starts_with('\u{feff}') {
        3
    } else {
        0
    };
    let mut reader = Reader {
        source,
        diags,
        base,
        nodes: Vec::new(),
        sizes: Vec::new(),
        open: Vec::new(),
        root: None,
        anchors: Anchors::default(),
        last: 0..0,
        n_documents: 0,
    };
    let mut parser = Parser::new(&source.repaired[base..]);
    loop {
        let event = parser.next().map_err(|stop| reader.failure(stop))?;
        if reader.event(event)? == Step::Stop {
            break;
        }
    }
    let comments = parser.into_comments();
    Ok(reader.finish(comments))
}

/// How many anchors are looked at for a suggestion.
const MAX_NAMES: usize = 100;

#[derive(Default)]
struct Anchors<'t> {
    /// The latest of each name.
    by_name: BTreeMap<&'t str, usize>,
    list: Vec<Anchor>,
    is_used: Vec<bool>,
}

struct Open {
    node: NodeId,
    key: Option<NodeId>,
}

#[derive(PartialEq, Eq)]
enum Step {
    Continue,
    Stop,
}

struct Reader<'r, 't> {
    source: &'r Source<'t>,
    diags: &'r mut Diagnostics,
    base: usize,
    nodes: Vec<Node>,
    sizes: Vec<Size>,
    open: Vec<Open>,
    root: Option<NodeId>,
    anchors: Anchors<'t>,
    last: Range<usize>,
    n_documents: usize,
}

impl<'t> Reader<'_, 't> {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source.file, range)
    }

    /// Returns where bytes that the parser names are in the file.
    fn place(&self, range: &Range<usize>) -> Range<usize> {
        range.start + self.base..range.end + self.base
    }

    fn event(&mut self, event: Event) -> Result<Step, Failure> {
        let range = self.place(&event.range);
        match event.what {
            What::DocumentStart => {
                self.n_documents += 1;
                if self.n_documents > 1 {
                    self.second_document(range);
                    return Ok(Step::Stop);
                }
                return Ok(Step::Continue);
            }
            What::StreamEnd => return Ok(Step::Stop),
            What::Scalar(style, text) => {
                self.scalar(text, style, range.clone(), &event.properties)?;
            }
            What::Alias => self.alias(range.clone())?,
            What::SequenceStart(layout) => {
                let items = Vec::new();
                let kind = Kind::Sequence { items, layout };
                self.collection(kind, range.clone(), &event.properties, Core::Sequence)?;
            }
            What::MappingStart(layout) => {
                let entries = Vec::new();
                let kind = Kind::Mapping { entries, layout };
                self.collection(kind, range.clone(), &event.properties, Core::Mapping)?;
            }
            What::End => self.close(range.clone())?,
        }
        if let Some(anchor) = event.properties.anchor {
            let anchor = self.place(&anchor);
            self.anchor(anchor);
        }
        self.last = range;
        Ok(Step::Continue)
    }

    fn comment(&self, range: &Range<usize>) -> Comment {
        let range = self.place(range);
        let before = &self.source.repaired[..range.start];
        let line = before.rfind('\n').map_or(self.base, |at| at + 1);
        let is_alone = before[line..].bytes().all(|b| b == b' ' || b == b'\t');
        let placement = if is_alone {
            Placement::Line
        } else {
            Placement::Trailing
        };
        Comment {
            span: self.span(range),
            placement,
        }
    }

    fn second_document(&mut self, range: Range<usize>) {
        let span = self.span(range);
        self.diags
            .report(
                Code::SeveralDocuments,
                span,
                "a build file is one YAML document",
            )
            .label("a second one starts here")
            .help("remove the `---`, or put the rest into a file of its own");
    }

    /// Gives a name to the node that was read last.
    fn anchor(&mut self, range: Range<usize>) {
        let name = &self.source.repaired[range.start + 1..range.end];
        self.anchors.by_name.insert(name, self.anchors.list.len());
        self.anchors.list.push(Anchor {
            span: self.span(range),
            node: NodeId(self.nodes.len() as u32 - 1),
        });
        self.anchors.is_used.push(false);
    }

    fn scalar(
        &mut self,
        text: Option<String>,
        mut style: Style,
        range: Range<usize>,
        properties: &Properties,
    ) -> Result<(), Failure> {
        let written = &self.source.repaired[range.clone()];
        let trimmed =
            range.start..range.start + written.trim_end_matches([' ', '\t', '\r', '\n']).len();
        let value = match (text, style) {
            (None, Style::Plain) => None,
            (None, _) => Some(written[1..written.len() - 1].into()),
            (Some(text), _) => {
                (text != self.source.text[trimmed.clone()]).then(|| text.into_boxed_str())
            }
        };
        if let Some((tag, core)) = &properties.tag {
            let tag = self.place(tag);
            if *core != Some(Core::Text) {
                let end = trimmed.end.max(tag.end);
                self.tag(tag.start..end);
                return self.add(Kind::Broken, tag.start..end);
            }
            if style == Style::Plain {
                style = Style::Double;
            }
        }
        let kind = Kind::Scalar { value, style };
        self.add(kind, trimmed)
    }

    fn collection(
        &mut self,
        kind: Kind,
        range: Range<usize>,
        properties: &Properties,
        core: Core,
    ) -> Result<(), Failure> {
        if let Some((tag, found)) = &properties.tag
            && *found != Some(core)
        {
            self.tag(self.place(tag));
        }
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node {
            span: self.span(range),
            kind,
        });
        self.sizes.push(Size::COLLECTION);
        self.check_size(id, self.open.len())?;
        self.open.push(Open {
            node: id,
            key: None,
        });
        Ok(())
    }

    fn close(&mut self, range: Range<usize>) -> Result<(), Failure> {
        let Some(Open { node, key }) = self.open.pop() else {
            return Ok(());
        };
        // The crate gives every key a value; a lone key would only be lost here.
        debug_assert!(key.is_none());
        let layout_and_ends = match &self.nodes[node.idx()].kind {
            Kind::Sequence { items, layout } => {
                Some((*layout, items.first().copied(), items.last().copied()))
            }
            Kind::Mapping { entries, layout } => Some((
                *layout,
                entries.first().map(|e| e.key),
                entries.last().map(|e| e.value),
            )),
            _ => None,
        };
        let start = self.nodes[node.idx()].span;
        let span = match layout_and_ends {
            Some((Layout::Block, Some(first), Some(last))) => {
                let (first, last) = (self.nodes[first.idx()].span, self.nodes[last.idx()].span);
                start.to(first).to(last)
            }
            _ => start.to(self.span(range)),
        };
        self.nodes[node.idx()].span = span;
        self.attach(node)
    }

    fn alias(&mut self, range: Range<usize>) -> Result<(), Failure> {
        let span = self.span(range.clone());
        let name = &self.source.repaired[range.start + 1..range.end];
        let Some(&idx) = self.anchors.by_name.get(name) else {
            return self.unresolved(name, range);
        };
        self.anchors.is_used[idx] = true;
        let anchor = self.anchors.list[idx];
        if self.open.iter().any(|open| open.node == anchor.node) {
            self.diags
                .report(
                    Code::RecursiveAlias,
                    span,
                    format!("`*{name}` stands inside itself"),
                )
                .label("this alias")
                .secondary(anchor.span, "is part of this value")
                .help("an alias repeats a value that ended before it");
            return self.add(Kind::Broken, range);
        }
        let size = self.sizes[anchor.node.idx()];
        self.add_sized(Kind::Alias(anchor.node), range, size)
    }

    fn unresolved(&mut self, name: &str, range: Range<usize>) -> Result<(), Failure> {
        let next = self.source.repaired[range.end..].chars().next();
        if name.ends_with(':') && next.is_none_or(char::is_whitespace) {
            let at = range.start..range.end - 1;
            return Err(Failure {
                reason: Reason::GlobKey,
                at: at.start,
                last: at,
                bracket: None,
            });
        }
        let span = self.span(range.clone());
        if self.diags.is_full() {
            self.diags.report(Code::UndefinedAnchor, span, "undefined");
            return self.add(Kind::Broken, range);
        }
        let names: Vec<&str> = self
            .anchors
            .list
            .iter()
            .rev()
            .take(MAX_NAMES)
            .map(|a| &self.source.text[a.span.range()][1..])
            .collect();
        let is_glob = names.is_empty() || name.contains(['*', '/', '.', '?', '[', '{']);
        if is_glob {
            super::traps::glob(self.source.text, span, self.diags);
        } else {
            let message = format!("no anchor `&{name}` before this");
            let near = crate::diagnostic::suggest::nearest(name, names.iter().copied());
            let diag = self.diags.report(Code::UndefinedAnchor, span, message);
            match near {
                Some(near) => diag.suggest(format!("*{near}"), format!("did you mean `*{near}`?")),
                None => diag.help(format!("the anchors before this are {}", list(&names))),
            };
        }
        self.add(Kind::Broken, range)
    }

    fn tag(&mut self, range: Range<usize>) {
        super::traps::tag(self.source.text, self.span(range), self.diags);
    }

    fn add(&mut self, kind: Kind, range: Range<usize>) -> Result<(), Failure> {
        self.add_sized(kind, range, Size::SCALAR)
    }

    fn add_sized(&mut self, kind: Kind, range: Range<usize>, size: Size) -> Result<(), Failure> {
        let overlaps = |repair: &Range<usize>| {
            repair.contains(&range.start) || (repair.start < range.end && range.start < repair.end)
        };
        let is_broken = self.source.repairs.iter().any(overlaps);
        let kind = if is_broken { Kind::Broken } else { kind };
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node {
            span: self.span(range),
            kind,
        });
        self.sizes.push(size);
        self.check_size(id, self.open.len())?;
        self.attach(id)
    }

    fn attach(&mut self, id: NodeId) -> Result<(), Failure> {
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(id);
            return Ok(());
        };
        let parent = open.node;
        match &mut self.nodes[parent.idx()].kind {
            Kind::Sequence { items, .. } => items.push(id),
            Kind::Mapping { entries, .. } => match open.key.take() {
                Some(key) => entries.push(Entry { key, value: id }),
                None => open.key = Some(id),
            },
            Kind::Scalar { .. } | Kind::Alias(_) | Kind::Broken => {}
        }
        let size = self.sizes[id.idx()];
        self.sizes[parent.idx()].add(size);
        self.check_size(parent, self.open.len() - 1)
    }

    /// Checks a node that stands inside `n_outer` lists and maps.
    fn check_size(&self, id: NodeId, n_outer: usize) -> Result<(), Failure> {
        let size = self.sizes[id.idx()];
        let start = self.nodes[self.nodes.len() - 1].span.range();
        let reason = if self.nodes.len() > MAX_VALUES || size.n_values > MAX_VALUES {
            Reason::TooManyValues
        } else if size.depth + n_outer > MAX_DEPTH {
            Reason::TooDeep
        } else {
            return Ok(());
        };
        Err(Failure {
            reason,
            at: start.start,
            last: start,
            bracket: None,
        })
    }

    fn failure(&self, stop: Stop) -> Failure {
        let is_flow = |open: &&Open| {
            matches!(
                self.nodes[open.node.idx()].kind,
                Kind::Sequence {
                    layout: Layout::Flow,
                    ..
                } | Kind::Mapping {
                    layout: Layout::Flow,
                    ..
                }
            )
        };
        let bracket = self.open.iter().rev().find(is_flow);
        Failure {
            reason: stop.reason,
            at: stop.at + self.base,
            last: self.last.clone(),
            bracket: bracket.map(|open| self.nodes[open.node.idx()].span.start as usize),
        }
    }

    fn finish(self, comments: Vec<Range<usize>>) -> Option<Document> {
        let comments = comments.iter().map(|range| self.comment(range)).collect();
        for (anchor, is_used) in self.anchors.list.iter().zip(&self.anchors.is_used) {
            if !is_used {
                super::traps::unused_anchor(self.source.text, anchor.span, self.diags);
            }
        }
        let document = Document {
            file: self.source.file,
            text: self.source.text.to_owned(),
            nodes: self.nodes,
            root: self.root?,
            comments,
            anchors: self.anchors.list,
        };
        super::merge::check(&document, self.diags);
        Some(document)
    }
}

fn list(names: &[&str]) -> String {
    let names: Vec<String> = names
        .iter()
        .take(10)
        .map(|name| format!("`&{name}`"))
        .collect();
    names.join(", ")
}
