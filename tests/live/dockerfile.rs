//! Dockerfiles that nobody changed, built by this frontend through `BUILDKIT_SYNTAX`.
//!
//! [`Both`] builds one with the daemon's own frontend first and with ours after it: what people see
//! and what they get is the same, and ours finds every step in the other's cache.

mod calls;
mod chosen;
mod lint;
mod mistakes;
mod same;

use windlass_tests::{Build, Live, Outcome};

/// Hands a Dockerfile to this frontend.
const FRONTEND: &str = "--build-arg=BUILDKIT_SYNTAX=registry.example.com/windlass:1";

/// Describes the build of a Dockerfile; `UNIQUE` in it becomes [`Live::unique`].
fn dockerfile<'a>(live: &'a Live, text: &str) -> Build<'a> {
    own(live, text).arg(FRONTEND)
}

/// Describes its build by the daemon's own frontend.
fn own<'a>(live: &'a Live, text: &str) -> Build<'a> {
    let text = text.strip_prefix('\n').unwrap_or(text);
    let text = text.replace("UNIQUE", live.unique());
    live.build().file("Dockerfile", text)
}

/// A build by the daemon's own frontend, and then by ours.
struct Both<'a> {
    live: &'a Live,
    theirs: Outcome,
    ours: Outcome,
}

impl<'a> Both<'a> {
    /// Builds a Dockerfile twice; `more` says how.
    fn build(live: &'a Live, text: &str, more: impl Fn(Build<'_>) -> Build<'_>) -> Self {
        let theirs = more(own(live, text)).run();
        let ours = more(dockerfile(live, text)).run();
        Self { live, theirs, ours }
    }

    /// Checks that the steps are called the same, and that ours found all of them in the cache.
    #[track_caller]
    fn steps(&self, expected: &str) -> &Self {
        for out in [&self.theirs, &self.ours] {
            assert_eq!(steps(self.live, out), expected, "{}", out.stderr);
        }
        self.cached()
    }

    /// Checks that ours found all steps in the cache.
    #[track_caller]
    fn cached(&self) -> &Self {
        let again = self.ours.success().steps().into_iter();
        let again = again.filter(|step| is_real(&step.name) && !step.cached);
        let again: Vec<String> = again.map(|step| step.name).collect();
        assert_eq!(again, [""; 0], "{}", self.ours.stderr);
        self
    }

    /// Checks that the images are the same to the last byte.
    #[track_caller]
    fn images(&self) -> &Self {
        let digests = |out: &Outcome| -> Vec<String> {
            let images = out.layout().images.into_iter();
            images.map(|image| image.digest).collect()
        };
        assert_eq!(digests(&self.ours), digests(&self.theirs));
        self
    }
}

/// Tells whether a step is one of the file, and no base.
fn is_real(name: &str) -> bool {
    let is_base = name.contains("] FROM ") || name.contains("internal] ");
    name.starts_with('[') && !is_base
}

/// Returns the names of the steps, one to a line and sorted. Bases are left out: what several
/// builds want is called as the first of them calls it.
fn steps(live: &Live, out: &Outcome) -> String {
    let steps = out.success().steps().into_iter();
    let names = steps.map(|step| step.name).filter(|name| is_real(name));
    let mut names: Vec<String> = names
        .map(|name| name.replace(live.unique(), "UNIQUE"))
        .collect();
    names.sort_unstable();
    names.join("\n")
}

#[test]
fn an_unchanged_dockerfile_is_built() {
    let live = Live::new("dockerfile-hello");
    let text = r#"
# Greets.
FROM alpine:3.22 AS build
ARG WHO=world
WORKDIR /app
COPY greeting.txt ./
RUN echo "$WHO" >> greeting.txt && \
    # with its number of lines
    wc -l < greeting.txt >> greeting.txt

FROM scratch
COPY --from=0 /app/greeting.txt /
COPY <<EOF /made
by $PATH
EOF
ENTRYPOINT ["/app"]
LABEL made.by="two words"
"#;
    let out = dockerfile(&live, text)
        .file("greeting.txt", "hello\n")
        .arg("--build-arg=WHO=Windlass")
        .run();
    let image = out.image();
    let files = image.rootfs();
    assert_eq!(files.read("/greeting.txt"), "hello\nWindlass\n2\n");
    let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    assert_eq!(files.read("/made"), format!("by {path}\n"));
    assert_eq!(image.setting("Entrypoint").to_string(), r#"["/app"]"#);
    let labels = image.setting("Labels").to_string();
    assert_eq!(labels, r#"{"made.by":"two words"}"#);
}
