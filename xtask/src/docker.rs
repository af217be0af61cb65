//! The docker command line with a configuration of its own, in which buildx is a plugin and the
//! default builder is our daemon. The user's own configuration is neither read nor changed, unless
//! a builder of it is asked for.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{command, on_path, run};
use crate::dirs::{create, write};
use crate::error::{Context as _, Result};
use crate::tools::Tools;

/// Variables of the caller's shell that would change what a build does.
const NOT_INHERITED: [&str; 8] = [
    "BUILDKIT_PROGRESS",
    "BUILDX_BUILDER",
    "BUILDX_EXPERIMENTAL",
    "BUILDX_GIT_LABELS",
    "BUILDX_NO_DEFAULT_ATTESTATIONS",
    "DOCKER_DEFAULT_PLATFORM",
    "SOURCE_DATE_EPOCH",
    "SSH_AUTH_SOCK",
];

/// Variables that lead to the user's own builders.
const OF_THE_USER: [&str; 4] = [
    "BUILDKIT_HOST",
    "BUILDX_CONFIG",
    "DOCKER_CONTEXT",
    "DOCKER_HOST",
];

/// Holds the configuration.
#[derive(Clone, Debug)]
pub struct Docker {
    /// Our own, else the user's.
    config: Option<PathBuf>,
    buildx: PathBuf,
}

impl Docker {
    /// Writes the configuration into `config`.
    pub(crate) fn new(tools: &Tools, config: &Path) -> Result<Docker> {
        let buildx = tools.path("buildx");
        plugin(config, "docker-buildx", &buildx)?;
        let file = config.join("config.json");
        if !file.exists() {
            write(&file, "{}\n")?;
        }
        Ok(Docker {
            config: Some(config.to_path_buf()),
            buildx,
        })
    }

    /// Takes the user's own configuration; of ours is only buildx itself.
    pub(crate) fn of_the_user(tools: &Tools) -> Docker {
        Docker {
            config: None,
            buildx: tools.path("buildx"),
        }
    }

    /// Returns the directory to set `DOCKER_CONFIG` to, if it is not the user's.
    pub fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    /// Returns `docker buildx`, with none of the caller's own settings.
    pub fn buildx(&self) -> Command {
        // The plugin is a whole program: it does without the docker command line.
        let mut buildx = if self.config.is_some() && on_path("docker") {
            let mut docker = command("docker");
            docker.arg("buildx");
            docker
        } else {
            command(&self.buildx)
        };
        for name in NOT_INHERITED {
            buildx.env_remove(name);
        }
        if let Some(config) = &self.config {
            for name in OF_THE_USER {
                buildx.env_remove(name);
            }
            buildx.env("DOCKER_CONFIG", config);
        }
        buildx.env("DOCKER_CLI_HINTS", "false");
        buildx
    }

    /// Returns `docker compose`, which builds on our default builder. Its plugins are in `config`.
    pub(crate) fn compose(
        &self,
        config: &Path,
        [compose, buildx]: &[PathBuf; 2],
    ) -> Result<Command> {
        plugin(config, "docker-compose", compose)?;
        plugin(config, "docker-buildx", buildx)?;
        let mut program = if on_path("docker") {
            let mut docker = command("docker");
            docker.arg("compose");
            docker
        } else {
            command(compose)
        };
        for name in NOT_INHERITED.iter().chain(&OF_THE_USER) {
            program.env_remove(name);
        }
        if let Some(own) = &self.config {
            program.env("BUILDX_CONFIG", own.join("buildx"));
        }
        program.env("DOCKER_CONFIG", config);
        Ok(program)
    }

    /// Starts a builder that is there.
    pub(crate) fn start_builder(&self, name: &str) -> Result<()> {
        run(self.buildx().args(["inspect", "--bootstrap", name]))?;
        Ok(())
    }

    /// Makes a builder of this name for the daemon at `address`, and the default one.
    pub(crate) fn default_builder(&self, name: &str, address: &str) -> Result<()> {
        if !self.knows(name, address) {
            self.create_builder(name, address)?;
            run(self.buildx().args(["use", name]))?;
        }
        Ok(())
    }

    /// Makes a builder of this name for the daemon at `address`.
    pub(crate) fn create_builder(&self, name: &str, address: &str) -> Result<()> {
        if !self.knows(name, address) {
            self.remove_builder(name);
            run(self
                .buildx()
                .args(["create", "--name", name, "--driver", "remote", address]))?;
        }
        Ok(())
    }

    fn knows(&self, name: &str, address: &str) -> bool {
        let text = self.instance(name).map(std::fs::read_to_string);
        let text = text.and_then(std::result::Result::ok).unwrap_or_default();
        text.contains(&format!("{address:?}"))
    }

    /// Forgets a builder; it does not matter whether there is one.
    pub(crate) fn remove_builder(&self, name: &str) {
        if let Some(file) = self.instance(name) {
            let _ = std::fs::remove_file(file);
        }
    }

    /// Returns the file that buildx keeps about a builder of ours.
    fn instance(&self, name: &str) -> Option<PathBuf> {
        let config = self.config.as_ref()?;
        Some(config.join("buildx/instances").join(name))
    }
}

/// Makes a program a plugin of the docker command line with this configuration.
fn plugin(config: &Path, name: &str, program: &Path) -> Result<()> {
    let plugins = config.join("cli-plugins");
    create(&plugins)?;
    let plugin = plugins.join(name);
    if std::fs::read_link(&plugin).ok().as_deref() != Some(program) {
        // Absent the first time.
        let _ = std::fs::remove_file(&plugin);
        std::os::unix::fs::symlink(program, &plugin)
            .context(|| format!("cannot create `{}`", plugin.display()))?;
    }
    Ok(())
}
