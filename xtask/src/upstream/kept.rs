//! Verdicts on disk: `NAME.verdict` beside `NAME.log`, in a directory whose name says what they
//! were reached with.

use std::fs;
use std::path::{Path, PathBuf};

use super::one::Verdict;
use crate::dirs::{create, read, write};
use crate::error::{Context as _, Result};

/// What is known about one image.
pub(super) struct Kept {
    dir: PathBuf,
}

impl Kept {
    pub(super) fn new(dir: &Path) -> Result<Kept> {
        create(dir)?;
        Ok(Kept {
            dir: dir.to_path_buf(),
        })
    }

    pub(super) fn verdict(&self, name: &str) -> Option<Verdict> {
        let word = read(&self.file(name)).ok()?;
        Verdict::ALL.into_iter().find(|it| it.word() == word)
    }

    pub(super) fn keep(&self, name: &str, verdict: Verdict) -> Result<()> {
        write(&self.file(name), verdict.word())
    }

    pub(super) fn forget(&self, name: &str) -> Result<()> {
        let file = self.file(name);
        if file.exists() {
            fs::remove_file(&file).context(|| format!("cannot remove `{}`", file.display()))?;
        }
        Ok(())
    }

    /// Returns where a test's output goes.
    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.log"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.verdict"))
    }
}
