//! `windlass convert`: one form of a build from the other.

use std::process::ExitCode;

use windlass_frontend::convert;
use windlass_frontend::diagnostic::{Diagnostics, render};
use windlass_frontend::expand::Purpose;
use windlass_frontend::text::Files;

use crate::args::{Convert, Form};
use crate::output::Output;
use crate::{diff, files, graph};

/// Prints a file in the other form; nothing if that lacks anything.
pub(crate) fn run(asked: &Convert, out: &mut Output) -> Result<ExitCode, String> {
    let bytes = files::build_file(&asked.file)?;
    let name = files::name(&asked.file);
    let form = convert::form(&name, &String::from_utf8_lossy(&bytes));
    match (asked.to, form) {
        (Some(Form::BuildFile), convert::Form::BuildFile) => {
            return Err(format!("{name} is a build file"));
        }
        (Some(Form::Dockerfile), convert::Form::Dockerfile) => {
            return Err(format!("{name} is a Dockerfile"));
        }
        _ => {}
    }
    let mut files = Files::new();
    let mut diags = Diagnostics::new();
    let file = files.add(&name, String::from_utf8_lossy(&bytes));
    let text = convert::convert(file, &files, &bytes, &asked.syntax, &mut diags);
    out.findings(&render::render(&diags, &files, out.stderr_colour()));
    let Some(text) = text else {
        return Ok(ExitCode::from(1));
    };
    if asked.verify {
        return verify(asked, &name, &bytes, &text, out);
    }
    out.result(&text);
    Ok(ExitCode::SUCCESS)
}

/// Compares what both forms are compiled to.
fn verify(
    asked: &Convert,
    name: &str,
    bytes: &[u8],
    text: &str,
    out: &mut Output,
) -> Result<ExitCode, String> {
    let compile = |name: &str, bytes: &[u8]| {
        let compiled = graph::compile_text(name, bytes, &asked.request, Purpose::Build)?;
        match compiled.diags.has_errors() {
            true => Err(render::render(
                &compiled.diags,
                &compiled.files,
                out.stderr_colour(),
            )),
            false => Ok(compiled),
        }
    };
    let converted = "the converted file";
    let (ours, theirs) = (compile(name, bytes)?, compile(converted, text.as_bytes())?);
    if ours.bytes() == theirs.bytes() {
        out.result(&format!(
            "{name}: {converted} gives the same vertices and image config, by our own reading of \
             both; the Dockerfile frontend itself was not asked\n"
        ));
        return Ok(ExitCode::SUCCESS);
    }
    out.result(&diff::unified(
        [name, converted],
        &ours.sent()?,
        &theirs.sent()?,
    ));
    Ok(ExitCode::from(1))
}
