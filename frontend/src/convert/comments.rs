//! The comments of a file by what they stand at, so that they find their place in another form.

use std::collections::BTreeMap;

use crate::model::Build;
use crate::syntax::Document;
use crate::syntax::print::Item;
use crate::text::{File, Span, Spanned};

/// Comments by the place of what they stand at.
#[derive(Clone, Debug, Default)]
pub struct Comments {
    /// What stands at the top, before a blank line.
    pub head: Vec<String>,
    /// By the first byte of a stage, a step or an argument: the lines before it; an empty line is
    /// a blank one.
    pub before: BTreeMap<u32, Vec<String>>,
    /// What stands after the last.
    pub end: Vec<String>,
}

impl Comments {
    /// Returns the comments of a build file, but for the line that names its frontend.
    ///
    /// A comment inside a step stands before the step.
    pub fn of_document(doc: &Document, build: &Build) -> Self {
        let mut comments = Self::default();
        let mut places = places(build);
        places.sort_by_key(|span| (span.start, span.end));
        for comment in doc.comments() {
            let text = doc.slice(comment.span).trim_end().to_owned();
            let at = comment.span.start;
            if at == 0 && text.trim_start_matches(['#', ' ']).starts_with("syntax=") {
                continue;
            }
            let mut inside = places.iter().rev();
            let inside = inside.find(|it| it.start <= at && at < line_end(doc, **it));
            let next = || places.iter().find(|it| it.start > at);
            let lines = match inside.or_else(next) {
                Some(span) => comments.before.entry(span.start).or_default(),
                None => &mut comments.end,
            };
            lines.push(text);
        }
        comments
    }

    /// Returns the comments of a Dockerfile, and the blank lines between its instructions.
    pub(super) fn of_dockerfile(texts: &[Spanned<String>], build: &Build, file: &File) -> Self {
        let mut comments = Self::default();
        let mut places = places(build);
        places.sort_by_key(|span| (span.start, span.end));
        let n_head = n_head(texts, &places, file);
        for (n, comment) in texts.iter().enumerate() {
            let at = comment.span.start;
            let inside = places.iter().find(|it| it.start <= at && at < it.end);
            let next = || places.iter().find(|it| it.start > at);
            let lines = match inside.or_else(next) {
                _ if n < n_head => &mut comments.head,
                Some(span) => comments.before.entry(span.start).or_default(),
                None => &mut comments.end,
            };
            if is_blank_before(file, at) {
                lines.push(String::new());
            }
            let text = file.text().get(comment.span.range()).unwrap_or_default();
            lines.push(text.trim_end().to_owned());
        }
        for span in places
            .iter()
            .filter(|span| is_blank_before(file, span.start))
        {
            comments
                .before
                .entry(span.start)
                .or_default()
                .push(String::new());
        }
        comments
    }

    /// Gives an entry the comments that stand at a place.
    pub(super) fn put(&mut self, at: u32, item: &mut Item) {
        item.before
            .extend(self.before.remove(&at).unwrap_or_default());
    }
}

/// Returns how many comments are about the file: those above the first instruction up to the last
/// that a blank line follows.
fn n_head(texts: &[Spanned<String>], places: &[Span], file: &File) -> usize {
    let first = places.first().map_or(0, |span| span.start);
    let above = texts.iter().take_while(|it| it.span.start < first);
    let is_last = |it: &Spanned<String>| {
        let next = file.line(it.span.start) + 1;
        file.line_text(next).trim().is_empty()
    };
    let ends = above.enumerate().filter(|(_, it)| is_last(it));
    ends.last().map_or(0, |(n, _)| n + 1)
}

fn is_blank_before(file: &File, at: u32) -> bool {
    let line = file.line(at);
    line > 1 && file.line_text(line - 1).trim().is_empty()
}

/// Returns where the line ends that a place ends in.
fn line_end(doc: &Document, span: Span) -> u32 {
    let rest = doc.text().get(span.end as usize..).unwrap_or_default();
    let length = rest.find('\n').unwrap_or(rest.len());
    span.end + u32::try_from(length).unwrap_or(u32::MAX)
}

/// Returns the places that comments can stand at: of stages their names.
fn places(build: &Build) -> Vec<Span> {
    let mut places: Vec<Span> = build.args.iter().map(|arg| arg.name.span).collect();
    for stage in &build.stages {
        places.push(Span {
            end: stage.name.span.end.max(stage.span.start),
            ..stage.span
        });
        let steps = stage.body.steps.iter().flatten();
        places.extend(steps.map(|step| step.span));
    }
    places
}
