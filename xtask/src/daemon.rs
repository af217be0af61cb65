//! A program that keeps running after the command that started it.
//!
//! Its process id is kept in `NAME.pid`, its output in `NAME.log`, both in one directory. A process
//! is only ever ended when its command line still mentions that directory: a reused process id
//! never hits a stranger.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::command::{command, run};
use crate::dirs::{read, write};
use crate::error::{Context as _, Error, Result};

/// Names one background program and the directory of its records.
#[derive(Clone, Debug)]
pub(crate) struct Daemon {
    name: &'static str,
    dir: PathBuf,
}

impl Daemon {
    /// Names the daemon; starts nothing.
    pub(crate) fn new(name: &'static str, dir: &Path) -> Daemon {
        Daemon {
            name,
            dir: dir.to_path_buf(),
        }
    }

    /// Returns whether it runs.
    pub(crate) fn running(&self) -> bool {
        self.pid().is_some()
    }

    /// Returns one line that says whether it runs, and below it what it said last if it does not.
    pub(crate) fn condition(&self) -> String {
        match self.running() {
            true => format!("{} runs", self.name),
            false => format!("{} does not run. It said last:\n{}", self.name, self.last()),
        }
    }

    /// Starts `program` in a session of its own. Some argument must mention the directory.
    pub(crate) fn start(&self, program: &Path, args: impl FnOnce(&mut Command)) -> Result<()> {
        let log = self.log();
        let file = File::create(&log).context(|| format!("cannot create `{}`", log.display()))?;
        let twin = file
            .try_clone()
            .context(|| format!("cannot share `{}`", log.display()))?;
        // `setsid` replaces itself with the program, so the id below is the program's.
        let mut start = command("setsid");
        start.arg(program).stdout(file).stderr(twin);
        args(&mut start);
        let mut child = start
            .spawn()
            .context(|| format!("cannot start `{}`", program.display()))?;
        write(
            &self.dir.join(format!("{}.pid", self.name)),
            child.id().to_string(),
        )?;
        // Waiting in the background keeps an ended daemon from lingering as a zombie.
        std::thread::spawn(move || child.wait());
        Ok(())
    }

    /// Waits until `ready` says so.
    ///
    /// Fails with the last lines of the log when the program ends or takes half a minute.
    pub(crate) fn wait_until(&self, ready: impl Fn() -> bool) -> Result<()> {
        let start = Instant::now();
        while !ready() {
            // The first moments are skipped: `setsid` has not yet become the program.
            let dead = start.elapsed() > Duration::from_secs(1) && !self.running();
            if dead || start.elapsed() > Duration::from_secs(30) {
                return Err(Error::new(format!(
                    "{} did not start:\n{}",
                    self.name,
                    self.last()
                )));
            }
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Ends it, politely first, and returns whether it was running.
    pub(crate) fn stop(&self) -> Result<Stopped> {
        let Some(pid) = self.pid() else {
            return Ok(Stopped::WasNotRunning);
        };
        for (signal, patience) in [("-TERM", 15), ("-KILL", 5)] {
            run(command("kill").args([signal, &pid.to_string()]))?;
            let start = Instant::now();
            while start.elapsed() < Duration::from_secs(patience) {
                if self.pid().is_none() {
                    return Ok(Stopped::Now);
                }
                sleep(Duration::from_millis(20));
            }
        }
        Err(Error::new(format!(
            "{} (process {pid}) does not end",
            self.name
        )))
    }

    /// Ends it without a chance to clean up.
    pub(crate) fn kill(&self) -> Result<()> {
        while let Some(pid) = self.pid() {
            run(command("kill").args(["-KILL", &pid.to_string()]))?;
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Returns the path of its log.
    pub(crate) fn log(&self) -> PathBuf {
        self.dir.join(format!("{}.log", self.name))
    }

    fn pid(&self) -> Option<u32> {
        let pid = read(&self.dir.join(format!("{}.pid", self.name))).ok()?;
        let pid: u32 = pid.trim().parse().ok()?;
        // Empty for a process that has ended but was not yet collected.
        let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let dir = self.dir.as_os_str().as_encoded_bytes();
        line.windows(dir.len())
            .any(|part| part == dir)
            .then_some(pid)
    }

    fn last(&self) -> String {
        let text = read(&self.log()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// Tells whether there was anything to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    Now,
    WasNotRunning,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_that_ended_is_told_with_its_last_words() {
        let dir = std::env::temp_dir().join(format!("daemon-{}", std::process::id()));
        fs::create_dir_all(&dir).expect("a directory");
        let daemon = Daemon::new("sh", &dir);
        let script = "echo no space left on device; exit 1";
        let started = daemon.start(Path::new("/bin/sh"), |args| {
            args.arg("-c").arg(script).arg(&dir);
        });
        started.expect("a process");
        while daemon.log().metadata().expect("a log").len() == 0 || daemon.running() {
            sleep(Duration::from_millis(5));
        }
        let said = daemon.condition();
        fs::remove_dir_all(&dir).expect("the directory is there");
        assert_eq!(
            said,
            "sh does not run. It said last:\nno space left on device"
        );
    }
}
