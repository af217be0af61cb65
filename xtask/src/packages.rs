//! Debian packages and Rust targets, installed when they are missing.

use std::path::Path;

use crate::command::{command, on_path, run};
use crate::error::{Error, Result};
use crate::progress::Progress;

/// What starts containers: a file that shows it is there, and the package that brings it.
pub(crate) const CONTAINERS: &[(&str, &str)] = &[
    ("/usr/sbin/runc", "runc"),
    ("/bin/busybox", "busybox-static"),
    ("/usr/bin/qemu-aarch64-static", "qemu-user-static"),
    ("/usr/bin/ssh-agent", "openssh-client"),
    ("/usr/bin/git", "git"),
    ("/usr/bin/openssl", "openssl"),
];

/// What makes a Debian root filesystem.
pub(crate) const DEBIAN: &[(&str, &str)] = &[("/usr/bin/mmdebstrap", "mmdebstrap")];

/// Installs the packages of `wanted` whose file is missing.
pub(crate) fn install(wanted: &[(&str, &str)], progress: Progress) -> Result<()> {
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|(file, _)| !Path::new(file).exists())
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !on_path("apt-get") {
        return Err(Error::new(format!(
            "install these first: {}",
            missing.join(", ")
        )));
    }
    progress.say(format!("installing {} with apt-get", missing.join(", ")));
    run(command("apt-get").args(["update", "-q"]))?;
    run(command("apt-get")
        .args(["install", "-q", "-y", "--no-install-recommends"])
        .args(&missing)
        .env("DEBIAN_FRONTEND", "noninteractive"))?;
    Ok(())
}

/// Adds the Rust targets the frontend image is made of.
pub(crate) fn rust_targets(targets: &[&str], progress: Progress) -> Result<()> {
    if !on_path("rustup") {
        // A toolchain without rustup brings its own targets; cargo says so if it does not.
        return Ok(());
    }
    let output = run(command("rustup").args(["target", "list", "--installed"]))?;
    let installed = String::from_utf8_lossy(&output.stdout).into_owned();
    for target in targets {
        if !installed.lines().any(|line| line == *target) {
            progress.say(format!("adding the Rust target {target}"));
            run(command("rustup").args(["target", "add", target]))?;
        }
    }
    Ok(())
}

/// Reports when this process may not start containers.
pub(crate) fn need_root() -> Result<()> {
    let output = run(command("id").arg("-u"))?;
    if output.stdout.trim_ascii() == b"0" {
        return Ok(());
    }
    Err(Error::new(
        "the private buildkitd starts containers: run this as root",
    ))
}
