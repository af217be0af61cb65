//! A real ssh-agent with one key in it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::live::must;

/// An agent that ends with this value.
pub struct SshAgent {
    child: Child,
    dir: PathBuf,
    socket: PathBuf,
}

impl SshAgent {
    /// Starts an agent and gives it a fresh key with this comment, which `ssh-add -l` shows.
    pub fn start(comment: &str) -> SshAgent {
        // Short, as a socket path has 108 bytes at most.
        let dir = PathBuf::from(format!(
            "/tmp/windlass-agent-{}-{comment}",
            std::process::id()
        ));
        let _ = std::fs::remove_dir_all(&dir);
        must(std::fs::create_dir_all(&dir), "no directory for the agent");
        let socket = dir.join("agent");
        let mut agent = Command::new("ssh-agent");
        agent
            .arg("-D")
            .arg("-a")
            .arg(&socket)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let child = must(agent.spawn(), "cannot start ssh-agent");
        let agent = SshAgent { child, dir, socket };
        let start = Instant::now();
        while !agent.socket.exists() && start.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let key = agent.dir.join("key");
        let mut make = Command::new("ssh-keygen");
        run(make
            .args(["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f"])
            .arg(&key));
        run(Command::new("ssh-add")
            .arg("-q")
            .arg(&key)
            .env("SSH_AUTH_SOCK", &agent.socket));
        agent
    }

    /// Returns the socket, for `--ssh default=SOCKET`.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Returns the public key, as `ssh-add -L` prints it.
    pub fn public_key(&self) -> String {
        must(
            std::fs::read_to_string(self.dir.join("key.pub")),
            "no public key",
        )
        .trim()
        .to_owned()
    }
}

impl Drop for SshAgent {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

#[track_caller]
fn run(command: &mut Command) {
    let output = must(
        command.stdin(Stdio::null()).output(),
        "cannot run an ssh tool",
    );
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
