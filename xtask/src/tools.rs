//! The Go programs of the world, compiled from the versions that `tools/` pins.
//!
//! They are kept in the user's cache under a digest of the pins: a fresh checkout finds them there,
//! a changed pin builds anew.

use std::path::{Path, PathBuf};

use crate::command::{command, on_path, run};
use crate::dirs::{Dirs, create, hex, lock, read, write};
use crate::error::{Context as _, Error, Result};
use crate::progress::Progress;

/// Go modules of every world, whose `tool` directives name the programs, relative to the checkout.
const MODULES: [&str; 2] = ["tools", "tools/buildx"];

/// Holds the directory of the compiled tools.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    bin: PathBuf,
}

impl Tools {
    /// Compiles what the cache does not hold.
    pub(crate) fn build(dirs: &Dirs, progress: Progress) -> Result<Tools> {
        let mut pins = String::new();
        for module in MODULES {
            pins += &read(&dirs.checkout.join(module).join("go.mod"))?;
        }
        let bin = dirs.cache.join("tools").join(hex(pins.as_bytes()));
        let done = bin.join(".complete");
        if !done.exists() {
            let _lock = dirs.lock_cache()?;
            if !done.exists() {
                compile(dirs, &bin, progress)?;
                write(&done, "")?;
            }
        }
        Ok(Tools { bin })
    }

    /// Returns the path of a tool.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }
}

/// Compiles the buildkitd that `tools/buildkitd/VERSION` pins, unless the cache has it.
pub(crate) fn buildkitd(dirs: &Dirs, version: &str, progress: Progress) -> Result<PathBuf> {
    let module = dirs.checkout.join("tools/buildkitd").join(version);
    let pins = read(&module.join("go.mod"))?;
    let bin = dirs.cache.join("tools").join(hex(pins.as_bytes()));
    let done = bin.join(".complete");
    if !done.exists() {
        // Others wait for this one only: it takes minutes.
        create(&bin)?;
        let _lock = lock(&bin.with_extension("lock"))?;
        if !done.exists() {
            need_go()?;
            progress.say(format!(
                "compiling buildkitd {version} (once; some minutes)"
            ));
            install(&module, &bin, FLAGS)?;
            write(&done, "")?;
        }
    }
    Ok(bin.join("buildkitd"))
}

/// What the tests of upstream's Dockerfile frontend are.
pub(crate) struct UpstreamTests {
    /// Changes with their version.
    pub(crate) key: String,
    /// The program that runs them.
    pub(crate) program: PathBuf,
    /// Where their sources are.
    pub(crate) sources: PathBuf,
}

/// Compiles the tests of the BuildKit that `tools/upstream` pins, unless the cache has them.
pub(crate) fn upstream_tests(dirs: &Dirs, progress: Progress) -> Result<UpstreamTests> {
    const PACKAGE: &str = "github.com/moby/buildkit/frontend/dockerfile";
    need_go()?;
    let module = dirs.checkout.join("tools/upstream");
    let key = hex(read(&module.join("go.mod"))?.as_bytes());
    let bin = dirs.cache.join("tools").join(&key);
    create(&bin)?;
    let program = bin.join("dockerfile.test");
    let _lock = lock(&bin.with_extension("lock"))?;
    if !program.exists() {
        progress.say("compiling upstream's tests (once; some minutes)");
        let part = bin.join("part");
        let mut test = go(&module);
        run(test
            .args(["test", "-c", "-ldflags", "-s -w", "-o"])
            .arg(&part)
            .arg(PACKAGE))?;
        std::fs::rename(&part, &program).context(|| "cannot keep upstream's tests".to_owned())?;
    }
    let listed = run(go(&module).args(["list", "-f", "{{.Dir}}", PACKAGE]))?;
    let sources = PathBuf::from(String::from_utf8_lossy(&listed.stdout).trim());
    Ok(UpstreamTests {
        key,
        program,
        sources,
    })
}

/// Compiles Compose, and a buildx that knows its own version, as Compose asks for it. Returns the two,
/// in this order.
pub(crate) fn compose(dirs: &Dirs, progress: Progress) -> Result<[PathBuf; 2]> {
    let modules = ["tools/compose", "tools/buildx"].map(|module| dirs.checkout.join(module));
    let pins = read(&modules[0].join("go.mod"))? + &read(&modules[1].join("go.mod"))?;
    let bin = dirs.cache.join("tools").join(hex(pins.as_bytes()));
    let done = bin.join(".complete");
    if !done.exists() {
        create(&bin)?;
        let _lock = lock(&bin.with_extension("lock"))?;
        if !done.exists() {
            need_go()?;
            progress.say("compiling Compose (once; some minutes)");
            let buildx = "github.com/docker/buildx";
            let words = pins.split_whitespace();
            let version = words.skip_while(|word| *word != buildx).nth(1);
            let version = version.ok_or_else(|| Error::new("no version of buildx is pinned"))?;
            let flags = format!("{FLAGS} -X {buildx}/version.Version={version}");
            for module in &modules {
                install(module, &bin, &flags)?;
            }
            write(&done, "")?;
        }
    }
    // Its package has no name of its own.
    Ok([bin.join("cmd"), bin.join("buildx")])
}

/// Compiles one of our own Go programs under `tools/`; Go itself knows whether it is fresh.
pub(crate) fn compile_own(dirs: &Dirs, package: &str, out: &Path) -> Result<()> {
    need_go()?;
    let mut go = go(&dirs.checkout.join("tools"));
    run(go
        .args(["build", "-o"])
        .arg(out)
        .arg(format!("./{package}")))?;
    Ok(())
}

fn compile(dirs: &Dirs, bin: &Path, progress: Progress) -> Result<()> {
    need_go()?;
    create(bin)?;
    progress.say("compiling buildkitd, buildctl, buildx and a registry (once; some minutes)");
    for module in MODULES {
        install(&dirs.checkout.join(module), bin, FLAGS)?;
    }
    Ok(())
}

/// For the linker: nobody debugs them.
const FLAGS: &str = "-s -w";

fn install(module: &Path, bin: &Path, flags: &str) -> Result<()> {
    let mut go = go(module);
    run(go
        .args(["install", "-ldflags", flags, "tool"])
        .env("GOBIN", bin))?;
    Ok(())
}

fn go(module: &Path) -> std::process::Command {
    let mut go = command("go");
    // Static, as the peer's frontend goes into an image made from scratch.
    go.current_dir(module)
        .env("CGO_ENABLED", "0")
        .env("GOFLAGS", "-buildvcs=false");
    go
}

fn need_go() -> Result<()> {
    if on_path("go") {
        return Ok(());
    }
    Err(Error::new(
        "Go is missing: install it from https://go.dev/dl (1.26 or later)",
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn upstream_s_tests_are_those_of_our_daemon() {
        let daemon = include_str!("../../tools/go.mod");
        let tests = include_str!("../../tools/upstream/go.mod");
        let pin = |text: &'static str| -> Option<&'static str> {
            text.split_whitespace()
                .skip_while(|word| *word != "github.com/moby/buildkit")
                .nth(1)
        };
        assert!(pin(daemon).is_some_and(|version| version.starts_with('v')));
        assert_eq!(pin(daemon), pin(tests));
    }
}
