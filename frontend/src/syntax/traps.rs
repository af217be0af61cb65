//! What the author of a broken line probably meant, and how to type it.
//!
//! In: where reading stopped. Out: a diagnostic with the quoted form, and, when the mistake lies
//! inside one value, a [`Repair`] that lets the reader step over it.

mod bracket;
mod quote;
mod repair;

use std::ops::Range;

use super::failure::{Failure, Reason};
use super::line::Line;
use super::{MAX_DEPTH, MAX_VALUES};
use crate::diagnostic::{Code, Diagnostics};
use crate::text::{FileId, Span};
use repair::{Filler, Quoted};

pub(super) use repair::Repair;

/// What a trap is looked for in.
struct Site<'a> {
    file: FileId,
    text: &'a str,
    failure: &'a Failure,
    line: Line<'a>,
}

/// Reports why reading stopped and says how to go on, if that is possible.
pub(super) fn explain(
    file: FileId,
    text: &str,
    failure: &Failure,
    diags: &mut Diagnostics,
) -> Option<Repair> {
    let line = Line::at(text, failure.at);
    let site = Site {
        file,
        text,
        failure,
        line,
    };
    match &failure.reason {
        Reason::Colon => site.colon(diags),
        Reason::FlowSeparator => site.flow_separator(diags),
        Reason::UnclosedBracket => site.unclosed_bracket(diags),
        Reason::Mismatch { open, close } => site.mismatch(*open, *close, diags),
        Reason::UnclosedQuote => site.unclosed_quote(diags),
        Reason::AfterQuote => site.after_quote(diags),
        Reason::Escape => site.escape(diags),
        Reason::Tab => site.tab(diags),
        Reason::Directive => site.directive(diags),
        Reason::BlockHeader => site.block_header(diags),
        Reason::Dash => site.dash(diags),
        Reason::GlobKey => site.glob_key(diags),
        Reason::MissingColon => site.missing_colon(diags),
        Reason::Indentation => site.indentation(diags),
        Reason::TooDeep => site.stop(
            Code::TooDeep,
            format!("lists and maps are nested more than {MAX_DEPTH} deep"),
            "aliases count with what they stand for",
            diags,
        ),
        Reason::TooManyValues => site.stop(
            Code::TooManyValues,
            format!("the file has more than {MAX_VALUES} values"),
            "aliases count with what they stand for",
            diags,
        ),
        Reason::Other(words) => site.other(words, diags),
    }
}

impl Site<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// Returns the character at the place of the failure.
    fn here(&self) -> Span {
        let rest = self.text.get(self.failure.at..).unwrap_or_default();
        let len = rest
            .chars()
            .next()
            .filter(|c| *c != '\n' && *c != '\r')
            .map_or(0, char::len_utf8);
        self.span(self.failure.at..self.failure.at + len)
    }

    fn stop(
        &self,
        code: Code,
        message: String,
        help: &str,
        diags: &mut Diagnostics,
    ) -> Option<Repair> {
        diags.report(code, self.here(), message).help(help);
        None
    }

    fn syntax(&self, message: &str, help: &str, diags: &mut Diagnostics) -> Option<Repair> {
        self.stop(Code::YamlSyntax, message.to_owned(), help, diags)
    }

    /// Reports that the value of the line needs quotes, and steps over it.
    fn unquoted(
        &self,
        code: Code,
        message: impl Into<String>,
        label: &str,
        diags: &mut Diagnostics,
    ) -> Option<Repair> {
        let value = self.line.value.clone();
        let text = &self.text[value.clone()];
        diags
            .report(code, self.span(value.clone()), message)
            .label(label)
            .quoted(text);
        Repair::new(value, Filler::Scalar)
    }

    fn is_in_value(&self) -> bool {
        let value = &self.line.value;
        value.start <= self.failure.at && self.failure.at <= value.end && !value.is_empty()
    }

    fn first(&self) -> Option<char> {
        self.text[self.line.value.clone()].chars().next()
    }

    fn colon(&self, diags: &mut Diagnostics) -> Option<Repair> {
        if self.is_in_value() {
            if matches!(self.first(), Some('"' | '\'')) {
                return self.after_quote(diags);
            }
            if let Some(first @ ('[' | '{')) = self.first() {
                return self.bracket(first, diags);
            }
            return self.unquoted(
                Code::UnquotedColon,
                "YAML reads a `:` before a space as the end of a key",
                "a key inside a value",
                diags,
            );
        }
        let above = Line::at(self.text, self.line.start.saturating_sub(1));
        let above_text = &self.text[above.value.clone()];
        let colon = above_text.find(':').filter(|_| self.line.start > 0);
        if let (None, Some(at)) = (&above.key, colon) {
            let at = above.value.start + at;
            diags
                .report(
                    Code::YamlSyntax,
                    self.span(at..at + 1),
                    "no space after the `:` of a key",
                )
                .label("put a space after this");
            return None;
        }
        if above.key.is_none() && !above_text.trim().is_empty() && self.line.start > 0 {
            return missing_colon(self.file, self.text, above.value, diags);
        }
        self.syntax(
            "a key cannot start here",
            "the line above has a value already: check the indentation",
            diags,
        )
    }

    /// Reports text without a key, which is perhaps that of the block whose key stands above.
    fn missing_colon(&self, diags: &mut Diagnostics) -> Option<Repair> {
        let above = self.text[..self.line.start].trim_end();
        let above = Line::at(self.text, above.len());
        let is_block = self.text[above.value.clone()].starts_with(['|', '>']);
        let Some(key) = above.key.filter(|_| is_block) else {
            return missing_colon(self.file, self.text, self.line.value.clone(), diags);
        };
        let message = "the text of a block stands deeper than its key";
        diags
            .report(
                Code::YamlSyntax,
                self.span(self.line.value.clone()),
                message,
            )
            .label("indent this line and those after it")
            .secondary(self.span(key), "its key");
        None
    }

    fn tab(&self, diags: &mut Diagnostics) -> Option<Repair> {
        let lines = Line::all_from(self.text, self.line.start);
        let mut tabs = lines.filter_map(|line| {
            let indent = &self.text[line.start..line.start + line.indent];
            indent.find('\t').map(|at| line.start + at)
        });
        let place = match tabs.next() {
            Some(at) => self.span(at..at + 1),
            None => self.here(),
        };
        let n_more = tabs.count();
        let diag = diags.report(
            Code::YamlTab,
            place,
            "YAML does not take tabs for indentation",
        );
        diag.label("a tab").help("indent with spaces");
        match n_more {
            0 => {}
            1 => _ = diag.help("one more line is indented with a tab"),
            _ => _ = diag.help(format!("{n_more} more lines are indented with tabs")),
        }
        None
    }

    fn directive(&self, diags: &mut Diagnostics) -> Option<Repair> {
        let range = self.line.start..self.line.end;
        diags
            .report(
                Code::YamlDirective,
                self.span(range),
                "a line cannot start with `%`",
            )
            .label("a YAML directive")
            .help("remove the line; a build file has no directives");
        Repair::new(self.line.start..self.line.end, Filler::Comment)
    }

    fn block_header(&self, diags: &mut Diagnostics) -> Option<Repair> {
        let value = self.line.value.clone();
        let text = &self.text[value.clone()];
        let rest = text
            .trim_start_matches(['|', '>'])
            .trim_start_matches(['+', '-']);
        let rest = value.end - rest.trim_start().len()..value.end;
        let next = Line::after(self.text, &self.line);
        let has_block = next.is_some_and(|next| next.indent > self.line.indent);
        if !has_block {
            let message = "YAML reads text that starts with `|` or `>` as a block";
            return self.unquoted(
                Code::UnquotedCharacter,
                message,
                "text goes on after it",
                diags,
            );
        }
        diags
            .report(
                Code::YamlSyntax,
                self.span(rest.clone()),
                "text after the `|` or `>` of a block",
            )
            .label("move this to the next line");
        Repair::new(rest, Filler::Blank)
    }

    fn dash(&self, diags: &mut Diagnostics) -> Option<Repair> {
        if !self.is_in_value() {
            return self.indentation(diags);
        }
        let value = self.line.value.clone();
        diags
            .report(
                Code::YamlSyntax,
                self.span(value.clone()),
                "a list cannot start on the line of its key",
            )
            .label("YAML reads `- ` as the start of a list")
            .help("start the list on the next line, or put the text in quotes");
        Repair::new(value, Filler::Scalar)
    }

    fn glob_key(&self, diags: &mut Diagnostics) -> Option<Repair> {
        let range = self.failure.last.clone();
        let text = &self.text[range.clone()];
        diags
            .report(
                Code::UnquotedGlob,
                self.span(range.clone()),
                "YAML reads a key that starts with `*` as an alias",
            )
            .label("a key with a `*`")
            .quoted(text);
        Repair::new(range, Filler::Scalar)
    }

    fn indentation(&self, diags: &mut Diagnostics) -> Option<Repair> {
        if self.is_in_value() && self.failure.at > self.line.value.start {
            match self.first() {
                Some(open @ ('[' | '{')) => return self.bracket(open, diags),
                Some('*') => return self.star(diags),
                Some('"' | '\'') => return self.after_quote(diags),
                _ => {}
            }
        }
        self.syntax(
            "the indentation of this line fits none of the lines above",
            "align it with the keys or the `-` that it belongs to",
            diags,
        )
    }

    fn star(&self, diags: &mut Diagnostics) -> Option<Repair> {
        self.unquoted(
            Code::UnquotedGlob,
            "YAML reads text that starts with `*` as an alias",
            "not an alias",
            diags,
        )
    }

    fn other(&self, words: &str, diags: &mut Diagnostics) -> Option<Repair> {
        if self.is_in_value() && self.failure.at == self.line.value.start {
            match self.first() {
                Some('*') => return self.star(diags),
                Some(first @ ('@' | '`' | '%' | '&' | '?' | ',' | ']' | '}' | '!' | '|' | '>')) => {
                    let message = match first {
                        '`' => "YAML does not take text that starts with a backtick".to_owned(),
                        _ => format!("YAML does not take text that starts with `{first}`"),
                    };
                    return self.unquoted(Code::UnquotedCharacter, message, "needs quotes", diags);
                }
                _ => {}
            }
        }
        if let Some(repair) = self.open_bracket(diags) {
            return repair;
        }
        self.syntax(
            &format!("not YAML: {words}"),
            "check the indentation and the quotes here",
            diags,
        )
    }
}

fn missing_colon(
    file: FileId,
    text: &str,
    range: Range<usize>,
    diags: &mut Diagnostics,
) -> Option<Repair> {
    let end = range.start + text[range.clone()].trim_end().len();
    diags
        .report(
            Code::YamlSyntax,
            Span::new(file, range.start..end),
            "a `:` is missing here",
        )
        .label("neither a key nor a value of the line above")
        .help("write `key: value`, or check the indentation");
    None
}

/// Reports an alias that is a glob without quotes.
pub(super) fn glob(text: &str, span: Span, diags: &mut Diagnostics) {
    diags
        .report(
            Code::UnquotedGlob,
            span,
            "YAML reads text that starts with `*` as an alias",
        )
        .label("not an alias")
        .quoted(&text[span.range()]);
}

/// Reports a tag; `span` is the tag and the text after it.
pub(super) fn tag(text: &str, span: Span, diags: &mut Diagnostics) {
    let written = &text[span.range()];
    let diag = diags.report(
        Code::YamlTag,
        span,
        "YAML reads text that starts with `!` as a tag",
    );
    diag.label("a tag; a build file has none");
    if written.starts_with("!!") {
        diag.help("remove the tag");
    } else {
        diag.quoted(written);
    }
}

/// Reports an anchor that nothing uses.
pub(super) fn unused_anchor(text: &str, span: Span, diags: &mut Diagnostics) {
    let name = &text[span.range()];
    diags
        .report(
            Code::UnusedAnchor,
            span,
            format!("nothing uses the anchor `{name}`"),
        )
        .label("YAML reads `&` as the start of an anchor")
        .help("remove it; if it is text, put the text in quotes");
}

#[cfg(test)]
mod tests;
