//! `windlass convert`: one form of a build from the other.

use std::process::ExitCode;

use windlass_frontend::convert;
use windlass_frontend::diagnostic::{Diagnostics, render};
use windlass_frontend::text::Files;

use crate::args::Convert;
use crate::files;
use crate::output::Output;

/// Prints a file in the other form; nothing if that lacks anything.
pub(crate) fn run(asked: &Convert, out: &mut Output) -> Result<ExitCode, String> {
    let bytes = files::build_file(&asked.file)?;
    let mut files = Files::new();
    let mut diags = Diagnostics::new();
    let name = files::name(&asked.file);
    let file = files.add(name, String::from_utf8_lossy(&bytes));
    let text = convert::to_dockerfile(file, &bytes, &mut diags);
    out.findings(&render::render(&diags, &files, out.stderr_colour()));
    let Some(text) = text.filter(|_| !diags.has_errors()) else {
        return Ok(ExitCode::from(1));
    };
    out.result(&text);
    Ok(ExitCode::SUCCESS)
}
