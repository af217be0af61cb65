//! Pass 1: text -> [`Document`].
//!
//! In: the text of a file. Out: the tree of its one YAML document, every node with its place.
//! After this pass every mapping has each key once (as [`Mapping::fields`] gives them), every
//! alias leads to a node, and walking the whole tree with aliases expanded visits at most
//! [`MAX_VALUES`] values, [`MAX_DEPTH`] deep.
//!
//! Scalars stay text here: the key that one stands at decides what it must be.
//! A mistake that leaves the rest of the structure whole becomes [`View::Broken`].

mod failure;
mod guard;
mod line;
pub mod merge;
pub mod node;
pub mod offsets;
pub mod path;
pub mod print;
pub mod read;
mod reader;
pub mod scalar;
mod traps;
mod yaml;

use crate::diagnostic::{Code, Diagnostics};
use crate::text::{FileId, Span};

pub use merge::{Field, Mapping};
pub use node::{Document, NodeId, Style, View};
pub use offsets::ScalarText;
pub use path::{Part, Path};
pub use scalar::{NotText, Scalar};

/// The most bytes of a file.
pub const MAX_BYTES: usize = 4 << 20;

/// The most values of a file once its aliases are expanded.
pub const MAX_VALUES: usize = 1_000_000;

/// The deepest nesting of lists and maps, aliases expanded.
pub const MAX_DEPTH: usize = 128;

/// How many syntax errors of a file are reported before the reader gives up.
const MAX_REPAIRS: usize = 20;

/// How many bytes are read again for the sake of more errors.
const MAX_REPAIR_BYTES: usize = 8 << 20;

/// Reads a build file that may not even be text.
///
/// Reports `not-utf8` and what [`parse`] reports.
pub fn parse_bytes(file: FileId, bytes: &[u8], diags: &mut Diagnostics) -> Option<Document> {
    let text = text(file, bytes, diags)?;
    parse(file, text, diags)
}

/// Returns the bytes of a file as text, or reports `file-too-large` or `not-utf8`.
pub fn text<'t>(file: FileId, bytes: &'t [u8], diags: &mut Diagnostics) -> Option<&'t str> {
    guard::utf8(file, bytes, diags)
}

/// Reads a build file.
///
/// Reports everything that is wrong with it as YAML. A syntax error inside one value is reported
/// and stepped over; after one that leaves the structure in doubt nothing is returned.
pub fn parse(file: FileId, text: &str, diags: &mut Diagnostics) -> Option<Document> {
    if !guard::is_readable(file, text, diags) {
        return None;
    }
    let mut repaired = text.to_owned();
    let mut repairs = Vec::new();
    for n_repairs in 0.. {
        let source = reader::Source {
            file,
            text,
            repaired: &repaired,
            repairs: &repairs,
        };
        let mut found = Diagnostics::new();
        let failure = match reader::read(&source, &mut found) {
            Ok(document) => {
                diags.append(found);
                if document.is_none() {
                    empty(file, diags);
                }
                return document;
            }
            Err(failure) => failure,
        };
        let repair = traps::explain(file, text, &failure, diags);
        let is_last = n_repairs == MAX_REPAIRS || n_repairs * text.len() > MAX_REPAIR_BYTES;
        let Some(repair) = repair.filter(|_| !is_last) else {
            diags.append(found);
            return None;
        };
        repair.apply(&mut repaired);
        repairs.push(repair.range);
    }
    None
}

fn empty(file: FileId, diags: &mut Diagnostics) {
    diags
        .report(Code::EmptyFile, Span::new(file, 0..0), "the file is empty")
        .help("a build file starts with `stages:`");
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod hostile;
