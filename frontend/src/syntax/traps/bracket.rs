//! Mistakes in and around `[...]` and `{...}`.

use super::Site;
use super::repair::{Filler, Quoted, Repair};
use crate::diagnostic::{Code, Diagnostics};
use crate::syntax::failure::Failure;
use crate::syntax::line::Line;

impl Site<'_> {
    pub(super) fn bracket(&self, open: char, diags: &mut Diagnostics) -> Option<Repair> {
        let message = format!("YAML reads text that starts with `{open}` as a list or a map");
        self.unquoted(
            Code::UnquotedBracket,
            message,
            "text goes on after the bracket",
            diags,
        )
    }

    pub(super) fn flow_separator(&self, diags: &mut Diagnostics) -> Option<Repair> {
        let at = self.failure.at;
        let rest = &self.text[at..self.line.end.max(at)];
        if self.text[..at].ends_with('$') && rest.starts_with("{{") {
            if let Some(close) = rest.find("}}") {
                let code = Code::UnquotedReference;
                let message = "`${{ }}` inside brackets needs quotes";
                let label = "YAML reads its `{` as a map";
                return self.in_brackets(code, message, label, at + close + 2, diags);
            }
        } else if rest.starts_with(": ") {
            let message = "YAML reads a `:` before a space as the end of a key";
            let label = "a key inside a value";
            return self.in_brackets(Code::UnquotedColon, message, label, at + 1, diags);
        } else if let Some(repair) = self.open_bracket(diags) {
            return repair;
        }
        let help = "separate entries by `,`";
        self.syntax(
            "`,` or the closing bracket is missing before this",
            help,
            diags,
        )
    }

    /// Reports that one entry of a list or map in brackets needs quotes: what was read last, up
    /// to `from`, and on to the end of the entry.
    fn in_brackets(
        &self,
        code: Code,
        message: &str,
        label: &str,
        from: usize,
        diags: &mut Diagnostics,
    ) -> Option<Repair> {
        let tail = &self.text[from..self.line.end];
        let tail = &tail[..tail.find([',', ']', '}']).unwrap_or(tail.len())];
        let range = self.failure.last.start..from + tail.trim_end().len();
        let text = &self.text[range.clone()];
        diags
            .report(code, self.span(range.clone()), message)
            .label(label)
            .quoted(text);
        Repair::new(range, Filler::Scalar)
    }

    /// Reports the bracket that a line before this one opened, if there is one.
    pub(super) fn open_bracket(&self, diags: &mut Diagnostics) -> Option<Option<Repair>> {
        let at = self.failure.bracket.filter(|at| *at < self.line.start)?;
        let failure = Failure {
            at,
            ..self.failure.clone()
        };
        let line = Line::at(self.text, at);
        let site = Site {
            file: self.file,
            text: self.text,
            failure: &failure,
            line,
        };
        Some(site.unclosed_bracket(diags))
    }

    pub(super) fn unclosed_bracket(&self, diags: &mut Diagnostics) -> Option<Repair> {
        let open = self.here();
        let close = if self.text[open.range()].starts_with('{') {
            '}'
        } else {
            ']'
        };
        diags
            .report(Code::YamlSyntax, open, "the bracket is not closed")
            .label("opened here")
            .help(format!(
                "close it with `{close}`, or put the text in quotes"
            ));
        let next = Line::after(self.text, &self.line);
        let is_one_line = next.is_none_or(|next| next.indent <= self.line.indent);
        if is_one_line && self.is_in_value() {
            return Repair::new(self.failure.at..self.line.value.end, Filler::Scalar);
        }
        None
    }

    pub(super) fn mismatch(
        &self,
        open: char,
        close: char,
        diags: &mut Diagnostics,
    ) -> Option<Repair> {
        let before = self.text.get(..self.failure.at).unwrap_or_default();
        if before.ends_with('$') || before.ends_with("${") {
            diags
                .report(
                    Code::UnquotedReference,
                    self.here(),
                    "`${{ }}` inside brackets needs quotes",
                )
                .label("YAML reads its `{` as a map")
                .help("close it with `}}` and put the text in quotes");
            return None;
        }
        let right = if open == '{' { '}' } else { ']' };
        diags
            .report(
                Code::YamlSyntax,
                self.here(),
                format!("`{open}` is closed by `{close}`"),
            )
            .label("opened here")
            .help(format!("close it with `{right}`"));
        None
    }
}
