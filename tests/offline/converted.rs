//! Build files that become Dockerfiles, and Dockerfiles that become build files: BuildKit's own
//! compiler makes the same of both.

use std::fmt::Write as _;
use std::fs;

use windlass_frontend::convert::{Bases, Style, to_build_file, to_dockerfile};
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
pub(crate) fn build_file(dockerfile: &str) -> Result<String, String> {
    let mut files = Files::new();
    let file = files.add("Dockerfile", dockerfile);
    let mut diags = Diagnostics::new();
    let style = Style {
        image: "windlass",
        bases: Bases::default(),
    };
    let text = to_build_file(file, &files, style, &mut diags);
    match diags.has_errors() {
        true => Err(render(&diags, &files, Colour::Plain)),
        false => Ok(text),
    }
}

/// Dockerfiles of `parity/dockerfiles` that no build file says, and what is said of each;
/// `docs/converting.md` names them.
const REFUSED: &[(&str, &str)] = &[
    (
        "blanks-in-names",
        "`quoted name` cannot be the name of a variable",
    ),
    ("empty-run", "`run` is empty"),
];

#[test]
fn a_build_file_that_is_written_builds_the_same() {
    let mut requests = String::new();
    let mut cases = Vec::new();
    let mut wrong = String::new();
    let mut paths = inputs("parity", "Dockerfile");
    paths.extend(inputs("parity/dockerfiles", "Dockerfile"));
    let mut refused: Vec<_> = REFUSED.iter().collect();
    for path in paths {
        let dockerfile = fs::read_to_string(&path).expect("a Dockerfile");
        let yaml = fs::read_to_string(path.with_extension("yaml"));
        let options = Options::read(yaml.as_ref().unwrap_or(&dockerfile));
        let text = match build_file(&dockerfile) {
            Ok(text) => text,
            Err(found) => {
                let name = path.file_stem().unwrap_or_default();
                let is_it = |it: &&(&str, &str)| name == it.0 && found.contains(it.1);
                match refused.iter().position(is_it) {
                    Some(known) => drop(refused.remove(known)),
                    None => wrong += &format!("{}\n{found}\n", path.display()),
                }
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
    assert!(refused.is_empty(), "no longer refused: {refused:?}");
}

#[test]
fn a_mount_whose_kind_is_an_argument_is_refused() {
    let text = "FROM alpine\nENV KIND=cache\nARG KIND\nRUN --mount=type=$KIND,target=/x one\n";
    let found = build_file(text).expect_err("a build file has no such mount");
    let expected = "\
error[not-in-build-file]: a build file has no variable for the `type` of a mount
 --> Dockerfile:4:13
  |
4 | RUN --mount=type=$KIND,target=/x one
  |             ^^^^^^^^^^^^^^^^^^^^
  |
  = help: write the word itself
";
    assert!(found.starts_with(expected), "{found}");
}

#[test]
fn a_mount_whose_kind_the_file_says_has_that() {
    let text = "\
FROM alpine AS base
ENV KIND=cache HOW=lock
FROM base
ENV HOW=${HOW}ed
RUN --mount=type=$KIND,target=/x$HOW,sharing=$HOW one
";
    let found = build_file(text).expect("a build file");
    let expected = "\
      - run: one
        cache:
          path: /x${{ env.HOW }}
          sharing: locked
          from: scratch
";
    assert!(found.ends_with(expected), "{found}");
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
