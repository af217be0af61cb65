//! What can be wrong with a definition that somebody else wrote. Writing one cannot fail.

use std::error::Error;
use std::fmt;

/// Tells why a definition could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadError {
    /// The bytes of an op, counted from zero, are not an op.
    NotAnOp {
        /// Which op it is.
        index: usize,
        /// What the decoder said.
        reason: String,
    },
    /// An input names an op that the definition does not hold.
    MissingOp {
        /// The digest it names.
        digest: String,
    },
    /// The last op names no result.
    NoResult,
    /// An input asks for an output that cannot exist.
    BadIndex {
        /// The index it asks for.
        index: i64,
    },
    /// A text is not a digest.
    BadDigest {
        /// The text.
        text: String,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnOp { index, reason } => write!(f, "op {index} cannot be read: {reason}"),
            Self::MissingOp { digest } => write!(f, "the definition holds no op `{digest}`"),
            Self::NoResult => f.write_str("the last op names no result"),
            Self::BadIndex { index } => write!(f, "there is no output {index}"),
            Self::BadDigest { text } => write!(f, "`{text}` is not a sha256 digest"),
        }
    }
}

impl Error for ReadError {}
