//! Our frontend as an image in the registry: a static binary, two labels, nothing else.
//!
//! The image is the last stage of `Dockerfile.frontend`; the binaries are compiled here, where
//! cargo keeps what it has done.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{command, run};
use crate::dirs::{create, hex, read, write};
use crate::error::{Context as _, Result};
use crate::packages;
use crate::world::World;

/// Which way the frontend is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// For the edit-and-try loop: quick to compile, for this machine's platform only.
    Live,
    /// As users get it: small and fast, for amd64 and arm64.
    Release,
}

/// The name that examples and tests give it. It resolves to our registry's image, as the daemon
/// looks there first.
const PUBLISHED: &str = "registry.example.com/windlass:1";

/// How the image is written: as small as BuildKit can.
pub(crate) const ATTRIBUTES: &str = "oci-mediatypes=true,compression=zstd,compression-level=22,\
     force-compression=true";

impl Profile {
    /// Returns the name cargo knows it by.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Live => "live",
            Profile::Release => "release",
        }
    }

    /// Returns platform and Rust target of each binary.
    fn targets(self) -> Vec<(&'static str, &'static str)> {
        let all = [
            ("amd64", "x86_64-unknown-linux-musl"),
            ("arm64", "aarch64-unknown-linux-musl"),
        ];
        let wanted = |arch: &str| self == Profile::Release || arch == own_arch();
        all.into_iter().filter(|(arch, _)| wanted(arch)).collect()
    }

    /// Returns the tag of the images made this way.
    fn tag(self) -> &'static str {
        match self {
            Profile::Live => "dev",
            Profile::Release => "release",
        }
    }
}

impl World {
    /// Returns the name of the frontend image, for `# syntax=`.
    pub fn frontend(&self, profile: Profile) -> String {
        format!("{}/windlass:{}", self.registry.host(), profile.tag())
    }

    /// Compiles the frontend and pushes it, unless the registry has this very binary.
    pub fn refresh_frontend(&self, profile: Profile) -> Result<()> {
        let name = profile.name();
        self.progress
            .say(format!("compiling the frontend ({name})"));
        let _lock = self.dirs.lock_state()?;
        let out = self.dirs.state.join("frontend").join(name);
        create(&out)?;
        let mut content = read(&self.recipe())?.into_bytes();
        for (arch, target) in profile.targets() {
            let bytes = read_bytes(&self.compile(profile, target)?)?;
            let copy = out.join(format!("frontend-{arch}"));
            write(&copy, &bytes)?;
            executable(&copy)?;
            content.extend(bytes);
        }
        let mark = out.join("pushed");
        let key = format!("{} {}", hex(&content), self.registry.port());
        let fresh = read(&mark).is_ok_and(|old| old == key);
        // The published name is that of whichever profile was wanted last.
        let last = self.dirs.state.join("frontend/last");
        let is_last = read(&last).is_ok_and(|old| old == name);
        if !(fresh && is_last && self.registry.has("windlass", profile.tag())) {
            self.progress
                .say(format!("pushing {}", self.frontend(profile)));
            let published = format!("{}/{PUBLISHED}", self.registry.host());
            let arches: Vec<&str> = profile
                .targets()
                .into_iter()
                .map(|(arch, _)| arch)
                .collect();
            self.package(&[&self.frontend(profile), &published], &arches, &out)?;
            write(&last, name)?;
        }
        write(&mark, key)
    }

    /// Compiles the frontend for one target and returns the binary.
    fn compile(&self, profile: Profile, target: &str) -> Result<PathBuf> {
        packages::rust_targets(&[target], self.progress)?;
        self.cargo_build(
            profile,
            target,
            &["--package", "windlass-frontend", "--bin", "frontend"],
        )?;
        Ok(self
            .target_dir()
            .join(target)
            .join(profile.name())
            .join("frontend"))
    }

    /// Runs `cargo build` for a profile and target.
    pub(crate) fn cargo_build(&self, profile: Profile, target: &str, what: &[&str]) -> Result<()> {
        run(command("cargo")
            .args([
                "build",
                "--quiet",
                "--profile",
                profile.name(),
                "--target",
                target,
            ])
            .args(what)
            .current_dir(&self.dirs.checkout))?;
        Ok(())
    }

    /// Returns where cargo puts what it compiles.
    pub(crate) fn target_dir(&self) -> PathBuf {
        let set = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        self.dirs.checkout.join(set)
    }

    /// Pushes an image of the binaries `frontend-ARCH` in a directory, under several names.
    pub(crate) fn package(&self, names: &[&str], arches: &[&str], binaries: &Path) -> Result<()> {
        let output = format!(
            "type=image,\"name={}\",push=true,{ATTRIBUTES}",
            names.join(","),
        );
        self.package_to(&output, arches, binaries)
    }

    /// Makes such an image and writes it to where `output` of `docker buildx build` says.
    pub(crate) fn package_to(&self, output: &str, arches: &[&str], binaries: &Path) -> Result<()> {
        let platforms: Vec<String> = arches.iter().map(|arch| format!("linux/{arch}")).collect();
        let mut build = self.docker.buildx();
        build.args(["build", "--progress=plain", "--provenance=false"]);
        build.arg("--builder").arg(&self.builder);
        build.arg("--platform").arg(platforms.join(","));
        build
            .arg("--build-context")
            .arg(format!("build={}", binaries.display()));
        build.arg("--file").arg(self.recipe());
        // Only the named context is used.
        run(build.arg("--output").arg(output).arg(binaries))?;
        Ok(())
    }

    fn recipe(&self) -> PathBuf {
        self.dirs.checkout.join("Dockerfile.frontend")
    }
}

/// Returns this machine's architecture as images call it.
pub(crate) fn own_arch() -> &'static str {
    if std::env::consts::ARCH == "aarch64" {
        "arm64"
    } else {
        "amd64"
    }
}

/// Returns this machine's target for static binaries.
pub(crate) fn own_target() -> &'static str {
    match own_arch() {
        "arm64" => "aarch64-unknown-linux-musl",
        _ => "x86_64-unknown-linux-musl",
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).context(|| format!("cannot read `{}`", path.display()))
}

fn executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .context(|| format!("cannot make `{}` executable", path.display()))
}
