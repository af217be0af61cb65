//! The syntax tree: an arena of nodes, each with its place.
//!
//! Aliases are kept as written and followed by [`Document::view`], which is how later passes look
//! at a node. Following them is bounded: the reader refuses a file whose aliases expand past
//! [`super::MAX_VALUES`] values or nest deeper than [`super::MAX_DEPTH`].

use super::merge::Mapping;
use super::scalar::Scalar;
use crate::text::{FileId, Span};

/// Names one node of a [`Document`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    pub(super) fn idx(self) -> usize {
        self.0 as usize
    }
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'…'`.
    Single,
    /// `"…"`.
    Double,
    /// `|`.
    Literal,
    /// `>`.
    Folded,
}

/// How a sequence or mapping is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// By indentation.
    Block,
    /// In brackets.
    Flow,
}

/// One element of the tree, as written.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it is: for a block scalar its text, for a block collection from its first to its
    /// last element, for an alias the alias.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a node is, as written.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Text, a number, true, null: the schema decides.
    Scalar {
        /// The decoded text, unless it is the text at the span.
        value: Option<Box<str>>,
        /// How it is written.
        style: Style,
    },
    /// A list.
    Sequence {
        /// Its elements.
        items: Vec<NodeId>,
        /// How it is written.
        layout: Layout,
    },
    /// A map, merge keys and duplicates included.
    Mapping {
        /// Its entries in the order of the file.
        entries: Vec<Entry>,
        /// How it is written.
        layout: Layout,
    },
    /// `*name`, and the node it stands for.
    Alias(NodeId),
    /// Something that was reported while reading.
    Broken,
}

/// A key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: NodeId,
    /// The value.
    pub value: NodeId,
}

/// Where a comment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// On a line of its own.
    Line,
    /// After something on the same line.
    Trailing,
}

/// A comment, from its `#` to the end of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Where it is.
    pub span: Span,
    /// How it stands to its line.
    pub placement: Placement,
}

/// `&name` and the node it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Where `&name` is.
    pub span: Span,
    /// The node.
    pub node: NodeId,
}

/// A node as later passes see it: aliases followed, null told from text.
#[derive(Clone, Copy, Debug)]
pub enum View<'d> {
    /// Nothing, `~` or `null`.
    Null,
    /// Text, a number or a truth value.
    Scalar(Scalar<'d>),
    /// A list.
    Sequence(&'d [NodeId]),
    /// A map.
    Mapping(Mapping<'d>),
    /// Something that was reported already: leave it out and say nothing more.
    Broken,
}

/// The tree of one file.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) file: FileId,
    pub(super) text: String,
    pub(super) nodes: Vec<Node>,
    pub(super) root: NodeId,
    pub(super) comments: Vec<Comment>,
    pub(super) anchors: Vec<Anchor>,
}

impl Document {
    /// Returns the file it was read from.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// Returns the text it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the outermost node.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// Returns a node as it is written.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.idx()]
    }

    /// Returns where a node is written; for an alias, the alias.
    pub fn span(&self, id: NodeId) -> Span {
        self.node(id).span
    }

    /// Returns the node that an alias stands for; any other node is itself.
    pub fn resolve(&self, id: NodeId) -> NodeId {
        // The reader lets an alias name only a finished node, so this ends.
        match self.node(id).kind {
            Kind::Alias(target) => self.resolve(target),
            _ => id,
        }
    }

    /// Returns what a node is, aliases followed.
    pub fn view(&self, id: NodeId) -> View<'_> {
        let target = self.resolve(id);
        let node = self.node(target);
        match &node.kind {
            Kind::Scalar { style, .. } => {
                let scalar = Scalar::new(self.scalar_value(target), *style, self.span(id));
                if scalar.is_null() {
                    View::Null
                } else {
                    View::Scalar(scalar)
                }
            }
            Kind::Sequence { items, .. } => View::Sequence(items),
            Kind::Mapping { .. } => View::Mapping(Mapping::new(self, target)),
            Kind::Alias(_) | Kind::Broken => View::Broken,
        }
    }

    /// Returns the decoded text of a scalar node, aliases not followed; empty for others.
    pub(super) fn scalar_value(&self, id: NodeId) -> &str {
        let node = self.node(id);
        match &node.kind {
            Kind::Scalar {
                value: Some(value), ..
            } => value,
            Kind::Scalar { value: None, .. } => self.slice(node.span),
            _ => "",
        }
    }

    /// Returns the text at a span as written.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// Returns every comment in the order of the file.
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// Returns every anchor in the order of the file.
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    /// Returns the comment that follows a plain scalar on its last line, where ` #` ended the
    /// text; nothing for scalars of other styles.
    pub fn comment_after(&self, id: NodeId) -> Option<Span> {
        let node = self.node(id);
        let Kind::Scalar {
            style: Style::Plain,
            ..
        } = node.kind
        else {
            return None;
        };
        let idx = self
            .comments
            .partition_point(|comment| comment.span.start < node.span.end);
        let comment = self.comments.get(idx)?.span;
        let between = self
            .text
            .get(node.span.end as usize..comment.start as usize)?;
        let is_adjacent = !node.span.is_empty() && between.bytes().all(|b| b == b' ' || b == b'\t');
        is_adjacent.then_some(comment)
    }
}
