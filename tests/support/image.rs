//! Images as the OCI exporter writes them: one archive with all blobs.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::rc::Rc;

use serde_json::Value;

use super::live::must;
use super::rootfs::Rootfs;

type Blobs = Rc<BTreeMap<String, Vec<u8>>>;

/// All images of one exported archive.
pub struct OciLayout {
    /// The digest that `docker buildx build` reports.
    pub digest: String,
    /// The images, with the platforms' names such as `linux/arm64/v8`, in the index's order.
    pub images: Vec<Image>,
    /// The statements attached to images: provenance, SBOM.
    pub attestations: Vec<Value>,
}

/// The image of one platform.
pub struct Image {
    pub platform: String,
    pub digest: String,
    pub manifest: Value,
    pub config: Value,
    /// The configuration as its bytes are.
    pub config_bytes: Vec<u8>,
    blobs: Blobs,
}

impl OciLayout {
    pub fn read(path: &Path) -> OciLayout {
        let mut blobs = BTreeMap::new();
        let mut archive = tar::Archive::new(must(File::open(path), "no exported image"));
        for entry in must(archive.entries(), "not an archive") {
            let mut entry = must(entry, "a broken archive");
            let name = must(entry.path(), "a broken name").display().to_string();
            let mut bytes = Vec::new();
            must(entry.read_to_end(&mut bytes), "a broken archive");
            blobs.insert(name.replace("blobs/sha256/", "sha256:"), bytes);
        }
        let index = json(&blobs["index.json"]);
        let top = &index["manifests"][0];
        let digest = text(&top["digest"]);
        let mut layout = OciLayout {
            digest,
            images: Vec::new(),
            attestations: Vec::new(),
        };
        layout.add(top, &Rc::new(blobs));
        layout
    }

    /// Returns the image of a platform such as `linux/arm64`.
    #[track_caller]
    pub fn platform(&self, platform: &str) -> &Image {
        let found = self.images.iter().find(|image| image.platform == platform);
        let names: Vec<&str> = self
            .images
            .iter()
            .map(|image| image.platform.as_str())
            .collect();
        found.unwrap_or_else(|| panic!("no {platform} among {names:?}"))
    }

    /// Returns the one image there is.
    #[track_caller]
    pub fn only(mut self) -> Image {
        assert_eq!(self.images.len(), 1, "images in the archive");
        self.images.remove(0)
    }

    fn add(&mut self, descriptor: &Value, blobs: &Blobs) {
        let digest = text(&descriptor["digest"]);
        let manifest = json(&blobs[&digest]);
        if let Some(inner) = manifest["manifests"].as_array() {
            inner.iter().for_each(|inner| self.add(inner, blobs));
        } else if descriptor["annotations"]["vnd.docker.reference.type"] == "attestation-manifest" {
            let layers = manifest["layers"].as_array().into_iter().flatten();
            self.attestations
                .extend(layers.map(|layer| json(&blobs[&text(&layer["digest"])])));
        } else {
            self.images.push(Image::new(digest, manifest, blobs));
        }
    }
}

impl Image {
    fn new(digest: String, manifest: Value, blobs: &Blobs) -> Image {
        let config_bytes = blobs[&text(&manifest["config"]["digest"])].clone();
        let config = json(&config_bytes);
        let parts = ["os", "architecture", "variant"].map(|key| config[key].as_str());
        let platform = parts.into_iter().flatten().filter(|part| !part.is_empty());
        let platform = platform.collect::<Vec<_>>().join("/");
        Image {
            platform,
            digest,
            manifest,
            config,
            config_bytes,
            blobs: blobs.clone(),
        }
    }

    /// Returns `config.config[key]`, such as `Env`, `Cmd` or `Labels`.
    pub fn setting(&self, key: &str) -> &Value {
        &self.config["config"][key]
    }

    /// Returns `created_by` of every history entry; entries without a layer end with ` (empty)`.
    pub fn history(&self) -> Vec<String> {
        let entries = self.config["history"].as_array().into_iter().flatten();
        let line = |entry: &Value| {
            let empty = if entry["empty_layer"] == true {
                " (empty)"
            } else {
                ""
            };
            format!("{}{empty}", entry["created_by"].as_str().unwrap_or("-"))
        };
        entries.map(line).collect()
    }

    /// Returns the digests of the layers, base first.
    pub fn layers(&self) -> Vec<String> {
        let layers = self.manifest["layers"].as_array().into_iter().flatten();
        layers.map(|layer| text(&layer["digest"])).collect()
    }

    /// Returns the files, all layers applied.
    pub fn rootfs(&self) -> Rootfs {
        let mut rootfs = Rootfs::default();
        for digest in self.layers() {
            rootfs.apply(&self.blobs[&digest]);
        }
        rootfs
    }

    /// Returns what the layer of this number (from 0) changed.
    pub fn layer(&self, number: usize) -> Rootfs {
        let mut rootfs = Rootfs::default();
        rootfs.apply(&self.blobs[&self.layers()[number]]);
        rootfs
    }
}

fn json(bytes: &[u8]) -> Value {
    must(serde_json::from_slice(bytes), "not JSON")
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .expect("a string in an OCI document")
        .to_owned()
}
