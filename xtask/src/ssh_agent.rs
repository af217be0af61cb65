//! A real ssh-agent with one key in it.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::command::{command, run};
use crate::dirs::{create, read};
use crate::error::{Context as _, Error, Result};

/// An agent that ends with this value.
#[derive(Debug)]
pub struct SshAgent {
    child: Child,
    dir: PathBuf,
    socket: PathBuf,
}

impl SshAgent {
    /// Starts an agent and gives it a fresh key with this comment, which `ssh-add -l` shows.
    pub fn start(comment: &str) -> Result<SshAgent> {
        // Short, as a socket path has 108 bytes at most.
        let dir = PathBuf::from(format!(
            "/tmp/windlass-agent-{}-{comment}",
            std::process::id()
        ));
        let _ = std::fs::remove_dir_all(&dir);
        create(&dir)?;
        let socket = dir.join("agent");
        let mut agent = command("ssh-agent");
        agent.arg("-D").arg("-a").arg(&socket).stdout(Stdio::null());
        let child = agent
            .spawn()
            .context(|| "cannot start ssh-agent".to_owned())?;
        let agent = SshAgent { child, dir, socket };
        let start = Instant::now();
        while !agent.socket.exists() {
            if start.elapsed() > Duration::from_secs(10) {
                return Err(Error::new("ssh-agent makes no socket"));
            }
            sleep(Duration::from_millis(5));
        }
        let key = agent.dir.join("key");
        let mut make = command("ssh-keygen");
        run(make
            .args(["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f"])
            .arg(&key))?;
        run(command("ssh-add")
            .arg("-q")
            .arg(&key)
            .env("SSH_AUTH_SOCK", &agent.socket))?;
        Ok(agent)
    }

    /// Returns the socket, for `--ssh default=SOCKET`.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Returns the public key, as `ssh-add -L` prints it.
    pub fn public_key(&self) -> Result<String> {
        Ok(read(&self.dir.join("key.pub"))?.trim().to_owned())
    }
}

impl Drop for SshAgent {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}
