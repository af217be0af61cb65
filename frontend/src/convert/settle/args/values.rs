//! The values that arguments of the file have, one after the other.
//!
//! A build file has one value of each. One that is replaced after something was made of it gets a
//! name of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::convert::settle::known;
use crate::expr::{Modifier, Name, Piece, Reference, Template, Test, predefined};
use crate::model::{Arg, Value};
use crate::text::{Span, Spanned};

type Text = Template<Name>;

/// The arguments of the file, each once.
pub(super) struct Values {
    /// The declarations.
    pub(super) args: Vec<Arg>,
    /// By their names, those whose value that counts now has another.
    own: BTreeMap<String, String>,
    /// Names that are not free.
    taken: BTreeSet<String>,
}

/// Who uses a value before it is replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Nobody,
    /// The value that replaces it.
    Next,
    Others,
}

impl Values {
    /// Reads the arguments of a Dockerfile; `taken` are the names that stages give to theirs.
    pub(super) fn of(all: Vec<Arg>, taken: BTreeSet<String>) -> Self {
        let mut values = Self {
            args: Vec::new(),
            own: BTreeMap::new(),
            taken,
        };
        let names = all.iter().map(|arg| arg.name.value.clone());
        values.taken.extend(names);
        let mut open = BTreeSet::new();
        for (idx, arg) in all.iter().enumerate() {
            let name = &arg.name.value;
            let later = &all[idx + 1..];
            let next = later.iter().position(|other| other.name.value == *name);
            let uses = next.map(|next| uses(name, &later[..=next]));
            if uses == Some(Use::Nobody) {
                continue;
            }
            let mut arg = arg.clone();
            arg.default.iter_mut().for_each(|it| values.say(it));
            values.own.remove(name);
            if uses == Some(Use::Others) || open.contains(name) {
                if open.insert(name.clone()) {
                    let nothing = Arg {
                        default: None,
                        ..arg.clone()
                    };
                    values.args.push(nothing);
                }
                arg.default = arg.default.map(|it| given_or(arg.name.span, name, it));
                arg.description = None;
                if arg.default.is_some() {
                    values.name(&mut arg);
                    values.args.push(arg);
                }
                continue;
            }
            if uses == Some(Use::Next) {
                values.name(&mut arg);
            }
            values.args.push(arg);
        }
        values
    }

    /// Gives a value a name of its own.
    fn name(&mut self, arg: &mut Arg) {
        let name = arg.name.value.clone();
        let mut names = (1..).map(|n: u32| format!("{name}_{n}"));
        let own = names.find(|own| self.taken.insert(own.clone()));
        arg.name.value = own.unwrap_or_default();
        self.own.insert(name, arg.name.value.clone());
    }

    /// Returns the declaration of an argument.
    pub(super) fn global(&self, name: &str) -> Option<&Arg> {
        self.args.iter().find(|arg| arg.name.value == name)
    }

    /// Returns the value of an argument, if that has another name.
    pub(super) fn own(&self, name: &Spanned<String>) -> Option<Value> {
        let own = Name::Arg(self.own.get(&name.value)?.clone());
        Some(Value::Plain(Text::reference(name.span, own)))
    }

    /// Makes a value, which stands where arguments of the file are known, one of a build file.
    pub(super) fn say(&self, value: &mut Value) {
        if let Value::Plain(template) = value {
            self.say_text(template);
        }
    }

    fn say_text(&self, template: &mut Text) {
        let mut pieces = Text::literal(template.span, "").pieces;
        std::mem::swap(&mut pieces, &mut template.pieces);
        for piece in pieces {
            let Piece::Reference(mut it) = piece else {
                known::push(template, piece);
                continue;
            };
            let words = it.modifier.iter_mut().flat_map(Modifier::words_mut);
            words.for_each(|word| self.say_text(word));
            if matches!(it.name, Name::Undeclared(_)) {
                let word = of_unset(*it);
                let pieces = word.into_iter().flat_map(|word| word.pieces);
                pieces.for_each(|piece| known::push(template, piece));
                continue;
            }
            self.say_name(&mut it);
            template.pieces.push(Piece::Reference(it));
        }
    }

    /// Names an argument; what always has a value needs no word for when it has none.
    fn say_name(&self, it: &mut Reference<Name>) {
        let Name::Arg(name) = &it.name else { return };
        let name = self.own.get(name).unwrap_or(name).clone();
        let has_value = match self.global(&name) {
            Some(global) => {
                it.name = Name::Arg(name);
                global.default.is_some()
            }
            None => {
                let known = predefined(&name);
                let has_value = known.is_some();
                it.name = known.unwrap_or(Name::Arg(name));
                has_value
            }
        };
        if has_value && is_plain(&it.modifier) {
            it.modifier = None;
        }
    }
}

/// Returns the value that a request gives an argument, else this.
fn given_or(span: Span, name: &str, value: Value) -> Value {
    let mut template = Text::reference(span, Name::Arg(name.to_owned()));
    if let (Some(Piece::Reference(it)), Value::Plain(word)) = (template.pieces.first_mut(), value) {
        it.modifier = Some(Modifier::Default(Test::Unset, word));
    }
    Value::Plain(template)
}

/// Returns who uses the value of a name: the last of these replaces it.
fn uses(name: &str, later: &[Arg]) -> Use {
    let (next, others) = match later {
        [others @ .., next] => (mentions(next, name), others),
        [] => (false, later),
    };
    match (others.iter().any(|it| mentions(it, name)), next) {
        (true, _) => Use::Others,
        (false, true) => Use::Next,
        (false, false) => Use::Nobody,
    }
}

/// Tells whether the value of an argument mentions a name.
fn mentions(arg: &Arg, name: &str) -> bool {
    let mut found = false;
    for template in arg.default.iter().flat_map(Value::templates) {
        template.each_reference(&mut |it| {
            found |= matches!(&it.name, Name::Arg(other) if other == name);
        });
    }
    found
}

/// Tells whether a reference is the value, or nothing.
fn is_plain(modifier: &Option<Modifier<Name>>) -> bool {
    match modifier {
        None => true,
        Some(Modifier::Default(Test::Unset, word)) => word.pieces.is_empty(),
        Some(_) => false,
    }
}

/// Returns what a reference to something that nobody sets comes to.
fn of_unset(it: Reference<Name>) -> Option<Text> {
    match it.modifier {
        Some(Modifier::Default(_, word)) => Some(word),
        _ => None,
    }
}
