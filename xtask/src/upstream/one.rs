//! One test in a process of its own.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::subject::{Subject, mirror};
use crate::buildkitd::unmount_below;
use crate::command::{command, run as run_to_end};
use crate::dirs::create;
use crate::error::{Context as _, Result};
use crate::tools::UpstreamTests;
use crate::world::World;

/// The seconds that upstream gives a test, and some more.
const PATIENCE: &str = "360";

/// What a test said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    Failed,
    Skipped,
}

impl Verdict {
    pub(super) const ALL: [Verdict; 3] = [Verdict::Passed, Verdict::Failed, Verdict::Skipped];

    pub(super) fn word(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::Skipped => "skipped",
        }
    }
}

/// How it went.
pub(super) struct Ran {
    pub(super) verdict: Verdict,
    pub(super) seconds: u64,
}

/// Runs a test, ends what it left behind and keeps the verdict. No two with the same `slot` may run
/// at the same time.
pub(super) fn run(
    world: &World,
    tests: &UpstreamTests,
    subject: &Subject,
    name: &str,
    slot: usize,
) -> Result<Ran> {
    // Short, as it becomes part of the paths of sockets.
    let dir = std::env::temp_dir().join(format!("wl-{}-{slot}", world.dirs.key));
    clear(&dir)?;
    create(&dir.join("docker"))?;
    let log = subject.kept.log(name);
    let start = Instant::now();
    let status = process(world, tests, subject, name, &dir)
        .stdout(created(&log)?)
        .stderr(created(&log.with_extension("err"))?)
        .status()
        .context(|| "cannot run `timeout`".to_owned())?;
    let seconds = start.elapsed().as_secs();
    clear(&dir)?;
    let output = fs::read(&log).context(|| format!("cannot read `{}`", log.display()))?;
    let verdict = match status.success() {
        true => verdict(&String::from_utf8_lossy(&output)),
        false => Verdict::Failed,
    };
    subject.kept.keep(name, verdict)?;
    Ok(Ran { verdict, seconds })
}

fn process(
    world: &World,
    tests: &UpstreamTests,
    subject: &Subject,
    name: &str,
    dir: &Path,
) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut paths = vec![world.tools.path("")];
    paths.extend(std::env::split_paths(&path));
    let path = std::env::join_paths(paths).unwrap_or(path);
    let mut frontend = std::ffi::OsString::from("local:");
    frontend.push(&subject.image);
    let mut test = command("timeout");
    test.args(["--kill-after=10", PATIENCE]).arg(&tests.program);
    test.args(["-test.v", "-test.timeout=350s"]);
    test.arg(format!("-test.run=^TestIntegration$/^{name}$/^worker=oci$"));
    test.current_dir(dir)
        .env("PATH", path)
        .env("TMPDIR", dir)
        .env("DOCKER_CONFIG", dir.join("docker"))
        .env("BUILDKIT_REGISTRY_MIRROR_DIR", mirror(world))
        .env("FRONTEND_GATEWAY_ONLY", frontend)
        .env_remove("OTEL_EXPORTER_OTLP_ENDPOINT");
    test
}

/// A test runs several times if it asks for several kinds of daemons.
fn verdict(output: &str) -> Verdict {
    let is_pass = |line: &str| line.contains("--- PASS: ") && line.contains("/worker=");
    match output.lines().any(is_pass) {
        true => Verdict::Passed,
        false => Verdict::Skipped,
    }
}

/// Ends what was started for the directory and is still there, and removes it.
fn clear(dir: &Path) -> Result<()> {
    let own = dir.as_os_str().as_encoded_bytes();
    let processes = fs::read_dir("/proc").context(|| "cannot list `/proc`".to_owned())?;
    for process in processes.flatten() {
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        let is_own = environment.windows(own.len()).any(|part| part == own);
        if is_own && let Some(id) = process.file_name().to_str() {
            // It may have ended by itself.
            let _ = run_to_end(command("kill").args(["-KILL", id]));
        }
    }
    unmount_below(dir)?;
    if dir.exists() {
        fs::remove_dir_all(dir).context(|| format!("cannot remove `{}`", dir.display()))?;
    }
    Ok(())
}

fn created(path: &Path) -> Result<File> {
    File::create(path).context(|| format!("cannot create `{}`", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{Verdict, verdict};

    #[test]
    fn a_test_that_passes_once_has_passed() {
        let output = "--- PASS: TestIntegration (0.00s)\n    \
                      --- SKIP: TestIntegration/TestA/worker=oci/network.host=denied (0.1s)\n    \
                      --- PASS: TestIntegration/TestA/worker=oci/network.host=granted (0.1s)\n";
        assert_eq!(verdict(output), Verdict::Passed);
    }

    #[test]
    fn a_test_that_is_skipped_everywhere_has_not_passed() {
        let output = "--- PASS: TestIntegration (0.00s)\n    \
                      --- SKIP: TestIntegration/TestA/worker=oci/frontend=gateway (0.1s)\n";
        assert_eq!(verdict(output), Verdict::Skipped);
    }
}
