//! A place in words: `stages.test.steps[2].run`.

use std::fmt;

use super::node::{Document, Kind, NodeId};
use crate::diagnostic::{Diagnostics, Place};

/// The keys and positions that lead from the top of a document to a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    parts: Vec<Part>,
}

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The value of a key.
    Key(String),
    /// An element of a list, from 0.
    Index(usize),
}

impl Path {
    /// Returns the parts from the outside in.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Tells whether this is the document itself.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (idx, part) in self.parts.iter().enumerate() {
            match part {
                Part::Index(n) => write!(f, "[{n}]")?,
                Part::Key(key) => {
                    if idx > 0 {
                        f.write_str(".")?;
                    }
                    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '/');
                    if !key.is_empty() && key.chars().all(is_word) {
                        f.write_str(key)?;
                    } else {
                        write!(f, "\"{}\"", key.escape_debug())?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Document {
    /// Returns the path of the innermost value or key that is written at the byte `offset`.
    pub fn path_at(&self, offset: u32) -> Path {
        let mut parts = Vec::new();
        let mut id = self.root;
        while let Some((part, child)) = self.child_at(id, offset) {
            parts.push(part);
            id = child;
        }
        Path { parts }
    }

    fn child_at(&self, id: NodeId, offset: u32) -> Option<(Part, NodeId)> {
        let starts_before = |node: NodeId| self.span(node).start <= offset;
        match &self.node(id).kind {
            Kind::Sequence { items, .. } => {
                let idx = items
                    .partition_point(|item| starts_before(*item))
                    .checked_sub(1)?;
                let is_inside = offset <= self.span(items[idx]).end;
                is_inside.then_some((Part::Index(idx), items[idx]))
            }
            Kind::Mapping { entries, .. } => {
                let idx = entries.partition_point(|entry| starts_before(entry.key));
                let entry = entries[idx.checked_sub(1)?];
                let end = self.span(entry.value).end.max(self.span(entry.key).end);
                let key = self.resolve(entry.key);
                let name = match &self.node(key).kind {
                    Kind::Scalar { .. } => self.scalar_value(key),
                    _ => self.slice(self.span(entry.key)).trim_matches(['"', '\'']),
                };
                (offset <= end).then(|| (Part::Key(name.to_owned()), entry.value))
            }
            Kind::Scalar { .. } | Kind::Alias(_) | Kind::Broken => None,
        }
    }
}

/// Gives every finding in the document's file the path of its place.
pub fn annotate(doc: &Document, diags: &mut Diagnostics) {
    for diagnostic in diags.iter_mut() {
        if let Place::At(span) = diagnostic.place
            && span.file == doc.file()
        {
            let path = doc.path_at(span.start);
            diagnostic.path = (!path.is_empty()).then(|| path.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Diagnostics;
    use crate::text::FileId;

    const FILE: &str = "\
stages:
  test:
    from: x
    steps:
      - run: one
      - run: |
          two
          three
        env: {A: b, \"*/c\": [d, e]}
    empty:
";

    #[track_caller]
    fn check(word: &str, expected: &str) {
        let doc = super::super::parse(FileId::ROOT, FILE, &mut Diagnostics::new());
        let at = FILE.find(word).expect("the word is in the file");
        let path = doc.expect("a document").path_at(at as u32);
        assert_eq!(path.to_string(), expected, "{word}");
    }

    #[test]
    fn a_path_names_keys_and_counts_from_zero() {
        check("stages", "stages");
        check("x", "stages.test.from");
        check("run: |", "stages.test.steps[1].run");
        check("three", "stages.test.steps[1].run");
        check("b,", "stages.test.steps[1].env.A");
        check("e]", "stages.test.steps[1].env.\"*/c\"[1]");
        check("empty", "stages.test.empty");
    }
}
