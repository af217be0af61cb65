//! Build files that become Dockerfiles, and Dockerfiles that become build files: BuildKit's own
//! compiler makes the same of both.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use windlass_frontend::convert::{to_build_file, to_dockerfile};
use windlass_frontend::diagnostic::Diagnostics;
use windlass_frontend::diagnostic::render::{Colour, render};
use windlass_frontend::syntax::{self, print};
use windlass_frontend::text::{FileId, Files};
use windlass_tests::golden::inputs;

use super::compiled::compile;
use super::format::paths;
use super::parity::{Options, differences, request};

#[test]
fn a_dockerfile_that_is_written_builds_the_same() {
    let mut requests = String::new();
    let mut cases = Vec::new();
    let mut wrong = String::new();
    for path in paths() {
        let bytes = fs::read(&path).expect("a build file");
        let mut diags = Diagnostics::new();
        let dockerfile = to_dockerfile(FileId::ROOT, &bytes, &mut diags);
        let Some(dockerfile) = dockerfile.filter(|_| !diags.has_errors()) else {
            continue;
        };
        let options = Options::read(&String::from_utf8_lossy(&bytes));
        let platforms = [options.platform.as_str()];
        let compiled = compile("build.yaml", &bytes, &options.asked, &platforms);
        if compiled.builds.is_empty() {
            continue;
        }
        let _ = writeln!(requests, "{}", request(&dockerfile, &options, &compiled));
        cases.push(format!("{}\n{dockerfile}", path.display()));
    }
    wrong += &differences(&cases, &requests);
    assert!(wrong.is_empty(), "{wrong}");
    assert!(cases.len() > 20, "only {} can be said", cases.len());
}

/// Returns the build file that a Dockerfile becomes.
fn build_file(dockerfile: &str) -> Result<String, String> {
    let mut files = Files::new();
    let file = files.add("Dockerfile", dockerfile);
    let mut diags = Diagnostics::new();
    let text = to_build_file(file, &files, "windlass", &mut diags);
    match diags.has_errors() {
        true => Err(render(&diags, &files, Colour::Plain)),
        false => Ok(text),
    }
}

/// Dockerfiles that are not converted, or not to the same; `docs/converting.md` names them.
const APART: &[&str] = &[
    "args",
    "commands",
    "lint-text",
    "lint-variables",
    "mounts-open",
];

#[test]
fn a_build_file_that_is_written_builds_the_same() {
    let mut requests = String::new();
    let mut cases = Vec::new();
    let mut wrong = String::new();
    let mut paths = inputs("parity", "Dockerfile");
    let is_apart = |path: &PathBuf| {
        let name = path.file_stem().unwrap_or_default();
        APART.iter().any(|it| name == *it)
    };
    let others = inputs("parity/dockerfiles", "Dockerfile").into_iter();
    paths.extend(others.filter(|path| !is_apart(path)));
    for path in paths {
        let dockerfile = fs::read_to_string(&path).expect("a Dockerfile");
        let yaml = fs::read_to_string(path.with_extension("yaml"));
        let options = Options::read(yaml.as_ref().unwrap_or(&dockerfile));
        let text = match build_file(&dockerfile) {
            Ok(text) => text,
            Err(found) => {
                let _ = writeln!(wrong, "{}\n{found}", path.display());
                continue;
            }
        };
        let document = syntax::parse(FileId::ROOT, &text, &mut Diagnostics::new());
        let document = document.unwrap_or_else(|| panic!("{}\n{text}", path.display()));
        assert_eq!(print::format(&document), text, "{}", path.display());
        let platforms = [options.platform.as_str()];
        let compiled = compile("build.yaml", text.as_bytes(), &options.asked, &platforms);
        if compiled.builds.is_empty() || compiled.diags.has_errors() {
            let _ = writeln!(wrong, "{}\n{text}{}", path.display(), compiled.rendered());
            continue;
        }
        let _ = writeln!(requests, "{}", request(&dockerfile, &options, &compiled));
        cases.push(format!("{}\n{text}", path.display()));
    }
    wrong += &differences(&cases, &requests);
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_mount_whose_kind_is_a_variable_is_refused() {
    let text = "FROM alpine\nENV KIND=cache\nRUN --mount=type=$KIND,target=/x one\n";
    let found = build_file(text).expect_err("a build file has no such mount");
    let start = "error[not-in-build-file]: a build file has no mount whose type";
    assert!(found.starts_with(start), "{found}");
}

#[test]
fn rules_to_skip_have_the_names_that_they_have_here() {
    let text = "\
# check=skip=StageNameCasing,JSONArgsRecommended
FROM alpine
# check=skip=all
RUN one
# check=skip=StageNameCasing
RUN two
";
    let found = build_file(text).expect("a build file");
    let expected = "\
# syntax=windlass
check: {skip: [shell-form-command]}

stages:
  app:
    from: alpine
    steps:
      - run: one
        check: {skip: [all]}
      - run: two
";
    assert_eq!(found, expected);
}
