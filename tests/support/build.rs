//! One `docker buildx build`, described step by step.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use xtask::World;

use super::live::must;
use super::outcome::Outcome;

/// No build of a test takes longer on the slowest machine; one that does hangs.
const PATIENCE: Duration = Duration::from_secs(600);

/// What a build is made of.
///
/// The result is exported as an OCI image and can be inspected, unless an argument names another
/// output.
pub struct Build<'a> {
    world: &'a World,
    builder: String,
    /// Holds `context/`, and beside it whatever the build writes.
    dir: PathBuf,
    args: Vec<String>,
    env: Vec<(String, String)>,
    named_file: Option<String>,
    context: Option<String>,
    stdin: Option<Vec<u8>>,
    output: Output,
}

enum Output {
    Oci(String),
    Own,
}

impl<'a> Build<'a> {
    pub(crate) fn new(world: &'a World, builder: &str, dir: PathBuf) -> Build<'a> {
        must(
            std::fs::create_dir_all(dir.join("context")),
            "no context directory",
        );
        Build {
            world,
            builder: builder.to_owned(),
            dir,
            args: Vec::new(),
            env: Vec::new(),
            named_file: None,
            context: None,
            stdin: None,
            output: Output::Oci(String::new()),
        }
    }

    /// Writes a file of the context. The one called `build.yaml` is named with `-f`.
    pub fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.put(path, content.as_ref(), 0o644);
        if path == "build.yaml" && self.named_file.is_none() {
            self.named_file = Some(path.to_owned());
        }
        self
    }

    /// Writes a file of the context that may be executed.
    pub fn program(self, path: &str, content: &str) -> Self {
        self.put(path, content.as_bytes(), 0o755);
        self
    }

    /// Puts a symbolic link into the context.
    pub fn symlink(self, path: &str, target: &str) -> Self {
        let link = self.in_context(path);
        must(std::os::unix::fs::symlink(target, link), "no symlink");
        self
    }

    /// Copies a directory of the repository, such as `examples/hello`, into the context.
    pub fn directory(self, path: &str) -> Self {
        let from = self.world.dirs.checkout.join(path);
        copy_all(&from, &self.dir.join("context"));
        self
    }

    /// Names the build file, for one that is not called `build.yaml`.
    pub fn named_file(mut self, path: &str) -> Self {
        self.named_file = Some(path.to_owned());
        self
    }

    /// Uses another context than the directory of [`Build::file`]: a path or an address.
    pub fn context(mut self, context: &str) -> Self {
        self.context = Some(context.to_owned());
        self
    }

    /// Sends this to the client's standard input.
    pub fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = Some(bytes.as_ref().to_vec());
        self
    }

    /// Adds an argument such as `--target=x`.
    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        let arg = arg.into();
        let own = ["--output", "-o", "--push", "--load", "--call", "--check"];
        if own
            .iter()
            .any(|flag| arg == *flag || arg.starts_with(&format!("{flag}=")))
        {
            self.output = Output::Own;
        }
        self.args.push(arg);
        self
    }

    /// Adds several arguments.
    pub fn args<S: AsRef<str>>(self, args: impl IntoIterator<Item = S>) -> Self {
        args.into_iter()
            .fold(self, |build, arg| build.arg(arg.as_ref()))
    }

    /// Adds attributes to the default output, such as `rewrite-timestamp=true`.
    pub fn oci(mut self, attributes: &str) -> Self {
        self.output = Output::Oci(format!(",{attributes}"));
        self
    }

    /// Leaves the result in the build cache.
    pub fn without_output(mut self) -> Self {
        self.output = Output::Own;
        self
    }

    /// Sets a variable of the client's environment.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns the path of a file in the context, for arguments.
    pub fn in_context(&self, path: &str) -> PathBuf {
        let path = self.dir.join("context").join(path);
        let parent = path.parent().expect("a file is in a directory");
        must(std::fs::create_dir_all(parent), "no directory");
        path
    }

    /// Returns a path beside the context, for what the build writes.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Runs it to its end.
    #[track_caller]
    pub fn run(&self) -> Outcome {
        self.spawn().wait()
    }

    /// Starts it.
    #[track_caller]
    pub fn spawn(&self) -> Running {
        let mut buildx = self.world.docker.buildx();
        buildx.args(["build", "--progress=plain", "--builder", &self.builder]);
        buildx.env("NO_COLOR", "1").env("BUILDX_GIT_INFO", "false");
        buildx.envs(self.env.iter().map(|(name, value)| (name, value)));
        let oci = self.dir.join("image.tar");
        let _ = std::fs::remove_file(&oci);
        if let Output::Oci(attributes) = &self.output {
            buildx.arg(format!(
                "--output=type=oci,dest={}{attributes}",
                oci.display()
            ));
        }
        if let Some(file) = &self.named_file {
            buildx
                .arg("--file")
                .arg(self.dir.join("context").join(file));
        }
        buildx
            .args(&self.args)
            .arg(self.context.as_deref().unwrap_or("context"));
        let (stdout, stderr) = (self.dir.join("stdout"), self.dir.join("stderr"));
        let create = |path: &Path| must(File::create(path), "no output file");
        buildx.current_dir(&self.dir).stdin(self.input());
        buildx.stdout(create(&stdout)).stderr(create(&stderr));
        let start = Instant::now();
        let child = must(buildx.spawn(), "cannot start docker buildx");
        Running {
            child: Some(child),
            start,
            stdout,
            stderr,
            oci,
            context: self.dir.join("context"),
        }
    }

    fn input(&self) -> Stdio {
        let Some(bytes) = &self.stdin else {
            return Stdio::null();
        };
        let path = self.dir.join("stdin");
        must(std::fs::write(&path, bytes), "no input file");
        must(File::open(&path), "no input file").into()
    }

    fn put(&self, path: &str, content: &[u8], mode: u32) {
        let path = self.in_context(path);
        must(std::fs::write(&path, content), "no file");
        let mode = std::fs::Permissions::from_mode(mode);
        must(std::fs::set_permissions(&path, mode), "no mode");
    }
}

/// A build that has started.
pub struct Running {
    child: Option<Child>,
    start: Instant,
    stdout: PathBuf,
    stderr: PathBuf,
    oci: PathBuf,
    context: PathBuf,
}

impl Running {
    /// Waits until the progress output contains `text`.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> &Self {
        while !slurp(&self.stderr).contains(text) {
            let patient = self.start.elapsed() < PATIENCE;
            assert!(patient, "no `{text}` in:\n{}", slurp(&self.stderr));
            std::thread::sleep(Duration::from_millis(20));
        }
        self
    }

    /// Ends the client at once, as a lost connection would.
    pub fn kill(mut self) {
        self.end();
    }

    /// Sends the client what a person's Ctrl-C sends.
    pub fn interrupt(&self) {
        let id = self
            .child
            .as_ref()
            .map(Child::id)
            .expect("a running build has a process");
        let status = std::process::Command::new("kill")
            .args(["-INT", &id.to_string()])
            .status();
        assert!(must(status, "cannot run kill").success());
    }

    /// Waits for the end.
    #[track_caller]
    pub fn wait(mut self) -> Outcome {
        let child = self.child.as_mut().expect("a running build has a process");
        let status = loop {
            if let Some(status) = must(child.try_wait(), "lost the build") {
                break status;
            }
            if self.start.elapsed() > PATIENCE {
                self.end();
                panic!("the build hangs:\n{}", slurp(&self.stderr));
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        self.child = None;
        Outcome {
            code: status.code(),
            stdout: slurp(&self.stdout),
            stderr: slurp(&self.stderr),
            took: self.start.elapsed(),
            oci: self.oci.clone(),
            context: self.context.clone(),
        }
    }

    fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            // Fails only when it has ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

fn slurp(path: &Path) -> String {
    let mut bytes = Vec::new();
    let mut file = must(File::open(path), "no output file");
    must(file.read_to_end(&mut bytes), "unreadable output");
    String::from_utf8_lossy(&bytes).into_owned()
}

fn copy_all(from: &Path, to: &Path) {
    let status = std::process::Command::new("cp")
        .arg("-a")
        .arg(from.join("."))
        .arg(to)
        .status();
    assert!(
        must(status, "cannot run cp").success(),
        "cannot copy {}",
        from.display()
    );
}
