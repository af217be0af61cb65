//! The same events from another YAML reader, and what both say of many texts.

use granit_parser::{
    ErrorKind, Event as Theirs, Options, Parser as TheirParser, ScalarStyle, Span, StructureStyle,
    Tag,
};

use super::*;
use crate::diagnostic::Diagnostics;
use crate::syntax::{MAX_BYTES, MAX_DEPTH, guard};
use crate::text::FileId;

/// Checks that both readers say the same.
#[track_caller]
pub(super) fn check(text: &str) {
    if guard::is_readable(FileId::ROOT, text, &mut Diagnostics::new()) {
        let (ours, theirs) = (ours(text), theirs(text));
        assert_eq!(ours, theirs, "\n{text:?}\n{text}");
    }
}

/// Returns what our reader says: a line for each event, then the comments or the error.
pub(super) fn ours(text: &str) -> String {
    let mut lines = Vec::new();
    let mut parser = Parser::new(text);
    loop {
        match parser.next() {
            Ok(Event {
                what: What::StreamEnd,
                ..
            }) => break,
            Ok(event) => lines.push(line(text, &event)),
            // What was read before the error depends on how far a reader looks ahead.
            Err(stop) => return error(&stop.reason, stop.at),
        }
    }
    let comments = parser.into_comments();
    lines.extend(comments.iter().map(|at| format!("# {at:?}")));
    lines.join("\n")
}

fn line(text: &str, event: &Event) -> String {
    let what = match &event.what {
        What::Scalar(style, decoded) => {
            let written = &text[event.range.clone()];
            let value = match (decoded, style) {
                (Some(decoded), _) => decoded,
                (None, Style::Plain) => written,
                (None, _) => &written[1..written.len() - 1],
            };
            format!("{style:?} {value:?}")
        }
        what => format!("{what:?}"),
    };
    let mut line = format!("{:?} {what}", event.range);
    if let Some((tag, core)) = &event.properties.tag {
        line.push_str(&format!(" !{tag:?} {core:?}"));
    }
    if let Some(anchor) = &event.properties.anchor {
        line.push_str(&format!(" &{anchor:?}"));
    }
    line
}

fn error(reason: &Reason, at: usize) -> String {
    match reason {
        Reason::Other(_) => format!("error: other at {at}"),
        reason => format!("error: {reason:?} at {at}"),
    }
}

fn theirs(text: &str) -> String {
    let mut options = Options::default();
    options.disallow_directives = true;
    options.emit_unresolved_aliases = true;
    options.emit_anchor_events = true;
    options.max_buffered_comment_events = MAX_BYTES;
    options.flow_nesting_limit = MAX_DEPTH;
    options.block_nesting_limit = MAX_DEPTH;
    let (mut lines, mut comments) = (Vec::new(), Vec::new());
    for next in TheirParser::new_from_str_with_options(text, options) {
        let (event, span) = match next {
            Ok(next) => next,
            Err(stop) => {
                let at = stop.marker().byte_offset().unwrap_or(0);
                return error(&reason(stop.kind()), at);
            }
        };
        let range = span.byte_range().unwrap_or(0..0);
        match event {
            Theirs::Comment(..) => comments.push(format!("# {range:?}")),
            Theirs::Anchor(..) => {
                let last: &mut String = lines.last_mut().expect("an anchor follows its node");
                last.push_str(&format!(" &{range:?}"));
            }
            Theirs::StreamStart | Theirs::StreamEnd | Theirs::DocumentEnd => {}
            event => lines.push(format!("{range:?} {}", their_line(&event, span))),
        }
    }
    lines.append(&mut comments);
    lines.join("\n")
}

fn their_line(event: &Theirs<'_>, span: Span) -> String {
    match event {
        Theirs::DocumentStart(..) => "DocumentStart".to_owned(),
        Theirs::Scalar(value, style, _, tag) => {
            let (name, value) = match style {
                ScalarStyle::Plain if span.is_empty() => ("Plain", ""),
                ScalarStyle::Plain => ("Plain", &**value),
                ScalarStyle::SingleQuoted => ("Single", &**value),
                ScalarStyle::DoubleQuoted => ("Double", &**value),
                ScalarStyle::Literal => ("Literal", &**value),
                ScalarStyle::Folded => ("Folded", &**value),
            };
            format!("{name} {value:?}{}", their_tag(tag.as_deref(), span))
        }
        Theirs::Alias(_) | Theirs::UnresolvedAlias(_) => "Alias".to_owned(),
        Theirs::SequenceStart(layout, _, tag) => {
            let tag = their_tag(tag.as_deref(), span);
            format!("SequenceStart({}){tag}", their_layout(*layout))
        }
        Theirs::MappingStart(layout, _, tag) => {
            let tag = their_tag(tag.as_deref(), span);
            format!("MappingStart({}){tag}", their_layout(*layout))
        }
        _ => "End".to_owned(),
    }
}

fn their_tag(tag: Option<&Tag>, span: Span) -> String {
    let range = span.tag_span().and_then(|tag| tag.byte_range());
    let Some((tag, range)) = tag.zip(range) else {
        return String::new();
    };
    let names = [
        ("str", Core::Text),
        ("seq", Core::Sequence),
        ("map", Core::Mapping),
    ];
    let core = names
        .iter()
        .find(|(name, _)| tag.is_yaml_core_schema_tag(name));
    format!(" !{range:?} {:?}", core.map(|(_, core)| *core))
}

fn their_layout(layout: StructureStyle) -> &'static str {
    match layout {
        StructureStyle::Block => "Block",
        StructureStyle::Flow => "Flow",
    }
}

/// Returns the reason that an error of theirs stands for.
fn reason(kind: &ErrorKind) -> Reason {
    match kind {
        ErrorKind::MappingValueNotAllowed => Reason::Colon,
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => {
            Reason::FlowSeparator
        }
        ErrorKind::UnclosedFlowCollection { .. } => Reason::UnclosedBracket,
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => Reason::Mismatch {
            open: *open,
            close: *close,
        },
        ErrorKind::UnclosedQuotedScalar
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::DocumentIndicatorInQuotedScalar => Reason::UnclosedQuote,
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => Reason::AfterQuote,
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidUnicodeEscape => Reason::Escape,
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar => Reason::Tab,
        ErrorKind::DirectiveDisallowed => Reason::Directive,
        ErrorKind::InvalidBlockScalarHeader => Reason::BlockHeader,
        ErrorKind::BlockSequenceEntryNotAllowed => Reason::Dash,
        ErrorKind::SimpleKeyExpected => Reason::MissingColon,
        ErrorKind::RecursionLimitExceeded => Reason::TooDeep,
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation => Reason::Indentation,
        _ => Reason::Other(""),
    }
}
