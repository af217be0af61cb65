//! What a pass has to say to the person who wrote the file.
//!
//! Every pass takes a [`Diagnostics`], reports into it and carries on. Reporting the same thing
//! at the same place twice keeps one; a hostile file can make no more than [`LIMIT`] of them.
//!
//! Text for people is made by [`render`], JSON for tools by [`json`].

pub mod code;
pub mod json;
pub mod render;
pub mod suggest;

use std::collections::BTreeSet;

pub use code::{Code, Severity};

use crate::text::{Files, Span};

/// How many diagnostics are kept; the ones after it are only counted.
pub const LIMIT: usize = 1000;

/// How many bytes a text of a diagnostic has, more or less, and all of it on one line.
const MAX_TEXT: usize = 1000;
const MAX_LINE: usize = 3 * MAX_TEXT;

/// Where a diagnostic is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// These bytes.
    At(Span),
    /// No file; the text says where the mistake came from, such as `--build-arg`.
    Outside(&'static str),
}

impl Place {
    /// Returns the span, unless the mistake is in no file.
    pub fn span(self) -> Option<Span> {
        match self {
            Self::At(span) => Some(span),
            Self::Outside(_) => None,
        }
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self::At(span)
    }
}

/// Words at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What the marked text is.
    pub text: String,
}

/// What to type instead of the text at `span`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The text to replace; empty to insert.
    pub span: Span,
    /// What to type there.
    pub replacement: String,
    /// Why, such as "did you mean".
    pub help: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// The severity of the code, unless a `check` setting changed it.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// The place in words, such as `stages.test.steps[2].run`, once somebody worked it out.
    pub path: Option<String>,
    /// What is wrong: one line, lower case, the user's words in backticks.
    pub message: String,
    /// What the marked text is.
    pub label: Option<String>,
    /// Other places that matter.
    pub secondary: Vec<Label>,
    /// What to do.
    pub helps: Vec<String>,
    /// What to type instead.
    pub suggestions: Vec<Suggestion>,
}

impl Diagnostic {
    /// Returns a finding of the code's severity.
    pub fn new(code: Code, place: Place, message: String) -> Self {
        Self {
            code,
            severity: code.severity(),
            place,
            path: None,
            message: shortened(message, MAX_TEXT),
            label: None,
            secondary: Vec::new(),
            helps: Vec::new(),
            suggestions: Vec::new(),
        }
    }

    /// Tells whether only a `check` setting makes it an error.
    pub fn is_violation(&self) -> bool {
        self.severity == Severity::Error && self.code.severity() == Severity::Warning
    }

    /// Says what the marked text is.
    pub fn label(&mut self, text: impl Into<String>) -> &mut Self {
        self.label = Some(text.into());
        self
    }

    /// Marks another place.
    pub fn secondary(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        self.secondary.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Says what to do; an empty text says nothing.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        let text = text.into();
        if !text.is_empty() {
            self.helps.push(shortened(text, MAX_TEXT));
        }
        self
    }

    /// Says what to type instead of the marked text.
    pub fn suggest(&mut self, text: impl Into<String>, help: impl Into<String>) -> &mut Self {
        if let Place::At(span) = self.place {
            self.suggest_at(span, text, help);
        }
        self
    }

    /// Says what to type instead of the text at `span`.
    pub fn suggest_at(
        &mut self,
        span: Span,
        text: impl Into<String>,
        help: impl Into<String>,
    ) -> &mut Self {
        self.suggestions.push(Suggestion {
            span,
            replacement: text.into(),
            help: help.into(),
        });
        self
    }

    /// Suggests the candidate closest to `name` instead of the marked text, if one is close.
    pub fn did_you_mean<'a>(
        &mut self,
        name: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> &mut Self {
        match suggest::nearest(name, candidates) {
            Some(near) => self.suggest(near, format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

/// Where passes report to.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    seen: BTreeSet<(Code, Place, String)>,
    n_dropped: usize,
    has_dropped_error: bool,
    scratch: Option<Box<Diagnostic>>,
}

impl Diagnostics {
    /// Returns an empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reports a finding; the result takes labels and help.
    ///
    /// The same code and message at the same place is kept once.
    pub fn report(
        &mut self,
        code: Code,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let diagnostic = Diagnostic::new(code, place.into(), message.into());
        let key = (code, diagnostic.place, diagnostic.message.clone());
        let is_new = !self.seen.contains(&key);
        if is_new && self.kept.len() < LIMIT {
            self.seen.insert(key);
            self.kept.push(diagnostic);
            let last = self.kept.len() - 1;
            return &mut self.kept[last];
        }
        if is_new {
            self.n_dropped += 1;
            self.has_dropped_error |= diagnostic.severity == Severity::Error;
        }
        self.scratch.insert(Box::new(diagnostic))
    }

    /// Tells whether an error was reported.
    pub fn has_errors(&self) -> bool {
        self.has_dropped_error || self.kept.iter().any(|d| d.severity == Severity::Error)
    }

    /// Tells whether there is an error that no `check` setting made one.
    pub fn has_mistakes(&self) -> bool {
        let is_mistake = |d: &Diagnostic| d.severity == Severity::Error && !d.is_violation();
        self.has_dropped_error || self.kept.iter().any(is_mistake)
    }

    /// Tells whether nothing was reported.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Tells whether further findings are only counted.
    pub fn is_full(&self) -> bool {
        self.kept.len() >= LIMIT
    }

    /// Returns how many findings came after the first [`LIMIT`].
    pub fn n_dropped(&self) -> usize {
        self.n_dropped
    }

    /// Returns the findings in the order of the file: those outside any file first, equal places
    /// in the order of reporting.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        let mut sorted: Vec<&Diagnostic> = self.kept.iter().collect();
        sorted.sort_by_key(|d| d.place.span().map(|span| (span.file, span.start)));
        sorted.into_iter()
    }

    /// Returns the findings for changes, such as what `check` settings do to severities.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Diagnostic> {
        self.kept.iter_mut()
    }

    /// Removes the findings that `keep` refuses, as `check: {skip: ...}` does.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.kept.retain(keep);
    }

    /// Reports a finding that somebody made.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        let (code, place) = (diagnostic.code, diagnostic.place);
        let message = diagnostic.message.clone();
        *self.report(code, place, message) = diagnostic;
    }

    /// Moves the findings of `other` into this sink.
    pub fn append(&mut self, other: Self) {
        for diagnostic in other.kept {
            self.add(diagnostic);
        }
        self.n_dropped += other.n_dropped;
        self.has_dropped_error |= other.has_dropped_error;
    }
}

/// Returns a text without its middle if it is longer than `limit`: it may hold a word of the file,
/// and words of hostile files are long.
fn shortened(text: String, limit: usize) -> String {
    if text.len() <= limit {
        return text;
    }
    let head = text.floor_char_boundary(limit - 200);
    let tail = text.ceil_char_boundary(text.len() - 200);
    format!("{}…{}", &text[..head], &text[tail..])
}

/// Returns a finding on one line, `line:column: message (help)`: what fits into an error that
/// BuildKit passes on.
pub fn oneline(diagnostic: &Diagnostic, files: &Files) -> String {
    let mut out = match diagnostic.place {
        Place::At(span) => {
            let start = files.start(span);
            format!("{}:{}: {}", start.line, start.column, diagnostic.message)
        }
        Place::Outside(origin) => format!("{origin}: {}", diagnostic.message),
    };
    let suggestions = diagnostic.suggestions.iter().map(|suggestion| {
        if suggestion.help.contains(&suggestion.replacement) {
            suggestion.help.clone()
        } else {
            format!("{}: {}", suggestion.help, suggestion.replacement)
        }
    });
    if let Some(help) = suggestions.chain(diagnostic.helps.iter().cloned()).next() {
        out.push_str(&format!(" ({help})"));
    }
    shortened(out, MAX_LINE)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::FileId;

    fn span(range: std::ops::Range<usize>) -> Span {
        Span::new(FileId::ROOT, range)
    }

    #[track_caller]
    fn check(diags: &Diagnostics, expected: &str) {
        let mut files = Files::new();
        files.add("build.yaml", "stages:\n  a:\n    form: x\n");
        let lines: Vec<String> = diags.iter().map(|d| oneline(d, &files)).collect();
        assert_eq!(lines.join("\n"), expected);
    }

    #[test]
    fn findings_come_in_the_order_of_the_file() {
        let mut diags = Diagnostics::new();
        diags
            .report(Code::UnknownKey, span(17..21), "unknown key `form`")
            .did_you_mean("form", ["from"]);
        diags
            .report(Code::BadValue, span(0..6), "first")
            .help("type this");
        diags.report(
            Code::BadValue,
            Place::Outside("--build-arg"),
            "no argument `X`",
        );
        check(
            &diags,
            "--build-arg: no argument `X`\n\
             1:1: first (type this)\n\
             3:5: unknown key `form` (did you mean `from`?)",
        );
    }

    #[test]
    fn the_same_finding_is_kept_once() {
        let mut diags = Diagnostics::new();
        diags
            .report(Code::BadValue, span(0..6), "twice")
            .help("help");
        diags
            .report(Code::BadValue, span(0..6), "twice")
            .help("help");
        check(&diags, "1:1: twice (help)");
    }

    #[test]
    fn a_flood_is_bounded_and_still_an_error() {
        let mut diags = Diagnostics::new();
        for idx in 0..LIMIT {
            diags.report(Code::UnusedAnchor, span(0..1), format!("warning {idx}"));
        }
        assert!(!diags.has_errors());
        diags.report(Code::BadValue, span(0..1), "an error");
        diags.report(Code::BadValue, span(0..1), "another");
        assert!(diags.has_errors());
        assert_eq!((diags.iter().count(), diags.n_dropped()), (LIMIT, 2));
    }

    #[test]
    fn long_words_lose_their_middle() {
        let mut diags = Diagnostics::new();
        let word = format!("{}{}z", "a".repeat(5000), "é".repeat(5000));
        diags.report(
            Code::BadValue,
            span(0..1),
            format!("`{word}` is not a port"),
        );
        let expected = format!(
            "1:1: `{}…{}z` is not a port",
            "a".repeat(799),
            "é".repeat(92)
        );
        check(&diags, &expected);
    }

    #[test]
    fn control_characters_do_not_reach_one_line() {
        let mut diags = Diagnostics::new();
        diags.report(Code::BadValue, span(0..1), "a\u{1b}[31m\nb");
        check(&diags, "1:1: a [31m b");
    }
}
