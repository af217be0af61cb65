//! Images that stand in for the real base images, made here and kept in our registry.
//!
//! Each directory of `tests/images` is one: a `Dockerfile` and a file `names` with the images it
//! stands for, one a line. The daemon looks into our registry first, so a build file that says
//! `from: node:20-alpine` gets the stand-in.
//!
//! Busybox is made when the world comes up, the others when somebody asks: `FROM busybox` in their
//! Dockerfile is ours. A digest of the inputs is kept as a tag, so nothing is made twice.
//!
//! Optional files of a directory: `inputs` says what the context `inputs` holds (`busybox`,
//! `debian` or `programs`), `packages` what a Debian is made of and `customize` what then runs in it,
//! `programs` which ones of this machine are copied, `compression` how layers are stored, and
//! `platforms` that it is for this machine's only.

mod programs;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{command, run};
use crate::dirs::{create, hex, lock, read};
use crate::error::{Context as _, Error, Result};
use crate::packages;
use crate::registries::registries;
use crate::world::World;

/// The image that is always there.
pub(crate) const FIRST: &str = "busybox";

/// The machine's own certificates, as there may be a proxy between it and the registries.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";

impl World {
    /// Makes the image of `tests/images/NAME` unless the registry has it.
    pub fn image(&self, name: &str) -> Result<()> {
        let _lock = self.dirs.lock_state()?;
        self.make_image(name)?;
        Ok(())
    }

    /// Returns a tag that changes with everything the image is made of.
    pub(crate) fn make_image(&self, name: &str) -> Result<String> {
        let dir = self.dirs.checkout.join("tests/images").join(name);
        let below = if name == FIRST {
            String::new()
        } else {
            self.make_image(FIRST)?
        };
        let names = names(&dir)?;
        let inputs = self.inputs(&dir)?;
        let made_of = below + &fingerprint(&[&dir, &inputs])?;
        let tag = format!("made-{}", hex(made_of.as_bytes()));
        let own = format!("windlass-base/{name}");
        if self.registry.has(&own, &tag) {
            return Ok(tag);
        }
        self.progress.say(format!("making the base image {name}"));
        let mut build = self.docker.buildx();
        build.args(["build", "--progress=plain", "--provenance=false"]);
        // Made in a moment and pulled from next door: compressing would be most of the time.
        let compression = read(&dir.join("compression"));
        let compression = compression.unwrap_or_else(|_| "uncompressed".to_owned());
        build.arg(format!(
            "--output=type=image,push=true,compression={},force-compression=true",
            compression.trim()
        ));
        build.arg("--builder").arg(&self.builder);
        build.arg("--platform").arg(platforms(&dir));
        build
            .arg("--build-context")
            .arg(format!("inputs={}", inputs.display()));
        for reference in names
            .iter()
            .chain([&format!("{own}:{tag}"), &format!("{name}:latest")])
        {
            build
                .arg("--tag")
                .arg(format!("{}/{reference}", self.registry.host()));
        }
        run(build.arg(&dir))?;
        Ok(tag)
    }

    /// Returns the directory that Dockerfiles see as the context `inputs`, filled.
    fn inputs(&self, dir: &Path) -> Result<PathBuf> {
        let kind = read(&dir.join("inputs")).unwrap_or_default();
        let out = self.dirs.cache.join("inputs");
        match kind.trim() {
            "busybox" => busybox(&out.join("busybox")),
            "debian" => self.debian(&out.join("debian"), dir),
            "programs" => {
                let list = dir.join("programs");
                let out = out.join("programs").join(hex(read(&list)?.as_bytes()));
                let _lock = self.dirs.lock_cache()?;
                programs::copy(&list, &out)?;
                Ok(out)
            }
            _ => {
                create(&out.join("none"))?;
                Ok(out.join("none"))
            }
        }
    }

    /// Makes a root filesystem of this machine's platform: with the Debian packages that the file
    /// `packages` lists, then changed by the program `customize`, if any, which runs inside.
    fn debian(&self, out: &Path, dir: &Path) -> Result<PathBuf> {
        let customize = read(&dir.join("customize")).unwrap_or_default();
        let out = out.join(hex((read(&dir.join("packages"))? + &customize).as_bytes()));
        create(&out)?;
        // Others wait for this one only: it takes minutes.
        let _lock = lock(&out.with_extension("lock"))?;
        copy(Path::new(CERTIFICATES), &out.join("ca-certificates.crt"))?;
        if out.join("rootfs.tar").exists() {
            return Ok(out);
        }
        {
            let _packages = self.dirs.lock_cache()?;
            packages::install(packages::DEBIAN, self.progress)?;
        }
        self.progress
            .say("making a Debian root filesystem (once; some minutes)");
        let part = out.join("rootfs.tar.part");
        run(&mut mmdebstrap(dir, &part)?)?;
        fs::rename(&part, out.join("rootfs.tar"))
            .context(|| "cannot keep rootfs.tar".to_owned())?;
        Ok(out)
    }
}

/// Returns what makes a root filesystem of a directory of `tests/images`.
fn mmdebstrap(dir: &Path, to: &Path) -> Result<Command> {
    let list = read(&dir.join("packages"))?;
    let words: Vec<&str> = list.split_whitespace().collect();
    let mut made = command("mmdebstrap");
    made.args(["--mode=root", "--variant=minbase", "--format=tar"])
        .arg("--aptopt=Acquire::Languages \"none\"")
        .arg("--dpkgopt=force-unsafe-io");
    for unused in ["doc", "man", "locale", "info"] {
        made.arg(format!("--dpkgopt=path-exclude=/usr/share/{unused}/*"));
    }
    made.arg(format!(
        "--customize-hook=copy-in {CERTIFICATES} /etc/ssl/certs"
    ));
    let customize = dir.join("customize");
    if customize.exists() {
        made.arg(format!("--customize-hook=copy-in {customize:?} /"))
            .arg("--customize-hook=chroot \"$1\" /customize && rm \"$1/customize\"");
        for variable in ["SSL_CERT_FILE", "PIP_CERT", "NODE_EXTRA_CA_CERTS"] {
            made.env(variable, CERTIFICATES);
        }
        made.envs(registries());
    }
    made.arg(format!("--include={}", words.join(",")))
        .arg(suite()?)
        .arg(to)
        .args(apt_sources()?);
    Ok(made)
}

/// Puts the static busybox of both platforms into `out`.
fn busybox(out: &Path) -> Result<PathBuf> {
    create(out)?;
    let (own, other) = match std::env::consts::ARCH {
        "aarch64" => ("arm64", "amd64"),
        _ => ("amd64", "arm64"),
    };
    if !out.join(own).exists() {
        copy(Path::new("/bin/busybox"), &out.join(own))?;
    }
    if !out.join(other).exists() {
        run(command("dpkg").args(["--add-architecture", other]))?;
        run(command("apt-get").args(["update", "-q"]))?;
        let work = out.join("download");
        create(&work)?;
        run(command("apt-get")
            .args(["download", &format!("busybox-static:{other}")])
            // apt drops to a user that may not write here.
            .args(["-o", "APT::Sandbox::User=root"])
            .current_dir(&work))?;
        let package = first_file(&work)?;
        run(command("dpkg-deb")
            .arg("-x")
            .arg(&package)
            .arg(work.join("x")))?;
        copy(&work.join("x/bin/busybox"), &out.join(other))?;
        fs::remove_dir_all(&work).context(|| "cannot remove a download".to_owned())?;
        run(command("dpkg").args(["--remove-architecture", other]))?;
    }
    Ok(out.to_path_buf())
}

fn first_file(dir: &Path) -> Result<PathBuf> {
    let entries = fs::read_dir(dir).context(|| format!("cannot list `{}`", dir.display()))?;
    let mut files = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file());
    files
        .next()
        .ok_or_else(|| Error::new(format!("`{}` is empty", dir.display())))
}

/// Returns the release of the machine, which its apt sources serve for sure.
fn suite() -> Result<String> {
    let release = read(Path::new("/etc/os-release"))?;
    let name = release
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    Ok(name.unwrap_or("bookworm").trim_matches('"').to_owned())
}

/// Returns the machine's Debian source files: what it can reach, mmdebstrap can reach.
fn apt_sources() -> Result<Vec<PathBuf>> {
    let dir = Path::new("/etc/apt/sources.list.d");
    let mut found = vec![
        dir.join("debian.sources"),
        Path::new("/etc/apt/sources.list").into(),
    ];
    found.retain(|path| path.exists());
    if found.is_empty() {
        return Err(Error::new("found no Debian apt sources on this machine"));
    }
    found.truncate(1);
    Ok(found)
}

fn names(dir: &Path) -> Result<Vec<String>> {
    let text = read(&dir.join("names"))?;
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim());
    Ok(lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}

fn platforms(dir: &Path) -> &'static str {
    match (dir.join("platforms").exists(), std::env::consts::ARCH) {
        (false, _) => "linux/amd64,linux/arm64",
        (true, "aarch64") => "linux/arm64",
        (true, _) => "linux/amd64",
    }
}

/// Digests names, sizes and contents of all files below `dirs`.
fn fingerprint(dirs: &[&Path]) -> Result<String> {
    let mut text = String::new();
    for dir in dirs {
        let mut entries: Vec<PathBuf> = fs::read_dir(dir)
            .context(|| format!("cannot list `{}`", dir.display()))?
            .flatten()
            .map(|entry| entry.path())
            .collect();
        entries.sort();
        for path in entries {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() {
                text += &format!("{name}/{}\n", fingerprint(&[&path])?);
            } else {
                text += &format!("{name} {}\n", stamp(&path)?);
            }
        }
    }
    Ok(hex(text.as_bytes()))
}

/// Small files count by content, large ones (made once, in the cache) by size.
fn stamp(path: &Path) -> Result<String> {
    let what = || format!("cannot read `{}`", path.display());
    let size = path.metadata().context(what)?.len();
    if size > 1 << 20 {
        return Ok(size.to_string());
    }
    Ok(hex(&fs::read(path).context(what)?))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to)
        .context(|| format!("cannot copy `{}` to `{}`", from.display(), to.display()))?;
    Ok(())
}
