//! What broke is kept: `regressions/<target>/`, fed first in every run.

use std::fs;
use std::path::PathBuf;

use crate::seed::root;

fn directory(target: &str) -> PathBuf {
    root().join("fuzz/regressions").join(target)
}

/// Returns the inputs that once broke a target, sorted by name.
pub(crate) fn inputs(target: &str) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(directory(target))
        .into_iter()
        .flatten()
        .flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| fs::read(path).ok())
        .collect()
}

/// Writes an input down and returns where.
pub(crate) fn keep(target: &str, input: &[u8]) -> PathBuf {
    let sum = input.iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    let path = directory(target).join(format!("{sum:016x}"));
    // Nothing is lost without the file: the message has the input too.
    let _ = fs::create_dir_all(directory(target));
    let _ = fs::write(&path, input);
    path
}
