//! Whether two documents say the same, comments included.

use crate::syntax::node::{Document, Kind, NodeId, Style};
use crate::syntax::scalar::Scalar;

/// Tells whether two documents have the same values, aliases and comments, however written.
pub fn is_same(a: &Document, b: &Document) -> bool {
    comments(a) == comments(b) && is_same_node((a, a.root()), (b, b.root()))
}

fn comments(doc: &Document) -> Vec<&str> {
    let comments = doc.comments().iter();
    let mut texts: Vec<&str> = comments
        .map(|comment| doc.slice(comment.span).trim_end())
        .collect();
    texts.sort_unstable();
    texts
}

fn is_same_node(a: (&Document, NodeId), b: (&Document, NodeId)) -> bool {
    let kinds = (&a.0.node(a.1).kind, &b.0.node(b.1).kind);
    match kinds {
        (Kind::Scalar { style: one, .. }, Kind::Scalar { style: other, .. }) => {
            let a = Scalar::new(a.0.scalar_value(a.1), *one, a.0.span(a.1));
            let b = Scalar::new(b.0.scalar_value(b.1), *other, b.0.span(b.1));
            is_same_scalar(&a, &b)
        }
        (Kind::Sequence { items: one, .. }, Kind::Sequence { items: other, .. }) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len() && pairs.all(|it| is_same_node((a.0, *it.0), (b.0, *it.1)))
        }
        (Kind::Mapping { entries: one, .. }, Kind::Mapping { entries: other, .. }) => {
            let mut pairs = one.iter().zip(other);
            let is_same = |one: NodeId, other: NodeId| is_same_node((a.0, one), (b.0, other));
            one.len() == other.len()
                && pairs.all(|(x, y)| is_same(x.key, y.key) && is_same(x.value, y.value))
        }
        (Kind::Alias(_), Kind::Alias(_)) => a.0.slice(a.0.span(a.1)) == b.0.slice(b.0.span(b.1)),
        _ => false,
    }
}

fn is_same_scalar(a: &Scalar<'_>, b: &Scalar<'_>) -> bool {
    let is_merge = |it: &Scalar<'_>| it.style == Style::Plain && it.text == "<<";
    if a.is_null() && b.is_null() {
        return true;
    }
    a.text == b.text
        && a.is_null() == b.is_null()
        && a.as_text() == b.as_text()
        && a.as_int() == b.as_int()
        && a.as_bool() == b.as_bool()
        && is_merge(a) == is_merge(b)
}
