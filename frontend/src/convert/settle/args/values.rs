//! The values that arguments of the file have, one after the other.

use std::collections::BTreeMap;

use crate::convert::settle::known;
use crate::diagnostic::{Code, Diagnostics};
use crate::expr::{Modifier, Name, Piece, Reference, Template, Test, predefined};
use crate::model::{Arg, Value};
use crate::text::Spanned;

/// How many arguments a value may be made of that is said again where it is used.
const MAX_USED: usize = 64;

type Text = Template<Name>;

/// The arguments of the file, each once, and what a declaration does not say of them.
pub(super) struct Values {
    /// The declarations.
    pub(super) args: Vec<Arg>,
    /// Those with several values, and the one that counts now.
    several: BTreeMap<String, Option<Text>>,
}

impl Values {
    /// Reads the arguments of a Dockerfile.
    ///
    /// Reports `not-in-build-file`.
    pub(super) fn of(all: Vec<Arg>, diags: &mut Diagnostics) -> Self {
        let mut values = Self {
            args: Vec::new(),
            several: BTreeMap::new(),
        };
        for (idx, arg) in all.iter().enumerate() {
            let name = &arg.name.value;
            let later = &all[idx + 1..];
            let is_again = |other: &Arg| other.name.value == *name;
            let next = later.iter().position(is_again);
            let is_known = values.several.contains_key(name);
            // Nobody sees a value that is replaced before anything mentions it.
            let until = next.map_or(0, |next| next + 1);
            let is_seen = later[..until].iter().any(|it| mentions(it, name));
            if next.is_some() && !is_seen && !is_known {
                continue;
            }
            let mut arg = arg.clone();
            arg.default.iter_mut().for_each(|it| values.say(it, diags));
            if !is_seen && !is_known {
                values.args.push(arg);
                continue;
            }
            let value = match arg.default.take() {
                Some(Value::Plain(template)) => Some(template),
                _ => None,
            };
            values.several.insert(name.clone(), value);
            if !is_known {
                values.args.push(arg);
            }
        }
        values
    }

    /// Returns the declaration of an argument.
    pub(super) fn global(&self, name: &str) -> Option<&Arg> {
        self.args.iter().find(|arg| arg.name.value == name)
    }

    /// Returns the value of an argument that has none at the top, as one that a request replaces.
    pub(super) fn second(&self, name: &Spanned<String>) -> Option<Value> {
        let value = self.several.get(&name.value)?.clone()?;
        let mut template = Text::reference(name.span, Name::Arg(name.value.clone()));
        if let Some(Piece::Reference(it)) = template.pieces.first_mut() {
            it.modifier = Some(Modifier::Default(Test::Unset, value));
        }
        Some(Value::Plain(template))
    }

    /// Makes a value, which stands where arguments of the file are known, one of a build file.
    ///
    /// Reports `not-in-build-file`.
    pub(super) fn say(&self, value: &mut Value, diags: &mut Diagnostics) {
        if let Value::Plain(template) = value {
            self.say_text(template, diags);
        }
    }

    fn say_text(&self, template: &mut Text, diags: &mut Diagnostics) {
        let mut pieces = Text::literal(template.span, "").pieces;
        std::mem::swap(&mut pieces, &mut template.pieces);
        for piece in pieces {
            let Piece::Reference(mut it) = piece else {
                known::push(template, piece);
                continue;
            };
            self.say_modifier(&mut it.modifier, diags);
            let name = it.name.clone();
            match &name {
                Name::Undeclared(_) => {
                    let word = of_unset(*it);
                    let pieces = word.into_iter().flat_map(|word| word.pieces);
                    pieces.for_each(|piece| known::push(template, piece));
                    continue;
                }
                Name::Arg(name) => match self.several.get(name) {
                    Some(value) => self.say_one_of_several(&mut it, value.as_ref(), diags),
                    None => self.say_arg(&mut it, name),
                },
                _ => {}
            }
            template.pieces.push(Piece::Reference(it));
        }
    }

    fn say_modifier(&self, modifier: &mut Option<Modifier<Name>>, diags: &mut Diagnostics) {
        match modifier {
            None => {}
            Some(
                Modifier::Default(_, word)
                | Modifier::Alternate(_, word)
                | Modifier::Require(_, word)
                | Modifier::StripPrefix(_, word)
                | Modifier::StripSuffix(_, word),
            ) => self.say_text(word, diags),
            Some(Modifier::Replace(_, pattern, replacement)) => {
                self.say_text(pattern, diags);
                self.say_text(replacement, diags);
            }
        }
    }

    /// Names an argument; what always has a value needs no word for when it has none.
    fn say_arg(&self, it: &mut Reference<Name>, name: &str) {
        let has_value = match self.global(name) {
            Some(global) => global.default.is_some(),
            None => {
                let known = predefined(name);
                let has_value = known.is_some();
                it.name = known.unwrap_or(Name::Arg(name.to_owned()));
                has_value
            }
        };
        if has_value && is_plain(&it.modifier) {
            it.modifier = None;
        }
    }

    /// Says which of its values an argument has here.
    fn say_one_of_several(
        &self,
        it: &mut Reference<Name>,
        value: Option<&Text>,
        diags: &mut Diagnostics,
    ) {
        let Some(value) = value else { return };
        let mut n_used = 0;
        value.each_reference(&mut |_| n_used += 1);
        if n_used <= MAX_USED && is_plain(&it.modifier) {
            it.modifier = Some(Modifier::Default(Test::Unset, value.clone()));
            return;
        }
        // An empty value is as good as none to what asks for either.
        let is_alike = matches!(
            it.modifier,
            Some(
                Modifier::Default(Test::UnsetOrEmpty, _)
                    | Modifier::Alternate(Test::UnsetOrEmpty, _)
            )
        );
        if is_alike && value.pieces.is_empty() {
            return;
        }
        let message = format!(
            "a build file cannot say which of its values `{}` has",
            it.name
        );
        diags
            .report(Code::NotInBuildFile, it.span, message)
            .help("give one of the arguments of this name another");
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
