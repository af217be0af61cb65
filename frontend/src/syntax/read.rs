//! Reading a node as what its key wants, with the one wording for "that is something else".
//!
//! `what` is the key as its author knows it, without backticks. A broken node gives nothing and
//! says nothing: it was reported already.

use super::line::quote;
use super::merge::{Field, Mapping};
use super::node::{Document, NodeId, View};
use super::scalar::{NotText, Scalar};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::text::{Span, Spanned};

impl View<'_> {
    /// Returns what the node is, in the words of messages: "text", "a list", "a map", ...
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Scalar(scalar) if scalar.as_bool().is_some() => "true or false",
            Self::Scalar(scalar) if scalar.as_int().is_some() => "a number",
            Self::Scalar(_) => "text",
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "a map",
            Self::Broken => "something broken",
        }
    }
}

impl Document {
    /// Reads text. Canonical integers and `true`/`false` are text too.
    ///
    /// Reports `wrong-type`, and `not-text` for what YAML would change.
    pub fn string(&self, id: NodeId, what: &str, diags: &mut Diagnostics) -> Option<Spanned<&str>> {
        match self.view(id) {
            View::Scalar(scalar) => self.scalar_string(id, scalar, diags),
            View::Null if !self.span(id).is_empty() => {
                let written = self.slice(self.span(id));
                not_text(written, "nothing", self.span(id), diags);
                None
            }
            _ => {
                self.wrong_type(id, what, "text", diags);
                None
            }
        }
    }

    /// Reads a scalar that [`Document::view`] gave as text; reports `not-text`.
    pub fn scalar_string<'d>(
        &'d self,
        id: NodeId,
        scalar: Scalar<'d>,
        diags: &mut Diagnostics,
    ) -> Option<Spanned<&'d str>> {
        let span = self.span(id);
        let read = match scalar.as_text() {
            Ok(text) => return Some(Spanned::new(text, span)),
            Err(NotText::Null) => "nothing".to_owned(),
            Err(NotText::Bool(truth)) => format!("`{truth}`"),
            Err(NotText::Number(number)) => format!("the number {number}"),
        };
        not_text(scalar.text, &read, span, diags);
        None
    }

    /// Reports `comment-in-command` when ` #` ended the plain text of a command.
    pub fn check_comment(&self, id: NodeId, diags: &mut Diagnostics) {
        let Some(comment) = self.comment_after(id) else {
            return;
        };
        let span = self.span(id);
        let text = self.slice(span.to(comment));
        let diag = diags.report(Code::CommentInCommand, comment, "` #` ends the command");
        diag.label("a YAML comment, not part of the command");
        if !text.contains('\n') && text.len() < 300 {
            diag.suggest_at(
                span.to(comment),
                quote(text),
                "if it belongs to the command, quote",
            );
        }
        diag.help("if it is a comment, give it a line of its own");
    }

    /// Reads `true` or `false`. Reports `wrong-type`.
    pub fn bool(&self, id: NodeId, what: &str, diags: &mut Diagnostics) -> Option<Spanned<bool>> {
        if let View::Scalar(scalar) = self.view(id) {
            if let Some(truth) = scalar.as_bool() {
                return Some(Spanned::new(truth, self.span(id)));
            }
            let meant = match scalar.text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "y" => Some("true"),
                "false" | "no" | "off" | "n" => Some("false"),
                _ => None,
            };
            let diag = self.wrong_type(id, what, "true or false", diags)?;
            match meant {
                Some(meant) => diag.suggest(meant, format!("write `{meant}`")),
                None => diag.help("write `true` or `false`"),
            };
            return None;
        }
        let diag = self.wrong_type(id, what, "true or false", diags)?;
        diag.help("write `true` or `false`");
        None
    }

    /// Reads a whole number. Reports `wrong-type`.
    pub fn int(&self, id: NodeId, what: &str, diags: &mut Diagnostics) -> Option<Spanned<i64>> {
        if let View::Scalar(scalar) = self.view(id)
            && let Some(n) = scalar.as_int()
        {
            return Some(Spanned::new(n, self.span(id)));
        }
        self.wrong_type(id, what, "a whole number", diags);
        None
    }

    /// Reads a list. Reports `wrong-type`.
    pub fn sequence(&self, id: NodeId, what: &str, diags: &mut Diagnostics) -> Option<&[NodeId]> {
        if let View::Sequence(items) = self.view(id) {
            return Some(items);
        }
        self.wrong_type(id, what, "a list", diags);
        None
    }

    /// Reads a map. Reports `wrong-type`.
    pub fn mapping(
        &self,
        id: NodeId,
        what: &str,
        diags: &mut Diagnostics,
    ) -> Option<Vec<Field<'_>>> {
        if let View::Mapping(mapping) = self.view(id) {
            return Some(Mapping::fields(mapping));
        }
        self.wrong_type(id, what, "a map", diags);
        None
    }

    /// Reports that `what` wants something else than it got; says nothing of a broken node.
    pub fn wrong_type<'s>(
        &self,
        id: NodeId,
        what: &str,
        wanted: &str,
        diags: &'s mut Diagnostics,
    ) -> Option<&'s mut Diagnostic> {
        let view = self.view(id);
        let found = match view {
            View::Broken => return None,
            View::Null => {
                let message = format!("`{what}` has no value");
                let diag = diags.report(Code::WrongType, self.span(id), message);
                diag.label(format!("{wanted} is missing here"));
                return Some(diag);
            }
            _ => view.describe(),
        };
        let span = self.span(id);
        let diag = diags.report(
            Code::WrongType,
            span,
            format!("`{what}` wants {wanted}, not {found}"),
        );
        diag.label(found);
        Some(diag)
    }
}

fn not_text(written: &str, read: &str, span: Span, diags: &mut Diagnostics) {
    diags
        .report(
            Code::NotText,
            span,
            format!("YAML reads `{written}` as {read}"),
        )
        .label("not text")
        .suggest(quote(written), "put the text in quotes");
}

/// Reports a key that does not exist here, with the closest of `known`.
///
/// `place` is what the keys belong to, such as "a stage".
pub fn unknown_key<'k>(
    key: Spanned<&str>,
    place: &str,
    known: impl IntoIterator<Item = &'k str> + Clone,
    diags: &mut Diagnostics,
) {
    let message = format!("unknown key `{}`", key.value);
    let diag = diags.report(Code::UnknownKey, key.span, message);
    diag.label(format!("not a key of {place}"))
        .did_you_mean(key.value, known.clone());
    if diag.suggestions.is_empty() {
        let known: Vec<String> = known.into_iter().map(|key| format!("`{key}`")).collect();
        diag.help(format!("the keys of {place} are {}", known.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::oneline;
    use crate::text::Files;

    /// Reads the value of the key `a` with `read`, and shows it and what was reported.
    #[track_caller]
    fn check<T: std::fmt::Display>(
        text: &str,
        read: impl Fn(&Document, NodeId, &mut Diagnostics) -> Option<T>,
        expected: &str,
    ) {
        let mut files = Files::new();
        let file = files.add("build.yaml", text);
        let mut diags = Diagnostics::new();
        let doc = super::super::parse(file, text, &mut diags).expect("a document");
        let View::Mapping(mapping) = doc.view(doc.root()) else {
            panic!("a mapping")
        };
        let id = mapping.get("a").expect("the key `a`");
        let mut lines: Vec<String> = read(&doc, id, &mut diags)
            .iter()
            .map(T::to_string)
            .collect();
        lines.extend(
            diags
                .iter()
                .map(|d| format!("{}: {}", d.code.name(), oneline(d, &files))),
        );
        assert_eq!(lines.join("\n"), expected, "\n{text}");
    }

    fn string(doc: &Document, id: NodeId, diags: &mut Diagnostics) -> Option<String> {
        doc.string(id, "a", diags).map(|text| text.value.to_owned())
    }

    #[test]
    fn text_is_what_it_looks_like() {
        check("a: b c\n", string, "b c");
        check("a: 8080\n", string, "8080");
        check("a: true\n", string, "true");
        check("a: \"0644\"\n", string, "0644");
        check("a: !!str 0644\n", string, "0644");
        check("a: ''\n", string, "");
    }

    #[test]
    fn what_yaml_would_change_is_shown_in_quotes() {
        let expected = [
            ("3.10", "not-text: 1:4: YAML reads `3.10` as the number 3.1"),
            ("1e3", "not-text: 1:4: YAML reads `1e3` as the number 1000"),
            ("0644", "not-text: 1:4: YAML reads `0644` as the number 644"),
            ("0x1F", "not-text: 1:4: YAML reads `0x1F` as the number 31"),
            ("True", "not-text: 1:4: YAML reads `True` as `true`"),
            ("null", "not-text: 1:4: YAML reads `null` as nothing"),
            ("~", "not-text: 1:4: YAML reads `~` as nothing"),
        ];
        for (written, message) in expected {
            let expected = format!("{message} (put the text in quotes: \"{written}\")");
            check(&format!("a: {written}\n"), string, &expected);
        }
    }

    #[test]
    fn another_kind_of_value_is_named() {
        check(
            "a: [b]\n",
            string,
            "wrong-type: 1:4: `a` wants text, not a list",
        );
        check(
            "a: {b: c}\n",
            string,
            "wrong-type: 1:4: `a` wants text, not a map",
        );
        check("a:\nb: c\n", string, "wrong-type: 1:2: `a` has no value");
        let int = |doc: &Document, id, diags: &mut _| doc.int(id, "a", diags).map(|n| n.value);
        check("a: 12\n", int, "12");
        check(
            "a: x\n",
            int,
            "wrong-type: 1:4: `a` wants a whole number, not text",
        );
        check(
            "a: \"12\"\n",
            int,
            "wrong-type: 1:4: `a` wants a whole number, not text",
        );
        let list = |doc: &Document, id, diags: &mut _| doc.sequence(id, "a", diags).map(<[_]>::len);
        check("a: [b, c]\n", list, "2");
        check(
            "a: 1\n",
            list,
            "wrong-type: 1:4: `a` wants a list, not a number",
        );
        let map = |doc: &Document, id, diags: &mut _| doc.mapping(id, "a", diags).map(|f| f.len());
        check("a: {b: c}\n", map, "1");
        check(
            "a: true\n",
            map,
            "wrong-type: 1:4: `a` wants a map, not true or false",
        );
    }

    #[test]
    fn words_for_true_and_false_are_understood_and_refused() {
        let bool = |doc: &Document, id, diags: &mut _| doc.bool(id, "a", diags).map(|b| b.value);
        check("a: false\n", bool, "false");
        check(
            "a: yes\n",
            bool,
            "wrong-type: 1:4: `a` wants true or false, not text (write `true`)",
        );
        check(
            "a: maybe\n",
            bool,
            "wrong-type: 1:4: `a` wants true or false, not text (write `true` or `false`)",
        );
    }

    #[test]
    fn a_broken_value_is_reported_once() {
        check(
            "a: *.md\n",
            string,
            "unquoted-glob: 1:4: YAML reads text that starts with `*` as an alias \
             (put the text in quotes: \"*.md\")",
        );
    }

    #[test]
    fn an_alias_is_read_where_it_stands() {
        check(
            "b: &b [x]\na: *b\n",
            string,
            "wrong-type: 2:4: `a` wants text, not a list",
        );
    }

    fn comment(doc: &Document, id: NodeId, diags: &mut Diagnostics) -> Option<&'static str> {
        doc.check_comment(id, diags);
        None
    }

    #[test]
    fn a_comment_ends_a_plain_command() {
        check(
            "a: echo #1 x\n",
            comment,
            "comment-in-command: 1:9: ` #` ends the command \
             (if it belongs to the command, quote: \"echo #1 x\")",
        );
        check(
            "b: [x]\na: echo\n  two # x\n",
            comment,
            "comment-in-command: 3:7: ` #` ends the command \
             (if it is a comment, give it a line of its own)",
        );
        for text in [
            "a: 'echo' # x\n",
            "a: echo#x\n",
            "a: |\n  echo # x\n",
            "a: b\n# x\n",
        ] {
            check(text, comment, "");
        }
    }

    #[test]
    fn an_unknown_key_lists_what_there_is() {
        let unknown = |doc: &Document, id, diags: &mut Diagnostics| {
            for field in doc.mapping(id, "a", diags)? {
                unknown_key(field.key, "a step", ["run", "copy"], diags);
            }
            None::<String>
        };
        check(
            "a: {rnu: x, volume: y}\n",
            unknown,
            "unknown-key: 1:5: unknown key `rnu` (did you mean `run`?)\n\
             unknown-key: 1:13: unknown key `volume` (the keys of a step are `run`, `copy`)",
        );
    }
}
