//! Makes the kernel run arm64 programs through qemu, so that arm64 steps of a build can run.

use std::fs;
use std::path::Path;

use crate::command::{command, run};
use crate::error::{Context as _, Result};
use crate::progress::Progress;

const DIR: &str = "/proc/sys/fs/binfmt_misc";

/// `F` opens the interpreter now: it then works inside containers that do not have it.
const ARM64: &str = concat!(
    ":windlass-aarch64:M::",
    r"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00",
    ":",
    r"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff",
    ":/usr/bin/qemu-aarch64-static:FP"
);

/// Registers qemu for arm64 unless this machine already runs such programs.
pub(crate) fn register_arm64(progress: Progress) -> Result<()> {
    if std::env::consts::ARCH == "aarch64" {
        return Ok(());
    }
    let register = Path::new(DIR).join("register");
    if !register.exists() {
        run(command("mount").args(["-t", "binfmt_misc", "binfmt_misc", DIR]))?;
    }
    if registered()? {
        return Ok(());
    }
    progress.say("registering qemu for arm64 programs");
    fs::write(&register, ARM64).context(|| "cannot register qemu for arm64".to_owned())
}

fn registered() -> Result<bool> {
    let entries = fs::read_dir(DIR).context(|| format!("cannot list `{DIR}`"))?;
    Ok(entries.flatten().any(|entry| {
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        text.starts_with("enabled") && text.contains("aarch64")
    }))
}
