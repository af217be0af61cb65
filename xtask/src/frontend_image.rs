//! Our frontend as an image in the registry: a static binary, two labels, nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::{command, run};
use crate::dirs::{create, hex, read, write};
use crate::error::{Context as _, Result};
use crate::packages;
use crate::progress::Progress;
use crate::world::World;

/// Which way the frontend is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// For the edit-and-try loop: quick to compile, for this machine's platform only.
    Live,
    /// As users get it: small and fast, for amd64 and arm64.
    Release,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Profile::Live => "live",
            Profile::Release => "release",
        }
    }

    fn platforms(self) -> Vec<(&'static str, &'static str)> {
        let all = [
            ("amd64", "x86_64-unknown-linux-musl"),
            ("arm64", "aarch64-unknown-linux-musl"),
        ];
        let own = if std::env::consts::ARCH == "aarch64" {
            "arm64"
        } else {
            "amd64"
        };
        let wanted = |arch: &str| self == Profile::Release || arch == own;
        all.into_iter().filter(|(arch, _)| wanted(arch)).collect()
    }
}

/// The name that examples and tests give it. It resolves to the same image, as the daemon looks
/// into our registry first.
const PUBLISHED: &str = "registry.example.com/windlass:1";

/// What the image is made of beside the binary. The daemon reads both labels before it starts the
/// program (frontend/gateway/gateway.go:gatewayFrontend.Solve, moby/buildkit v0.32.2).
const DOCKERFILE: &str = "\
FROM scratch
ARG TARGETARCH
COPY frontend-$TARGETARCH /frontend
LABEL moby.buildkit.frontend.network.none=true
LABEL moby.buildkit.frontend.caps=\"moby.buildkit.frontend.inputs,\
moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts,\
moby.buildkit.frontend.gitquerystring\"
ENTRYPOINT [\"/frontend\"]
";

impl World {
    /// Returns the name of the frontend image, for `# syntax=`.
    pub fn frontend(&self) -> String {
        format!("{}/windlass:dev", self.registry.host())
    }

    /// Compiles the frontend and pushes it, unless the registry has this very binary.
    pub(crate) fn push_frontend(&self, profile: Profile) -> Result<()> {
        let context = self.dirs.state.join("frontend-image");
        create(&context)?;
        let mut content = DOCKERFILE.to_owned();
        for (arch, target) in profile.platforms() {
            let binary = self.compile(profile, target)?;
            let bytes =
                fs::read(&binary).context(|| format!("cannot read `{}`", binary.display()))?;
            content += &hex(&bytes);
            write(&context.join(format!("frontend-{arch}")), bytes)?;
            executable(&context.join(format!("frontend-{arch}")))?;
        }
        write(&context.join("Dockerfile"), DOCKERFILE)?;
        let mark = context.join("pushed");
        let key = hex(content.as_bytes());
        if read(&mark).is_ok_and(|old| old == key) && self.registry.has("windlass", "dev") {
            return Ok(());
        }
        self.progress.say(format!("pushing {}", self.frontend()));
        self.package(profile, &context)?;
        write(&mark, key)
    }

    fn compile(&self, profile: Profile, target: &str) -> Result<PathBuf> {
        packages::rust_targets(&[target], self.progress)?;
        run(command("cargo")
            .args([
                "build",
                "--quiet",
                "--package",
                "windlass-frontend",
                "--bin",
                "frontend",
            ])
            .args(["--profile", profile.name(), "--target", target])
            .current_dir(&self.dirs.checkout))?;
        let dir = target_dir(&self.dirs.checkout);
        Ok(dir.join(target).join(profile.name()).join("frontend"))
    }

    fn package(&self, profile: Profile, context: &Path) -> Result<()> {
        let platforms: Vec<String> = profile
            .platforms()
            .iter()
            .map(|(arch, _)| format!("linux/{arch}"))
            .collect();
        let output = format!(
            "type=image,\"name={0}/windlass:dev,{0}/{PUBLISHED}\",push=true,oci-mediatypes=true,compression=gzip,\
             compression-level=9,force-compression=true",
            self.registry.host()
        );
        let mut build = self.docker.buildx();
        build.args(["build", "--progress=plain", "--provenance=false"]);
        build.arg("--builder").arg(&self.builder);
        build.arg("--platform").arg(platforms.join(","));
        run(build.arg("--output").arg(output).arg(context))?;
        Ok(())
    }
}

/// Says that the frontend is compiled, which takes a while the first time.
pub(crate) fn announce(profile: Profile, progress: Progress) {
    progress.say(format!("compiling the frontend ({})", profile.name()));
}

fn target_dir(checkout: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => checkout.join(dir),
        None => checkout.join("target"),
    }
}

fn executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .context(|| format!("cannot make `{}` executable", path.display()))
}
