//! The parts that every map of a build file is made of.

use crate::expr;
use crate::model::Value;
use crate::syntax::node::Layout;
use crate::syntax::print::{Item, Shape, Tree};
use crate::text::{Span, Spanned};

use super::pattern;
use crate::convert::comments::Comments;

/// The entries of a map that is being written; what is not there is left out.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) items: Vec<Item>,
}

impl Fields {
    /// Adds an entry if there is a value.
    pub(super) fn put(&mut self, key: &str, value: Option<Tree>) {
        let item = |value| Item {
            before: Vec::new(),
            key: Some(Shape::Text(key.to_owned())),
            value,
            trailing: String::new(),
        };
        self.items.extend(value.map(item));
    }

    /// Adds a map if it has an entry.
    pub(super) fn some(&mut self, key: &str, fields: Self) {
        self.put(key, (!fields.items.is_empty()).then(|| fields.tree()));
    }

    /// Adds a list if it has an entry.
    pub(super) fn list(&mut self, key: &str, values: Vec<Tree>) {
        self.put(key, (!values.is_empty()).then(|| list(values)));
    }

    /// Adds a list if it has an entry; one entry stands for itself.
    pub(super) fn one_or_list(&mut self, key: &str, values: Vec<Tree>) {
        self.put(key, (!values.is_empty()).then(|| one_or_list(values)));
    }

    /// Gives the last entry the comments at a place.
    pub(super) fn noted(&mut self, at: Option<Span>, comments: &mut Comments) {
        if let Some((at, item)) = at.zip(self.items.last_mut()) {
            comments.put(at.start, item);
        }
    }

    pub(super) fn boolean(&mut self, key: &str, value: Option<&Spanned<bool>>) {
        self.put(
            key,
            value.map(|it| word(if it.value { "true" } else { "false" })),
        );
    }

    /// Adds a map of texts if it has an entry.
    pub(super) fn pairs(&mut self, key: &str, pairs: &[(Spanned<String>, Value)]) {
        if !pairs.is_empty() {
            self.put(key, Some(self::pairs(pairs)));
        }
    }

    /// Adds a map of texts, some without a value, if it has an entry.
    pub(super) fn optional_pairs(&mut self, key: &str, pairs: &[(Spanned<String>, Option<Value>)]) {
        if !pairs.is_empty() {
            self.put(key, Some(optional_pairs(pairs)));
        }
    }

    /// Adds a map of named things if there are any.
    pub(super) fn named<T>(
        &mut self,
        key: &str,
        things: &[T],
        entry: impl Fn(&T) -> (&Spanned<String>, Tree),
    ) {
        let mut fields = Self::default();
        for thing in things {
            let (name, value) = entry(thing);
            fields.put(&name.value, Some(value));
        }
        self.some(key, fields);
    }

    pub(super) fn tree(self) -> Tree {
        items(Layout::Block, "{}", self.items)
    }

    /// Returns the map, or nothing if it has no entry.
    pub(super) fn tree_or_nothing(self) -> Tree {
        match self.items.is_empty() {
            true => word(""),
            false => self.tree(),
        }
    }
}

/// Returns a list or map.
pub(super) fn items(layout: Layout, empty: &'static str, items: Vec<Item>) -> Tree {
    Tree::from(Shape::Items {
        layout,
        empty,
        items,
        after: Vec::new(),
    })
}

/// Returns a list or map, in brackets if it fits.
pub(super) fn flow(mut tree: Tree) -> Tree {
    if let Shape::Items { layout, .. } = &mut tree.shape {
        *layout = Layout::Flow;
    }
    tree
}

fn entries(values: Vec<Tree>) -> Vec<Item> {
    let item = |value| Item {
        before: Vec::new(),
        key: None,
        value,
        trailing: String::new(),
    };
    values.into_iter().map(item).collect()
}

/// Returns a list: in brackets, unless an entry is a map.
pub(super) fn list(values: Vec<Tree>) -> Tree {
    let is_map = |it: &Tree| {
        matches!(
            it.shape,
            Shape::Items {
                layout: Layout::Block,
                ..
            }
        )
    };
    let layout = match values.iter().any(is_map) {
        true => Layout::Block,
        false => Layout::Flow,
    };
    items(layout, "[]", entries(values))
}

pub(super) fn one_or_list(mut values: Vec<Tree>) -> Tree {
    match values.pop() {
        Some(one) if values.is_empty() => one,
        last => {
            values.extend(last);
            list(values)
        }
    }
}

/// Returns something that is never quoted.
pub(super) fn word(text: &str) -> Tree {
    Shape::Plain(text.to_owned()).into()
}

pub(super) fn literal(text: &Spanned<String>) -> Tree {
    Shape::of_text(&text.value).into()
}

/// Returns a text, or a map by platform.
pub(super) fn text(value: &Value) -> Tree {
    let by_platform = match value {
        Value::Plain(template) => return Shape::of_text(&expr::write(template)).into(),
        Value::ByPlatform(by_platform) => by_platform,
    };
    let mut cases = Fields::default();
    let shape = |template| Some(Shape::of_text(&expr::write(template)).into());
    for (key, template) in &by_platform.cases {
        cases.put(&pattern(&key.value), shape(template));
    }
    if let Some(template) = &by_platform.default {
        cases.put("default", shape(template));
    }
    let mut fields = Fields::default();
    fields.put("by-platform", Some(cases.tree()));
    fields.tree()
}

/// Returns a text; a number is not quoted.
pub(super) fn bare(value: &Value) -> Tree {
    let is_number = |text: &&str| {
        text.bytes().all(|byte| byte.is_ascii_digit()) && (*text == "0" || !text.starts_with('0'))
    };
    match value
        .as_literal()
        .filter(|it| !it.is_empty())
        .filter(is_number)
    {
        Some(number) => word(number),
        None => text(value),
    }
}

pub(super) fn pairs(pairs: &[(Spanned<String>, Value)]) -> Tree {
    let mut fields = Fields::default();
    for (name, value) in pairs {
        fields.put(&name.value, Some(text(value)));
    }
    fields.tree()
}

pub(super) fn optional_pairs(pairs: &[(Spanned<String>, Option<Value>)]) -> Tree {
    let mut fields = Fields::default();
    for (name, value) in pairs {
        fields.put(
            &name.value,
            Some(value.as_ref().map_or_else(|| word(""), text)),
        );
    }
    fields.tree()
}
