//! `--call=convert` on the gateway of maps: presets are taken where the images of the build allow it.

use super::{Case, case, marks};

/// Returns the question, with this in the config of every image.
fn converted(file: &str, config: &str) -> Case {
    let mut case = case(file).option("requestid", "frontend.convert");
    for image in case.gateway.images.values_mut() {
        let known = String::from_utf8_lossy(&image.config);
        image.config = known.replacen("\"Env\":[", config, 1).into();
    }
    case.option("source", "windlass")
}

#[track_caller]
fn check(file: &str, config: &str, expected: &str) {
    let metadata = converted(file, config).outcome().metadata;
    let text = String::from_utf8_lossy(&metadata["result.txt"]);
    let start = "# syntax=windlass\nstages:\n  app:\n    from: alpine:3\n    steps:\n";
    let steps = text.strip_prefix(start).map(str::trim_start);
    assert_eq!(steps, Some(expected), "{text}");
}

const NPM: &str = "FROM alpine:3\nRUN --mount=type=cache,target=/root/.npm npm ci\n";

const CARGO: &str = "\
FROM alpine:3
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \\
    --mount=type=cache,target=/usr/local/cargo/git,sharing=locked \\
    cargo build
";

#[test]
fn what_the_user_of_an_image_has_elsewhere_is_no_preset() {
    let expected = "- run: npm ci\n        cache: npm\n";
    check(NPM, "\"Env\":[", expected);
    let expected = "\
      - run: npm ci
        cache:
          path: /root/.npm
          from: scratch
";
    check(NPM, "\"User\":\"app\",\"Env\":[", expected);
    check(NPM, "\"Env\":[\"npm_config_cache=/c\",", expected);
}

#[test]
fn what_an_image_moves_is_a_preset_where_it_is_then() {
    let expected = "- run: cargo build\n        cache: cargo\n";
    check(CARGO, "\"Env\":[\"CARGO_HOME=/usr/local/cargo\",", expected);
    let expected = "\
      - run: cargo build
        cache:
          - path: /usr/local/cargo/registry
            sharing: locked
          - path: /usr/local/cargo/git
            sharing: locked
";
    check(CARGO, "\"Env\":[", expected);
}

#[test]
fn a_dockerfile_whose_images_nobody_finds_is_converted_without_them() {
    let mut case = converted(NPM, "\"Env\":[");
    case.gateway.images.clear();
    let metadata = case.outcome().metadata;
    let text = String::from_utf8_lossy(&metadata["result.txt"]);
    assert!(text.ends_with("cache: npm\n"), "{text}");
}

#[test]
fn what_no_build_file_says_is_an_error_at_its_line() {
    let error = converted("FROM alpine:3\nRUN\n", "\"Env\":[").error();
    let expected = "a build file cannot say all of it: `run` is empty (write `run: npm ci`)";
    assert_eq!(error.message, expected);
    assert_eq!(marks(&error), "build.yaml:2");
}
