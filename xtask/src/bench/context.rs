//! `context_bytes_ratio`: bytes sent of a context of 1 GB of which 1 MB is used.

use std::fs::File;
use std::path::Path;

use super::images::Images;
use super::noop::gateway;
use super::progress_log::ProgressLog;
use super::{Figure, files};
use crate::command::run;
use crate::dirs::{create, write};
use crate::error::{Context as _, Result};
use crate::world::World;

const MEGABYTE: usize = 1_000_000;

pub(super) fn sent(world: &World, images: &Images) -> Result<Figure> {
    let (ours, peer) = (
        build(world, &images.ours, "build.yaml")?,
        build(world, &images.peer, "Dockerfile")?,
    );
    Ok(Figure {
        key: "context_bytes_ratio",
        value: ours / peer,
        ours: format!("{:.3} MB", ours / 1e6),
        peer: format!("{:.3} MB", peer / 1e6),
        limit: 1.0,
        notes: Vec::new(),
    })
}

fn build(world: &World, image: &str, file: &str) -> Result<f64> {
    // A directory of its own each time: the daemon only asks for what has changed since the last.
    let dir = world.work_dir(&format!("bench-context-{file}"))?;
    let pair = files::copying("used");
    write(&dir.join("build.yaml"), pair.ours)?;
    write(&dir.join("Dockerfile"), pair.peer)?;
    create(&dir.join("used"))?;
    for number in 0..10_u8 {
        let byte = number.wrapping_add(u8::try_from(std::process::id() % 251).unwrap_or(0));
        write(
            &dir.join(format!("used/{number}")),
            vec![byte; MEGABYTE / 10],
        )?;
    }
    large(&dir.join("unused"))?;
    let output = run(gateway(world, &dir, image, file)
        .args(["--progress=rawjson", "--no-cache"])
        .args(["--opt", &format!("label:bench={}", std::process::id())]))?;
    std::fs::remove_dir_all(&dir).context(|| "cannot remove a context".to_owned())?;
    Ok(ProgressLog::read(&String::from_utf8_lossy(&output.stderr)).transferred())
}

/// A sparse file: it takes no space here, and all of its length when sent.
fn large(path: &Path) -> Result<()> {
    let what = || format!("cannot create `{}`", path.display());
    let file = File::create(path).context(what)?;
    file.set_len(999 * MEGABYTE as u64).context(what)
}
