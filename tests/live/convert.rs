//! Conversion: the other form of a build finds the caches that the first one left.

use windlass_frontend::convert::to_dockerfile;
use windlass_frontend::diagnostic::Diagnostics;
use windlass_frontend::text::FileId;
use windlass_tests::{Live, Outcome};

/// Checks that nothing was run or copied again. Bases do not count: the log shows one twice if
/// another build looks at it, too.
#[track_caller]
fn all_cached(out: &Outcome, n_steps: usize) {
    out.success();
    let steps = out.steps();
    let real = |name: &str| {
        name.starts_with('[') && !name.starts_with("[internal]") && !name.contains("] FROM ")
    };
    let real: Vec<_> = steps.iter().filter(|step| real(&step.name)).collect();
    let again = real.iter().filter(|step| !step.cached);
    let again: Vec<&str> = again.map(|step| step.name.as_str()).collect();
    assert_eq!(again, [""; 0], "{}", out.stderr);
    assert_eq!(real.len(), n_steps, "{}", out.stderr);
}

#[test]
fn a_converted_dockerfile_finds_the_cache_of_its_own_frontend() {
    let live = Live::new("convert");
    let text = r#"
# what is greeted
ARG TAG=3.22

FROM alpine:${TAG} AS made
ARG WHO=UNIQUE
WORKDIR /app
# the greeting
COPY greeting.txt ./
RUN --mount=type=cache,target=/root/.npm \
    echo "$WHO" >> greeting.txt && \
    # with its number of lines
    wc -l < greeting.txt >> greeting.txt

FROM alpine:${TAG}
COPY --from=made /app/greeting.txt /
RUN <<EOF
cat /greeting.txt
EOF
CMD ["cat", "/greeting.txt"]
"#;
    let text = text.trim_start().replace("UNIQUE", live.unique());
    let dockerfile = || {
        let build = live.build().file("Dockerfile", &text);
        build.file("greeting.txt", "hello\n")
    };
    dockerfile().run().success();
    let syntax = "--build-arg=BUILDKIT_SYNTAX=registry.example.com/windlass:1";
    let converted = dockerfile().arg("--call=convert").arg(syntax).run();
    let file = converted.success().stdout.clone();
    let start = "\
# syntax=registry.example.com/windlass:1
args:
  # what is greeted
  TAG: \"3.22\"
  WHO: ";
    assert!(file.starts_with(start), "{file}");
    assert!(
        file.contains("      # the greeting\n      - copy: greeting.txt\n"),
        "{file}"
    );
    let build = live.build().file("build.yaml", &file);
    let out = build.file("greeting.txt", "hello\n").run();
    all_cached(&out, 5);
}

#[test]
fn a_converted_build_file_finds_its_cache_in_the_dockerfile_frontend() {
    let live = Live::new("convert-back");
    let build = live.yaml(
        "
stages:
  made:
    from: alpine:3.22
    workdir: /app
    steps:
      - file: greeting.txt
        content: |
          hello UNIQUE
      - run: |
          wc -l < greeting.txt > lines
          cat lines
        cache: [npm, /var/cache/greetings]
  app:
    from: scratch
    steps:
      - copy: /app/
        from: made
        link: true
    image:
      labels: {made.by: two words}
      cmd: [cat, /greeting.txt]
",
    );
    build.run().success();
    let yaml = std::fs::read(build.in_context("build.yaml")).expect("the build file");
    let mut diags = Diagnostics::new();
    let text = to_dockerfile(FileId::ROOT, &yaml, &mut diags).expect("a Dockerfile");
    assert!(!diags.has_errors());
    // The daemon's own frontend, as the image of one that the first line names is far away.
    let text = text.replace("# syntax=docker/dockerfile:1\n", "");
    let out = live.build().file("Dockerfile", text).run();
    all_cached(&out, 3);
    let labels = out.image().setting("Labels").to_string();
    assert_eq!(labels, r#"{"made.by":"two words"}"#);
}
