//! `windlass fmt`: build files in their canonical form.

use std::path::Path;
use std::process::ExitCode;

use windlass_frontend::diagnostic::{Diagnostics, render};
use windlass_frontend::dockerfile;
use windlass_frontend::syntax::{self, Document, print};
use windlass_frontend::text::{FileId, Files};

use crate::args::Fmt;
use crate::output::Output;
use crate::{diff, files};

/// Formats files, or says what formatting would change.
pub(crate) fn run(fmt: &Fmt, out: &mut Output) -> Result<ExitCode, String> {
    let stdin = [Path::new("-").to_owned()];
    let paths = match fmt.files.as_slice() {
        [] => &stdin,
        paths => paths,
    };
    let mut code = ExitCode::SUCCESS;
    for path in paths {
        let bytes = files::build_file(path)?;
        let Some(text) = formatted(path, &bytes, out) else {
            code = ExitCode::from(1);
            continue;
        };
        let is_changed = text.as_bytes() != bytes;
        if fmt.check {
            if is_changed {
                let name = files::name(path);
                let before = String::from_utf8_lossy(&bytes);
                let after = format!("{name} (formatted)");
                out.result(&diff::unified([&name, &after], &before, &text));
                code = ExitCode::from(1);
            }
        } else if path == Path::new("-") {
            out.result(&text);
        } else if is_changed {
            files::write(path, &text)?;
        }
    }
    Ok(code)
}

/// Returns a file's text in its canonical form; nothing if it is a Dockerfile, or not YAML.
fn formatted(path: &Path, bytes: &[u8], out: &mut Output) -> Option<String> {
    let mut files = Files::new();
    let mut diags = Diagnostics::new();
    let (name, text) = (files::name(path), String::from_utf8_lossy(bytes));
    if dockerfile::is_dockerfile(&name, &text) {
        let help = "fmt formats build files, which `windlass convert` makes of Dockerfiles";
        out.findings(&format!("{name} is a Dockerfile: {help}\n"));
        return None;
    }
    let file = files.add(name, text);
    let written = read(file, bytes, &mut diags);
    if diags.has_errors() {
        out.findings(&render::render(&diags, &files, out.stderr_colour()));
        return None;
    }
    let written = written?;
    let text = print::format(&written);
    let again = read(file, text.as_bytes(), &mut Diagnostics::new());
    assert!(
        again.is_some_and(|again| print::is_same(&written, &again)),
        "fmt: what is written says the same as what was read"
    );
    Some(text)
}

fn read(file: FileId, bytes: &[u8], diags: &mut Diagnostics) -> Option<Document> {
    syntax::parse_bytes(file, bytes, diags)
}
