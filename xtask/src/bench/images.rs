//! The three frontends that are compared: ours, the peer's, and one that does nothing.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::Figure;
use crate::command::{command, run};
use crate::dirs::create;
use crate::error::{Context as _, Error, Result};
use crate::frontend_image::{Profile, own_arch, own_target};
use crate::world::World;

/// Names of the images in our registry.
pub(super) struct Images {
    pub(super) ours: String,
    pub(super) peer: String,
    pub(super) floor: String,
}

impl Images {
    /// Pushes the peer and the floor; ours is there.
    pub(super) fn push(world: &World) -> Result<Images> {
        let dir = world.dirs.state.join("bench/images");
        let floor = dir.join("floor");
        create(&floor)?;
        run(command("rustc")
            .args(["--edition", "2024", "--target", own_target()])
            .args([
                "-C",
                "opt-level=3",
                "-C",
                "strip=symbols",
                "-C",
                "linker=rust-lld",
            ])
            .arg("-o")
            .arg(floor.join(binary()))
            .arg(world.dirs.checkout.join("xtask/floor/main.rs"))
            .current_dir(&world.dirs.checkout))?;
        let peer = dir.join("peer");
        create(&peer)?;
        copy(
            &world.tools.path("dockerfile-frontend"),
            &peer.join(binary()),
        )?;
        let host = world.registry.host();
        let images = Images {
            ours: world.frontend(Profile::Release),
            peer: format!("{host}/bench/peer:1"),
            floor: format!("{host}/bench/floor:1"),
        };
        world.package(&[&images.peer], &[own_arch()], &peer)?;
        world.package(&[&images.floor], &[own_arch()], &floor)?;
        Ok(images)
    }
}

/// Measures `image_bytes`: all that is transferred to have the image of one platform.
pub(super) fn size(world: &World, images: &Images) -> Result<Figure> {
    let (ours, peer) = (
        transferred(world, &images.ours)?,
        transferred(world, &images.peer)?,
    );
    Ok(Figure {
        key: "image_bytes",
        value: ours,
        ours: format!("{:.2} MB", ours / 1e6),
        peer: format!("{:.2} MB", peer / 1e6),
        limit: 1_500_000.0,
        notes: vec!["manifest, configuration and layers; the value is ours, in bytes".to_owned()],
    })
}

fn transferred(world: &World, image: &str) -> Result<f64> {
    let broken = || Error::new(format!("{image} is not an image"));
    let name = image.split_once('/').ok_or_else(broken)?.1;
    let (repository, tag) = name.rsplit_once(':').ok_or_else(broken)?;
    let mut bytes = world.registry.manifest(repository, tag)?;
    let mut manifest = json(&bytes)?;
    if let Some(all) = manifest["manifests"].as_array() {
        let own = all
            .iter()
            .find(|entry| entry["platform"]["architecture"] == own_arch());
        let digest = own
            .and_then(|entry| entry["digest"].as_str())
            .ok_or_else(broken)?;
        bytes = world.registry.manifest(repository, digest)?;
        manifest = json(&bytes)?;
    }
    let layers = manifest["layers"].as_array().into_iter().flatten();
    let blobs = layers
        .chain([&manifest["config"]])
        .filter_map(|blob| blob["size"].as_f64());
    #[expect(clippy::cast_precision_loss, reason = "a manifest is small")]
    let own = bytes.len() as f64;
    Ok(own + blobs.sum::<f64>())
}

fn json(bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes).context(|| "a broken manifest".to_owned())
}

fn binary() -> String {
    format!("frontend-{}", own_arch())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).context(|| format!("cannot copy `{}`", from.display()))?;
    Ok(())
}
