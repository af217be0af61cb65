//! What a build said and made.

use std::path::PathBuf;
use std::time::Duration;

use super::image::{Image, OciLayout};
use super::rootfs::Rootfs;

/// Holds the end of one build. The assertions return it, so that they chain.
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    /// Progress, warnings and errors, as a person sees them.
    pub stderr: String,
    /// From the start of the client to its end.
    pub took: Duration,
    pub(crate) oci: PathBuf,
    pub(crate) context: PathBuf,
}

/// One step of the build as the progress output shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Without the number in front.
    pub name: String,
    pub cached: bool,
    /// What it wrote, without the times in front, or where it ended.
    pub lines: Vec<String>,
}

impl Step {
    /// Tells whether all it did was to fetch layers of its result from a cache elsewhere: an
    /// exporter that wants them is quicker at times than the word CACHED, which then is not shown.
    fn is_fetched(&self) -> bool {
        let is_layer = |line: &String| {
            line.starts_with("sha256:")
                || line.starts_with("extracting ")
                || line.starts_with("DONE")
        };
        let fetches = self.lines.iter().any(|line| line.starts_with("sha256:"));
        fetches && self.lines.iter().all(is_layer) && !self.name.contains("] FROM ")
    }
}

impl Outcome {
    #[track_caller]
    pub fn success(&self) -> &Self {
        assert_eq!(self.code, Some(0), "the build failed:\n{}", self.stderr);
        self
    }

    #[track_caller]
    pub fn failure(&self) -> &Self {
        assert!(
            self.code.is_some_and(|code| code != 0),
            "no failure:\n{}",
            self.stderr
        );
        self
    }

    #[track_caller]
    pub fn stderr_contains(&self, text: &str) -> &Self {
        assert!(
            self.stderr.contains(text),
            "no `{text}` in:\n{}",
            self.stderr
        );
        self
    }

    #[track_caller]
    pub fn stderr_lacks(&self, text: &str) -> &Self {
        assert!(!self.stderr.contains(text), "`{text}` in:\n{}", self.stderr);
        self
    }

    #[track_caller]
    pub fn stdout_contains(&self, text: &str) -> &Self {
        assert!(
            self.stdout.contains(text),
            "no `{text}` in:\n{}",
            self.stdout
        );
        self
    }

    /// Checks that the whole took less than `limit`.
    #[track_caller]
    pub fn within(&self, limit: Duration) -> &Self {
        assert!(self.took < limit, "took {:?}:\n{}", self.took, self.stderr);
        self
    }

    /// Returns the last part of stderr, the error: from the line `------` or `ERROR:` on, without
    /// the name of the work directory.
    pub fn error(&self) -> String {
        let marks = [
            "\n------\n",
            "\nbuild.yaml:",
            "\nDockerfile:",
            "\nERROR: failed to",
        ];
        let start = marks.iter().filter_map(|mark| self.stderr.find(mark)).min();
        let start = start.map_or(0, |at| at + 1);
        let context = self.context.display().to_string();
        self.stderr[start..].replace(&context, "CONTEXT")
    }

    /// Returns the error without the seconds that stand before each line that a step wrote:
    /// `TIME x86_64` for `0.062 x86_64`.
    pub fn error_without_times(&self) -> String {
        let line = |line: &str| match line.split_once(' ') {
            Some((time, rest)) if time.contains('.') && time.parse::<f32>().is_ok() => {
                format!("TIME {rest}\n")
            }
            _ => format!("{line}\n"),
        };
        self.error().lines().map(line).collect()
    }

    /// Returns the steps in order of appearance.
    pub fn steps(&self) -> Vec<Step> {
        let mut numbers: Vec<&str> = Vec::new();
        let mut steps: Vec<Step> = Vec::new();
        for line in self.stderr.lines() {
            let Some((number, text)) = numbered(line) else {
                continue;
            };
            match numbers.iter().position(|known| *known == number) {
                None => {
                    numbers.push(number);
                    steps.push(Step {
                        name: text.to_owned(),
                        cached: false,
                        lines: Vec::new(),
                    });
                }
                Some(at) if text == "CACHED" => steps[at].cached = true,
                // The name again, after the output of another step.
                Some(at) if text == steps[at].name || text == "..." => (),
                Some(at) => steps[at].lines.push(without_time(text).to_owned()),
            }
        }
        for step in &mut steps {
            step.cached |= step.is_fetched();
        }
        steps
    }

    /// Returns the one step whose name contains `part`.
    #[track_caller]
    pub fn step(&self, part: &str) -> Step {
        let mut found = self.steps();
        found.retain(|step| step.name.contains(part));
        assert_eq!(
            found.len(),
            1,
            "steps with `{part}` in their name, in:\n{}",
            self.stderr
        );
        found.remove(0)
    }

    /// Returns whether a step's name contains `part`.
    pub fn has_step(&self, part: &str) -> bool {
        self.steps().iter().any(|step| step.name.contains(part))
    }

    #[track_caller]
    pub fn cached(&self, part: &str) -> &Self {
        assert!(
            self.step(part).cached,
            "`{part}` is not CACHED in:\n{}",
            self.stderr
        );
        self
    }

    #[track_caller]
    pub fn not_cached(&self, part: &str) -> &Self {
        assert!(
            !self.step(part).cached,
            "`{part}` is CACHED in:\n{}",
            self.stderr
        );
        self
    }

    /// Returns the exported images of all platforms.
    #[track_caller]
    pub fn layout(&self) -> OciLayout {
        self.success();
        OciLayout::read(&self.oci)
    }

    /// Returns the exported image, if it is for one platform.
    #[track_caller]
    pub fn image(&self) -> Image {
        self.layout().only()
    }

    /// Returns the files of the exported image, if it is for one platform.
    #[track_caller]
    pub fn rootfs(&self) -> Rootfs {
        self.image().rootfs()
    }
}

/// Splits `#12 text`.
fn numbered(line: &str) -> Option<(&str, &str)> {
    let (number, text) = line.strip_prefix('#')?.split_once(' ')?;
    number
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some((number, text))
}

/// Drops the seconds that stand before each line of output: `0.062 x86_64`.
fn without_time(text: &str) -> &str {
    let Some((time, rest)) = text.split_once(' ') else {
        return text;
    };
    let digits = time
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if digits && time.contains('.') {
        rest
    } else {
        text
    }
}
