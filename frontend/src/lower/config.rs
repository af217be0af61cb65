//! The image config: OCI's fields, Docker's extensions, and whatever else a base carries.
//!
//! Bytes are deterministic: fields in a fixed order, maps sorted, unknown fields of the base kept
//! and sorted behind. OCI's `History` is oci-spec's; its `ImageConfiguration` keeps maps in hash
//! order and drops Docker's extensions, so the rest is ours.

use std::collections::BTreeMap;

use buildkit_llb::Platform;
use oci_spec::image::History;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// The `PATH` of a base without one (`util/system/path.go`, v0.32.2).
pub const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// An image config (`application/vnd.oci.image.config.v1+json`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImageConfig {
    /// When the image was made, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// Who maintains it.
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "or_default"
    )]
    pub author: String,
    /// `amd64`, ….
    #[serde(default, deserialize_with = "or_default")]
    pub architecture: String,
    /// `linux`, ….
    #[serde(default, deserialize_with = "or_default")]
    pub os: String,
    /// Windows build number.
    #[serde(
        rename = "os.version",
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "or_default"
    )]
    pub os_version: String,
    /// Windows features.
    #[serde(
        rename = "os.features",
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "or_default"
    )]
    pub os_features: Vec<String>,
    /// `v7`, ….
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "or_default"
    )]
    pub variant: String,
    /// How a container of the image runs.
    #[serde(default, deserialize_with = "or_default")]
    pub config: ContainerConfig,
    /// The layers; the exporter writes them anew.
    #[serde(default, deserialize_with = "or_default")]
    pub rootfs: RootFs,
    /// What made the image, oldest first.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "or_default"
    )]
    pub history: Vec<History>,
    /// Fields nobody here knows.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// The `rootfs` of an image config.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootFs {
    /// Always `layers`.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub kind: String,
    /// One digest per layer.
    #[serde(default, deserialize_with = "or_default")]
    pub diff_ids: Vec<String>,
}

impl Default for RootFs {
    fn default() -> Self {
        Self {
            kind: "layers".to_owned(),
            diff_ids: Vec::new(),
        }
    }
}

/// The `config` of an image config, with Docker's extensions
/// (`docker-image-spec/specs-go/v1/image.go`, v1.3.1).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContainerConfig {
    /// `user[:group]`.
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "or_default"
    )]
    pub user: String,
    /// `80/tcp`.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "or_default"
    )]
    pub exposed_ports: BTreeMap<String, Empty>,
    /// `NAME=value`, in order.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "or_default"
    )]
    pub env: Vec<String>,
    /// What always runs.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "or_default"
    )]
    pub entrypoint: Vec<String>,
    /// What runs, or the entrypoint's arguments.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "or_default"
    )]
    pub cmd: Vec<String>,
    /// Paths of volumes.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "or_default"
    )]
    pub volumes: BTreeMap<String, Empty>,
    /// Where a container starts.
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "or_default"
    )]
    pub working_dir: String,
    /// Labels.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "or_default"
    )]
    pub labels: BTreeMap<String, String>,
    /// `SIGTERM` or a number.
    #[serde(
        default,
        skip_serializing_if = "String::is_empty",
        deserialize_with = "or_default"
    )]
    pub stop_signal: String,
    /// Whether `cmd` is already escaped (Windows; set with every CMD).
    #[serde(
        default,
        skip_serializing_if = "is_false",
        deserialize_with = "or_default"
    )]
    pub args_escaped: bool,
    /// How health is checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<HealthConfig>,
    /// What a child stage runs first.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "or_default"
    )]
    pub on_build: Vec<String>,
    /// The shell of shell forms.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "or_default"
    )]
    pub shell: Vec<String>,
    /// Fields nobody here knows.
    #[serde(flatten)]
    pub rest: BTreeMap<String, Value>,
}

/// Docker's `Healthcheck`; times in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct HealthConfig {
    /// `[NONE]`, `[CMD, …]` or `[CMD-SHELL, text]`.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "or_default"
    )]
    pub test: Vec<String>,
    /// Between checks.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub interval: i64,
    /// For one check.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub timeout: i64,
    /// In which failures do not count.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub start_period: i64,
    /// Between checks in the start period.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub start_interval: i64,
    /// Failures in a row.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retries: i64,
}

/// `{}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Empty {}

/// Go writes absent slices and maps as null.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(value: &i64) -> bool {
    *value == 0
}

impl ImageConfig {
    /// Returns the config of an image made from nothing
    /// (`dockerfile2llb/image.go:emptyImage`, v0.32.2).
    pub fn scratch(platform: &Platform) -> Self {
        let mut image = Self {
            config: ContainerConfig::default(),
            ..Self::default()
        };
        image.set_platform(platform);
        "/".clone_into(&mut image.config.working_dir);
        if platform.os != "windows" {
            image.config.env = vec![format!("PATH={DEFAULT_PATH}")];
        }
        image
    }

    /// Reads a config.
    ///
    /// # Errors
    ///
    /// The bytes are no JSON object, or a known field has another type.
    pub fn read(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json)
    }

    /// Returns the bytes: the same for the same config.
    pub fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("config: strings, numbers and maps with string keys")
    }

    /// Returns whether the image has no layer at all. Old images list no layers, so their history
    /// decides (`dockerfile2llb/convert.go:resolveBaseImage`, v0.32.2).
    pub fn has_no_layers(&self) -> bool {
        let makes_layer = |entry: &History| !entry.empty_layer().unwrap_or_default();
        self.rootfs.diff_ids.is_empty() && !self.history.iter().any(makes_layer)
    }

    /// Sets operating system and architecture.
    pub fn set_platform(&mut self, platform: &Platform) {
        self.os.clone_from(&platform.os);
        self.architecture.clone_from(&platform.architecture);
        self.variant.clone_from(&platform.variant);
        self.os_version.clone_from(&platform.os_version);
        self.os_features.clone_from(&platform.os_features);
    }

    /// Makes the config say that it is for `target`: an explicit target wins over the base
    /// (`dockerfile2llb/convert.go:finalizeResultImage`, v0.32.2).
    pub fn retarget(&mut self, target: &Platform) {
        let same = self.os == target.os && self.architecture == target.architecture;
        self.os.clone_from(&target.os);
        self.architecture.clone_from(&target.architecture);
        if !target.variant.is_empty() || !same {
            self.variant.clone_from(&target.variant);
        }
        if !target.os_version.is_empty() || !same {
            self.os_version.clone_from(&target.os_version);
        }
        if !target.os_features.is_empty() {
            self.os_features.clone_from(&target.os_features);
        }
    }

    /// Normalises the platform fields as the exporters do.
    pub fn normalise_platform(&mut self) {
        let variant = self.variant.clone();
        let normal = Platform {
            variant,
            ..Platform::new(&self.os, &self.architecture)
        };
        let normal = normal.normalized();
        self.os = normal.os;
        self.architecture = normal.architecture;
        self.variant = normal.variant;
    }

    /// Sets a variable of the image: replaced where it stands, else appended.
    pub fn set_env(&mut self, name: &str, value: &str) {
        let entry = format!("{name}={value}");
        // The length is compared before the text: a file may set thousands.
        let same = |old: &&mut String| {
            let rest = old.as_bytes().get(name.len()..).unwrap_or_default();
            matches!(rest.first(), None | Some(b'=')) && old.starts_with(name)
        };
        match self.config.env.iter_mut().find(same) {
            Some(old) => *old = entry,
            None => self.config.env.push(entry),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ImageConfig;

    const BASE: &str = r#"{"os":"linux","architecture":"amd64","config":{"Env":["PATH=/bin","A=1"],
        "Cmd":null,"Labels":{"b":"2","a":"1"},"Healthcheck":{"Test":["NONE"],"Interval":5},
        "OnBuild":["RUN true"],"StopTimeout":9},"rootfs":{"type":"layers","diff_ids":["sha256:0"]},
        "history":[{"created_by":"x","empty_layer":true}],"moby.buildkit.cache.v0":"k"}"#;

    fn text(config: &ImageConfig) -> String {
        String::from_utf8(config.write()).expect("json is text")
    }

    #[test]
    fn unknown_fields_and_docker_extensions_survive() {
        let config = ImageConfig::read(BASE.as_bytes()).expect("a config");
        assert_eq!(
            text(&config),
            concat!(
                r#"{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin","A=1"],"#,
                r#""Labels":{"a":"1","b":"2"},"Healthcheck":{"Test":["NONE"],"Interval":5},"#,
                r#""OnBuild":["RUN true"],"StopTimeout":9},"#,
                r#""rootfs":{"type":"layers","diff_ids":["sha256:0"]},"#,
                r#""history":[{"created_by":"x","empty_layer":true}],"#,
                r#""moby.buildkit.cache.v0":"k"}"#,
            )
        );
    }

    #[test]
    fn a_variable_is_replaced_in_place() {
        let mut config = ImageConfig::read(BASE.as_bytes()).expect("a config");
        config.set_env("PATH", "/usr/bin");
        config.set_env("Z", "3");
        assert_eq!(config.config.env, ["PATH=/usr/bin", "A=1", "Z=3"]);
    }

    #[test]
    fn an_image_whose_history_makes_no_layer_is_scratch() {
        let mut config = ImageConfig::read(BASE.as_bytes()).expect("a config");
        assert!(!config.has_no_layers());
        config.rootfs.diff_ids.clear();
        assert!(config.has_no_layers());
    }
}
