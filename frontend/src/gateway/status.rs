//! Findings and failures in the form that BuildKit's clients draw: a message, and the marked lines
//! of the build file as `errdefs.Source` details.
//!
//! Details are written as binary protobuf (`type.googleapis.com/errdefs.Source`), which the daemon
//! takes as well as Go's own JSON (`containerd/typeurl`, as of moby/buildkit v0.32.2).
//!
//! Every error has a Source. Without one the daemon's own frontend puts the blame on the
//! `# syntax=` line; one without ranges is drawn as nothing.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use buildkit_proto::{Any, errdefs, pb};
use prost::Message;

use super::Error;
use super::error::UNIMPLEMENTED;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, Severity, oneline};
use crate::dockerfile;
use crate::text::{File, FileId, Files, Span};

/// Returns the language of a file, as linguist calls it.
pub fn language(file: &File) -> &'static str {
    match dockerfile::is_dockerfile(file.name(), file.text()) {
        true => "Dockerfile",
        false => "YAML",
    }
}

/// How many mistakes are drawn.
const DRAWN: usize = 10;

/// How many mistakes are listed.
const LISTED: usize = 50;

/// Lines drawn for one mistake; the start says enough.
const LINES: u32 = 10;

/// How many bytes a file has at most to be sent whole.
const WHOLE: usize = 64 << 10;

/// How many lines before and after a mark are sent; clients draw two.
const AROUND: u32 = 4;

/// How many bytes of a line are sent.
const LONG: usize = 4 << 10;

/// How many bytes of details an error may have: they travel as one HTTP/2 header, three times over.
const BUDGET: usize = 1 << 20;

/// The files of a build and where they came from: what a marked line needs.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// The files.
    pub files: &'a Files,
    /// The definition that loaded them.
    pub definition: Option<&'a pb::Definition>,
}

impl Origin<'_> {
    /// Returns a file as BuildKit's clients and provenance know it.
    pub fn info(&self, file: FileId) -> pb::SourceInfo {
        let file = self.files.get(file);
        pb::SourceInfo {
            filename: file.name().to_owned(),
            data: file.text().as_bytes().to_vec(),
            definition: self.definition.cloned(),
            language: language(file).to_owned(),
        }
    }

    /// Returns the lines of a span.
    pub fn range(&self, span: Span) -> pb::Range {
        let (start, end) = (self.files.start(span), self.files.end(span));
        let last = end.line.min(start.line + LINES - 1);
        let position = |line: u32, column: u32| pb::Position {
            line: i32::try_from(line).unwrap_or(i32::MAX),
            character: i32::try_from(column.saturating_sub(1)).unwrap_or(i32::MAX),
        };
        pb::Range {
            start: Some(position(start.line, start.column)),
            end: Some(position(
                last,
                if last == end.line { end.column } else { 1 },
            )),
        }
    }

    /// Of a large file only the lines that clients draw are sent, at their place.
    fn source(&self, span: Span) -> errdefs::Source {
        let range = self.range(span);
        let mut info = self.info(span.file);
        if info.data.len() > WHOLE {
            let line = |at: Option<pb::Position>| at.map_or(0, |at| at.line.unsigned_abs());
            let (first, last) = (line(range.start), line(range.end));
            let drawn = first.saturating_sub(AROUND)..=last.saturating_add(AROUND);
            info.data = excerpt(self.files.get(span.file), drawn);
        }
        let ranges = match info.language.as_str() {
            // As its own frontend has them: one for each line.
            "Dockerfile" => each_line(&range),
            _ => vec![range],
        };
        errdefs::Source {
            info: Some(info),
            ranges,
        }
    }
}

/// Returns the lines of a range, each as one.
fn each_line(range: &pb::Range) -> Vec<pb::Range> {
    let line = |at: Option<pb::Position>| at.map_or(0, |at| at.line);
    let lines = line(range.start)..=line(range.end);
    let one = |line| Some(pb::Position { line, character: 0 });
    lines
        .map(|line| pb::Range {
            start: one(line),
            end: one(line),
        })
        .collect()
}

/// Returns the errors among the findings as one error: all of them in the message, one to a line,
/// and the first of them drawn.
pub fn mistakes(diags: &Diagnostics, origin: Origin<'_>) -> Error {
    let is_error = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
    let errors: Vec<&Diagnostic> = diags.iter().filter(is_error).collect();
    drawn(
        message(&errors, diags.n_dropped(), origin.files),
        &errors,
        origin,
    )
}

/// Returns the findings that a `check` setting made errors as one error: a sentence that names
/// their rules, then all of them, one to a line, and the first of them drawn.
pub fn violations(sentence: &str, diags: &Diagnostics, origin: Origin<'_>) -> Error {
    let errors: Vec<&Diagnostic> = diags.iter().filter(|it| it.is_violation()).collect();
    // For Dockerfiles tools look for the sentence alone; what was found is shown as warnings.
    if errors.iter().all(|it| it.code.is_of_dockerfile()) {
        return drawn(sentence.to_owned(), &errors, origin);
    }
    let mut lines = vec![sentence.to_owned()];
    let listed = errors.iter().take(LISTED);
    lines.extend(listed.map(|error| oneline(error, origin.files)));
    drawn(lines.join("\n"), &errors, origin)
}

fn drawn(message: String, errors: &[&Diagnostic], origin: Origin<'_>) -> Error {
    let mut error = Error::new(message);
    let (mut seen, mut budget) = (BTreeSet::new(), BUDGET);
    for span in errors.iter().filter_map(|error| error.place.span()) {
        let range = origin.range(span);
        let lines = range.start.zip(range.end).map(|(a, b)| (a.line, b.line));
        if !seen.insert((span.file, lines)) {
            continue;
        }
        let detail = source_detail(&origin.source(span));
        if seen.len() > DRAWN || (detail.value.len() > budget && !error.details.is_empty()) {
            break;
        }
        budget = budget.saturating_sub(detail.value.len());
        error.details.push(detail);
    }
    // Clients draw the last detail first: every hop wraps the error anew
    // (`util/grpcerrors/grpcerrors.go`, v0.32.2).
    error.details.reverse();
    unmarked(error)
}

fn message(errors: &[&Diagnostic], n_dropped: usize, files: &Files) -> String {
    let file = errors.iter().find_map(|error| error.place.span());
    if let ([error], 0, Place::At(span)) = (errors, n_dropped, errors[0].place)
        && language(files.get(span.file)) == "Dockerfile"
    {
        return of_dockerfile(error, span, files);
    }
    let file = file.map(|span| files.get(span.file).name());
    if let ([error], 0) = (errors, n_dropped) {
        let text = oneline(error, files);
        return match (error.place, file) {
            (Place::At(_), Some(file)) => format!("{file}:{text}"),
            _ => text,
        };
    }
    let count = errors.len() + n_dropped;
    let mut lines = vec![format!(
        "{count} mistakes in {}",
        file.unwrap_or("the request")
    )];
    let listed = errors.iter().take(LISTED);
    lines.extend(listed.map(|error| oneline(error, files)));
    if count > LISTED {
        lines.push(format!("... and {} more", count - LISTED));
    }
    lines.join("\n")
}

/// Returns the one mistake of a Dockerfile in the words of its own frontend, which tools look for
/// (`instructions/parse.go:parseError`, v0.32.2).
fn of_dockerfile(error: &Diagnostic, span: Span, files: &Files) -> String {
    let text = oneline(error, files);
    let text = text.splitn(3, ':').nth(2).unwrap_or(&text).trim_start();
    match error.code {
        Code::BadInstruction | Code::UnknownInstruction => {
            let line = files.start(span).line;
            format!("dockerfile parse error on line {line}: {text}")
        }
        _ => text.to_owned(),
    }
}

/// Adds the line that caused a failure, after what the daemon says of it.
pub fn marked(error: Error, span: Span, origin: Origin<'_>) -> Error {
    error.detail(source_detail(&origin.source(span)))
}

/// Says that no line of the build file caused a failure.
pub fn unmarked(error: Error) -> Error {
    let is_source = |detail: &Any| detail.type_url.contains("errdefs.Source");
    if error.details.iter().any(is_source) {
        return error;
    }
    error.detail(source_detail(&errdefs::Source {
        info: Some(pb::SourceInfo::default()),
        ranges: Vec::new(),
    }))
}

/// Says that the client wants a capability that this frontend does not have.
pub fn unsupported_cap(name: &str) -> Error {
    let cap = errdefs::FrontendCap {
        name: name.to_owned(),
    };
    let mut error = Error::new(format!(
        "this frontend does not have the capability `{name}`"
    ))
    .detail(any("errdefs.FrontendCap", &cap));
    error.code = UNIMPLEMENTED;
    unmarked(error)
}

/// Says that the client asks for what this frontend cannot answer. `id` is its name for it.
pub fn unsupported_call(id: &str, message: String) -> Error {
    let request = errdefs::Subrequest {
        name: id.to_owned(),
    };
    unmarked(Error::new(message).detail(any("errdefs.Subrequest", &request)))
}

/// Returns a file up to the last of `lines`, all others left empty and long ones cut.
fn excerpt(file: &File, lines: RangeInclusive<u32>) -> Vec<u8> {
    let mut data = Vec::new();
    for line in 1..=(*lines.end()).min(file.line_count()) {
        if lines.contains(&line) {
            let text = file.line_text(line).as_bytes();
            data.extend(&text[..text.len().min(LONG)]);
        }
        data.push(b'\n');
    }
    data
}

fn source_detail(source: &errdefs::Source) -> Any {
    any("errdefs.Source", source)
}

fn any(name: &str, message: &impl Message) -> Any {
    Any {
        type_url: format!("type.googleapis.com/{name}"),
        value: message.encode_to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(error: &Error) -> String {
        let mut lines = vec![error.message.clone()];
        for detail in &error.details {
            let source = errdefs::Source::decode(&detail.value[..]).expect("a Source");
            let file = source.info.expect("info").filename;
            let ranges: Vec<String> = source
                .ranges
                .iter()
                .map(|range| {
                    let line = |p: Option<pb::Position>| p.map(|p| p.line).unwrap_or_default();
                    format!("{}-{}", line(range.start), line(range.end))
                })
                .collect();
            lines.push(format!(">>> {file} {}", ranges.join(",")));
        }
        lines.join("\n")
    }

    #[track_caller]
    fn check(file: &str, words: &[&str], expected: &str) {
        let mut files = Files::new();
        let id = files.add("build.yaml", file);
        let mut diags = Diagnostics::new();
        for word in words {
            let start = file.find(word).expect("the word is in the file");
            let span = Span::new(id, start..start + word.len());
            diags.report(Code::BadValue, span, format!("bad `{word}`"));
        }
        if words.is_empty() {
            diags.report(Code::BadValue, Place::Outside("--platform"), "bad");
        }
        let origin = Origin {
            files: &files,
            definition: None,
        };
        assert_eq!(text(&mistakes(&diags, origin)), expected);
    }

    #[test]
    fn one_mistake_is_one_line() {
        check(
            "a: b\n",
            &["b"],
            "build.yaml:1:4: bad `b`\n>>> build.yaml 1-1",
        );
    }

    #[test]
    fn several_mistakes_are_listed_and_each_line_is_drawn_once_the_first_one_last() {
        check(
            "a: b\nc: d\n",
            &["a", "b", "d"],
            "3 mistakes in build.yaml\n1:1: bad `a`\n1:4: bad `b`\n2:4: bad `d`\n\
             >>> build.yaml 2-2\n>>> build.yaml 1-1",
        );
    }

    #[test]
    fn a_mistake_in_the_request_has_a_source_without_lines() {
        check("", &[], "--platform: bad\n>>>  ");
    }

    #[test]
    fn no_more_than_ten_are_drawn() {
        let file: String = (10..30).map(|n| format!("k{n}\n")).collect();
        let words: Vec<String> = (10..30).map(|n| format!("k{n}")).collect();
        let mut files = Files::new();
        let id = files.add("build.yaml", file.as_str());
        let mut diags = Diagnostics::new();
        for word in &words {
            let start = file.find(word).expect("the word is in the file");
            diags.report(Code::BadValue, Span::new(id, start..start + 3), "bad");
        }
        let origin = Origin {
            files: &files,
            definition: None,
        };
        assert_eq!(mistakes(&diags, origin).details.len(), 10);
    }

    #[test]
    fn of_a_large_file_only_the_drawn_lines_are_sent() {
        let file = format!(
            "a: {}\n{}key: value\n# end\n",
            "x".repeat(WHOLE),
            "#\n".repeat(20)
        );
        let mut files = Files::new();
        let id = files.add("build.yaml", file.as_str());
        let start = file.find("key").expect("the word is in the file");
        let origin = Origin {
            files: &files,
            definition: None,
        };
        let source = origin.source(Span::new(id, start..start + 3));
        let data = source.info.expect("info").data;
        let expected = format!("{}{}key: value\n# end\n", "\n".repeat(17), "#\n".repeat(4));
        assert_eq!(String::from_utf8_lossy(&data), expected);
    }
}
