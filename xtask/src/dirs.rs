//! Where things live.
//!
//! State that belongs to one checkout is in `.windlass/` inside it, so that two checkouts never
//! meet. What is expensive and the same for all (compiled Go tools, packages, root filesystems) is
//! in the user's cache directory. Sockets are in a short directory under `/run`, as a socket path
//! has 108 bytes at most.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::error::{Context as _, Error, Result};

/// Knows every directory the chores use.
#[derive(Clone, Debug)]
pub struct Dirs {
    /// The top of the checkout.
    pub checkout: PathBuf,
    /// What belongs to this checkout: `.windlass/`.
    pub state: PathBuf,
    /// What every checkout of this user shares.
    pub cache: PathBuf,
    /// Sockets of this checkout.
    pub sockets: PathBuf,
    /// Twelve digits that tell this checkout from others.
    pub key: String,
}

impl Dirs {
    /// Returns the directories of the checkout this program was compiled from, created.
    pub fn new() -> Result<Dirs> {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .ok_or_else(|| Error::new("xtask is not inside a checkout"))?
            .to_path_buf();
        let key = hex(checkout.as_os_str().as_encoded_bytes());
        let dirs = Dirs {
            state: checkout.join(".windlass"),
            cache: user_cache()?.join("windlass"),
            sockets: Path::new("/run/windlass").join(&key),
            checkout,
            key,
        };
        for dir in [&dirs.state, &dirs.cache] {
            create(dir)?;
        }
        Ok(dirs)
    }

    /// Waits until no other process works on the same checkout, and keeps others out until the
    /// returned file is dropped.
    pub(crate) fn lock_state(&self) -> Result<File> {
        lock(&self.state.join("lock"))
    }

    /// The same for what all checkouts share.
    pub(crate) fn lock_cache(&self) -> Result<File> {
        lock(&self.cache.join("lock"))
    }
}

/// Returns twelve hexadecimal digits of the SHA-256 of `bytes`.
pub(crate) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Creates `dir` and its parents.
pub(crate) fn create(dir: &Path) -> Result<()> {
    fs::create_dir_all(dir).context(|| format!("cannot create `{}`", dir.display()))
}

/// Reads a file as text.
pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).context(|| format!("cannot read `{}`", path.display()))
}

/// Writes a file.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    fs::write(path, content).context(|| format!("cannot write `{}`", path.display()))
}

fn user_cache() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(dir) = set("XDG_CACHE_HOME") {
        return Ok(PathBuf::from(dir));
    }
    let home = set("HOME").ok_or_else(|| Error::new("neither HOME nor XDG_CACHE_HOME is set"))?;
    Ok(Path::new(&home).join(".cache"))
}

/// Waits until nobody holds the lock of this name, and holds it until the returned file is dropped.
pub(crate) fn lock(path: &Path) -> Result<File> {
    let file = File::create(path).context(|| format!("cannot create `{}`", path.display()))?;
    file.lock()
        .context(|| format!("cannot lock `{}`", path.display()))?;
    Ok(file)
}
