//! The world of the live tests: brought up once by the first test of the process.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use xtask::{Buildkitd, Profile, Progress, Registry, Variant, World};

use super::build::Build;

/// The first line of a build file for our frontend.
pub const SYNTAX: &str = "# syntax=registry.example.com/windlass:1\n";

static WORLD: OnceLock<World> = OnceLock::new();
static FRONTEND: OnceLock<()> = OnceLock::new();
static COUNTER: AtomicU32 = AtomicU32::new(0);

/// One test's access to the world, with a directory of its own.
pub struct Live {
    world: &'static World,
    dir: PathBuf,
    name: String,
}

impl Live {
    /// Brings the world up, with a fresh frontend image.
    pub fn new(name: &str) -> Live {
        let live = Live::without_frontend(name);
        FRONTEND.get_or_init(|| {
            must(
                live.world.refresh_frontend(Profile::Live),
                "no frontend image",
            );
        });
        live
    }

    /// The same, for tests that do not use our frontend.
    pub fn without_frontend(name: &str) -> Live {
        let world = WORLD.get_or_init(|| must(World::up(Progress::silent()), "no world"));
        // Unique also when two test processes run at once.
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let unique = format!("{name}-{}-{number}", std::process::id());
        let dir = must(world.work_dir(&unique), "no work directory");
        Live {
            world,
            dir,
            name: unique,
        }
    }

    /// Starts to describe a build. Its context is a directory of its own.
    pub fn build(&self) -> Build<'_> {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        Build::new(
            self.world,
            &self.world.builder,
            self.dir.join(format!("build-{number}")),
        )
    }

    /// The same on a builder that `docker buildx create` made.
    pub fn build_on(&self, builder: &str) -> Build<'_> {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        Build::new(
            self.world,
            builder,
            self.dir.join(format!("build-{number}")),
        )
    }

    /// Starts to describe a build of this build file, which comes without its first line.
    ///
    /// `UNIQUE` in it becomes [`Live::unique`]: what mentions it was never built before.
    pub fn yaml(&self, text: &str) -> Build<'_> {
        let text = text.strip_prefix('\n').unwrap_or(text);
        let text = text.replace("UNIQUE", self.unique());
        self.build().file("build.yaml", format!("{SYNTAX}{text}"))
    }

    /// Makes the base image of `tests/images/NAME`, unless it is there.
    pub fn image(&self, name: &str) {
        must(self.world.image(name), "no base image");
    }

    /// Returns the registry: `host()`, `manifest(..)`, `blob(..)`.
    pub fn registry(&self) -> &Registry {
        &self.world.registry
    }

    /// Returns a repository of this test in the registry, to push to.
    pub fn repository(&self) -> String {
        format!("{}/tests/{}", self.world.registry.host(), self.name)
    }

    /// Returns a name that no other test has, and no earlier run of this one.
    pub fn unique(&self) -> &str {
        &self.name
    }

    /// Returns the directory of this test.
    pub fn dir(&self) -> &std::path::Path {
        &self.dir
    }

    /// Returns `buildctl`, pointed at the daemon.
    pub fn buildctl(&self) -> Command {
        self.world.buildkitd.buildctl()
    }

    /// Returns `docker buildx`, set up for the builder.
    pub fn buildx(&self) -> Command {
        self.world.docker.buildx()
    }

    /// Returns `docker compose`, set up for the builder.
    pub fn compose(&self) -> Command {
        must(self.world.compose(), "no Compose")
    }

    /// Starts a daemon that has never built anything; it ends with the returned value.
    pub fn empty_builder(&self) -> EmptyBuilder<'_> {
        self.builder(Variant::default())
    }

    /// The same, with a daemon that differs from the usual one.
    pub fn builder(&self, variant: Variant) -> EmptyBuilder<'_> {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("empty-{}-{number}", std::process::id());
        let daemon = must(self.world.empty_builder(&name, variant), "no second daemon");
        EmptyBuilder {
            live: self,
            name,
            daemon,
        }
    }

    /// Returns whether a process runs whose command line mentions `text`, in whatever container.
    pub fn process_running(&self, text: &str) -> bool {
        let entries = std::fs::read_dir("/proc").expect("/proc is readable");
        entries
            .flatten()
            .filter(|entry| is_number(&entry.file_name()))
            .any(|entry| {
                let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
                let words = line.split(|byte| *byte == 0).map(String::from_utf8_lossy);
                words.into_iter().any(|word| word.contains(text))
            })
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // What a failed test made is left for the person who looks into it.
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}

/// A daemon with an empty cache.
pub struct EmptyBuilder<'a> {
    live: &'a Live,
    name: String,
    daemon: Buildkitd,
}

impl EmptyBuilder<'_> {
    /// Starts to describe a build on this daemon.
    pub fn build(&self) -> Build<'_> {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let dir = self.live.dir.join(format!("build-{number}"));
        Build::new(self.live.world, &self.name, dir)
    }

    /// Returns `buildctl`, pointed at this daemon.
    pub fn buildctl(&self) -> Command {
        self.daemon.buildctl()
    }

    /// Returns the registry that it shares with the others.
    pub fn registry(&self) -> &Registry {
        &self.live.world.registry
    }

    /// Returns the name that `docker buildx` knows it by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the address of the daemon.
    pub fn address(&self) -> String {
        self.daemon.address()
    }

    /// Ends the daemon as a crash does.
    pub fn kill(&self) {
        must(self.daemon.kill(), "the daemon cannot be killed");
    }

    /// Starts the daemon again, with what it kept.
    pub fn restart(&self) {
        must(
            self.live.world.restart(&self.daemon),
            "the daemon does not start again",
        );
    }
}

impl Drop for EmptyBuilder<'_> {
    fn drop(&mut self) {
        let removed = self.live.world.remove_builder(&self.name);
        if !std::thread::panicking() {
            must(removed, "the second daemon is still there");
        }
    }
}

fn is_number(name: &std::ffi::OsStr) -> bool {
    name.as_encoded_bytes().iter().all(u8::is_ascii_digit)
}

#[track_caller]
pub(crate) fn must<T, E: std::fmt::Display>(result: Result<T, E>, what: &str) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{what}: {error}"),
    }
}
