//! A diagnostic as text for people, in the shape of rustc's.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet,
};

use super::{Code, Diagnostic, Diagnostics, Place, Severity, Suggestion};
use crate::text::{Files, Span};

/// Places further apart than this are shown as two excerpts.
const FAR: u32 = 200;

/// A line longer than this is named but not shown.
const LONG: usize = 1000;

/// Whether the text is for a terminal that knows colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Plain text.
    Plain,
    /// ANSI escapes.
    Ansi,
}

/// Returns all diagnostics in the order of the file, a blank line between them, and what was left
/// out.
pub fn render(diags: &Diagnostics, files: &Files, colour: Colour) -> String {
    let mut parts: Vec<String> = diags.iter().map(|d| diagnostic(d, files, colour)).collect();
    if diags.n_dropped() > 0 {
        parts.push(format!("... and {} more", diags.n_dropped()));
    }
    let mut out = parts.join("\n\n");
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Returns one diagnostic without a final line break.
pub fn diagnostic(diagnostic: &Diagnostic, files: &Files, colour: Colour) -> String {
    let title = level(diagnostic.severity)
        .primary_title(diagnostic.message.as_str())
        .id(Code::name(diagnostic.code));
    let mut group = Group::with_title(title);
    match diagnostic.place {
        Place::At(span) => {
            for excerpt in excerpts(diagnostic, span, files) {
                group = excerpt.add_to(group, files);
            }
        }
        Place::Outside(origin) => group = group.element(Origin::path(origin)),
    }
    if let Some(path) = &diagnostic.path {
        group = group.element(Level::NOTE.with_name("in").message(path.as_str()));
    }
    for help in &diagnostic.helps {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let mut report = vec![group];
    for suggestion in &diagnostic.suggestions {
        if let Some(group) = suggestion_group(suggestion, files) {
            report.push(group);
        }
    }
    let renderer = match colour {
        Colour::Plain => Renderer::plain(),
        Colour::Ansi => Renderer::styled(),
    };
    renderer.decor_style(DecorStyle::Ascii).render(&report)
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    }
}

/// Marks that are shown in one piece of source.
struct Excerpt<'a> {
    first: Span,
    marks: Vec<(AnnotationKind, Span, Option<&'a str>)>,
}

/// Groups the marks of a diagnostic by nearness; the primary one is in the first excerpt.
fn excerpts<'a>(diagnostic: &'a Diagnostic, span: Span, files: &Files) -> Vec<Excerpt<'a>> {
    let label = diagnostic.label.as_deref();
    let mut excerpts = vec![Excerpt {
        first: span,
        marks: vec![(AnnotationKind::Primary, span, label)],
    }];
    for other in &diagnostic.secondary {
        let mark = (
            AnnotationKind::Context,
            other.span,
            Some(other.text.as_str()),
        );
        let is_near = |excerpt: &&mut Excerpt<'_>| {
            excerpt.first.file == other.span.file
                && files
                    .start(excerpt.first)
                    .line
                    .abs_diff(files.start(other.span).line)
                    <= FAR
        };
        match excerpts.iter_mut().find(is_near) {
            Some(excerpt) => excerpt.marks.push(mark),
            None => excerpts.push(Excerpt {
                first: other.span,
                marks: vec![mark],
            }),
        }
    }
    excerpts
}

impl<'a> Excerpt<'a> {
    fn add_to(self, group: Group<'a>, files: &'a Files) -> Group<'a> {
        let file = files.get(self.first.file);
        let window = Window::of(self.marks.iter().map(|(_, span, _)| *span), files);
        let Some(window) = window else {
            let start = files.start(self.first);
            let origin = Origin::path(file.name())
                .line(start.line as usize)
                .char_column(start.column as usize);
            return group.element(origin);
        };
        let mut snippet = Snippet::<Annotation<'a>>::source(window.text)
            .path(file.name())
            .line_start(window.line as usize);
        for (kind, span, label) in self.marks {
            let annotation = kind.span(window.range(span));
            snippet = snippet.annotation(match label {
                Some(text) => annotation.label(text),
                None => annotation,
            });
        }
        group.element(snippet)
    }
}

fn suggestion_group<'a>(suggestion: &'a Suggestion, files: &'a Files) -> Option<Group<'a>> {
    let window = Window::of([suggestion.span].into_iter(), files)?;
    let snippet = Snippet::<Patch<'a>>::source(window.text)
        .line_start(window.line as usize)
        .patch(Patch::new(
            window.range(suggestion.span),
            suggestion.replacement.as_str(),
        ));
    Some(
        Level::HELP
            .secondary_title(suggestion.help.as_str())
            .element(snippet),
    )
}

/// The whole lines around some spans: excerpts are made from these, so that the cost of a message
/// does not grow with the file.
struct Window<'a> {
    text: &'a str,
    line: u32,
    offset: usize,
}

impl<'a> Window<'a> {
    /// Returns the lines that `spans` touch, or nothing when one is too long to show.
    fn of(spans: impl Iterator<Item = Span> + Clone, files: &'a Files) -> Option<Self> {
        let file = files.get(spans.clone().next()?.file);
        let lines = spans.map(|span| files.lines(span));
        let (first, last) = lines.fold((u32::MAX, 1), |(a, b), range| {
            (a.min(range.start), b.max(range.end - 1))
        });
        if (first..=last).any(|line| file.line_range(line).len() > LONG) {
            return None;
        }
        let start = file.line_range(first).start;
        let end = file.line_range(last).end;
        Some(Self {
            text: &file.text()[start..end],
            line: first,
            offset: start,
        })
    }

    fn range(&self, span: Span) -> std::ops::Range<usize> {
        let inside = |offset: u32| {
            (offset as usize)
                .saturating_sub(self.offset)
                .min(self.text.len())
        };
        inside(span.start)..inside(span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::FileId;

    const FILE: &str = "stages:\n  a:\n    form: x\n    user: y\n    user: z\n";

    #[track_caller]
    fn check(diags: &Diagnostics, expected: &str) {
        let mut files = Files::new();
        files.add("build.yaml", FILE);
        assert_eq!(render(diags, &files, Colour::Plain), expected);
    }

    fn at(word: &str) -> Span {
        let start = FILE.find(word).expect("the word is in the file");
        Span::new(FileId::ROOT, start..start + word.len())
    }

    #[test]
    fn a_mark_has_a_label_and_help() {
        let mut diags = Diagnostics::new();
        diags
            .report(Code::UnknownKey, at("form"), "unknown key `form`")
            .label("not a key of a stage")
            .help("the keys of a stage are `from`, `steps`");
        check(
            &diags,
            "\
error[unknown-key]: unknown key `form`
 --> build.yaml:3:5
  |
3 |     form: x
  |     ^^^^ not a key of a stage
  |
  = help: the keys of a stage are `from`, `steps`
",
        );
    }

    #[test]
    fn the_place_in_words_comes_before_the_help() {
        let mut diags = Diagnostics::new();
        diags
            .report(Code::UnknownKey, at("form"), "unknown key `form`")
            .help("remove it")
            .path = Some("stages.a.form".to_owned());
        check(
            &diags,
            "\
error[unknown-key]: unknown key `form`
 --> build.yaml:3:5
  |
3 |     form: x
  |     ^^^^
  |
  = in: stages.a.form
  = help: remove it
",
        );
    }

    #[test]
    fn a_suggestion_shows_what_to_type() {
        let mut diags = Diagnostics::new();
        diags
            .report(Code::UnknownKey, at("form"), "unknown key `form`")
            .did_you_mean("form", ["from"]);
        check(
            &diags,
            "\
error[unknown-key]: unknown key `form`
 --> build.yaml:3:5
  |
3 |     form: x
  |     ^^^^
  |
help: did you mean `from`?
  |
3 -     form: x
3 +     from: x
  |
",
        );
    }

    #[test]
    fn another_place_has_its_own_label() {
        let mut diags = Diagnostics::new();
        let second = Span::new(FileId::ROOT, 41..45);
        diags
            .report(Code::DuplicateKey, second, "duplicate key `user`")
            .label("again here")
            .secondary(at("user"), "first defined here");
        check(
            &diags,
            "\
error[duplicate-key]: duplicate key `user`
 --> build.yaml:5:5
  |
4 |     user: y
  |     ---- first defined here
5 |     user: z
  |     ^^^^ again here
",
        );
    }

    #[test]
    fn a_place_outside_the_files_is_named() {
        let mut diags = Diagnostics::new();
        diags.report(
            Code::BadValue,
            Place::Outside("--build-arg"),
            "`X` is not declared",
        );
        check(
            &diags,
            "\
error[bad-value]: `X` is not declared
--> --build-arg
",
        );
    }

    #[test]
    fn a_very_long_line_is_named_but_not_shown() {
        let mut files = Files::new();
        let id = files.add("build.yaml", "x".repeat(5000));
        let mut diags = Diagnostics::new();
        diags.report(
            Code::YamlSyntax,
            Span::new(id, 4000..4001),
            "too long to show",
        );
        assert_eq!(
            render(&diags, &files, Colour::Plain),
            "error[yaml-syntax]: too long to show\n--> build.yaml:1:4001\n"
        );
    }
}
