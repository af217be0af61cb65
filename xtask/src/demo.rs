//! Two examples, built through `docker buildx build` and run, from nothing.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use crate::command::{command, run};
use crate::dirs::write;
use crate::engine::{Wanted, choose};
use crate::error::{Context as _, Error, Result};
use crate::frontend_image::{Profile, own_arch};
use crate::progress::Progress;
use crate::ssh_agent::SshAgent;
use crate::world::World;

/// One example to build.
struct Show {
    example: &'static str,
    platforms: Option<&'static str>,
    extras: Extras,
}

/// What a build needs besides its context.
#[derive(PartialEq, Eq)]
enum Extras {
    None,
    /// A secret called `site_key` and an ssh agent.
    SecretAndSsh,
}

const SHOWS: [Show; 2] = [
    Show {
        example: "hello",
        platforms: None,
        extras: Extras::None,
    },
    Show {
        example: "multi-platform",
        platforms: Some("linux/amd64,linux/arm64"),
        extras: Extras::SecretAndSsh,
    },
];

/// Sets everything up, builds the examples and says what was made.
pub fn demo(wanted: Wanted, progress: Progress) -> Result<String> {
    let world = World::on(choose(wanted, progress), progress)?;
    world.refresh_frontend(Profile::Release)?;
    let frontend = world.frontend(Profile::Release);
    let mut text = format!("frontend  {frontend}\n");
    let name = frontend.split_once('/').map_or("", |(_, name)| name);
    text += &images(&world, name)?;
    for show in &SHOWS {
        progress.say(format!("building examples/{}", show.example));
        text += &build(&world, show)?;
    }
    text += &format!("\n{}", world.how_to_use());
    Ok(text)
}

fn build(world: &World, show: &Show) -> Result<String> {
    let dir = world.work_dir(&format!("demo-{}", show.example))?;
    let name = format!("demo/{}:1", show.example);
    let source = Path::new("examples").join(show.example);
    let mut flags = match world.docker.config() {
        // Our own builder and frontend are the defaults of our own configuration.
        Some(_) => String::new(),
        None => format!(" {}", world.flags(Profile::Release).join(" ")),
    };
    let mut options: Vec<String> = Vec::new();
    // Kept until the last build has ended.
    let mut agent = None;
    if show.extras == Extras::SecretAndSsh {
        flags += " --secret id=site_key,src=FILE --ssh default";
        let secret = dir.join("site_key");
        write(&secret, "not a real key\n")?;
        let started = agent.insert(SshAgent::start("demo")?);
        options.push(format!("--secret=id=site_key,src={}", secret.display()));
        options.push(format!("--ssh=default={}", started.socket().display()));
    }
    let image = format!("{}/{name}", world.registry.host());
    let mut all = buildx(world, &source, &options);
    if let Some(platforms) = show.platforms {
        flags += &format!(" --platform {platforms}");
        all.arg("--platform").arg(platforms);
    }
    let start = Instant::now();
    run(all.arg("--tag").arg(&image).arg("--output=type=registry"))?;
    let took = start.elapsed().as_secs_f64();
    let shown = source.display();
    let mut text = format!("\ndocker buildx build -f {shown}/build.yaml{flags} {shown}\n");
    text += &format!("  {image}, built in {took:.1} s\n");
    text += &images(world, &name)?;
    // One platform at a time: an export of several rewrites absolute links.
    for (platform, digest) in manifests(world, &name)? {
        let files = dir.join(platform.replace('/', "_"));
        let mut one = buildx(world, &source, &options);
        one.arg("--platform").arg(&platform);
        run(one
            .arg("--output")
            .arg(format!("type=local,dest={}", files.display())))?;
        text += &output(world, &name, (&platform, &digest), &files)?;
    }
    Ok(text)
}

/// Returns the build of an example, without what becomes of it.
fn buildx(world: &World, source: &Path, options: &[String]) -> Command {
    let mut build = world.docker.buildx();
    build.args(["build", "--progress=plain"]);
    build.args(world.flags(Profile::Release));
    build.arg("--file").arg(source.join("build.yaml"));
    build
        .args(options)
        .arg(source)
        .current_dir(&world.dirs.checkout);
    build
}

/// Returns one line an image: platform, digest and compressed size.
fn images(world: &World, name: &str) -> Result<String> {
    let mut text = String::new();
    for (platform, digest) in manifests(world, name)? {
        let manifest = document(world, name, &digest)?;
        let layers = manifest["layers"].as_array().into_iter().flatten();
        let size: f64 = layers.filter_map(|layer| layer["size"].as_f64()).sum();
        text += &format!("  {platform:<12} {digest}  {:.2} MB\n", size / 1e6);
    }
    Ok(text)
}

/// Runs the program of one platform's image and returns what it printed.
fn output(
    world: &World,
    name: &str,
    (platform, digest): (&str, &str),
    files: &Path,
) -> Result<String> {
    let manifest = document(world, name, digest)?;
    let config = manifest["config"]["digest"].as_str().unwrap_or_default();
    let repository = name.split(':').next().unwrap_or(name);
    let config = json(&world.registry.blob(repository, config)?)?;
    let output = run(&mut inside(files, &config["config"])?)?;
    let mut text = String::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        text += &format!("  {platform:<12} > {line}\n");
    }
    Ok(text)
}

/// Returns the command that an image starts, in a directory with its files.
fn inside(root: &Path, config: &Value) -> Result<Command> {
    let words = |key: &str| -> Vec<String> {
        let words = config[key].as_array().into_iter().flatten();
        words
            .filter_map(|word| word.as_str().map(str::to_owned))
            .collect()
    };
    let program = [words("Entrypoint"), words("Cmd")].concat();
    if program.is_empty() {
        return Err(Error::new("the image starts nothing"));
    }
    let mut start = command("env");
    // An image without a PATH gets what every runtime gives it.
    start.args([
        "-i",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ]);
    start
        .args(words("Env"))
        .arg("chroot")
        .arg(root)
        .args(program);
    Ok(start)
}

/// Returns platform and digest of every image, statements about images left out.
fn manifests(world: &World, name: &str) -> Result<Vec<(String, String)>> {
    let top = document(world, name, "")?;
    let entries = top["manifests"].as_array().into_iter().flatten();
    let found: Vec<(String, String)> = entries
        .filter(|entry| entry["platform"]["os"] != "unknown")
        .filter_map(|entry| {
            let part = |key: &str| entry["platform"][key].as_str();
            let platform = format!("{}/{}", part("os")?, part("architecture")?);
            Some((platform, entry["digest"].as_str()?.to_owned()))
        })
        .collect();
    if found.is_empty() {
        return Err(Error::new(format!(
            "{name} has no images for {}",
            own_arch()
        )));
    }
    Ok(found)
}

/// Returns a manifest by digest, or what the tag of `name` stands for.
fn document(world: &World, name: &str, digest: &str) -> Result<Value> {
    let (repository, tag) = name.rsplit_once(':').unwrap_or((name, "latest"));
    let reference = if digest.is_empty() { tag } else { digest };
    json(&world.registry.manifest(repository, reference)?)
}

fn json(bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes).context(|| "the registry sent no JSON".to_owned())
}
