//! Expected files beside inputs: compare, or rewrite with `UPDATE_GOLDEN=1`.

use std::fs;
use std::path::{Path, PathBuf};

/// Returns the files of a directory of this package that end in `extension`, sorted.
pub fn inputs(directory: &str, extension: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let entries = fs::read_dir(&root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a directory entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{}: no case", root.display());
    files
}

/// What is wrong with the expected files of one run.
#[derive(Default)]
pub struct Mismatches(Vec<String>);

impl Mismatches {
    /// Compares `found` with the file beside `input` that ends in `extension`.
    pub fn check(&mut self, input: &Path, extension: &str, found: &str) {
        let path = input.with_extension(extension);
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if found == expected {
            return;
        }
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, found).expect("write the expected file");
            return;
        }
        let (line, left, right) = first_difference(&expected, found);
        self.0.push(format!(
            "{}:{line}\n  expected: {left}\n  found:    {right}",
            path.display()
        ));
    }

    /// Fails if anything differed.
    #[track_caller]
    pub fn assert_none(&self) {
        assert!(
            self.0.is_empty(),
            "{} expected files differ (UPDATE_GOLDEN=1 rewrites them)\n{}",
            self.0.len(),
            self.0.join("\n")
        );
    }
}

fn first_difference(expected: &str, found: &str) -> (usize, String, String) {
    let mut left = expected.lines();
    let mut right = found.lines();
    let mut line = 1;
    loop {
        match (left.next(), right.next()) {
            (Some(left), Some(right)) if left == right => line += 1,
            (left, right) => {
                let shown = |side: Option<&str>| side.unwrap_or("<end of file>").to_owned();
                return (line, shown(left), shown(right));
            }
        }
    }
}
