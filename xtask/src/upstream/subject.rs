//! What is tested, and on what: frontend images as files, base images in our registry.

use std::fs;
use std::path::{Path, PathBuf};

use super::kept::Kept;
use crate::dirs::{create, hex, write};
use crate::error::{Context as _, Result};
use crate::frontend_image::{Profile, own_arch};
use crate::tools::UpstreamTests;
use crate::world::World;

/// Directories of `tests/images` that stand in for what the tests start from.
const BASES: [&str; 2] = ["upstream-busybox", "upstream-alpine"];

/// One frontend image.
pub(super) struct Subject {
    /// What people call it.
    pub(super) name: &'static str,
    /// Its layout, as a tar file.
    pub(super) image: PathBuf,
    /// What is known about it.
    pub(super) kept: Kept,
}

impl Subject {
    /// Packages upstream's frontend. What is known about it is the same for all checkouts.
    pub(super) fn upstream(world: &World, tests: &UpstreamTests, bases: &str) -> Result<Subject> {
        let binary = world.tools.path("dockerfile-frontend");
        let key = key(&binary, tests, bases)?;
        let kept = world.dirs.cache.join("upstream").join(key);
        subject(world, "upstream", &binary, &kept)
    }

    /// Packages ours.
    pub(super) fn ours(
        world: &World,
        tests: &UpstreamTests,
        bases: &str,
        profile: Profile,
    ) -> Result<Subject> {
        let dir = world.dirs.state.join("frontend").join(profile.name());
        let binary = dir.join(binary_name());
        let key = key(&binary, tests, bases)?;
        let kept = state(world).join("verdicts").join(key);
        subject(world, "ours", &binary, &kept)
    }
}

fn subject(world: &World, name: &'static str, binary: &Path, kept: &Path) -> Result<Subject> {
    let dir = state(world).join(name);
    create(&dir)?;
    let copied = || format!("cannot copy `{}`", binary.display());
    fs::copy(binary, dir.join(binary_name())).context(copied)?;
    let image = state(world).join(format!("{name}.tar"));
    let output = format!("type=oci,dest={}", image.display());
    world.package_to(&output, &[own_arch()], &dir)?;
    Ok(Subject {
        name,
        image,
        kept: Kept::new(kept)?,
    })
}

/// Makes the base images and returns what changes with them.
pub(super) fn bases(world: &World) -> Result<String> {
    let mut tags = String::new();
    for name in BASES {
        let _lock = world.dirs.lock_state()?;
        tags += &world.make_image(name)?;
    }
    let storage = world.dirs.state.join("registry/storage");
    let config = format!(
        "version: 0.1\n\
         storage:\n  \
           filesystem: {{ rootdirectory: {storage:?} }}\n\
         http: {{ addr: '127.0.0.1:0' }}\n"
    );
    create(&mirror(world))?;
    // The tests start a registry of their own on it, on a port that they read from its log.
    write(&mirror(world).join("config.yaml"), config)?;
    Ok(tags)
}

/// Returns the directory that the tests find their registry in.
pub(super) fn mirror(world: &World) -> PathBuf {
    state(world).join("mirror")
}

/// Removes what every test adds to the registry: the frontend, under a name of its own.
pub(super) fn clean(world: &World) -> Result<()> {
    let repositories = "registry/storage/docker/registry/v2/repositories/buildkit_test";
    let dir = world.dirs.state.join(repositories);
    if dir.exists() {
        fs::remove_dir_all(&dir).context(|| format!("cannot remove `{}`", dir.display()))?;
    }
    Ok(())
}

fn state(world: &World) -> PathBuf {
    world.dirs.state.join("upstream")
}

/// Returns what a verdict depends on.
fn key(binary: &Path, tests: &UpstreamTests, bases: &str) -> Result<String> {
    let bytes = fs::read(binary).context(|| format!("cannot read `{}`", binary.display()))?;
    let all = format!("{} {} {bases}", hex(&bytes), tests.key);
    Ok(hex(all.as_bytes()))
}

fn binary_name() -> String {
    format!("frontend-{}", own_arch())
}
