//! Figures of compilation in process: file text to definition bytes, no daemon.
//!
//! Ours is measured by `frontend/examples/compile.rs`, as the frontend is compiled: statically and
//! with its own allocator. The peer's is `tools/compilebench`.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::files::Pair;
use super::{Figure, files, median};
use crate::command::{command, run};
use crate::dirs::write;
use crate::error::{Context as _, Result};
use crate::frontend_image::{Profile, own_target};
use crate::tools::compile_own;
use crate::world::World;

/// Turns of ours and the peer.
const TURNS: usize = 9;

/// What one program reports about one file.
struct Measured {
    milliseconds: f64,
    peak_bytes: f64,
}

struct Programs {
    dir: PathBuf,
    ours: PathBuf,
    peer: PathBuf,
}

/// Measures `compile_fanin_400_ratio`, `dockerfile_fanin_400_ratio`, `compile_chain_growth` and
/// `memory_400_ratio`.
pub(super) fn all(world: &World) -> Result<Vec<Figure>> {
    let programs = programs(world)?;
    let fan = programs.both(&files::fan_in(400))?;
    let dockerfile = programs.dockerfile(&files::fan_in(400))?;
    let short = programs.both(&files::chain(100))?;
    let long = programs.both(&files::chain(400))?;
    let growth = |at: usize| [&long, &short].map(|pair| pair[at].milliseconds);
    let ([long_ours, short_ours], [long_peer, short_peer]) = (growth(0), growth(1));
    Ok(vec![
        Figure {
            key: "compile_fanin_400_ratio",
            value: fan[0].milliseconds / fan[1].milliseconds,
            ours: format!("{:.1} ms", fan[0].milliseconds),
            peer: format!("{:.1} ms", fan[1].milliseconds),
            limit: 0.2,
            notes: Vec::new(),
        },
        Figure {
            key: "dockerfile_fanin_400_ratio",
            value: dockerfile[0].milliseconds / dockerfile[1].milliseconds,
            ours: format!("{:.1} ms", dockerfile[0].milliseconds),
            peer: format!("{:.1} ms", dockerfile[1].milliseconds),
            limit: 0.2,
            notes: Vec::new(),
        },
        Figure {
            key: "compile_chain_growth",
            value: long_ours / short_ours,
            ours: format!("{long_ours:.1} ms"),
            peer: format!("{long_peer:.1} ms"),
            limit: 5.0,
            notes: vec![format!(
                "400 stages over 100: ours {long_ours:.1} / {short_ours:.1} ms, \
                 peer {long_peer:.1} / {short_peer:.1} ms, which is {:.1}",
                long_peer / short_peer
            )],
        },
        Figure {
            key: "memory_400_ratio",
            value: fan[0].peak_bytes / fan[1].peak_bytes,
            ours: format!("{:.1} MB", fan[0].peak_bytes / 1e6),
            peer: format!("{:.1} MB", fan[1].peak_bytes / 1e6),
            limit: 0.25,
            notes: vec![format!(
                "the chain of 400: ours {:.1} MB, peer {:.1} MB",
                long[0].peak_bytes / 1e6,
                long[1].peak_bytes / 1e6
            )],
        },
    ])
}

fn programs(world: &World) -> Result<Programs> {
    let what = ["--package", "windlass-frontend", "--example", "compile"];
    world.cargo_build(Profile::Release, own_target(), &what)?;
    let target = world.target_dir().join(own_target());
    let dir = world.work_dir("bench-compile")?;
    let peer = dir.join("compilebench");
    compile_own(&world.dirs, "compilebench", &peer)?;
    Ok(Programs {
        ours: target.join("release/examples/compile"),
        peer,
        dir,
    })
}

impl Programs {
    /// Returns ours and the peer's, measured in turns.
    fn both(&self, pair: &Pair) -> Result<[Measured; 2]> {
        let (ours, peer) = (self.dir.join("build.yaml"), self.dir.join("Dockerfile"));
        write(&ours, &pair.ours)?;
        write(&peer, &pair.peer)?;
        self.turns(&ours, &peer)
    }

    /// The same, both of the Dockerfile.
    fn dockerfile(&self, pair: &Pair) -> Result<[Measured; 2]> {
        let file = self.dir.join("Dockerfile");
        write(&file, &pair.peer)?;
        self.turns(&file, &file)
    }

    fn turns(&self, ours: &Path, peer: &Path) -> Result<[Measured; 2]> {
        let mut turns = [const { Vec::new() }; 2];
        for _ in 0..TURNS {
            turns[0].push(measure(&self.ours, ours)?);
            turns[1].push(measure(&self.peer, peer)?);
        }
        Ok(turns.map(middle))
    }
}

/// Once per process: a frontend compiles once, and nothing is warm.
fn measure(program: &Path, file: &Path) -> Result<Measured> {
    let output = run(command(program).arg(file).arg("1"))?;
    let what = || format!("`{}` printed no report", program.display());
    let report: Value = serde_json::from_slice(&output.stdout).context(what)?;
    let times = report["nanoseconds"].as_array().into_iter().flatten();
    let times: Vec<f64> = times.filter_map(Value::as_f64).collect();
    Ok(Measured {
        milliseconds: median(times) / 1e6,
        peak_bytes: report["peak_bytes"].as_f64().unwrap_or(f64::NAN),
    })
}

fn middle(turns: Vec<Measured>) -> Measured {
    Measured {
        milliseconds: median(turns.iter().map(|turn| turn.milliseconds).collect()),
        peak_bytes: median(turns.iter().map(|turn| turn.peak_bytes).collect()),
    }
}
