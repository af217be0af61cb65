//! A build file through every pass, with images that exist only here.
//!
//! The triggers of the images `onbuild/NAME` are in `parity/onbuild/NAME.json`.

use std::fs;

use windlass_frontend::compile::{self, Platforms};
use windlass_frontend::diagnostic::Diagnostics;
use windlass_frontend::diagnostic::render::{Colour, render};
use windlass_frontend::expand::{Asked, Purpose};
use windlass_frontend::lint;
use windlass_frontend::lower::options::{ContextSource, LocalContext, Options, TargetChoice};
use windlass_frontend::lower::{self, Resolved};
use windlass_frontend::model::Language;
use windlass_frontend::plan::Plan;
use windlass_frontend::request::proxy;
use windlass_frontend::text::Files;

use buildkit_llb::{Platform, SourceInfo, pb};

/// The digest of every image here.
pub(crate) const DIGEST: &str =
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// The config of every image here.
pub(crate) const CONFIG: &str = r#"{"os":"linux","architecture":"amd64","config":{
"Env":["PATH=/usr/bin:/bin","LANG=C.UTF-8"],"Cmd":["sh"],"WorkingDir":"/srv","Labels":{"base":"yes"}},
"rootfs":{"type":"layers","diff_ids":["sha256:aa"]},
"history":[{"created":"2026-01-02T03:04:05Z","created_by":"base layer"}]}"#;

/// The ignore file of every build here.
const IGNORED: [&str; 2] = ["dist", "**/*.log"];

/// What a build file came to.
pub(crate) struct Compiled {
    pub(crate) files: Files,
    pub(crate) diags: Diagnostics,
    /// Whether it was a Dockerfile.
    pub(crate) is_dockerfile: bool,
    /// One per platform.
    pub(crate) builds: Vec<Built>,
}

/// One platform of it.
pub(crate) struct Built {
    pub(crate) plan: Plan,
    pub(crate) definition: pb::Definition,
    pub(crate) config: Vec<u8>,
}

impl Compiled {
    /// Returns findings as the terminal shows them.
    pub(crate) fn rendered(&self) -> String {
        render(&self.diags, &self.files, Colour::Plain)
    }
}

/// Compiles a build file, and asks the lint rules about all of it.
pub(crate) fn linted(name: &str, bytes: &[u8], targets: &[&str]) -> Compiled {
    let asked = Asked {
        purpose: Purpose::Check,
        ..Asked::default()
    };
    compile(name, bytes, &asked, targets)
}

/// Compiles a build file. The lint rules are asked for a check only.
pub(crate) fn compile(name: &str, bytes: &[u8], asked: &Asked, targets: &[&str]) -> Compiled {
    let builder = Platform::new("linux", "amd64");
    let platform = |text: &&str| {
        Platform::parse(text, &builder)
            .expect("a platform")
            .normalized()
    };
    let platforms = Platforms {
        asked: targets.iter().map(platform).collect(),
        builder: builder.clone(),
    };
    let mut files = Files::new();
    let mut diags = Diagnostics::new();
    let file = files.add(name, String::from_utf8_lossy(bytes));
    let mut builds = Vec::new();
    let mut is_dockerfile = false;
    if let Some(reading) = compile::read(file, name, bytes, &mut diags) {
        let known = diags.clone();
        let mut asked = asked.clone();
        let (plans, resolved) = loop {
            let plans = compile::plans(&reading.build, &asked, &platforms, &mut diags);
            let resolved = resolved(&plans, &mut diags);
            if !resolved.add_triggers(&plans, &mut asked.triggers) {
                break (plans, resolved);
            }
            diags.clone_from(&known);
        };
        is_dockerfile = reading.build.language == Language::Dockerfile;
        if asked.purpose == Purpose::Check || is_dockerfile {
            let input = lint::Input {
                build: &reading.build,
                asked: &asked,
                plans: &plans,
                resolved: &resolved,
                files: &files,
                // Many a Dockerfile here copies what it leaves out.
                ignored: &match is_dockerfile && asked.purpose == Purpose::Build {
                    true => Vec::new(),
                    false => IGNORED.map(str::to_owned).to_vec(),
                },
            };
            lint::lint(&input, &mut diags);
        }
        builds.extend(
            plans
                .into_iter()
                .map(|plan| lowered((plan, &asked), &resolved, &files, &mut diags)),
        );
        reading.add_paths(&mut diags);
    }
    Compiled {
        files,
        diags,
        is_dockerfile,
        builds,
    }
}

fn resolved(plans: &[Plan], diags: &mut Diagnostics) -> Resolved {
    let mut resolved = Resolved::default();
    for image in plans.iter().flat_map(|plan| &plan.images) {
        let pinned = match image.name.contains('@') {
            true => image.name.clone(),
            false => format!("{}@{DIGEST}", image.name),
        };
        let config = config(&image.name, &image.platform);
        resolved.insert(image, pinned, config.into_bytes(), diags);
    }
    resolved
}

/// Returns the config of an image.
///
/// A registry may have one for another platform than it was asked for. An image `no-layers` has
/// nothing but its config.
pub(crate) fn config(name: &str, platform: &Platform) -> String {
    let config = match name.contains("amd64-only") {
        true => CONFIG.to_owned(),
        false => CONFIG
            .replace("amd64", &platform.architecture)
            .replace("linux", &platform.os),
    };
    let config = match name.contains("/no-layers:") {
        true => config
            .replace(r#""sha256:aa""#, "")
            .replace("\"created_by\"", "\"empty_layer\":true,\"created_by\""),
        false => config,
    };
    match triggers(name) {
        Some(triggers) => config.replacen("{\n", &format!("{{\"OnBuild\":{triggers},"), 1),
        None => config,
    }
}

/// Returns the ONBUILD triggers of an image whose name says that it has some, as JSON.
fn triggers(name: &str) -> Option<String> {
    let (_, name) = name.split_once("/onbuild/")?;
    let (name, _) = name.split_once(':')?;
    let dir = env!("CARGO_MANIFEST_DIR");
    let path = format!("{dir}/parity/onbuild/{name}.json");
    Some(fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}")))
}

fn lowered(
    (plan, asked): (Plan, &Asked),
    resolved: &Resolved,
    files: &Files,
    diags: &mut Diagnostics,
) -> Built {
    let options = Options {
        context: ContextSource::Local(LocalContext {
            session: "session".to_owned(),
            ..LocalContext::default()
        }),
        target: TargetChoice::Explicit,
        proxy: proxy(&asked.args),
        ..Options::default()
    };
    let lowered = lower::lower(plan.clone(), resolved, &options, files, diags);
    let source = SourceInfo {
        filename: "build.yaml".to_owned(),
        ..SourceInfo::default()
    };
    let definition = lowered.graph.define(lowered.result, &[source]);
    Built {
        plan,
        definition,
        config: lowered.config,
    }
}
