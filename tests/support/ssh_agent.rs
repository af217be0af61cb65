//! A real ssh-agent with one key in it; failures fail the test.

use std::path::Path;

use super::live::must;

/// An agent that ends with this value.
pub struct SshAgent(xtask::SshAgent);

impl SshAgent {
    /// Starts an agent and gives it a fresh key with this comment, which `ssh-add -l` shows.
    #[track_caller]
    pub fn start(comment: &str) -> SshAgent {
        SshAgent(must(xtask::SshAgent::start(comment), "no ssh agent"))
    }

    /// Returns the socket, for `--ssh default=SOCKET`.
    pub fn socket(&self) -> &Path {
        self.0.socket()
    }

    /// Returns the public key, as `ssh-add -L` prints it.
    #[track_caller]
    pub fn public_key(&self) -> String {
        must(self.0.public_key(), "no public key")
    }
}
