//! The registry on the loopback interface, and the few requests the chores and tests make to it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::daemon::{Daemon, Stopped};
use crate::dirs::{create, read, write};
use crate::error::{Context as _, Error, Result};
use crate::tools::Tools;

const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
     application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.docker.distribution.manifest.v2+json";

/// Holds where the registry answers.
#[derive(Clone, Debug)]
pub struct Registry {
    daemon: Daemon,
    dir: PathBuf,
    port: u16,
}

impl Registry {
    /// Names the registry of `dir`. Its port is chosen once and kept, as image names contain it.
    pub(crate) fn new(dir: &Path) -> Result<Registry> {
        create(dir)?;
        let daemon = Daemon::new("registry", dir);
        let record = dir.join("port");
        let kept = read(&record).ok().and_then(|text| text.trim().parse().ok());
        let port = match kept {
            Some(port) if daemon.running() || is_free(port) => port,
            _ => {
                let port = free_port()?;
                write(&record, port.to_string())?;
                port
            }
        };
        Ok(Registry {
            daemon,
            dir: dir.to_path_buf(),
            port,
        })
    }

    /// Starts it unless it runs, and waits until it answers.
    pub(crate) fn start(&self, tools: &Tools) -> Result<()> {
        if !self.daemon.running() {
            let config = self.dir.join("config.yml");
            write(&config, self.config())?;
            self.daemon.start(&tools.path("registry"), |args| {
                args.arg("serve")
                    .arg(&config)
                    .env("OTEL_TRACES_EXPORTER", "none");
            })?;
        }
        self.daemon.wait_until(|| self.get("/v2/").is_ok())
    }

    /// Returns whether it runs and, if not, what it said last.
    pub(crate) fn condition(&self) -> String {
        self.daemon.condition()
    }

    /// Stops it; the images stay on disk.
    pub(crate) fn stop(&self) -> Result<Stopped> {
        self.daemon.stop()
    }

    /// Returns `127.0.0.1:PORT`.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the manifest or index that `reference` (a tag or digest) names in `repository`.
    pub fn manifest(&self, repository: &str, reference: &str) -> Result<Vec<u8>> {
        self.get(&format!("/v2/{repository}/manifests/{reference}"))
    }

    /// Returns a blob.
    pub fn blob(&self, repository: &str, digest: &str) -> Result<Vec<u8>> {
        self.get(&format!("/v2/{repository}/blobs/{digest}"))
    }

    /// Returns whether `repository` has `tag`.
    pub fn has(&self, repository: &str, tag: &str) -> bool {
        self.manifest(repository, tag).is_ok()
    }

    fn get(&self, path: &str) -> Result<Vec<u8>> {
        let what = || format!("cannot get {path} from the registry");
        let mut stream = TcpStream::connect(self.host()).context(what)?;
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .context(what)?;
        // HTTP/1.0: no chunks, and the end of the stream is the end of the body.
        let host = self.host();
        let request = format!("GET {path} HTTP/1.0\r\nHost: {host}\r\nAccept: {MANIFESTS}\r\n\r\n");
        stream.write_all(request.as_bytes()).context(what)?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).context(what)?;
        let end = reply
            .windows(4)
            .position(|part| part == b"\r\n\r\n")
            .ok_or_else(|| Error::new(format!("{}: a broken reply", what())))?;
        let head = String::from_utf8_lossy(&reply[..end]).into_owned();
        if head.split(' ').nth(1) != Some("200") {
            let status = head.lines().next().unwrap_or_default();
            return Err(Error::new(format!("{}: {status}", what())));
        }
        Ok(reply.split_off(end + 4))
    }

    fn config(&self) -> String {
        format!(
            "version: 0.1\n\
             log: {{ level: warn, accesslog: {{ disabled: true }} }}\n\
             storage:\n  \
               filesystem: {{ rootdirectory: {root:?} }}\n  \
               delete: {{ enabled: true }}\n\
             http: {{ addr: {host:?} }}\n",
            root = self.dir.join("storage"),
            host = self.host(),
        )
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

fn free_port() -> Result<u16> {
    let what = || "cannot find a free port".to_owned();
    // Below the range the kernel hands out by itself, so that it stays ours across restarts.
    if let Some(port) = (5100..5400).find(|port| is_free(*port)) {
        return Ok(port);
    }
    let listener = TcpListener::bind("127.0.0.1:0").context(what)?;
    Ok(listener.local_addr().context(what)?.port())
}
