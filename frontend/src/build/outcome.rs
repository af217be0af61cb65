//! Filesystems and configs of all platforms as one result, under the keys that exporters read
//! (`exporter/containerimage/exptypes/types.go`, v0.32.2).

use std::collections::BTreeMap;

use buildkit_llb::Platform;
use serde::Serialize;
use serde_json::Value;

use crate::gateway::{Outcome, Ref, Refs};
use crate::lower::Lowered;
use crate::request::{Request, Shape};

/// One platform's image.
pub(super) struct Image {
    /// What it is for.
    pub platform: Platform,
    /// Its filesystem.
    pub reference: Option<Ref>,
    /// What a scanner writes about it, if there is one.
    pub sbom: Option<Option<Ref>>,
    /// Its config and the like.
    pub lowered: Lowered,
}

#[derive(Serialize)]
struct Platforms {
    #[serde(rename = "Platforms")]
    platforms: Vec<ExportPlatform>,
}

#[derive(Serialize)]
struct ExportPlatform {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "Platform")]
    platform: BTreeMap<&'static str, Value>,
}

/// Returns the result. `refs.platforms` is there even for one image: without it, exporters warn
/// about platforms.
pub(super) fn outcome(request: &Request, images: Vec<Image>) -> Outcome {
    let mut metadata = BTreeMap::new();
    let mut platforms = Vec::new();
    let mut refs = BTreeMap::new();
    let mut single = None;
    let mut sboms = BTreeMap::new();
    for image in images {
        let id = image.platform.format_all();
        let suffix = match request.shape {
            Shape::Single => String::new(),
            Shape::ByPlatform => format!("/{id}"),
        };
        platforms.push(export_platform(&id, &image));
        let annotations = annotations(request.shape, &id, &image.lowered);
        metadata.extend(annotations);
        let mut add = |key: &str, value: Vec<u8>| metadata.insert(format!("{key}{suffix}"), value);
        add("containerimage.config", image.lowered.config);
        if let Some(base) = image.lowered.base_config {
            add("containerimage.base.config", base);
        }
        if let Some(epoch) = request.epoch {
            add("source.date.epoch", epoch.to_string().into_bytes());
        }
        if let Some(sbom) = image.sbom {
            sboms.insert(id.clone(), sbom);
        }
        single.clone_from(&image.reference);
        refs.insert(id, image.reference);
    }
    let platforms = serde_json::to_vec(&Platforms { platforms });
    let platforms = platforms.expect("outcome: strings can be written");
    metadata.insert("refs.platforms".to_owned(), platforms);
    Outcome {
        refs: match request.shape {
            Shape::Single => Refs::Single(single),
            Shape::ByPlatform => Refs::ByPlatform(refs),
        },
        metadata,
        sboms,
    }
}

fn annotations(shape: Shape, id: &str, lowered: &Lowered) -> Vec<(String, Vec<u8>)> {
    let prefix = match shape {
        Shape::Single => "annotation".to_owned(),
        Shape::ByPlatform => format!("annotation-manifest[{id}]"),
    };
    let annotations = lowered.annotations.iter();
    let annotations = annotations.map(|(key, value)| {
        let key = format!("{prefix}.{key}");
        (key, value.clone().into_bytes())
    });
    annotations.collect()
}

fn export_platform(id: &str, image: &Image) -> ExportPlatform {
    let platform = &image.platform;
    let mut fields = BTreeMap::from([
        ("architecture", Value::from(platform.architecture.clone())),
        ("os", Value::from(platform.os.clone())),
    ]);
    if !platform.variant.is_empty() {
        fields.insert("variant", Value::from(platform.variant.clone()));
    }
    if !platform.os_version.is_empty() {
        fields.insert("os.version", Value::from(platform.os_version.clone()));
    }
    if !platform.os_features.is_empty() {
        fields.insert("os.features", Value::from(platform.os_features.clone()));
    }
    // A Windows image runs only on the version that its base was made for.
    if platform.os == "windows"
        && let Ok(config) = serde_json::from_slice::<BTreeMap<String, Value>>(&image.lowered.config)
    {
        for key in ["os.version", "os.features"] {
            if let Some(value) = config.get(key) {
                fields.entry(key).or_insert_with(|| value.clone());
            }
        }
    }
    ExportPlatform {
        id: id.to_owned(),
        platform: fields,
    }
}
