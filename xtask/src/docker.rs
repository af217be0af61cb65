//! The docker command line with a configuration of its own, in which buildx is a plugin and the
//! default builder is our daemon. The user's own configuration is neither read nor changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{command, on_path, run};
use crate::dirs::{create, write};
use crate::error::{Context as _, Result};
use crate::tools::Tools;

/// Variables of the caller's shell that would change what a build does.
const NOT_INHERITED: [&str; 12] = [
    "BUILDKIT_HOST",
    "BUILDKIT_PROGRESS",
    "BUILDX_BUILDER",
    "BUILDX_CONFIG",
    "BUILDX_EXPERIMENTAL",
    "BUILDX_GIT_LABELS",
    "BUILDX_NO_DEFAULT_ATTESTATIONS",
    "DOCKER_CONTEXT",
    "DOCKER_HOST",
    "DOCKER_DEFAULT_PLATFORM",
    "SOURCE_DATE_EPOCH",
    "SSH_AUTH_SOCK",
];

/// Holds the private configuration.
#[derive(Clone, Debug)]
pub struct Docker {
    config: PathBuf,
    buildx: PathBuf,
}

impl Docker {
    /// Writes the configuration into `config`.
    pub(crate) fn new(tools: &Tools, config: &Path) -> Result<Docker> {
        let plugins = config.join("cli-plugins");
        create(&plugins)?;
        let plugin = plugins.join("docker-buildx");
        let buildx = tools.path("buildx");
        if std::fs::read_link(&plugin).ok().as_deref() != Some(&buildx) {
            // Absent the first time.
            let _ = std::fs::remove_file(&plugin);
            std::os::unix::fs::symlink(&buildx, &plugin)
                .context(|| format!("cannot create `{}`", plugin.display()))?;
        }
        let file = config.join("config.json");
        if !file.exists() {
            write(&file, "{}\n")?;
        }
        Ok(Docker {
            config: config.to_path_buf(),
            buildx,
        })
    }

    /// Returns the directory to set `DOCKER_CONFIG` to.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// Returns `docker buildx`, with none of the caller's own settings.
    pub fn buildx(&self) -> Command {
        // The plugin is a whole program: it does without the docker command line.
        let mut buildx = if on_path("docker") {
            let mut docker = command("docker");
            docker.arg("buildx");
            docker
        } else {
            command(&self.buildx)
        };
        for name in NOT_INHERITED {
            buildx.env_remove(name);
        }
        buildx
            .env("DOCKER_CONFIG", &self.config)
            .env("DOCKER_CLI_HINTS", "false");
        buildx
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
        let file = self.config.join("buildx/instances").join(name);
        let text = std::fs::read_to_string(file).unwrap_or_default();
        text.contains(&format!("{address:?}"))
    }

    /// Forgets a builder; it does not matter whether there is one.
    pub(crate) fn remove_builder(&self, name: &str) {
        let _ = std::fs::remove_file(self.config.join("buildx/instances").join(name));
    }
}
