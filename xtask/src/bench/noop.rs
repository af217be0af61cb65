//! `noop_above_floor_ratio`: what a warm build with nothing to do costs beyond starting a frontend.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::images::Images;
use super::progress_log::ProgressLog;
use super::{Figure, files, median};
use crate::dirs::write;
use crate::error::{Context as _, Error, Result};
use crate::world::World;

/// Measurements of each, taken in turns.
const ROUNDS: usize = 20;

/// Builds before the first measurement.
const WARM_UP: usize = 3;

/// How a build is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Client {
    Buildctl,
    Buildx,
}

/// What a client must answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Success,
    /// The floor never returns a result.
    Failure,
}

struct Subject<'a> {
    image: &'a str,
    file: &'static str,
    expect: Expect,
}

pub(super) fn noop(world: &World, images: &Images) -> Result<Figure> {
    let dir = world.work_dir("bench-noop")?;
    let pair = files::small([&images.ours, &images.peer]);
    let floor = files::small([&images.floor, &images.floor]);
    write(&dir.join("build.yaml"), pair.ours)?;
    write(&dir.join("Dockerfile"), pair.peer)?;
    write(&dir.join("floor.Dockerfile"), floor.peer)?;
    let subjects = [
        Subject {
            image: &images.ours,
            file: "build.yaml",
            expect: Expect::Success,
        },
        Subject {
            image: &images.peer,
            file: "Dockerfile",
            expect: Expect::Success,
        },
        Subject {
            image: &images.floor,
            file: "floor.Dockerfile",
            expect: Expect::Failure,
        },
    ];
    let [ours, peer, floor] = in_turns(world, &dir, &subjects, Client::Buildctl)?;
    let [x_ours, x_peer, x_floor] = in_turns(world, &dir, &subjects, Client::Buildx)?;
    Ok(Figure {
        key: "noop_above_floor_ratio",
        value: (ours - floor) / (peer - floor),
        ours: format!("{ours:.1} ms"),
        peer: format!("{peer:.1} ms"),
        limit: 0.6,
        notes: vec![
            format!("floor {floor:.1} ms"),
            format!(
                "through buildx: ours {x_ours:.1} ms, peer {x_peer:.1} ms, floor {x_floor:.1} ms, \
                 ratio {:.3}",
                (x_ours - x_floor) / (x_peer - x_floor)
            ),
            phases(world, &dir, &subjects[0])?,
            phases(world, &dir, &subjects[1])?,
        ],
    })
}

/// Returns the median milliseconds of each subject.
fn in_turns(
    world: &World,
    dir: &Path,
    subjects: &[Subject<'_>; 3],
    client: Client,
) -> Result<[f64; 3]> {
    let mut times = [const { Vec::new() }; 3];
    for round in 0..WARM_UP + ROUNDS {
        for (subject, times) in subjects.iter().zip(&mut times) {
            let took = once(world, dir, subject, client)?;
            if round >= WARM_UP {
                times.push(took);
            }
        }
    }
    Ok(times.map(median))
}

fn once(world: &World, dir: &Path, subject: &Subject<'_>, client: Client) -> Result<f64> {
    let mut command = match client {
        Client::Buildctl => buildctl(world, dir, subject, "plain"),
        Client::Buildx => buildx(world, dir, subject),
    };
    let start = Instant::now();
    let output = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .context(|| "cannot run a client".to_owned())?;
    let took = start.elapsed().as_secs_f64() * 1000.0;
    if output.status.success() != (subject.expect == Expect::Success) {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::new(format!("{} went wrong:\n{text}", subject.image)));
    }
    Ok(took)
}

pub(super) fn gateway(world: &World, dir: &Path, image: &str, file: &str) -> Command {
    let mut buildctl = world.buildkitd.buildctl();
    buildctl.args(["build", "--frontend", "gateway.v0"]);
    buildctl.arg("--opt").arg(format!("source={image}"));
    buildctl.arg("--opt").arg(format!("filename={file}"));
    buildctl
        .arg("--local")
        .arg(format!("context={}", dir.display()));
    buildctl
        .arg("--local")
        .arg(format!("dockerfile={}", dir.display()));
    buildctl
}

fn buildctl(world: &World, dir: &Path, subject: &Subject<'_>, progress: &str) -> Command {
    let mut buildctl = gateway(world, dir, subject.image, subject.file);
    buildctl.arg(format!("--progress={progress}"));
    buildctl
}

fn buildx(world: &World, dir: &Path, subject: &Subject<'_>) -> Command {
    let mut buildx = world.docker.buildx();
    buildx.args([
        "build",
        "--progress=plain",
        "--provenance=false",
        "--builder",
        &world.builder,
    ]);
    buildx.arg("--file").arg(dir.join(subject.file)).arg(dir);
    buildx
}

/// Says where the milliseconds of one build went, from what the progress stream shows.
fn phases(world: &World, dir: &Path, subject: &Subject<'_>) -> Result<String> {
    let started = second_of_hour();
    let output = buildctl(world, dir, subject, "rawjson")
        .output()
        .context(|| "cannot run buildctl".to_owned())?;
    let ended = second_of_hour();
    let log = ProgressLog::read(&String::from_utf8_lossy(&output.stderr));
    let is_load = |name: &str| {
        name.starts_with("[internal] load build definition")
            || name.starts_with("[internal] load .dockerignore")
    };
    let is_resolve = |name: &str| name.contains("load metadata for");
    let is_own = |name: &str| name.contains("docker-image://") || name.contains(subject.image);
    let load = log.span(is_load);
    let resolve = log.span(is_resolve);
    let solve = log.span(|name| !is_load(name) && !is_resolve(name) && !is_own(name));
    let ms = |from: f64, to: f64| format!("{:.0}", (to - from).rem_euclid(3600.0) * 1000.0);
    let span = |span: Option<(f64, f64)>| span.map_or("-".into(), |(from, to)| ms(from, to));
    let last = [load, resolve, solve]
        .into_iter()
        .flatten()
        .map(|span| span.1)
        .reduce(f64::max);
    Ok(format!(
        "{}: container {} ms, load {}, resolve {}, solve {}, return {}",
        subject.file,
        load.map_or("-".into(), |(from, _)| ms(started, from)),
        span(load),
        span(resolve),
        span(solve),
        last.map_or("-".into(), |last| ms(last, ended)),
    ))
}

fn second_of_hour() -> f64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    since.as_secs_f64().rem_euclid(3600.0)
}
