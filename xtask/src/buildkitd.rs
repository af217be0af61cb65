//! A private BuildKit daemon with a root directory of its own.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{command, run};
use crate::daemon::{Daemon, Stopped};
use crate::dirs::{create, read, write};
use crate::error::{Context as _, Result};
use crate::tools::Tools;

/// Registries whose images are looked for in our own registry first, under the same name.
const MIRRORED: [&str; 7] = [
    "docker.io",
    "mcr.microsoft.com",
    "gcr.io",
    "ghcr.io",
    "quay.io",
    "public.ecr.aws",
    "registry.example.com",
];

/// Devices that are a variable only: one for every build, one for builds that are allowed it.
const DEVICES: &str = "\
cdiVersion: 0.6.0
kind: example.com/device
devices:
  - name: free
    annotations: {org.mobyproject.buildkit.device.autoallow: true}
    containerEdits: {env: [FREE=given]}
  - name: guarded
    containerEdits: {env: [GUARDED=given]}
";

/// Holds the addresses of one daemon.
#[derive(Clone, Debug)]
pub struct Buildkitd {
    daemon: Daemon,
    dir: PathBuf,
    socket: PathBuf,
    program: PathBuf,
    buildctl: PathBuf,
    variant: Variant,
}

/// How a daemon differs from the one that everybody uses.
#[derive(Clone, Debug, Default)]
pub struct Variant {
    /// A directory of `tools/buildkitd`; otherwise it is the one of `tools/go.mod`.
    pub version: Option<&'static str>,
    /// The only platform it runs; otherwise all that this machine can.
    pub platform: Option<&'static str>,
    /// The size of the filesystem for its layers, such as `64m`.
    pub disk: Option<&'static str>,
    /// More arguments.
    pub args: Vec<String>,
}

impl Buildkitd {
    /// Names a daemon whose files are in `dir` and whose sockets are in `sockets`.
    pub(crate) fn new(tools: &Tools, dir: &Path, sockets: &Path) -> Buildkitd {
        Buildkitd {
            daemon: Daemon::new("buildkitd", dir),
            dir: dir.to_path_buf(),
            socket: sockets.join("buildkitd.sock"),
            program: tools.path("buildkitd"),
            buildctl: tools.path("buildctl"),
            variant: Variant::default(),
        }
    }

    /// Makes it another one than usual; `program` is its version.
    pub(crate) fn varied(mut self, variant: Variant, program: Option<PathBuf>) -> Buildkitd {
        self.program = program.unwrap_or(self.program);
        self.variant = variant;
        self
    }

    /// Starts it unless it runs, and waits until it answers.
    pub(crate) fn start(&self, registry: u16) -> Result<()> {
        create(&self.dir)?;
        let config = self.dir.join("buildkitd.toml");
        let text = self.config(registry);
        let current = self.daemon.running() && read(&config).is_ok_and(|old| old == text);
        if !current {
            self.daemon.stop()?;
            create(self.socket.parent().unwrap_or(Path::new("/")))?;
            write(&config, text)?;
            create(&self.dir.join("cdi"))?;
            write(&self.dir.join("cdi/devices.yaml"), DEVICES)?;
            self.mount_disk()?;
            self.daemon.start(&self.program, |args| {
                args.arg("--config").arg(&config);
                args.arg("--addr").arg(self.address());
                args.args(&self.variant.args);
                // The Go programs must not report to a collector the caller may have set.
                args.env_remove("OTEL_EXPORTER_OTLP_ENDPOINT");
            })?;
        }
        self.daemon
            .wait_until(|| UnixStream::connect(&self.socket).is_ok() && self.answers())
    }

    fn mount_disk(&self) -> Result<()> {
        // Its databases are elsewhere: without room for them it cannot even make room.
        let layers = self.dir.join("root/runc-overlayfs/snapshots/snapshots");
        let Some(size) = self.variant.disk.filter(|_| !layers.exists()) else {
            return Ok(());
        };
        create(&layers)?;
        let options = format!("size={size}");
        let mut mount = command("mount");
        mount.args(["-t", "tmpfs", "-o", &options, "tmpfs"]);
        run(mount.arg(layers))?;
        Ok(())
    }

    /// Returns whether it runs and, if not, what it said last.
    pub(crate) fn condition(&self) -> String {
        self.daemon.condition()
    }

    /// Ends it at once, as a crash does. What it kept stays.
    pub fn kill(&self) -> Result<()> {
        self.daemon.kill()
    }

    /// Stops it and unmounts what a build that was cut off may have left.
    pub(crate) fn stop(&self) -> Result<Stopped> {
        let stopped = self.daemon.stop()?;
        unmount_below(&self.dir)?;
        if let Some(sockets) = self.socket.parent().filter(|dir| dir.exists()) {
            fs::remove_dir_all(sockets).context(|| "cannot remove the sockets".to_owned())?;
        }
        Ok(stopped)
    }

    /// Stops it and removes everything it kept.
    pub(crate) fn remove(&self) -> Result<()> {
        self.stop()?;
        if self.dir.exists() {
            let what = || format!("cannot remove `{}`", self.dir.display());
            fs::remove_dir_all(&self.dir).context(what)?;
        }
        Ok(())
    }

    /// Returns the address for `buildctl --addr` and `docker buildx create --driver remote`.
    pub fn address(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    /// Returns the file the daemon logs to.
    pub fn log(&self) -> PathBuf {
        self.daemon.log()
    }

    /// Returns `buildctl`, already pointed at this daemon.
    pub fn buildctl(&self) -> Command {
        let mut buildctl = command(&self.buildctl);
        buildctl.arg("--addr").arg(self.address());
        buildctl
    }

    fn answers(&self) -> bool {
        run(self.buildctl().args(["debug", "workers"])).is_ok()
    }

    fn config(&self, registry: u16) -> String {
        let mut text = format!(
            "root = {root:?}\n\
             insecure-entitlements = [\"network.host\", \"security.insecure\"]\n\
             [otel]\n\
             socketPath = {otel:?}\n\
             [cdi]\n\
             specDirs = [{cdi:?}]\n\
             [worker.oci]\n\
             snapshotter = \"overlayfs\"\n\
             platforms = [{platforms}]\n\
             reservedSpace = \"4GB\"\n\
             minFreeSpace = \"1GB\"\n\
             maxUsedSpace = \"16GB\"\n\
             [worker.containerd]\n\
             enabled = false\n\
             [registry.\"127.0.0.1:{registry}\"]\n\
             http = true\n",
            root = self.dir.join("root"),
            // A key, not a flag: one that a daemon of v0.11 passes over.
            otel = self.socket.with_file_name("otel.sock"),
            cdi = self.dir.join("cdi"),
            platforms = match self.variant.platform {
                Some(platform) => format!("{platform:?}"),
                None => "\"linux/amd64\", \"linux/arm64\"".to_owned(),
            },
        );
        for host in MIRRORED {
            text += &format!("[registry.{host:?}]\nmirrors = [\"127.0.0.1:{registry}/{host}\"]\n");
        }
        text
    }
}

/// Unmounts everything below a directory.
pub(crate) fn unmount_below(dir: &Path) -> Result<()> {
    let mounts = read(Path::new("/proc/self/mounts"))?;
    let inner = mounts.lines().filter_map(|line| line.split(' ').nth(1));
    // The last mounted goes first.
    for point in inner
        .filter(|point| Path::new(point).starts_with(dir))
        .collect::<Vec<_>>()
        .iter()
        .rev()
    {
        run(command("umount").args(["--lazy", point]))?;
    }
    Ok(())
}
