//! Beside the passes: what is worth a word about a build that works.
//!
//! In: the build file as written, its plans, and what their images were resolved to. Out:
//! warnings, each with the code of its rule. [`RULES`] is the table; a rule is one function in a
//! file of its own under `lint/rule/`, and has a page of its own under `docs/rules/`. A rule says
//! only what is certain: what depends on an image that nobody resolved is not judged.
//!
//! `check` in the file and the build argument [`CHECK_ARG`] set which rules there are
//! ([`settings`]); [`settle`] applies the same settings to the warnings of the passes.

mod chain;
mod command;
mod dockerfile;
mod package;
mod rule;
mod secret;
pub mod settings;
mod shell;
mod sink;
mod written;

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::expand::{Asked, StageId};
use crate::lower::Resolved;
use crate::model::{Build, Check, Language};
use crate::plan::Plan;
use crate::text::Files;

use chain::Cx;
use sink::Sink;

/// The build argument that takes the place of the file's `check`, as for a Dockerfile
/// (`frontend/dockerfile/builder/build.go`, v0.32.2).
pub const CHECK_ARG: &str = "BUILDKIT_DOCKERFILE_CHECK";

/// Whether a rule is on when no setting names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// On: what it finds is wrong nearly always.
    Default,
    /// Off: a matter of opinion, or of what the image is for.
    Experimental,
}

/// A row of the rule table.
#[derive(Debug)]
pub struct Rule {
    /// Its name, and one line about it.
    pub code: Code,
    /// Whether it is on.
    pub state: State,
    /// The rule of the Dockerfile frontend that it is like, which settings may name too.
    pub upstream: Option<&'static str>,
    judge: Judge,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
enum Judge {
    /// The file as written, once.
    File(for<'a> fn(&'a Build, &mut Sink<'a>)),
    /// Each stage that is looked at, on each platform.
    Stage(for<'a> fn(&Cx<'a>, StageId, &mut Sink<'a>)),
    /// The stage that is the result, on each platform.
    Result(for<'a> fn(&Cx<'a>, StageId, &mut Sink<'a>)),
}

pub use rule::RULES;

/// What the rules look at.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The file as written.
    pub build: &'a Build,
    /// What was asked for.
    pub asked: &'a Asked,
    /// One for each platform; the stages that it reaches are looked at.
    pub plans: &'a [Plan],
    /// What images were resolved to; what is not in it is not known.
    pub resolved: &'a Resolved,
    /// The text of the file.
    pub files: &'a Files,
    /// The patterns of the ignore file.
    pub ignored: &'a [String],
}

/// Reports what the rules find: each finding once, however many platforms there are.
///
/// A file with mistakes is not judged: what was left out may be what a rule misses.
pub fn lint(input: &Input<'_>, diags: &mut Diagnostics) {
    if diags.has_mistakes() {
        return;
    }
    crate::pass::enter("lint");
    let file = settings::of_file(input.build, input.asked, &mut Diagnostics::new());
    let plans: Vec<Cx<'_>> = input.plans.iter().map(|it| Cx::new(input, it)).collect();
    let mut seen = BTreeSet::new();
    let rules = match input.build.language {
        Language::BuildFile => RULES,
        Language::Dockerfile => rule::DOCKERFILE,
    };
    for rule in rules {
        let mut sink = Sink::new(rule, &file, &mut seen, diags);
        let (judge, is_result) = match rule.judge {
            Judge::File(judge) => {
                judge(input.build, &mut sink);
                continue;
            }
            Judge::Stage(judge) => (judge, false),
            Judge::Result(judge) => (judge, true),
        };
        for plan in &plans {
            for id in plan.stages() {
                if !is_result || *id == plan.plan.result {
                    sink.enter_stage(plan.stage(*id).check.as_ref());
                    judge(plan, *id, &mut sink);
                }
            }
        }
    }
}

/// What a file and a request say about findings, kept when the file itself is not.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Only the rules of its own frontend fail a Dockerfile.
    is_dockerfile: bool,
    file: Check,
    checks: settings::Checks,
}

/// Returns what a file and a request say about findings.
pub fn settings(build: &Build, asked: &Asked) -> Settings {
    Settings {
        is_dockerfile: build.language == Language::Dockerfile,
        file: settings::of_file(build, asked, &mut Diagnostics::new()),
        checks: settings::Checks::new(build),
    }
}

/// Reports what is wrong with the settings themselves: `unknown-rule`, `bad-option`.
pub fn check_settings(build: &Build, asked: &Asked, diags: &mut Diagnostics) {
    settings::of_file(build, asked, diags);
    if build.language == Language::BuildFile {
        settings::check_names(build, diags);
    }
}

/// Applies the settings to the warnings of the passes: those that are skipped are removed, and
/// they are errors where a warning is one.
pub fn settle(settings: &Settings, diags: &mut Diagnostics) {
    let level = |diagnostic: &Diagnostic| {
        let around = settings.checks.around(diagnostic);
        let layers: Vec<&Check> = [&settings.file].into_iter().chain(around).collect();
        settings::level(diagnostic.code, state(diagnostic.code), &layers)
    };
    diags.retain(|it| !is_settable(it.code) || level(it).is_some());
    let can_fail = |code: Code| !settings.is_dockerfile || code.is_of_dockerfile();
    for diagnostic in diags.iter_mut().filter(|it| is_settable(it.code)) {
        if level(diagnostic) == Some(Severity::Error) && can_fail(diagnostic.code) {
            diagnostic.severity = Severity::Error;
        }
    }
}

/// Returns whether what has a code is reported when no setting names it.
pub fn state(code: Code) -> State {
    match (code, find(code)) {
        (Code::InvalidDefinitionDescription, _) => State::Experimental,
        (_, Some(rule)) => rule.state,
        (_, None) => State::Default,
    }
}

/// Tells whether a pass reports the code and a `check` can skip it; rules look for themselves.
fn is_settable(code: Code) -> bool {
    settings::can_be_skipped(code) && find(code).is_none()
}

/// Returns the rule with this code.
pub fn find(code: Code) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code)
}

/// Returns the warnings, and what a setting made an error of one, in the order of the file: what
/// buildx shows below a build and what `--check` lists. The rule's name is `code.name()`, its
/// description `code.title()`.
pub fn findings(diags: &Diagnostics) -> impl Iterator<Item = &Diagnostic> {
    diags
        .iter()
        .filter(|it| it.severity == Severity::Warning || it.is_violation())
}

/// Where the pages of `docs/rules` are read, with `{}` for the name of a rule, such as
/// `https://code.example.com/windlass/docs/rules/{}.md`. Whoever publishes the frontend says so when
/// it is compiled; nobody else knows.
const PAGES: Option<&str> = option_env!("WINDLASS_RULE_URL");

/// Returns where one reads about a finding; empty if it has no page or the pages no address.
pub fn url(code: Code) -> String {
    page(PAGES, code)
}

/// Returns where the Dockerfile frontend explains its rule.
fn upstream_page(code: Code) -> String {
    if code == Code::InvalidBaseImagePlatform {
        return String::new();
    }
    let mut page = String::new();
    let name: Vec<char> = code.name().chars().collect();
    for (at, c) in name.iter().enumerate() {
        let is_lower = |at: Option<&char>| at.is_some_and(|c: &char| c.is_ascii_lowercase());
        let before = at.checked_sub(1).and_then(|at| name.get(at));
        let starts = c.is_ascii_uppercase() && (is_lower(before) || is_lower(name.get(at + 1)));
        if starts && at > 0 {
            page.push('-');
        }
        page.push(c.to_ascii_lowercase());
    }
    format!("https://docs.docker.com/go/dockerfile/rule/{page}/")
}

fn page(pages: Option<&str>, code: Code) -> String {
    let has_page = find(code).is_some() || code.is_of_dockerfile();
    match pages {
        Some(pages) if has_page => pages.replace("{}", code.name()),
        None if code.is_of_dockerfile() => upstream_page(code),
        _ => String::new(),
    }
}

/// Returns the sentence with which a build fails when findings are errors, as the Dockerfile
/// frontend's (`frontend/dockerfile/linter/linter.go`, v0.32.2); `None` if it does not.
pub fn violation(diags: &Diagnostics) -> Option<String> {
    let violations = diags.iter().filter(|it| it.is_violation());
    let names: BTreeSet<&str> = violations.map(|it| it.code.name()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let message = || format!("lint violation found for rules: {}", names.join(", "));
    (!names.is_empty()).then(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pages: Option<&str>, code: Code, expected: &str) {
        assert_eq!(page(pages, code), expected);
    }

    #[test]
    fn a_rule_s_page_is_where_the_publisher_says() {
        let pages = Some("https://example.com/rules/{}.md");
        let expected = "https://example.com/rules/latest-image.md";
        check(pages, Code::LatestImage, expected);
        check(None, Code::LatestImage, "");
    }

    #[test]
    fn rules_of_dockerfiles_are_explained_by_their_own_frontend_too() {
        let pages = Some("https://example.com/rules/{}.md");
        let code = Code::JSONArgsRecommended;
        check(
            pages,
            code,
            "https://example.com/rules/JSONArgsRecommended.md",
        );
        let theirs = "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/";
        check(None, code, theirs);
        check(None, Code::InvalidBaseImagePlatform, "");
    }

    #[test]
    fn what_is_no_rule_has_no_page() {
        check(Some("https://example.com/{}"), Code::UnknownKey, "");
    }
}
