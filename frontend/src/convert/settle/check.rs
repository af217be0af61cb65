//! The directive `# check=` becomes the `check` of the file, in the names that its rules have here.

use crate::lint::RULES;
use crate::model::{Build, Check};
use crate::text::{File, FileId, Span, Spanned};

/// Reads the directive; rules that only Dockerfiles have are left out, as nothing breaks them here.
pub(super) fn settle(build: &mut Build, file: &File) {
    let lines = file.text().trim_start_matches('\u{feff}').lines();
    let mut directives = lines.map_while(|line| line.trim().strip_prefix('#')?.split_once('='));
    let check = directives.find(|(name, _)| name.trim().eq_ignore_ascii_case("check"));
    let Some((_, value)) = check.filter(|_| build.check.is_none()) else {
        return;
    };
    let span = Span::new(FileId::ROOT, 0..0);
    let mut check = Check::default();
    for (key, value) in value
        .split(';')
        .filter_map(|setting| setting.split_once('='))
    {
        match key.trim() {
            "skip" => check.skip = rules(value, span),
            "experimental" => check.experimental = rules(value, span),
            "error" => check.error = Some(Spanned::new(value.trim() == "true", span)),
            _ => {}
        }
    }
    let is_empty = check.skip.is_empty() && check.experimental.is_empty() && check.error.is_none();
    build.check = (!is_empty).then_some(check);
}

fn rules(names: &str, span: Span) -> Vec<Spanned<String>> {
    let mut rules: Vec<Spanned<String>> = Vec::new();
    for name in names.split(',').map(str::trim) {
        let mut same = RULES.iter().filter(|rule| {
            rule.upstream
                .is_some_and(|it| it.eq_ignore_ascii_case(name))
        });
        let rule = match name {
            "all" => Some("all"),
            _ => same.next().map(|rule| rule.code.name()),
        };
        let rule = rule.filter(|rule| rules.iter().all(|it| it.value != *rule));
        rules.extend(rule.map(|rule| Spanned::new(rule.to_owned(), span)));
    }
    rules
}
