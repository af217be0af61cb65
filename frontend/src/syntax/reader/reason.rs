//! The YAML crate's errors, sorted by what the author probably meant to write.

use granit_parser::ErrorKind;

use crate::syntax::failure::Reason;

/// Returns the reason that an error stands for.
pub(super) fn of(kind: &ErrorKind) -> Reason {
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
        other => Reason::Other(other.to_string()),
    }
}
