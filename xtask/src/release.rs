//! The frontend image as it is published: from the committed sources by `Dockerfile.frontend`, dated
//! by their commit, with an SBOM and provenance.
//!
//! Made from the same commit it is the same image: nothing of the machine, the directory or the time
//! reaches it. Provenance says when and how it was made, so the index that holds it differs.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::buildkitd::Variant;
use crate::command::{command, run};
use crate::dirs::{create, read};
use crate::engine::{Wanted, choose};
use crate::error::{Context as _, Error, Result};
use crate::frontend_image::ATTRIBUTES;
use crate::progress::Progress;
use crate::world::World;

/// How often it is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    Once,
    /// Again from another directory, each time on a daemon that has built nothing before.
    Twice,
}

/// Builds the image of the last commit, pushes it if it gets a name, and says what was made.
pub fn release(
    wanted: Wanted,
    name: Option<&str>,
    times: Times,
    progress: Progress,
) -> Result<String> {
    let world = World::on(choose(wanted, progress), progress)?;
    let mut builder = world.builder.clone();
    if times == Times::Twice {
        builder = empty(&world, "first")?;
    }
    let work = world.work_dir("release")?;
    let made = build(&world, &work.join("first"), &builder, name)?;
    let mut text = made.text.clone();
    if times == Times::Twice {
        world.remove_builder(&builder)?;
        let builder = empty(&world, "second")?;
        let again = build(&world, &work.join("second/elsewhere"), &builder, None)?;
        world.remove_builder(&builder)?;
        if again.images != made.images {
            return Err(Error::new(format!(
                "the second build made others:\n{}\n{}",
                made.text, again.text
            )));
        }
        text += "built twice, from two directories on two empty builders: the same images\n";
    }
    Ok(text)
}

/// What one build made.
struct Made {
    /// The digest of the image of each platform.
    images: BTreeMap<String, String>,
    text: String,
}

/// Starts a daemon that has built nothing.
fn empty(world: &World, which: &str) -> Result<String> {
    let name = format!("release-{which}");
    world.empty_builder(&name, Variant::default())?;
    Ok(name)
}

/// Builds the committed sources in a directory of their own.
fn build(world: &World, dir: &Path, builder: &str, name: Option<&str>) -> Result<Made> {
    let (sources, image) = (dir.join("sources"), dir.join("image"));
    export(world, dir, &sources)?;
    world
        .progress
        .say(format!("building {} (some minutes)", sources.display()));
    let mut build = world.docker.buildx();
    build.args(["build", "--progress=plain", "--builder", builder]);
    build.args(["--file", "Dockerfile.frontend"]);
    build.args(["--platform", "linux/amd64,linux/arm64"]);
    build.args(["--provenance=mode=max", "--sbom=true"]);
    build.args(dated(world)?);
    build.args(base(world)?);
    // One output: of several, buildx mixes up the digests.
    let (place, output) = match name {
        Some(name) => (
            Place::Registry(name),
            format!("type=image,push=true,name={name}"),
        ),
        None => {
            let output = format!("type=oci,tar=false,dest={}", image.display());
            (Place::Layout(&image), output)
        }
    };
    build.arg(format!(
        "--output={output},rewrite-timestamp=true,{ATTRIBUTES}"
    ));
    run(build.arg(".").current_dir(&sources))?;
    described(world, place)
}

/// Writes the files of the last commit, and nothing else.
fn export(world: &World, dir: &Path, sources: &Path) -> Result<()> {
    create(sources)?;
    let archive = dir.join("sources.tar");
    let mut git = git(world);
    run(git.arg("archive").arg("--output").arg(&archive).arg("HEAD"))?;
    run(command("tar")
        .arg("-xf")
        .arg(&archive)
        .arg("-C")
        .arg(sources))?;
    Ok(())
}

/// Returns what says of which commit the image is.
fn dated(world: &World) -> Result<[String; 3]> {
    let commit = |format: &str| -> Result<String> {
        let said = run(git(world).args(["log", "-1", &format!("--format={format}")]))?;
        Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
    };
    Ok([
        format!("--build-arg=SOURCE_DATE_EPOCH={}", commit("%ct")?),
        format!(
            "--label=org.opencontainers.image.revision={}",
            commit("%H")?
        ),
        format!(
            "--label=org.opencontainers.image.version={}",
            env!("CARGO_PKG_VERSION")
        ),
    ])
}

/// Our own daemon has no image of Rust and no scanner: they are made here.
fn base(world: &World) -> Result<Vec<String>> {
    if world.docker.config().is_none() {
        return Ok(Vec::new());
    }
    world.image("rust")?;
    world.image("sbom-scanner")?;
    let rust = "registry.example.com/rust:1.95-slim";
    let mut flags = vec![format!(
        "--build-context=rust:1.95-slim=docker-image://{rust}"
    )];
    let proxies = crate::registries().into_iter();
    let proxies = proxies.filter(|(name, _)| name.to_lowercase().ends_with("_proxy"));
    flags.extend(proxies.map(|(name, value)| format!("--build-arg={name}={value}")));
    Ok(flags)
}

fn git(world: &World) -> Command {
    let mut git = command("git");
    git.arg("-C").arg(&world.dirs.checkout);
    git
}

/// Where an image is.
#[derive(Clone, Copy)]
enum Place<'a> {
    Layout(&'a Path),
    Registry(&'a str),
}

impl Place<'_> {
    /// Returns the document of a digest.
    fn document(self, world: &World, digest: &str) -> Result<Value> {
        match self {
            Place::Layout(dir) => json(&dir.join("blobs").join(digest.replace(':', "/"))),
            Place::Registry(name) => inspected(world, &format!("{name}@{digest}"), "--raw"),
        }
    }

    /// Returns the digest of the index.
    fn digest(self, world: &World) -> Result<String> {
        match self {
            Place::Layout(dir) => {
                let index = json(&dir.join("index.json"))?;
                Ok(text(&index["manifests"][0]["digest"]))
            }
            Place::Registry(name) => {
                let manifest = inspected(world, name, "--format={{json .Manifest}}")?;
                Ok(text(&manifest["digest"]))
            }
        }
    }

    fn name(self) -> String {
        match self {
            Place::Layout(dir) => dir.display().to_string(),
            Place::Registry(name) => format!("# syntax={name}"),
        }
    }
}

fn inspected(world: &World, name: &str, how: &str) -> Result<Value> {
    let mut inspect = world.docker.buildx();
    let said = run(inspect.args(["imagetools", "inspect", how, name]))?;
    serde_json::from_slice(&said.stdout).context(|| format!("what is said of {name} is no JSON"))
}

/// Reads what was made: a line for each image, and what is attested of it.
fn described(world: &World, place: Place<'_>) -> Result<Made> {
    let top = place.digest(world)?;
    let index = place.document(world, &top)?;
    let mut made = Made {
        images: BTreeMap::new(),
        text: format!("{}\n  index        {top}\n", place.name()),
    };
    for entry in array(&index["manifests"]) {
        let digest = text(&entry["digest"]);
        let manifest = place.document(world, &digest)?;
        let layers = array(&manifest["layers"]);
        if entry["platform"]["os"] == "unknown" {
            for layer in layers {
                let what = text(&layer["annotations"]["in-toto.io/predicate-type"]);
                let of = text(&entry["annotations"]["vnd.docker.reference.digest"]);
                made.text += &format!("    attested of {}: {what}\n", &of[..of.len().min(19)]);
            }
            continue;
        }
        let size: u64 = layers.iter().filter_map(|it| it["size"].as_u64()).sum();
        let platform = format!(
            "{}/{}",
            text(&entry["platform"]["os"]),
            text(&entry["platform"]["architecture"])
        );
        made.text += &format!("  {platform:<12} {digest}  {size} bytes\n");
        made.images.insert(platform, digest);
    }
    Ok(made)
}

fn json(path: &Path) -> Result<Value> {
    let text = read(path)?;
    serde_json::from_str(&text).context(|| format!("`{}` is no JSON", path.display()))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn array(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}
