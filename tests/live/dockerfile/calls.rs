//! `--call` on Dockerfiles: what both frontends print is the same.

use serde_json::Value;
use windlass_tests::{Live, Outcome};

use super::{Both, dockerfile};

const SHOP: &str = "\
# TAG is which alpine
ARG TAG=3.22
ARG UNUSED

# deps is what the shop needs
FROM alpine:${TAG} AS deps
# VERSION of the shop
ARG VERSION=1
ARG DEBUG
RUN --mount=type=secret,id=npm_token,required \\
    --mount=type=ssh,id=github,required \\
    --mount=type=cache,target=/root/.npm true
FROM deps AS web
ARG PORT=80
";

/// Builds with both, and returns the answer.
#[track_caller]
fn answer(live: &Live, args: &[&str]) -> String {
    let both = Both::build(live, SHOP, |build| build.args(args));
    let text = |out: &Outcome| {
        let lines = out.success().stdout.lines();
        let lines: Vec<&str> = lines.map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned()
    };
    let [theirs, ours] = [text(&both.theirs), text(&both.ours)];
    assert_eq!(ours, theirs);
    ours
}

#[test]
fn an_outline_names_arguments_secrets_and_agents() {
    let live = Live::new("dockerfile-outline");
    let expected = "\
TARGET: web

BUILD ARG   VALUE   DESCRIPTION
TAG         3.22    is which alpine
VERSION     1       of the shop
DEBUG
PORT        80

SECRET      REQUIRED
npm_token   true

SSH      REQUIRED
github   true";
    assert_eq!(answer(&live, &["--call=outline"]), expected);
    let expected = expected.replace("PORT        80\n", "");
    let head = "TARGET:      deps\nDESCRIPTION: is what the shop needs";
    let args = ["--call=outline", "--target=deps"];
    let expected = expected.replace("TARGET: web", head);
    assert_eq!(answer(&live, &args), expected);
}

#[test]
fn targets_are_listed() {
    let live = Live::new("dockerfile-targets");
    let expected = "\
TARGET        DESCRIPTION
deps          is what the shop needs
web (default)";
    assert_eq!(answer(&live, &["--call=targets"]), expected);
}

/// What this frontend says besides: the columns of places, the lines of each mount alone, caches.
fn plain(json: &mut Value) {
    match json {
        Value::Array(all) => all.iter_mut().for_each(plain),
        Value::Object(fields) => {
            fields.retain(|key, _| !matches!(key.as_str(), "location" | "cache" | "definition"));
            fields.values_mut().for_each(plain);
        }
        _ => {}
    }
}

#[test]
fn answers_for_tools_are_the_same() {
    let live = Live::new("dockerfile-json");
    for call in ["outline", "targets", "lint"] {
        let both = Both::build(&live, SHOP, |build| {
            build.arg(format!("--call={call},format=json"))
        });
        let [theirs, ours] = [&both.theirs, &both.ours].map(|out| {
            // Theirs has no list at all where there is nothing to list.
            let text = out.stdout.replace("null", "[]");
            let mut json: Value = serde_json::from_str(&text).expect("JSON");
            plain(&mut json);
            json
        });
        assert_eq!(ours, theirs, "{call}");
    }
}

#[test]
fn a_mistake_is_shown_whatever_is_called() {
    let live = Live::new("dockerfile-call-mistake");
    let text = SHOP.replace("ARG PORT", "AGR PORT");
    for call in ["outline", "targets"] {
        let out = dockerfile(&live, &text).arg(format!("--call={call}")).run();
        out.failure()
            .stderr_contains(
                "dockerfile parse error on line 14: unknown instruction: AGR (did you mean ARG?)",
            )
            .stderr_contains("  14 | >>> AGR PORT=80");
    }
}
