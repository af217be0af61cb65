//! Git repositories, and a daemon on the loopback interface that serves them.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::live::must;

/// Serves the repositories of one directory for as long as it lives.
pub struct GitDaemon {
    child: Child,
    port: u16,
    dir: PathBuf,
}

/// A repository with its files checked out.
pub struct GitRepository {
    dir: PathBuf,
}

impl GitDaemon {
    /// Starts a daemon for repositories below `dir`.
    pub fn start(dir: &Path) -> GitDaemon {
        let dir = dir.join("repositories");
        must(std::fs::create_dir_all(&dir), "no directory");
        let port = free_port();
        // `git daemon` would start it as a child, which outlives a killed parent.
        let child = Command::new(exec_path().join("git-daemon"))
            .args(["--export-all", "--reuseaddr", "--listen=127.0.0.1"])
            .arg(format!("--port={port}"))
            .arg(format!("--base-path={}", dir.display()))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", "safe.directory")
            .env("GIT_CONFIG_VALUE_0", "*")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = must(child, "git daemon does not start");
        for _ in 0..500 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        GitDaemon { child, port, dir }
    }

    /// Makes an empty repository.
    pub fn repository(&self, name: &str) -> GitRepository {
        self.repository_in(name, "sha1")
    }

    /// The same, with commits named by `sha1` or `sha256`.
    pub fn repository_in(&self, name: &str, format: &str) -> GitRepository {
        let dir = self.dir.join(name);
        must(std::fs::create_dir_all(&dir), "no directory");
        let repository = GitRepository { dir };
        let format = format!("--object-format={format}");
        repository.git(&["init", "--quiet", "--initial-branch=main", &format]);
        repository
    }

    /// Returns the address of a repository.
    pub fn url(&self, name: &str) -> String {
        format!("git://127.0.0.1:{}/{name}", self.port)
    }
}

impl Drop for GitDaemon {
    fn drop(&mut self) {
        // Fails only when it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl GitRepository {
    /// Writes a file.
    pub fn file(&self, path: &str, text: &str) -> &Self {
        let path = self.dir.join(path);
        let parent = path.parent().expect("a file is in a directory");
        must(std::fs::create_dir_all(parent), "no directory");
        must(std::fs::write(&path, text), "no file");
        self
    }

    /// Commits all there is and returns the commit.
    pub fn commit(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message=change"]);
        self.git(&["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// Runs git in it.
    pub fn git(&self, args: &[&str]) -> String {
        let out = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
            .args(args)
            .current_dir(&self.dir)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_COMMITTER_DATE", "2001-02-03T04:05:06Z")
            .output();
        let out = must(out, "cannot run git");
        assert!(out.status.success(), "git {args:?}: {out:?}");
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    /// Returns the files of `.git`, as a web server without a mind of its own serves them.
    pub fn served(&self) -> Vec<(String, Vec<u8>)> {
        self.git(&["update-server-info"]);
        let mut files = Vec::new();
        let mut waiting = vec![self.dir.join(".git")];
        while let Some(dir) = waiting.pop() {
            for entry in must(std::fs::read_dir(&dir), "no directory") {
                let path = must(entry, "no entry").path();
                if path.is_dir() {
                    waiting.push(path);
                    continue;
                }
                let name = path.strip_prefix(self.dir.join(".git"));
                let name = name.expect("it is below").display().to_string();
                files.push((name, must(std::fs::read(&path), "unreadable")));
            }
        }
        files
    }
}

/// Returns where git keeps its programs.
fn exec_path() -> PathBuf {
    let output = Command::new("git").arg("--exec-path").output();
    let path = String::from_utf8(must(output, "git does not run").stdout);
    PathBuf::from(must(path, "git has a strange path").trim())
}

fn free_port() -> u16 {
    let listener = must(TcpListener::bind("127.0.0.1:0"), "no port");
    must(listener.local_addr(), "no address").port()
}
