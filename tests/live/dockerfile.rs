//! Dockerfiles that nobody changed, built by this frontend through `BUILDKIT_SYNTAX`.

use windlass_tests::{Build, Live};

/// Describes the build of a Dockerfile.
fn dockerfile<'a>(live: &'a Live, text: &str) -> Build<'a> {
    let text = text.strip_prefix('\n').unwrap_or(text);
    live.build()
        .file("Dockerfile", text)
        .arg("--build-arg=BUILDKIT_SYNTAX=registry.example.com/windlass:1")
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

#[test]
fn a_mistake_is_told_in_the_words_of_dockerfiles() {
    let live = Live::new("dockerfile-mistake");
    dockerfile(&live, "FORM alpine:3.22\nRUN true\n")
        .run()
        .failure()
        .stderr_contains("unknown instruction: FORM (did you mean FROM?)")
        .stderr_contains("   1 | >>> FORM alpine:3.22");
}
