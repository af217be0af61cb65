//! `# check=` becomes the `check` of the file, of stages and of steps, in the names that its rules
//! have here.

use crate::lint::RULES;
use crate::model::{Build, Check};
use crate::text::Spanned;

/// Renames rules, and takes the comments away that said so; rules that only Dockerfiles have are
/// left out, as nothing breaks them here.
pub(super) fn settle(build: &mut Build, comments: &mut Vec<Spanned<String>>) {
    build.check = build.check.take().and_then(renamed);
    let mut said = Vec::new();
    for stage in &mut build.stages {
        said.extend(stage.body.check.as_ref().and_then(|check| check.span));
        stage.body.check = stage.body.check.take().and_then(renamed);
        for step in stage.body.steps.iter_mut().flatten() {
            said.extend(step.check.as_ref().and_then(|check| check.span));
            let check = step.check.take().and_then(|check| renamed(*check));
            step.check = check.map(Box::new);
        }
    }
    comments.retain(|comment| !said.contains(&comment.span));
}

/// Returns settings in our names; none if nothing is left of them.
fn renamed(mut check: Check) -> Option<Check> {
    check.skip = rules(check.skip);
    check.experimental = rules(check.experimental);
    let is_empty = check.skip.is_empty() && check.experimental.is_empty() && check.error.is_none();
    (!is_empty).then_some(check)
}

fn rules(names: Vec<Spanned<String>>) -> Vec<Spanned<String>> {
    let mut rules: Vec<Spanned<String>> = Vec::new();
    for mut name in names {
        let is_it = |upstream: &str| upstream.eq_ignore_ascii_case(&name.value);
        let mut same = RULES.iter().filter(|rule| rule.upstream.is_some_and(is_it));
        let rule = match name.value.as_str() {
            "all" => Some("all"),
            _ => same.next().map(|rule| rule.code.name()),
        };
        if let Some(rule) = rule.filter(|rule| rules.iter().all(|it| it.value != *rule)) {
            name.value = rule.to_owned();
            rules.push(name);
        }
    }
    rules
}
