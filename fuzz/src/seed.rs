//! What inputs are made from: the cases of the tests, the examples, and lists of one-line texts.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the workspace is.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns every build file of the tests and the examples, sorted by path.
pub(crate) fn build_files() -> Vec<Vec<u8>> {
    files(&["tests/cases", "tests/parity", "examples"], "yaml")
}

/// Returns every Dockerfile of the tests, sorted by path.
pub(crate) fn dockerfiles() -> Vec<Vec<u8>> {
    files(&["tests/parity"], "Dockerfile")
}

fn files(directories: &[&str], extension: &str) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    for directory in directories {
        collect(&root().join(directory), extension, &mut paths);
    }
    paths.sort();
    paths
        .iter()
        .filter_map(|path| fs::read(path).ok())
        .collect()
}

fn collect(directory: &Path, extension: &str, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, extension, into);
        } else if path.extension().is_some_and(|found| found == extension) {
            into.push(path);
        }
    }
}

/// Returns the texts of build files that have a reference in them.
pub(crate) fn expressions() -> Vec<Vec<u8>> {
    let mut found = lines(include_str!("../seeds/expressions.txt"));
    for file in build_files() {
        let file = String::from_utf8_lossy(&file);
        let lines = file.lines().filter(|line| line.contains("${{"));
        found.extend(lines.map(|line| line.trim().as_bytes().to_vec()));
    }
    found
}

/// Returns the lines of a list.
pub(crate) fn lines(list: &str) -> Vec<Vec<u8>> {
    list.lines().map(|line| line.as_bytes().to_vec()).collect()
}

/// Returns the parts of a list that blank lines separate.
pub(crate) fn blocks(list: &str) -> Vec<Vec<u8>> {
    list.split("\n\n")
        .map(|part| part.as_bytes().to_vec())
        .collect()
}
