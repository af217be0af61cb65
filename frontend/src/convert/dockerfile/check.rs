//! Settings of the warnings become `# check=`, in the names that rules have in Dockerfiles.
//!
//! A rule that Dockerfiles do not have stands in a comment.

use crate::lint::RULES;
use crate::model::{Build, Check};
use crate::text::Spanned;

use super::Cx;

/// Writes the settings of the file, which come before its first comment.
pub(super) fn of_file(cx: &mut Cx<'_>, build: &Build) {
    let Some(check) = &build.check else { return };
    let mut parts = parts(check);
    let error = check.error.as_ref().filter(|it| it.value);
    parts.extend(error.map(|_| "error=true".to_owned()));
    directive(cx, &parts);
}

/// Writes the settings of a stage or a step above its instruction; only the file says what is an
/// error.
pub(super) fn above(cx: &mut Cx<'_>, check: Option<&Check>) {
    let Some(check) = check else { return };
    left_out(cx, check);
    if check.error.as_ref().is_some_and(|it| it.value) {
        cx.comment(Some("check: error: true"));
    }
    directive(cx, &parts(check));
}

fn directive(cx: &mut Cx<'_>, parts: &[String]) {
    if !parts.is_empty() {
        cx.comment(Some(&format!("check={}", parts.join(";"))));
    }
}

fn parts(check: &Check) -> Vec<String> {
    let lists = [("skip", &check.skip), ("experimental", &check.experimental)];
    let part = |(key, rules): (&str, &Vec<Spanned<String>>)| {
        let names: Vec<&str> = rules.iter().filter_map(upstream).collect();
        (!names.is_empty()).then(|| format!("{key}={}", names.join(",")))
    };
    lists.into_iter().filter_map(part).collect()
}

/// Writes the rules that Dockerfiles do not have.
pub(super) fn left_out(cx: &mut Cx<'_>, check: &Check) {
    for (key, rules) in [("skip", &check.skip), ("experimental", &check.experimental)] {
        let names = rules.iter().filter(|rule| upstream(rule).is_none());
        let names: Vec<&str> = names.map(|rule| rule.value.as_str()).collect();
        if !names.is_empty() {
            cx.comment(Some(&format!("check: {key}: [{}]", names.join(", "))));
        }
    }
}

/// Returns the name that a rule has in Dockerfiles; `all` is that of all.
fn upstream(rule: &Spanned<String>) -> Option<&str> {
    let name = rule.value.as_str();
    let is_it = |upstream: &&'static str| upstream.eq_ignore_ascii_case(name);
    let mut rules = RULES.iter();
    match name {
        "all" => Some(name),
        _ => rules.find_map(|rule| {
            let found = rule.upstream?;
            (rule.code.name() == name || is_it(&found)).then_some(found)
        }),
    }
}
