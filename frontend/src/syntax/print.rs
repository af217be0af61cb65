//! Documents in their canonical form: what `windlass fmt` writes.
//!
//! In: a [`Document`], or a [`Tree`] that something else made. Out: text that reads as the same
//! values. Formatting twice changes nothing, and no comment is lost.
//!
//! Two blanks of indentation; block style, but a list or map that was written in brackets stays
//! so if it fits the line and has no comment in it; quotes only where plain text would read as
//! something else; block scalars as they are; at most one blank line between entries. Keys keep
//! their order, as the order of arguments, environment and stages means something.

mod quote;
mod same;
mod tree;

use super::node::{Document, Kind, Layout};

pub use same::is_same;

/// The longest line that a list or map in brackets is part of.
pub const WIDTH: usize = 100;

/// A value to print, with what stands around it.
#[derive(Clone, Debug)]
pub struct Tree {
    /// `&name`, or empty.
    pub anchor: String,
    /// The value.
    pub shape: Shape,
}

/// What a [`Tree`] is.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A string, quoted if plain text would be read as something else.
    Text(String),
    /// A number, a truth value, null, an alias: never quoted.
    Plain(String),
    /// A string of one line that is too long for one: its lines are folded if they must be.
    Long {
        /// The whole string.
        text: String,
        /// Its lines, as `>-` takes them.
        lines: String,
    },
    /// A block scalar.
    Block {
        /// `|`, `>-`, ….
        header: String,
        /// Its lines, without indentation.
        lines: String,
    },
    /// A list or a map.
    Items {
        /// In brackets, if it fits.
        layout: Layout,
        /// What it is when it has no entry, `[]` or `{}`.
        empty: &'static str,
        /// Its entries.
        items: Vec<Item>,
        /// Comments after the last one; an empty line is a blank one.
        after: Vec<String>,
    },
}

/// An entry of a list or a map.
#[derive(Clone, Debug)]
pub struct Item {
    /// Comments on lines of their own; an empty line is a blank one.
    pub before: Vec<String>,
    /// The key; a list has none.
    pub key: Option<Shape>,
    /// The value.
    pub value: Tree,
    /// The comment at the end of its first or only line, or empty.
    pub trailing: String,
}

impl Shape {
    /// Returns a string; one of several lines as a block scalar.
    pub fn of_text(text: &str) -> Self {
        match text.contains('\n') {
            true => Self::block(text, "|", text),
            false => Self::Text(text.to_owned()),
        }
    }

    /// Returns a block scalar, or quoted text where no block can hold it.
    fn block(value: &str, sign: &str, lines: &str) -> Self {
        let body = value.trim_end_matches('\n');
        let is_printable = |c| c == '\n' || c == '\t' || quote::is_printable(c);
        if body.is_empty() || !value.chars().all(is_printable) {
            return Self::Text(value.to_owned());
        }
        // The first line shows the indentation unless it starts with blanks of its own.
        let digit = if body.trim_start_matches('\n').starts_with(' ') {
            "2"
        } else {
            ""
        };
        let chomping = match value.len() - body.len() {
            0 => "-",
            1 => "",
            _ => "+",
        };
        Self::Block {
            header: [sign, digit, chomping].concat(),
            lines: lines.to_owned(),
        }
    }
}

impl From<Shape> for Tree {
    fn from(shape: Shape) -> Self {
        Self {
            anchor: String::new(),
            shape,
        }
    }
}

/// Returns a document in its canonical form.
///
/// The document was read without an error. One that is no map is returned as it was written.
pub fn format(doc: &Document) -> String {
    let Kind::Mapping { .. } = doc.node(doc.root()).kind else {
        return doc.text().to_owned();
    };
    let text = print(&tree::tree(doc));
    match doc.text().find('\n') {
        Some(at) if doc.text()[..at].ends_with('\r') => text.replace('\n', "\r\n"),
        _ => text,
    }
}

/// Returns a tree as text. Its outermost list or map is written without brackets.
pub fn print(tree: &Tree) -> String {
    let mut printer = Printer::default();
    if !tree.anchor.is_empty() {
        printer.out.push_str(&tree.anchor);
        printer.out.push('\n');
    }
    match &tree.shape {
        Shape::Items { items, after, .. } => printer.items(items, after, 0),
        _ => printer.out.push_str(&inline(tree).unwrap_or_default()),
    }
    printer.out
}

#[derive(Default)]
struct Printer {
    out: String,
    /// Whether the line was begun by a `- `.
    is_begun: bool,
}

impl Printer {
    fn items(&mut self, items: &[Item], after: &[String], indent: usize) {
        for (n, item) in items.iter().enumerate() {
            let n_blank = item.before.iter().take_while(|line| line.is_empty());
            let n_blank = if n == 0 { n_blank.count() } else { 0 };
            self.comments(&item.before[n_blank..], indent);
            self.item(item, indent);
        }
        self.comments(after, indent);
    }

    fn indent(&mut self, indent: usize) {
        if !std::mem::take(&mut self.is_begun) {
            self.out.extend(std::iter::repeat_n(' ', indent));
        }
    }

    fn comments(&mut self, lines: &[String], indent: usize) {
        for line in lines {
            if !line.is_empty() {
                self.indent(indent);
                self.out.push_str(line);
                self.out.push('\n');
            } else if !self.out.is_empty() && !self.out.ends_with("\n\n") {
                self.out.push('\n');
            }
        }
    }

    fn item(&mut self, item: &Item, indent: usize) {
        self.indent(indent);
        let start = self.out.len();
        match &item.key {
            Some(key) => {
                self.out.push_str(&quote::key(key));
                self.out.push(':');
            }
            None => self.out.push('-'),
        }
        let used = indent + self.out[start..].chars().count() + 1;
        let fits = |text: &String| used + text.chars().count() <= WIDTH;
        let whole = inline(&item.value).filter(|text| !can_break(&item.value.shape) || fits(text));
        match whole {
            Some(text) => {
                if !text.is_empty() {
                    self.out.push(' ');
                    self.out.push_str(&text);
                }
                self.end(&item.trailing);
            }
            None => self.broken(item, indent + 2),
        }
    }

    /// Ends a line.
    fn end(&mut self, trailing: &str) {
        if !trailing.is_empty() {
            self.out.push(' ');
            self.out.push_str(trailing);
        }
        self.out.push('\n');
    }

    /// Prints a value that takes lines of its own.
    fn broken(&mut self, item: &Item, indent: usize) {
        if !item.value.anchor.is_empty() {
            self.out.push(' ');
            self.out.push_str(&item.value.anchor);
        }
        match &item.value.shape {
            Shape::Items { items, after, .. } => {
                let is_compact = item.key.is_none()
                    && item.value.anchor.is_empty()
                    && item.trailing.is_empty()
                    && items
                        .first()
                        .is_some_and(|first| first.before.iter().all(String::is_empty));
                if is_compact {
                    self.out.push(' ');
                    self.is_begun = true;
                } else {
                    self.end(&item.trailing);
                }
                self.items(items, after, indent);
            }
            Shape::Block { header, lines } => self.block(header, lines, item, indent),
            Shape::Long { lines, .. } => self.block(">-", lines, item, indent),
            Shape::Text(_) | Shape::Plain(_) => {}
        }
    }

    fn block(&mut self, header: &str, lines: &str, item: &Item, indent: usize) {
        self.out.push(' ');
        self.out.push_str(header);
        self.end(&item.trailing);
        for line in lines.lines() {
            if !line.is_empty() {
                self.indent(indent);
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }
}

/// Tells whether a value has a form of several lines.
fn can_break(shape: &Shape) -> bool {
    match shape {
        Shape::Items { items, .. } => !items.is_empty(),
        Shape::Long { .. } | Shape::Block { .. } => true,
        Shape::Text(_) | Shape::Plain(_) => false,
    }
}

/// Returns a value that stands in no brackets on one line; nothing if it needs several.
fn inline(tree: &Tree) -> Option<String> {
    let mut out = anchored(tree);
    match &tree.shape {
        Shape::Text(text) | Shape::Long { text, .. } => {
            quote::text(text, Layout::Block, &mut out);
        }
        Shape::Plain(text) => out.push_str(text),
        Shape::Block { .. } => return None,
        Shape::Items { .. } => brackets(&tree.shape, &mut out)?,
    }
    Some(out.trim_end().to_owned())
}

fn anchored(tree: &Tree) -> String {
    let mut out = tree.anchor.clone();
    if !out.is_empty() {
        out.push(' ');
    }
    out
}

/// Writes a list or map in brackets; nothing if it has to be written without.
fn brackets(shape: &Shape, out: &mut String) -> Option<()> {
    let Shape::Items {
        layout,
        empty,
        items,
        after,
    } = shape
    else {
        return None;
    };
    if items.is_empty() {
        out.push_str(empty);
        return Some(());
    }
    if *layout == Layout::Block || after.iter().any(|line| !line.is_empty()) {
        return None;
    }
    let (open, close) = empty.split_at(1);
    out.push_str(open);
    for (n, item) in items.iter().enumerate() {
        if !item.trailing.is_empty() || item.before.iter().any(|line| !line.is_empty()) {
            return None;
        }
        out.push_str(if n == 0 { "" } else { ", " });
        if let Some(key) = &item.key {
            out.push_str(&quote::key(key));
            out.push_str(": ");
        }
        out.push_str(&anchored(&item.value));
        match &item.value.shape {
            Shape::Text(text) | Shape::Long { text, .. } => {
                quote::text(text, Layout::Flow, out);
            }
            // Nothing at all would be read differently in places.
            Shape::Plain(text) if text.is_empty() => out.push_str("null"),
            Shape::Plain(text) => out.push_str(text),
            Shape::Block { .. } => return None,
            nested @ Shape::Items { .. } => brackets(nested, out)?,
        }
    }
    out.push_str(close);
    Some(())
}

#[cfg(test)]
mod tests;
