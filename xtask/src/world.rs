//! Everything a build needs, up and running: the one entry for chores and tests.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::base_images::FIRST;
use crate::binfmt;
use crate::buildkitd::{Buildkitd, Variant};
use crate::command::{command, run};
use crate::daemon::Stopped;
use crate::dirs::{Dirs, create};
use crate::docker::Docker;
use crate::error::{Context as _, Result};
use crate::frontend_image::Profile;
use crate::packages;
use crate::progress::Progress;
use crate::registry::Registry;
use crate::tools::{self, Tools};

/// The name of our own daemon's builder.
const OWN: &str = "windlass";

/// Holds the addresses of what runs.
#[derive(Clone, Debug)]
pub struct World {
    /// Where everything is.
    pub dirs: Dirs,
    /// Our own daemon; with another builder it is not started.
    pub buildkitd: Buildkitd,
    /// The registry with our frontend and the base images.
    pub registry: Registry,
    /// The docker command line, set up for the two.
    pub docker: Docker,
    /// The name of the builder in `docker`.
    pub builder: String,
    pub(crate) tools: Tools,
    pub(crate) progress: Progress,
}

/// Who builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Builder {
    /// A daemon of our own.
    Own,
    /// A builder of the user's docker configuration, on this machine.
    Named(String),
}

impl World {
    /// Sets up what is missing and starts what is not running, except the frontend image.
    ///
    /// Safe to call from several processes: they wait for each other.
    pub fn up(progress: Progress) -> Result<World> {
        World::on(Builder::Own, progress)
    }

    /// The same with another builder: only the registry is ours, and base images are the real ones.
    pub fn on(builder: Builder, progress: Progress) -> Result<World> {
        let dirs = Dirs::new()?;
        packages::need_root()?;
        let tools = Tools::build(&dirs, progress)?;
        let _lock = dirs.lock_state()?;
        {
            let _packages = dirs.lock_cache()?;
            packages::install(packages::CONTAINERS, progress)?;
            binfmt::register_arm64(progress)?;
        }
        let registry = Registry::new(&dirs.state.join("registry"))?;
        registry.start(&tools)?;
        let buildkitd = Buildkitd::new(&tools, &dirs.state.join("buildkitd"), &dirs.sockets);
        let is_own = builder == Builder::Own;
        let (docker, builder) = match builder {
            Builder::Own => {
                buildkitd.start(registry.port())?;
                let docker = Docker::new(&tools, &dirs.state.join("docker"))?;
                docker.default_builder(OWN, &buildkitd.address())?;
                (docker, OWN.to_owned())
            }
            Builder::Named(name) => {
                let docker = Docker::of_the_user(&tools);
                docker.start_builder(&name)?;
                (docker, name)
            }
        };
        let world = World {
            dirs,
            buildkitd,
            registry,
            docker,
            builder,
            tools,
            progress,
        };
        if is_own {
            world.make_image(FIRST)?;
        }
        Ok(world)
    }

    /// Returns the flags that lead a build to this world's builder and frontend. Only our own daemon
    /// looks into our registry for the name that a build file's first line has.
    pub(crate) fn flags(&self, profile: Profile) -> Vec<String> {
        let mut flags = vec![format!("--builder={}", self.builder)];
        if self.docker.config().is_none() {
            flags.push(format!(
                "--build-arg=BUILDKIT_SYNTAX={}",
                self.frontend(profile)
            ));
        }
        flags
    }

    /// Returns `docker compose`, compiled if need be, set up for the builder.
    pub fn compose(&self) -> Result<Command> {
        let programs = tools::compose(&self.dirs, self.progress)?;
        self.docker
            .compose(&self.dirs.state.join("compose"), &programs)
    }

    /// Returns what a person has to type to use all this.
    pub fn how_to_use(&self) -> String {
        let Some(config) = self.docker.config() else {
            return format!(
                "registry   {registry}  (plain HTTP)\n\
                 \n\
                 docker buildx build {flags} -f build.yaml .",
                registry = self.registry.host(),
                flags = self.flags(Profile::Release).join(" "),
            );
        };
        format!(
            "buildkitd  {address}  (log: {log})\n\
             registry   {registry}  (plain HTTP)\n\
             frontend   {frontend}\n\
             bases      {registry}/busybox; busybox and alpine of docker.io resolve to it\n\
             \n\
             export DOCKER_CONFIG={config}\n\
             docker buildx build -f build.yaml .     # builder `{builder}` is the default there\n\
             {buildctl} --addr {address} debug workers\n\
             \n\
             First line of a build file:  # syntax={frontend}",
            address = self.buildkitd.address(),
            log = self.buildkitd.log().display(),
            registry = self.registry.host(),
            frontend = self.frontend(Profile::Live),
            config = config.display(),
            builder = self.builder,
            buildctl = self.tools.path("buildctl").display(),
        )
    }

    /// Returns whether the daemon of this checkout runs.
    pub fn is_up() -> Result<Up> {
        let dirs = Dirs::new()?;
        let socket = dirs.sockets.join("buildkitd.sock");
        let answers = std::os::unix::net::UnixStream::connect(socket).is_ok();
        Ok(if answers { Up::Yes } else { Up::No })
    }

    /// Returns what tells a broken machine from a broken project: the room on its disk, and whether
    /// the daemons still run.
    pub(crate) fn condition(&self) -> String {
        let mut df = command("df");
        df.arg("-h").arg(&self.dirs.state);
        let disk = match run(&mut df) {
            Ok(output) => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
            Err(error) => error.to_string(),
        };
        let daemons = [self.buildkitd.condition(), self.registry.condition()];
        format!("{disk}\n{}", daemons.join("\n"))
    }

    /// Stops the daemons of this checkout. What they keep on disk stays.
    pub fn down(progress: Progress) -> Result<()> {
        let dirs = Dirs::new()?;
        let tools = Tools::build(&dirs, progress)?;
        let _lock = dirs.lock_state()?;
        for name in extra_builders(&dirs) {
            extra(&dirs, &tools, &name).remove()?;
        }
        let buildkitd = Buildkitd::new(&tools, &dirs.state.join("buildkitd"), &dirs.sockets);
        let registry = Registry::new(&dirs.state.join("registry"))?;
        for (what, stopped) in [
            ("buildkitd", buildkitd.stop()?),
            ("registry", registry.stop()?),
        ] {
            match stopped {
                Stopped::Now => progress.say(format!("stopped {what}")),
                Stopped::WasNotRunning => progress.say(format!("{what} was not running")),
            }
        }
        Ok(())
    }

    /// Starts one more daemon that has never built anything, with a builder named after it.
    pub fn empty_builder(&self, name: &str, variant: Variant) -> Result<Buildkitd> {
        let version = variant.version;
        let program = version.map(|version| tools::buildkitd(&self.dirs, version, self.progress));
        let program = program.transpose()?;
        let daemon = extra(&self.dirs, &self.tools, name);
        daemon.remove()?;
        let daemon = daemon.varied(variant, program);
        daemon.start(self.registry.port())?;
        let _lock = self.dirs.lock_state()?;
        self.docker.create_builder(name, &daemon.address())?;
        Ok(daemon)
    }

    /// Starts such a daemon again, with what it kept.
    pub fn restart(&self, daemon: &Buildkitd) -> Result<()> {
        daemon.start(self.registry.port())
    }

    /// Stops a daemon of [`World::empty_builder`] and removes what it kept.
    pub fn remove_builder(&self, name: &str) -> Result<()> {
        self.docker.remove_builder(name);
        extra(&self.dirs, &self.tools, name).remove()
    }

    /// Returns a fresh empty directory for one test or try.
    pub fn work_dir(&self, name: &str) -> Result<PathBuf> {
        let dir = self.dirs.state.join("work").join(name);
        if dir.exists() {
            fs::remove_dir_all(&dir).context(|| format!("cannot empty `{}`", dir.display()))?;
        }
        create(&dir)?;
        Ok(dir)
    }
}

/// Tells whether the world is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Up {
    Yes,
    No,
}

fn extra(dirs: &Dirs, tools: &Tools, name: &str) -> Buildkitd {
    Buildkitd::new(
        tools,
        &dirs.state.join("builders").join(name),
        &dirs.sockets.join(name),
    )
}

fn extra_builders(dirs: &Dirs) -> Vec<String> {
    let Ok(entries) = fs::read_dir(dirs.state.join("builders")) else {
        return Vec::new();
    };
    entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
