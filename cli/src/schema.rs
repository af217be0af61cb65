//! `windlass schema`: the JSON Schema of build files.

use std::process::ExitCode;

use windlass_frontend::call;
use windlass_frontend::model::schema;

use crate::args::{Draft, Schema};
use crate::output::Output;

/// Prints the schema.
pub(crate) fn run(asked: &Schema, out: &mut Output) -> ExitCode {
    let draft = match asked.draft {
        Draft::Draft07 => schema::Draft::Draft07,
        Draft::Draft202012 => schema::Draft::Draft202012,
    };
    out.result(&call::schema(draft).text);
    ExitCode::SUCCESS
}
