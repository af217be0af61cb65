//! A template and a scope become text.
//!
//! One evaluation serves both passes. What the scope answers with [`Found::Later`] stays a
//! reference of the result; a scope that never does so yields literal text, see [`finish`].
//! Only the words that a modifier needs are evaluated, except those of a later reference and
//! where [`Scope::needs_all_words`].
//!
//! Reports what [`Scope::unset`] reports, `required-value`, `bad-pattern`, `late-pattern` and
//! `text-too-long`. The result is `None` if anything was reported.

use std::fmt;

use crate::diagnostic::{Code, Diagnostics};
use crate::text::Span;

use super::pattern::{Bounds, Pattern};
use super::{EnvName, Modifier, Piece, Reference, Template, Test, Text};

/// How many bytes one evaluated text can have: references to references double quickly.
pub const MAX_TEXT: usize = 4 << 20;

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// This text.
    Set(&'a str),
    /// Nothing.
    Unset,
    /// What the environment holds once the base image is known.
    Later(EnvName),
    /// No name, which was reported before.
    Reported,
}

/// What names mean at one place.
pub trait Scope<N> {
    /// Looks a name up.
    fn find(&self, name: &N) -> Found<'_>;

    /// Tells whether a mistake in a word that no modifier needs is one, as it is in Dockerfiles.
    fn needs_all_words(&self) -> bool {
        false
    }

    /// Reports that the name of a reference without a modifier has no value.
    fn unset(&self, reference: &Reference<N>, diags: &mut Diagnostics);

    /// Tells whether a name may yet get a value: then `?` after it finds nothing to report.
    fn is_undecided(&self, _name: &N) -> bool {
        false
    }
}

/// Replaces every reference that the scope knows.
pub fn eval<N: fmt::Display>(
    template: &Template<N>,
    scope: &dyn Scope<N>,
    diags: &mut Diagnostics,
) -> Option<Text> {
    if let Some(literal) = template.as_literal()
        && literal.len() <= MAX_TEXT
    {
        return Some(Template::literal(template.span, literal));
    }
    let mut evaluation = Evaluation {
        scope,
        diags,
        n_bytes: 0,
    };
    let pieces = evaluation.template(template)?;
    Some(Template {
        span: template.span,
        pieces: pieces.into(),
    })
}

/// Replaces the references that are left; the scope answers none of them with [`Found::Later`].
pub fn finish(text: &Text, scope: &dyn Scope<EnvName>, diags: &mut Diagnostics) -> Option<String> {
    if let Some(literal) = text.as_literal() {
        return Some(literal.to_owned());
    }
    eval(text, scope, diags)?.as_literal().map(str::to_owned)
}

type Pieces = Vec<Piece<EnvName>>;

struct Evaluation<'a, N> {
    scope: &'a dyn Scope<N>,
    diags: &'a mut Diagnostics,
    n_bytes: usize,
}

impl<N: fmt::Display> Evaluation<'_, N> {
    /// Evaluates every piece, also after one that cannot be.
    fn template(&mut self, template: &Template<N>) -> Option<Pieces> {
        let mut out = Pieces::new();
        let mut is_whole = true;
        for piece in template.pieces.iter() {
            match piece {
                Piece::Literal(text) => is_whole &= self.push(&mut out, text, template.span),
                Piece::Reference(reference) => match self.reference(reference, &mut out) {
                    Some(()) => {}
                    None => is_whole = false,
                },
            }
        }
        is_whole.then_some(out)
    }

    fn push(&mut self, out: &mut Pieces, text: &str, span: Span) -> bool {
        if self.n_bytes + text.len() > MAX_TEXT {
            let message = format!("the text grows past {} MiB", MAX_TEXT >> 20);
            self.diags.report(Code::TextTooLong, span, message);
            return false;
        }
        self.n_bytes += text.len();
        append(out, text);
        true
    }

    fn text(&mut self, word: &Template<N>) -> Option<Text> {
        let pieces = self.template(word)?;
        Some(Template {
            span: word.span,
            pieces: pieces.into(),
        })
    }

    fn reference(&mut self, reference: &Reference<N>, out: &mut Pieces) -> Option<()> {
        let scope = self.scope;
        match scope.find(&reference.name) {
            Found::Reported => None,
            Found::Later(name) => {
                let modifier = match &reference.modifier {
                    Some(modifier) => Some(self.later(modifier)?),
                    None => None,
                };
                out.push(Piece::Reference(Box::new(Reference {
                    span: reference.span,
                    name,
                    modifier,
                })));
                Some(())
            }
            Found::Set(value) => self.modified(reference, Some(value), out),
            Found::Unset => self.modified(reference, None, out),
        }
    }

    /// Evaluates the words of a reference that stays.
    fn later(&mut self, modifier: &Modifier<N>) -> Option<Modifier<EnvName>> {
        Some(match modifier {
            Modifier::Default(test, word) => Modifier::Default(*test, self.text(word)?),
            Modifier::Alternate(test, word) => Modifier::Alternate(*test, self.text(word)?),
            Modifier::Require(test, word) => Modifier::Require(*test, self.text(word)?),
            Modifier::StripPrefix(extent, word) => Modifier::StripPrefix(*extent, self.text(word)?),
            Modifier::StripSuffix(extent, word) => Modifier::StripSuffix(*extent, self.text(word)?),
            Modifier::Replace(extent, pattern, replacement) => {
                Modifier::Replace(*extent, self.text(pattern)?, self.text(replacement)?)
            }
        })
    }

    fn modified(
        &mut self,
        reference: &Reference<N>,
        value: Option<&str>,
        out: &mut Pieces,
    ) -> Option<()> {
        let holds = |test: Test| match test {
            Test::Unset => value.is_none(),
            Test::UnsetOrEmpty => value.is_none_or(str::is_empty),
        };
        self.unneeded(reference, holds)?;
        match &reference.modifier {
            None => match value {
                Some(value) => self.push(out, value, reference.span).then_some(()),
                None => {
                    self.scope.unset(reference, self.diags);
                    None
                }
            },
            Some(Modifier::Default(test, word)) if holds(*test) => self.word(word, out),
            Some(Modifier::Alternate(test, word)) => {
                if holds(*test) {
                    return Some(());
                }
                self.word(word, out)
            }
            Some(Modifier::Require(test, word))
                if holds(*test) && !self.scope.is_undecided(&reference.name) =>
            {
                self.required(reference, value, word);
                None
            }
            Some(Modifier::Default(..) | Modifier::Require(..)) => {
                let value = value.unwrap_or_default();
                self.push(out, value, reference.span).then_some(())
            }
            Some(
                modifier @ (Modifier::StripPrefix(..)
                | Modifier::StripSuffix(..)
                | Modifier::Replace(..)),
            ) => self.matched(reference, modifier, value.unwrap_or_default(), out),
        }
    }

    /// Evaluates the word that a modifier does not need, where it counts
    /// (`shell/lex.go:processDollar`, v0.32.2).
    fn unneeded(&mut self, reference: &Reference<N>, holds: impl Fn(Test) -> bool) -> Option<()> {
        let word = match &reference.modifier {
            Some(Modifier::Default(test, word) | Modifier::Require(test, word))
                if !holds(*test) =>
            {
                word
            }
            Some(Modifier::Alternate(test, word)) if holds(*test) => word,
            _ => return Some(()),
        };
        if !self.scope.needs_all_words() {
            return Some(());
        }
        let n_bytes = self.n_bytes;
        self.template(word)?;
        self.n_bytes = n_bytes;
        Some(())
    }

    fn word(&mut self, word: &Template<N>, out: &mut Pieces) -> Option<()> {
        // The word's bytes are counted as they are made, so they are appended without counting.
        for piece in self.template(word)? {
            match piece {
                Piece::Literal(text) => append(out, &text),
                Piece::Reference(_) => out.push(piece),
            }
        }
        Some(())
    }

    fn required(&mut self, reference: &Reference<N>, value: Option<&str>, word: &Template<N>) {
        let Some(word) = self.text(word) else { return };
        let message = match (word.pieces.is_empty(), value) {
            (false, _) => format!("{}: {word}", reference.name),
            (true, None) => format!("`{}` is not allowed to be unset", reference.name),
            (true, Some(_)) => format!("`{}` is not allowed to be empty", reference.name),
        };
        let message = message.replace('\n', " ");
        self.diags
            .report(Code::RequiredValue, reference.span, message);
    }

    fn matched(
        &mut self,
        reference: &Reference<N>,
        modifier: &Modifier<N>,
        value: &str,
        out: &mut Pieces,
    ) -> Option<()> {
        let span = reference.span;
        match modifier {
            Modifier::StripPrefix(extent, word) => {
                let pattern = self.compile(reference, word)?;
                let rest = pattern.strip_prefix(value, *extent);
                self.push(out, &rest, span).then_some(())
            }
            Modifier::StripSuffix(extent, word) => {
                let pattern = self.compile(reference, word)?;
                let rest = pattern.strip_suffix(value, *extent);
                self.push(out, &rest, span).then_some(())
            }
            Modifier::Replace(extent, word, replacement) => {
                let pattern = self.compile(reference, word)?;
                let Bounds { matches, chars } = pattern.matches(value, *extent);
                let replacement = self.template(replacement)?;
                self.replaced(&chars, &matches, &replacement, span, out)
            }
            Modifier::Default(..) | Modifier::Alternate(..) | Modifier::Require(..) => Some(()),
        }
    }

    fn replaced(
        &mut self,
        chars: &[char],
        matches: &[(usize, usize)],
        replacement: &[Piece<EnvName>],
        span: Span,
        out: &mut Pieces,
    ) -> Option<()> {
        let mut from = 0;
        for &(start, end) in matches {
            let before: String = chars[from..start].iter().collect();
            if !self.push(out, &before, span) {
                return None;
            }
            for piece in replacement {
                match piece {
                    Piece::Literal(text) => {
                        if !self.push(out, text, span) {
                            return None;
                        }
                    }
                    Piece::Reference(_) => out.push(piece.clone()),
                }
            }
            from = end;
        }
        let after: String = chars[from..].iter().collect();
        self.push(out, &after, span).then_some(())
    }

    fn compile(&mut self, reference: &Reference<N>, word: &Template<N>) -> Option<Pattern> {
        let text = self.text(word)?;
        let Some(literal) = text.as_literal() else {
            let message = format!("the pattern of `{}` mentions `env`", reference.name);
            self.diags
                .report(Code::LatePattern, word.span, message)
                .label("known only after this value is used")
                .help("put the pattern into an argument, or match on `env` itself");
            return None;
        };
        match Pattern::new(literal) {
            Ok(pattern) => Some(pattern),
            Err(reason) => {
                let message = format!("`{literal}` is no pattern: {reason}");
                self.diags
                    .report(Code::BadPattern, word.span, message)
                    .help(
                        "`*` and `?` match; `\\*`, `\\?`, `\\\\`, `\\/` and `\\}` are themselves",
                    );
                None
            }
        }
    }
}

fn append(out: &mut Pieces, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Piece::Literal(last)) = out.last_mut() {
        last.push_str(text);
    } else {
        out.push(Piece::Literal(text.to_owned()));
    }
}
