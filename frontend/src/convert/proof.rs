//! Whether a Dockerfile and the build file that it became build the same, as far as our own passes
//! know.
//!
//! In: both texts. Out: the stages of the Dockerfile that differ. Both are compiled twice, for two
//! platforms each: as they are, and with a value for every argument. Nobody is asked about images:
//! each has the same config here, in which cargo's caches are where its official image has them.
//! What the Dockerfile itself does not compile to is not compared.

use std::collections::{BTreeMap, BTreeSet};

use buildkit_llb::{Platform, SourceInfo};

use crate::compile::{self, Platforms};
use crate::diagnostic::Diagnostics;
use crate::expand::Asked;
use crate::lower::options::{Options, TargetChoice};
use crate::lower::{self, Resolved};
use crate::model::{Build, Stage, Verb};
use crate::text::{FileId, Files, Span};

/// What every image is.
const CONFIG: &str = r#"{"os":"linux","architecture":"amd64","config":{
"Env":["PATH=/usr/bin:/bin","CARGO_HOME=/usr/local/cargo"],"WorkingDir":"/base"},"rootfs":{"type":"layers","diff_ids":["sha256:1"]}}"#;

/// The value of every argument, when all have one.
const GIVEN: &str = "given";

/// How many stages are looked at, those of the whole file for every target. With more, the last
/// targets of the file are compared.
const MAX_STAGES: usize = 20_000;

/// What a text comes to.
#[derive(Default)]
struct Outcome {
    /// Per platform the vertices and the image config.
    built: Vec<(Vec<Vec<u8>>, Vec<u8>)>,
    /// The stages that it is made of.
    reached: BTreeSet<usize>,
}

/// One of the two texts.
struct Side {
    files: Files,
    build: Build,
}

/// Returns the places of the stages that a build file does not build as the Dockerfile does.
pub(super) fn differing(name: &str, dockerfile: &str, build_file: &str) -> Vec<Span> {
    let Some(theirs) = Side::read(name, dockerfile) else {
        return Vec::new();
    };
    let Some(last) = theirs.build.stages.last() else {
        return Vec::new();
    };
    let Some(ours) = Side::read("build.yaml", build_file) else {
        return vec![last.span];
    };
    let mut out = Vec::new();
    for args in [BTreeMap::new(), every_arg(&theirs.build)] {
        let mut seen = BTreeSet::new();
        let mut n_looked_at = 0;
        let named = theirs.build.stages.iter().enumerate().rev();
        let named = named.map(|(idx, stage)| (idx, stage, Some(stage.name.value.clone())));
        let default = (theirs.build.stages.len() - 1, last, None);
        for (idx, stage, target) in std::iter::once(default).chain(named) {
            // What has another name here is not asked for by the same.
            let is_same = |it: &Stage| it.number.is_none() && it.name.value == stage.name.value;
            let is_target = is_same(stage) && ours.build.stages.get(idx).is_some_and(is_same);
            if seen.contains(&idx) || target.is_some() && !is_target {
                continue;
            }
            let asked = Asked {
                target,
                args: args.clone(),
                ..Asked::default()
            };
            n_looked_at += theirs.build.stages.len();
            if n_looked_at > MAX_STAGES && asked.target.is_some() {
                break;
            }
            let Some(expected) = theirs.compile(&asked) else {
                continue;
            };
            let found = ours.compile(&asked);
            let is_same = found.is_some_and(|found| found.built == expected.built);
            seen.extend(expected.reached);
            if !is_same && !out.contains(&stage.span) {
                out.push(stage.span);
            }
        }
    }
    out
}

/// Returns a value for every argument that the file declares.
fn every_arg(build: &Build) -> BTreeMap<String, String> {
    let mut names: Vec<&String> = build.args.iter().map(|arg| &arg.name.value).collect();
    for step in build
        .stages
        .iter()
        .flat_map(|it| it.body.steps.iter().flatten())
    {
        if let Verb::Arg(args) = &step.verb {
            names.extend(args.iter().map(|arg| &arg.name.value));
        }
    }
    let given = |name: &String| (name.clone(), GIVEN.to_owned());
    names.into_iter().map(given).collect()
}

impl Side {
    fn read(name: &str, text: &str) -> Option<Self> {
        let (mut files, mut diags) = (Files::new(), Diagnostics::new());
        let file = files.add(name, text);
        debug_assert_eq!(file, FileId::ROOT, "convert: it is alone");
        let reading = compile::read(file, name, text.as_bytes(), &mut diags)?;
        let build = reading.into_build();
        (!diags.has_mistakes()).then_some(Self { files, build })
    }

    fn compile(&self, asked: &Asked) -> Option<Outcome> {
        let mut diags = Diagnostics::new();
        let builder = Platform::new("linux", "amd64");
        let platforms = Platforms {
            asked: vec![builder.clone(), Platform::new("linux", "arm64")],
            builder,
        };
        let plans = compile::plans(&self.build, asked, &platforms, &mut diags);
        let mut resolved = Resolved::default();
        for image in plans.iter().flat_map(|plan| &plan.images) {
            let config = CONFIG.replace("amd64", &image.platform.architecture);
            resolved.insert(image, image.name.clone(), config.into_bytes(), &mut diags);
        }
        let mut out = Outcome::default();
        for plan in plans {
            out.reached.extend(plan.order.iter().map(|id| id.0));
            let options = Options {
                target: TargetChoice::Explicit,
                ..Options::default()
            };
            let lowered = lower::lower(plan, &resolved, &options, &self.files, &mut diags);
            let sources = [SourceInfo::default()];
            let definition = lowered.graph.define(lowered.result, &sources);
            out.built.push((definition.def, lowered.config));
        }
        (!diags.has_mistakes()).then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::differing;

    #[track_caller]
    fn check(dockerfile: &str, build_file: &str, expected: &[&str]) {
        let spans = differing("Dockerfile", dockerfile, build_file);
        let found: Vec<&str> = spans.iter().map(|it| &dockerfile[it.range()]).collect();
        assert_eq!(found, expected);
    }

    const STAGES: &str = "FROM alpine AS a\nRUN one\nFROM alpine AS b\nARG X=1\nRUN two\n";

    #[test]
    fn the_same_differs_nowhere() {
        let file = "\
stages:
  a: {from: alpine, steps: [{run: one}]}
  b: {from: alpine, steps: [{arg: {X: '1'}}, {run: two}]}
";
        check(STAGES, file, &[]);
    }

    #[test]
    fn a_stage_that_is_not_the_result_is_compared_too() {
        let file = "\
stages:
  a: {from: alpine, steps: [{run: other}]}
  b: {from: alpine, steps: [{arg: {X: '1'}}, {run: two}]}
";
        check(STAGES, file, &["FROM alpine AS a"]);
    }

    #[test]
    fn what_a_request_changes_is_compared_too() {
        let file = "\
stages:
  a: {from: alpine, steps: [{run: one}]}
  b: {from: alpine, steps: [{build-env: {X: '1'}}, {run: two}]}
";
        check(STAGES, file, &["FROM alpine AS b"]);
    }

    #[test]
    fn the_name_of_the_target_counts() {
        let dockerfile = "FROM alpine:$TARGETSTAGE AS s\nRUN one\nFROM s\n";
        let file = "\
stages:
  s: {from: 'alpine:${{ stage.target }}', steps: [{run: one}]}
  final: {from: s}
";
        check(dockerfile, file, &["FROM s"]);
    }

    #[test]
    fn a_platform_of_nothing_is_the_same() {
        let dockerfile = "FROM --platform=linux/arm64 scratch\nWORKDIR /a\n";
        let file = "stages: {app: {platform: linux/arm64, from: scratch, workdir: /a}}\n";
        check(dockerfile, file, &[]);
    }

    #[test]
    fn a_stage_with_another_name_is_not_asked_for() {
        let dockerfile = "FROM alpine AS scratch\nRUN one\nFROM alpine AS a\n";
        let file = "\
stages:
  scratch-2: {from: alpine, steps: [{run: one}]}
  a: {from: alpine}
";
        check(dockerfile, file, &[]);
    }

    #[test]
    fn a_build_file_with_a_mistake_is_not_the_same() {
        check(STAGES, "stages: {a: {from: []}}\n", &["FROM alpine AS b"]);
    }
}
