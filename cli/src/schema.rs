//! `windlass schema`: the JSON Schema of build files.

use std::process::ExitCode;

use windlass_frontend::model::schema;

use crate::args::{Draft, Schema};
use crate::output::Output;

/// Prints the schema.
pub(crate) fn run(asked: &Schema, out: &mut Output) -> Result<ExitCode, String> {
    let draft = match asked.draft {
        Draft::Draft07 => schema::Draft::Draft07,
        Draft::Draft202012 => schema::Draft::Draft202012,
    };
    let text = serde_json::to_string_pretty(&schema::schema(draft));
    out.result(&(text.map_err(|error| error.to_string())? + "\n"));
    Ok(ExitCode::SUCCESS)
}
