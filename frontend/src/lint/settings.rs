//! Which rules count where: `check` of the file, of a stage, of a step, and the build argument.

use crate::diagnostic::suggest::nearest;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, Severity};
use crate::dockerfile;
use crate::expand::Asked;
use crate::model::{Build, Check, Language, Stage, Step, Verb, Written};
use crate::text::{FileId, Span, Spanned};

use super::{CHECK_ARG, RULES, State};

/// Rules of the Dockerfile frontend that have no equal here
/// (`frontend/dockerfile/linter/ruleset.go`, v0.32.2).
const NOT_OURS: &[&str] = &[
    "ConsistentInstructionCasing",
    "DuplicateStageName",
    "FromAsCasing",
    "InvalidDefaultArgInFrom",
    "InvalidDefinitionDescription",
    "LegacyKeyValueFormat",
    "MaintainerDeprecated",
    "NoEmptyContinuation",
    "ReservedStageName",
    "StageNameCasing",
    "UndefinedArgInFrom",
    "UndefinedVar",
];

/// Rules of Dockerfiles for which only the settings of the file count
/// (`dockerfile2llb/validations.go`, v0.32.2).
const OF_FILE: &[Code] = &[
    Code::ConsistentInstructionCasing,
    Code::DuplicateStageName,
    Code::InvalidDefaultArgInFrom,
    Code::NoEmptyContinuation,
    Code::ReservedStageName,
];

/// Every name.
const ALL: &str = "all";

/// Returns the settings of the file: the build argument's, else those of `check`.
///
/// Reports what is wrong with the build argument.
pub(super) fn of_file(build: &Build, asked: &Asked, diags: &mut Diagnostics) -> Check {
    match asked.args.get(CHECK_ARG) {
        Some(text) if build.language == Language::Dockerfile => {
            let nowhere = Span::new(FileId::ROOT, 0..0);
            dockerfile::options(text, nowhere).unwrap_or_else(|message| {
                bad(message, diags);
                Check::default()
            })
        }
        Some(text) => parse(text, diags),
        None => build.check.clone().unwrap_or_default(),
    }
}

/// Returns how bad a finding is where these settings count, the outermost first; `None` if it is
/// not to be reported.
///
/// A `skip` that names the rule wins. An experimental rule is on where a setting says so, and
/// `skip: all` of the file, as a Dockerfile's, leaves it on.
pub(super) fn level(code: Code, state: State, layers: &[&Check]) -> Option<Severity> {
    let names = |list: &[Spanned<String>], name: &str| list.iter().any(|it| it.value == name);
    let name = code.name();
    let is_experimental = state == State::Experimental;
    for (depth, layer) in layers.iter().enumerate() {
        let is_all = names(&layer.skip, ALL) && (depth > 0 || !is_experimental);
        if is_all || names(&layer.skip, name) {
            return None;
        }
    }
    let is_asked_for = |it: &&Check| names(&it.experimental, ALL) || names(&it.experimental, name);
    if is_experimental && !layers.iter().any(is_asked_for) {
        return None;
    }
    let error = layers.iter().rev().find_map(|layer| layer.error);
    Some(match error.is_some_and(|error| error.value) {
        true => Severity::Error,
        false => Severity::Warning,
    })
}

/// Tells whether settings may name the code.
pub(super) fn can_be_skipped(code: Code) -> bool {
    code.severity() == Severity::Warning || code == Code::ParallelConflict
}

/// Returns our name for what a setting names.
fn ours(name: &str) -> Option<&'static str> {
    let mut known = Code::ALL
        .iter()
        .filter(|code| can_be_skipped(**code) && !code.is_of_dockerfile());
    let known = known.find(|code| code.name() == name);
    let upstream = || RULES.iter().find(|rule| rule.upstream == Some(name));
    known
        .map(|code| code.name())
        .or_else(|| upstream().map(|rule| rule.code.name()))
}

/// Reads `skip=a,b;error=true;experimental=all` (`ParseLintOptions` in
/// `frontend/dockerfile/linter/linter.go`, v0.32.2).
fn parse(text: &str, diags: &mut Diagnostics) -> Check {
    let mut check = Check::default();
    for part in text.split(';').filter(|part| !part.trim().is_empty()) {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let (key, value) = (key.trim(), value.trim());
        match key {
            "skip" => check.skip = list(value, diags),
            "experimental" => check.experimental = list(value, diags),
            "error" => match value {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => check.error = Some(nowhere(true)),
                "0" | "f" | "F" | "false" | "FALSE" | "False" => {
                    check.error = Some(nowhere(false));
                }
                _ => bad(format!("`{value}` is neither true nor false"), diags),
            },
            _ => bad(format!("`{key}` is none of its settings"), diags),
        }
    }
    check
}

fn bad(message: String, diags: &mut Diagnostics) {
    diags
        .report(Code::BadOption, Place::Outside(CHECK_ARG), message)
        .help("write settings such as `skip=NAME,NAME;error=true;experimental=all`");
}

fn list(text: &str, diags: &mut Diagnostics) -> Vec<Spanned<String>> {
    let names = text.split(',').map(str::trim).filter(|it| !it.is_empty());
    let name = |name: &str| {
        let ours = ours(name);
        if ours.is_none() && name != ALL && !NOT_OURS.contains(&name) {
            // One list serves many files, and those of Dockerfiles grow.
            unknown(name, Place::Outside(CHECK_ARG), diags).severity = Severity::Warning;
        }
        nowhere(ours.unwrap_or(name).to_owned())
    };
    names.map(name).collect()
}

fn nowhere<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span::new(FileId::ROOT, 0..0))
}

fn unknown<'d>(
    name: &str,
    place: Place,
    diags: &'d mut Diagnostics,
) -> &'d mut crate::diagnostic::Diagnostic {
    let diagnostic = diags.report(
        Code::UnknownRule,
        place,
        format!("there is no rule `{name}`"),
    );
    let known = Code::ALL
        .iter()
        .filter(|code| can_be_skipped(**code) && !code.is_of_dockerfile());
    let known = known.map(|code| code.name());
    let near = nearest(name, known).or_else(|| ours(name));
    match near {
        Some(near) if place.span().is_some() => {
            diagnostic.suggest(near, format!("did you mean `{near}`?"))
        }
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if NOT_OURS.contains(&name) => {
            diagnostic.help("this rule of Dockerfiles has no equal here: remove it")
        }
        None => diagnostic.help("the rules are those of docs/rules"),
    }
}

/// Reports names in the `check` of the file, its stages and steps that no rule has.
pub(super) fn check_names(build: &Build, diags: &mut Diagnostics) {
    for (_, check) in Checks::new(build).list {
        for name in check.skip.iter().chain(&check.experimental) {
            if ours(&name.value) != Some(name.value.as_str()) && name.value != ALL {
                unknown(&name.value, Place::At(name.span), diags);
            }
        }
    }
}

/// Every `check` of a file, and what it stands on.
#[derive(Clone, Debug)]
pub(super) struct Checks {
    /// Outer ones first; the file's has no place.
    list: Vec<(Option<Span>, Check)>,
}

impl Checks {
    pub(super) fn new(build: &Build) -> Self {
        let mut checks = Self { list: Vec::new() };
        let of_file = build.check.clone().map(|check| (None, check));
        checks.list.extend(of_file);
        let mut stages = build.stages.iter().peekable();
        while let Some(stage) = stages.next() {
            if build.language == Language::Dockerfile {
                checks.instructions(stage);
                continue;
            }
            let around = up_to(stage.span, stages.peek().map(|next| next.span), u32::MAX);
            for body in super::written::bodies(stage) {
                checks.add(around, body.check.as_ref());
                checks.steps(body.steps.as_deref().unwrap_or_default(), around);
            }
        }
        checks
    }

    /// Adds those of a Dockerfile, each for one instruction.
    fn instructions(&mut self, stage: &Stage) {
        self.add(stage.span, stage.body.check.as_ref());
        for step in stage.body.steps.iter().flatten() {
            self.add(step.span, step.check.as_deref());
        }
    }

    fn add(&mut self, around: Span, check: Option<&Check>) {
        let check = check.cloned();
        self.list.extend(check.map(|check| (Some(around), check)));
    }

    fn steps(&mut self, steps: &[Step<Written>], outer: Span) {
        let mut steps = steps.iter().peekable();
        while let Some(step) = steps.next() {
            let around = up_to(step.span, steps.peek().map(|next| next.span), outer.end);
            self.add(around, step.check.as_deref());
            if let Verb::Parallel(branches) = &step.verb {
                branches.iter().for_each(|it| self.steps(it, around));
            }
        }
    }

    /// Returns the settings of the stage and the steps around a finding, the outermost first.
    pub(super) fn around(&self, of: &Diagnostic) -> impl Iterator<Item = &Check> {
        let place = of.place.span().filter(|_| !OF_FILE.contains(&of.code));
        let is_around = move |around: Span| {
            place.is_some_and(|it| {
                it.file == around.file && around.start <= it.start && it.end <= around.end
            })
        };
        let list = self.list.iter();
        list.filter_map(move |(around, check)| around.filter(|it| is_around(*it)).map(|_| check))
    }
}

/// Returns a span up to what follows it, as a comment at its end belongs to it.
fn up_to(span: Span, next: Option<Span>, end: u32) -> Span {
    let end = next.map_or(end, |next| next.start);
    Span {
        end: end.max(span.end),
        ..span
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::oneline;
    use crate::text::Files;

    /// The level of some rules under a value of the build argument, then what is said of it.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut diags = Diagnostics::new();
        let settings = parse(text, &mut diags);
        let mut out = Vec::new();
        let rules = [
            (Code::LatestImage, State::Default),
            (Code::SecretInArgOrEnv, State::Default),
            (Code::RootUser, State::Experimental),
        ];
        for (code, state) in rules {
            let level = level(code, state, &[&settings]);
            let level = level.map(|level| format!("{} {}", code.name(), level.as_str()));
            out.extend(level);
        }
        out.extend(diags.iter().map(|it| oneline(it, &Files::new())));
        assert_eq!(out.join("; "), expected);
    }

    #[test]
    fn rules_are_skipped_and_asked_for() {
        check("", "latest-image warning; secret-in-arg-or-env warning");
        check("skip=latest-image, secret-in-arg-or-env", "");
        check("skip=all", "");
        check("skip=all;experimental=all", "root-user warning");
        check(
            "experimental=root-user;error=true",
            "latest-image error; secret-in-arg-or-env error; root-user error",
        );
        check(
            "experimental=all;skip=root-user",
            "latest-image warning; secret-in-arg-or-env warning",
        );
    }

    #[test]
    fn rules_have_their_names_in_dockerfiles_too() {
        check(
            "skip=SecretsUsedInArgOrEnv,StageNameCasing",
            "latest-image warning",
        );
    }

    #[test]
    fn what_is_no_setting_is_said() {
        check(
            "skip=lates-image,secret-in-arg-or-env",
            "latest-image warning; BUILDKIT_DOCKERFILE_CHECK: there is no rule `lates-image` \
             (did you mean `latest-image`?)",
        );
        check(
            "skip=all;error=maybe",
            "BUILDKIT_DOCKERFILE_CHECK: `maybe` is neither true nor false (write settings such \
             as `skip=NAME,NAME;error=true;experimental=all`)",
        );
        check(
            "skip=all;ignore=x",
            "BUILDKIT_DOCKERFILE_CHECK: `ignore` is none of its settings (write settings such \
             as `skip=NAME,NAME;error=true;experimental=all`)",
        );
    }
}
