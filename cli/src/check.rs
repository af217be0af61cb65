//! `windlass check`: every mistake and every finding of the lint rules, at its place.

use std::process::ExitCode;

use windlass_frontend::diagnostic::{Severity, json, render};
use windlass_frontend::expand::Purpose;

use crate::args::{Check, CheckFormat};
use crate::graph::{self, Compiled};
use crate::output::Output;
use crate::sarif;

/// Checks a build file.
pub(crate) fn run(check: &Check, out: &mut Output) -> Result<ExitCode, String> {
    let Compiled { files, diags, .. } =
        graph::compile(&check.file, &check.request, Purpose::Check)?;
    match check.format {
        CheckFormat::Json => out.result(&json::lines(&diags, &files)),
        CheckFormat::Sarif => out.result(&sarif::log(&diags, &files)),
        CheckFormat::Text => {
            out.findings(&render::render(&diags, &files, out.stderr_colour()));
            let count = |severity| {
                diags
                    .iter()
                    .filter(|found| found.severity == severity)
                    .count()
            };
            let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
            let name = crate::files::name(&check.file);
            if !diags.is_empty() {
                out.findings("\n");
            }
            out.findings(&summary(&name, errors, warnings));
        }
    }
    Ok(if diags.has_errors() {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

fn summary(name: &str, errors: usize, warnings: usize) -> String {
    let counted = |n: usize, word: &str| match n {
        1 => format!("1 {word}"),
        n => format!("{n} {word}s"),
    };
    match (errors, warnings) {
        (0, 0) => format!("{name}: no mistakes\n"),
        (0, n) => format!("{name}: {}\n", counted(n, "warning")),
        (n, 0) => format!("{name}: {}\n", counted(n, "error")),
        (e, w) => format!(
            "{name}: {}, {}\n",
            counted(e, "error"),
            counted(w, "warning")
        ),
    }
}
