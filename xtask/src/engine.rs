//! Which builder the demo uses: one that the caller names, else the Docker Engine of this machine,
//! else a daemon of our own.
//!
//! The engine is taken if it can do what the demo shows: it must reach our registry, which listens on
//! this machine only, and keep images of several platforms.

use crate::command::{command, on_path};
use crate::dirs::read;
use crate::progress::Progress;
use crate::world::Builder;

/// What the caller said about the builder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Use the builder of this name in the caller's docker configuration.
    Named(String),
    /// Start a daemon of our own.
    Own,
    /// Nothing.
    Any,
}

/// The engine as a builder of docker's own configuration.
const ENGINE: &str = "default";

/// What `docker info` is asked: the machine, then how images are kept.
const QUESTION: &str = "{{.Name}}\n{{json .DriverStatus}}";

/// Returns the builder to use.
pub(crate) fn choose(wanted: Wanted, progress: Progress) -> Builder {
    match wanted {
        Wanted::Named(name) => Builder::Named(name),
        Wanted::Own => Builder::Own,
        Wanted::Any => match engine() {
            Ok(()) => {
                progress.say("using the Docker Engine of this machine");
                Builder::Named(ENGINE.to_owned())
            }
            Err(why) => {
                progress.say(format!("using a buildkitd of our own, as {why}"));
                Builder::Own
            }
        },
    }
}

/// Returns why the engine cannot be used, if it cannot.
fn engine() -> Result<(), &'static str> {
    if !on_path("docker") {
        return Err("there is no docker command");
    }
    let info = command("docker")
        .args(["info", "--format", QUESTION])
        .output();
    let info = info.ok().filter(|done| done.status.success());
    let info = info.ok_or("no Docker Engine answers")?;
    let host = read("/proc/sys/kernel/hostname".as_ref()).unwrap_or_default();
    judge(&String::from_utf8_lossy(&info.stdout), host.trim())
}

/// Judges the answer to [`QUESTION`] on the machine `host`.
fn judge(info: &str, host: &str) -> Result<(), &'static str> {
    let (name, storage) = info.split_once('\n').unwrap_or((info, ""));
    if name.trim() != host {
        return Err("the Docker Engine is on another machine");
    }
    if !storage.contains("io.containerd.snapshotter") {
        return Err("the Docker Engine does not keep its images in containerd's store");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn an_engine_with_containerd_s_store_is_taken() {
        let info = "here\n[[\"driver-type\",\"io.containerd.snapshotter.v1\"]]\n";
        assert_eq!(judge(info, "here"), Ok(()));
    }

    #[test]
    fn an_engine_elsewhere_or_with_another_store_is_left_alone() {
        let info = "docker-desktop\n[[\"driver-type\",\"io.containerd.snapshotter.v1\"]]\n";
        let elsewhere = "the Docker Engine is on another machine";
        assert_eq!(judge(info, "here"), Err(elsewhere));
        let info = "here\n[[\"Backing Filesystem\",\"extfs\"],[\"Supports d_type\",\"true\"]]\n";
        let store = "the Docker Engine does not keep its images in containerd's store";
        assert_eq!(judge(info, "here"), Err(store));
        assert_eq!(judge("", "here"), Err(elsewhere));
    }
}
