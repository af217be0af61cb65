//! Mistakes in and after quoted text.

use std::ops::Range;

use super::Site;
use super::repair::{Filler, Repair};
use crate::diagnostic::{Code, Diagnostics};
use crate::syntax::line::Line;

impl Site<'_> {
    pub(super) fn unclosed_quote(&self, diags: &mut Diagnostics) -> Option<Repair> {
        let from = self.failure.last.end;
        let Some(at) = self.text[from..].find(['"', '\'']).map(|at| from + at) else {
            return self.syntax("a quote is not closed", "close it", diags);
        };
        let line = Line::at(self.text, at);
        let mark = &self.text[at..at + 1];
        diags
            .report(
                Code::UnclosedQuote,
                self.span(at..at + 1),
                format!("the `{mark}` is not closed"),
            )
            .label("opened here")
            .help(format!("close it with `{mark}`"));
        Repair::new(at..line.value.end.max(at), Filler::Scalar)
    }

    pub(super) fn after_quote(&self, diags: &mut Diagnostics) -> Option<Repair> {
        if self.is_in_value() && matches!(self.first(), Some('"' | '\'')) {
            return self.unquoted(
                Code::TextAfterQuote,
                "text follows the closing quote",
                "YAML ends the text at the second quote",
                diags,
            );
        }
        self.stop(
            Code::TextAfterQuote,
            "text follows the closing quote".to_owned(),
            "put all of the text in quotes",
            diags,
        )
    }

    pub(super) fn escape(&self, diags: &mut Diagnostics) -> Option<Repair> {
        let at = self.failure.at;
        let rest = &self.text[at..self.line.end.max(at)];
        let bad = bad_escape(rest).map_or(at..at, |bad| at + bad.start..at + bad.end);
        let message = format!(
            "`{}` is no escape in double quotes",
            &self.text[bad.clone()]
        );
        diags
            .report(Code::YamlSyntax, self.span(bad), message)
            .help("write `\\\\` for a backslash, or put the text in single quotes");
        let is_value = at == self.line.value.start && rest.len() > 1 && rest[1..].contains('"');
        if is_value {
            Repair::new(self.line.value.clone(), Filler::Scalar)
        } else {
            None
        }
    }
}

/// Returns where a `\` is followed by nothing that YAML knows.
fn bad_escape(text: &str) -> Option<Range<usize>> {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            continue;
        }
        match chars.next() {
            Some((_, '0' | 'a' | 'b' | 't' | '\t' | 'n' | 'v' | 'f' | 'r' | 'e')) => {}
            Some((_, ' ' | '"' | '/' | '\\' | 'N' | '_' | 'L' | 'P')) => {}
            Some((next, c @ ('x' | 'u' | 'U'))) => {
                let n_digits = match c {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let digits = text[next + 1..].bytes().take(n_digits);
                if digits.take_while(u8::is_ascii_hexdigit).count() < n_digits {
                    return Some(at..next + 1);
                }
            }
            Some((next, c)) => return Some(at..next + c.len_utf8()),
            None => return None,
        }
    }
    None
}
