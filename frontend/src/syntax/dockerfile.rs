//! A Dockerfile that was handed over as a build file: one clear word instead of YAML's many.

use crate::diagnostic::{Code, Diagnostics};
use crate::text::{FileId, Span};

/// The instructions that a Dockerfile can start with, and those that a cut one does.
const INSTRUCTIONS: &[&str] = &[
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// Tells whether the text is a Dockerfile; reports `not-a-build-file`.
pub(super) fn is_one(file: FileId, text: &str, diags: &mut Diagnostics) -> bool {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let words = line.trim_start_matches(['\u{feff}', ' ', '\t']);
        let at = start + line.len() - words.len();
        start += line.len();
        if words.trim_end().is_empty() || words.starts_with('#') {
            continue;
        }
        let Some(length) = instruction(words) else {
            return false;
        };
        diags
            .report(
                Code::NotABuildFile,
                Span::new(file, at..at + length),
                "this is a Dockerfile, and Windlass reads build files",
            )
            .label("an instruction of a Dockerfile")
            .help("to build it as it is, make its first line `# syntax=docker/dockerfile:1`")
            .help("a build file is YAML and starts with `stages:`");
        return true;
    }
    false
}

/// Returns the length of the instruction that a line starts with.
fn instruction(line: &str) -> Option<usize> {
    let (word, rest) = line.split_once([' ', '\t'])?;
    let rest = rest.trim();
    let is_known = INSTRUCTIONS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word));
    // `from : x` is YAML, however odd.
    (is_known && !rest.is_empty() && !rest.starts_with(':')).then_some(word.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::oneline;
    use crate::text::Files;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut files = Files::new();
        let file = files.add("Dockerfile", text);
        let mut diags = Diagnostics::new();
        is_one(file, text, &mut diags);
        let lines: Vec<String> = diags.iter().map(|d| oneline(d, &files)).collect();
        assert_eq!(lines.join("\n"), expected);
    }

    const FOUND: &str = "this is a Dockerfile, and Windlass reads build files (to build it as it \
                         is, make its first line `# syntax=docker/dockerfile:1`)";

    #[test]
    fn a_dockerfile_is_told_by_its_first_instruction() {
        check("FROM alpine:3.20\nRUN a: b\n", &format!("1:1: {FOUND}"));
        check("# syntax=x\n\n  arg A=1\n", &format!("3:3: {FOUND}"));
    }

    #[test]
    fn a_build_file_is_none() {
        check("# FROM a\nstages: {}\n", "");
        check("from: a\n", "");
        check("from : a\n", "");
        check("run\n", "");
        check("", "");
    }
}
