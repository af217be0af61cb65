//! A [`Template`] becomes the text that [`parse`](super::parse) reads as it.

use super::{Extent, Modifier, Name, Piece, Reference, Template, Test};

const OPEN: &str = "${{";

/// What stands around a text, and so what has to be escaped in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The scalar itself.
    Scalar,
    /// The word of `-`, `+` and `?`.
    Word,
    /// A pattern; its text has its backslashes already.
    Pattern,
    /// What stands for a match.
    Replacement,
}

/// Returns a template as it is written.
pub fn write(template: &Template<Name>) -> String {
    let mut out = String::new();
    pieces(template, Place::Scalar, &mut out);
    out
}

fn pieces(template: &Template<Name>, place: Place, out: &mut String) {
    let mut rest = template.pieces.iter().peekable();
    while let Some(piece) = rest.next() {
        match piece {
            Piece::Reference(it) => reference(it, out),
            Piece::Literal(text) => {
                let is_before_reference = rest.peek().is_some();
                // `$` before `${{` would escape it.
                let has_dollar = is_before_reference && text.ends_with('$');
                let is_end = !is_before_reference && place != Place::Scalar;
                let has_blank = is_end && place == Place::Replacement && text.ends_with(' ');
                if has_dollar || has_blank {
                    let (first, last) = text.split_at(text.len() - 1);
                    literal(first, place, out);
                    // A word that is always taken: it can hold what cannot stand here.
                    let last = if last == " " { "\\ " } else { last };
                    out.push_str("${{ stage.name:+");
                    out.push_str(last);
                    out.push_str(" }}");
                } else {
                    literal(text, place, out);
                    if is_end && text.ends_with(' ') {
                        out.pop();
                        out.push_str("\\ ");
                    }
                }
            }
        }
    }
}

fn literal(text: &str, place: Place, out: &mut String) {
    let text = text.replace(OPEN, "$${{");
    match place {
        Place::Scalar | Place::Pattern => out.push_str(&text),
        Place::Word => {
            for c in text.chars() {
                out.extend(matches!(c, '\\' | '}').then_some('\\'));
                out.push(c);
            }
        }
        Place::Replacement => out.push_str(&text.replace('}', "\\}")),
    }
}

fn reference(reference: &Reference<Name>, out: &mut String) {
    out.push_str("${{ ");
    out.push_str(&reference.name.to_string());
    let mut word = |sign: &str, test: Test, word: &Template<Name>| {
        out.push_str(if test == Test::UnsetOrEmpty { ":" } else { "" });
        out.push_str(sign);
        pieces(word, Place::Word, out);
    };
    match &reference.modifier {
        None => {}
        Some(Modifier::Default(test, it)) => word("-", *test, it),
        Some(Modifier::Alternate(test, it)) => word("+", *test, it),
        Some(Modifier::Require(test, it)) => word("?", *test, it),
        Some(Modifier::StripPrefix(extent, it)) => {
            out.push_str(if *extent == Extent::Most { "##" } else { "#" });
            pieces(it, Place::Pattern, out);
        }
        Some(Modifier::StripSuffix(extent, it)) => {
            out.push_str(if *extent == Extent::Most { "%%" } else { "%" });
            pieces(it, Place::Pattern, out);
        }
        Some(Modifier::Replace(extent, pattern, replacement)) => {
            out.push_str(if *extent == Extent::Most { "//" } else { "/" });
            pieces(pattern, Place::Pattern, out);
            out.push('/');
            pieces(replacement, Place::Replacement, out);
        }
    }
    out.push_str(" }}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::expr::parse;
    use crate::text::{FileId, Span};

    #[track_caller]
    fn check(text: &str) {
        let span = Span::new(FileId::ROOT, 0..0);
        let mut diags = Diagnostics::new();
        let template = parse(text, span, &|_| span, &mut diags);
        assert!(diags.is_empty(), "{text} is read");
        assert_eq!(write(&template), text);
    }

    #[test]
    fn references_are_written_as_they_are_read() {
        check("a ${{ args.A }} $${{ b }} ${{ target.os-version }}");
        check("${{ env.A:-b }}${{ env.A-${{ env.B:?c d }} }}${{ args.A:+\\\\\\}\\  }}");
        check("${{ env.A##a*\\/ }}${{ env.A%b\\} }}${{ env.A//[a\\]]\\//b\\}c }}");
    }

    #[test]
    fn what_cannot_stand_in_a_place_stands_in_a_word() {
        let span = Span::new(FileId::ROOT, 0..0);
        let mut template = Template::literal(span, "a$");
        template.pieces.push(Piece::Reference(Box::new(Reference {
            span,
            name: Name::StageTarget,
            modifier: Some(Modifier::Replace(
                Extent::Least,
                Template::literal(span, "x"),
                Template::literal(span, "y "),
            )),
        })));
        assert_eq!(
            write(&template),
            "a${{ stage.name:+$ }}${{ stage.target/x/y${{ stage.name:+\\  }} }}"
        );
    }
}
