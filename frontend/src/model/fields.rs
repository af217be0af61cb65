//! The one way to read a mapping: every map of the language has a [`Table`] of its keys.
//!
//! A table says which keys a map has, what each takes, one example and one line of explanation.
//! Reading a map (`model::read`), the JSON Schema and the reference page all come from it. Tables
//! stand beside the types they fill; [`TABLES`] is all of them.

use super::{arg, check, exec, image, input, mount, stage, value, verb};

/// The keys of one kind of map.
#[derive(Debug)]
pub struct Table {
    /// What messages call the map: `a stage`.
    pub what: &'static str,
    /// One line.
    pub doc: &'static str,
    /// The keys, in groups that several tables can share.
    pub groups: &'static [&'static [Key]],
}

/// A key of a [`Table`].
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// A value as one would type it.
    pub example: &'static str,
    /// One line.
    pub doc: &'static str,
    /// Whether the map must have it.
    pub need: Need,
}

/// Whether a map must have a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It may be left out.
    Optional,
    /// Without it the map means nothing.
    Required,
    /// The map must have it, unless it has the other; who reads the map reports it.
    Unless(&'static str),
    /// The map must have it if the other key has this value; who reads the map reports it.
    When(&'static str, &'static str),
    /// The map must have one of the keys with this need; who reads the map reports it.
    Choice,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text with references, or one by platform.
    Text,
    /// The name of a preset, or other text.
    Preset,
    /// Text without references.
    Literal,
    /// `true` or `false`.
    Bool,
    /// An integer.
    Int,
    /// Nothing.
    Null,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A map with these keys.
    Map(&'static Table),
    /// A map with names of the author's choice, all of one kind.
    Named(&'static Kind),
    /// A map with some of these names, all of one kind.
    Known(&'static [&'static str], &'static Kind),
    /// A list.
    List(&'static Kind),
    /// One or a list of them.
    Some(&'static Kind),
    /// Any of these.
    OneOf(&'static [Kind]),
    /// A condition.
    When,
    /// A step: one of [`verb::VERBS`].
    Step,
    /// A step that makes files.
    FileStep,
    /// Not yet.
    Reserved,
}

impl Table {
    /// Returns every key in order.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> + use<> {
        self.groups.iter().copied().flatten()
    }

    /// Returns the key of that name.
    pub fn find(&self, name: &str) -> Option<&'static Key> {
        self.keys().find(|key| key.name == name)
    }
}

impl Key {
    /// The same key, but the map must have it.
    pub const fn required(self) -> Self {
        Self {
            need: Need::Required,
            ..self
        }
    }

    /// The same key, but the map must have it or the other, which may be the same.
    pub const fn unless(self, other: &'static str) -> Self {
        Self {
            need: Need::Unless(other),
            ..self
        }
    }

    /// The same key, but the map must have it if the other key has this value.
    pub const fn when(self, other: &'static str, value: &'static str) -> Self {
        Self {
            need: Need::When(other, value),
            ..self
        }
    }

    /// The same key, but the map has one of those that are chosen from.
    pub const fn chosen(self) -> Self {
        Self {
            need: Need::Choice,
            ..self
        }
    }
}

/// Returns an optional key.
pub(super) const fn key(
    name: &'static str,
    kind: Kind,
    example: &'static str,
    doc: &'static str,
) -> Key {
    Key {
        name,
        kind,
        example,
        doc,
        need: Need::Optional,
    }
}

impl Kind {
    /// Returns what messages say the key wants: `text`, `a list`, ….
    pub fn wants(&self) -> String {
        match self {
            Self::Text | Self::Preset | Self::Literal => "text".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Int => "an integer".to_owned(),
            Self::Null => "nothing".to_owned(),
            Self::Word(words) => words.join(" or "),
            Self::Map(_)
            | Self::Named(_)
            | Self::Known(..)
            | Self::When
            | Self::Step
            | Self::FileStep => "a map".to_owned(),
            Self::List(_) => "a list".to_owned(),
            Self::Some(kind) => either(&[kind.wants(), "a list".to_owned()]),
            Self::OneOf(kinds) => {
                let words: Vec<String> = kinds.iter().map(Self::wants).collect();
                either(&words)
            }
            Self::Reserved => "nothing yet".to_owned(),
        }
    }
}

fn either(words: &[String]) -> String {
    let mut unique: Vec<&str> = Vec::new();
    for word in words {
        if !unique.contains(&word.as_str()) {
            unique.push(word);
        }
    }
    match unique.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => unique.concat(),
    }
}

/// Every table: the root first, then in the order in which a reader meets them.
pub static TABLES: &[&Table] = &[
    &super::BUILD,
    &arg::ARG,
    &mount::decode::NAMED_CACHE,
    &mount::decode::NAMED_SECRET,
    &mount::decode::NAMED_SSH,
    &check::CHECK,
    &check::STEP_CHECK,
    &stage::STAGE,
    &stage::VARIANT,
    &input::BASE,
    &value::BY_PLATFORM,
    &verb::RUN,
    &verb::SCRIPT,
    &verb::COPY,
    &verb::ADD,
    &verb::FILE,
    &verb::MKDIR,
    &verb::SYMLINK,
    &verb::REMOVE,
    &verb::ENV,
    &verb::ARG,
    &verb::BUILD_ENV,
    &verb::WORKDIR,
    &verb::USER,
    &verb::SHELL,
    &verb::LABEL,
    &verb::CMD,
    &verb::ENTRYPOINT,
    &verb::EXPOSE,
    &verb::VOLUME,
    &verb::HEALTHCHECK,
    &verb::STOP_SIGNAL,
    &verb::ONBUILD,
    &verb::AUTHOR,
    &verb::PARALLEL,
    &verb::CONTENT,
    &mount::decode::CACHE,
    &mount::decode::SECRET,
    &mount::decode::SSH,
    &mount::decode::BIND,
    &mount::decode::TMPFS,
    &exec::decode::DEVICE,
    &exec::decode::ULIMIT,
    &exec::decode::RESOURCES,
    &image::decode::IMAGE,
    &image::decode::CHECKUP,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_says_what_it_is() {
        for table in TABLES {
            assert!(table.doc.ends_with('.'), "{}: {}", table.what, table.doc);
            for key in table.keys() {
                assert!(key.doc.ends_with('.'), "{}: {}", table.what, key.name);
                let is_reserved = matches!(key.kind, Kind::Reserved);
                assert_eq!(key.example.is_empty(), is_reserved, "{}", key.name);
            }
        }
    }

    #[test]
    fn no_table_has_a_key_twice() {
        for table in TABLES {
            let mut names: Vec<&str> = table.keys().map(|key| key.name).collect();
            names.sort_unstable();
            let n_keys = names.len();
            names.dedup();
            assert_eq!(names.len(), n_keys, "{}", table.what);
        }
    }

    #[test]
    fn a_kind_says_what_it_wants() {
        const KIND: Kind =
            Kind::OneOf(&[Kind::Text, Kind::Map(&arg::ARG), Kind::List(&Kind::Text)]);
        assert_eq!(KIND.wants(), "text, a map or a list");
        assert_eq!(Kind::Some(&Kind::Text).wants(), "text or a list");
    }
}
