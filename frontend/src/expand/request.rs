//! What the request asks for, held against what the file has: target, platforms, arguments.

use std::collections::BTreeSet;

use buildkit_llb::Platform;

use crate::diagnostic::suggest::nearest;
use crate::diagnostic::{Code, Diagnostics, Place};
use crate::model::{Build, Language, Value, Verb};
use crate::text::Spanned;
use crate::units::misspelt_platform;

use super::input::StageNames;
use super::{Asked, StageId};

/// Arguments that need no declaration (contract of the Dockerfile frontend, v0.32.2:
/// `dockerfile2llb/convert.go`, `platform.go`).
const PREDEFINED: &[&str] = &[
    "ALL_PROXY",
    "BUILDARCH",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDPLATFORM",
    "BUILDVARIANT",
    "FTP_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "SOURCE_DATE_EPOCH",
    "TARGETARCH",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETPLATFORM",
    "TARGETSTAGE",
    "TARGETVARIANT",
    "all_proxy",
    "ftp_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// Returns the stage that is the result: the one asked for, `default`, or the last.
///
/// Reports `unknown-target`. The result is also `None` when there is no stage.
pub fn result(build: &Build, asked: &Asked, diags: &mut Diagnostics) -> Option<StageId> {
    let names = StageNames::new(build);
    if let Some(target) = &asked.target {
        let found = names.find(target);
        if found.is_none() {
            let mut message = format!("target stage \"{target}\" could not be found");
            let near = names.nearest(target);
            if let Some(near) = near {
                message.push_str(&format!(" (did you mean {near}?)"));
            }
            let place = Place::Outside("--target");
            let diagnostic = diags.report(Code::UnknownTarget, place, message);
            if near.is_none() && !build.stages.is_empty() {
                diagnostic.help(names.listed());
            }
        }
        return found.map(StageId);
    }
    // An unknown default is reported by `check`.
    let default = build.default.as_ref();
    let default = default.and_then(|name| names.find(&name.value));
    let last = build.stages.len().checked_sub(1);
    default.or(last).map(StageId)
}

/// Returns the platforms to build for: those asked for, else one that the file's `platforms` and
/// the builder agree on.
///
/// Reports `unsupported-platform`, `bad-platform` and `platform-needed`.
pub fn targets(
    build: &Build,
    asked: &[Platform],
    builder: &Platform,
    diags: &mut Diagnostics,
) -> Vec<Platform> {
    let mut supported: Vec<String> = Vec::new();
    for name in build.platforms.iter().map(|it| key(&it.value)) {
        if !supported.contains(&name) {
            supported.push(name);
        }
    }
    let is_supported =
        |platform: &Platform| supported.is_empty() || supported.contains(&key(platform));
    if asked.is_empty() {
        if is_supported(builder) {
            return vec![builder.clone()];
        }
        if let ([_], [only, ..]) = (supported.as_slice(), build.platforms.as_slice()) {
            return vec![only.value.clone()];
        }
        let message = format!(
            "the file supports several platforms, and the builder's, `{}`, is none of them",
            builder.format()
        );
        diags
            .report(Code::PlatformNeeded, Place::Outside("--platform"), message)
            .help(format!(
                "pass `--platform` with one of {}",
                supported.join(", ")
            ));
        return Vec::new();
    }
    for platform in asked.iter().filter(|it| !is_supported(it)) {
        let name = platform.format();
        let message = format!("the file does not support the platform `{name}`");
        let place = Place::Outside("--platform");
        let diagnostic = diags.report(Code::UnsupportedPlatform, place, message);
        if let Some(near) = nearest(&name, supported.iter().map(String::as_str)) {
            diagnostic.help(format!("did you mean `{near}`?"));
        }
        diagnostic.help(format!("its `platforms` are {}", supported.join(", ")));
    }
    // The Dockerfile frontend takes any.
    let named = asked.iter().filter(|_| supported.is_empty());
    for platform in named.filter(|_| build.language == Language::BuildFile) {
        if let Some(message) = misspelt_platform(platform) {
            diags.report(Code::BadPlatform, Place::Outside("--platform"), message);
        }
    }
    asked.to_vec()
}

fn key(platform: &Platform) -> String {
    platform.clone().normalized().format()
}

/// Reports `unknown-build-arg`.
///
/// Who builds Dockerfiles gives all of them the same arguments at times, and their own frontend
/// says nothing: there only one that was probably meant to be another is worth a word.
pub(super) fn unknown_args(build: &Build, asked: &Asked, diags: &mut Diagnostics) {
    let is_predefined =
        |name: &str| name.starts_with("BUILDKIT_") || PREDEFINED.binary_search(&name).is_ok();
    let mut unknown = asked
        .args
        .keys()
        .filter(|name| !is_predefined(name))
        .peekable();
    if unknown.peek().is_none() {
        return;
    }
    let declared = declared(build);
    let is_declared = |name: &str| declared.contains(name) || asked.triggers.declare(name);
    for name in unknown.filter(|name| !is_declared(name)) {
        let near = nearest(name, declared.iter().copied());
        if near.is_none() && build.language == Language::Dockerfile {
            continue;
        }
        let message = format!("build argument `{name}` is not declared in the file");
        let place = Place::Outside("--build-arg");
        let diagnostic = diags.report(Code::UnknownBuildArg, place, message);
        if let Some(near) = near {
            diagnostic.help(format!("did you mean `{near}`?"));
        }
    }
}

/// Returns the variables that have the value of an argument of the same name.
fn of_env(entries: &[(Spanned<String>, Option<Value>)]) -> impl Iterator<Item = &str> {
    let unset = entries.iter().filter(|(_, value)| value.is_none());
    unset.map(|(name, _)| name.value.as_str())
}

/// Returns the names of every argument that is declared anywhere in the file.
pub(super) fn declared(build: &Build) -> BTreeSet<&str> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    names.extend(build.args.iter().map(|arg| arg.name.value.as_str()));
    for stage in &build.stages {
        let variants = stage.by_platform.iter().map(|variant| &variant.body);
        for body in variants.chain([&stage.body]) {
            names.extend(body.args.iter().map(|arg| arg.name.value.as_str()));
            names.extend(of_env(&body.build_env));
            for step in body.steps.iter().flatten() {
                match &step.verb {
                    Verb::Arg(args) => {
                        names.extend(args.iter().map(|arg| arg.name.value.as_str()));
                    }
                    Verb::BuildEnv(entries) => names.extend(of_env(entries)),
                    _ => {}
                }
            }
        }
    }
    names
}
