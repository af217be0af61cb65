//! `copy-ignored`: the ignore file leaves out what a `copy` names, so the step finds nothing.

use crate::expand::{Input, StageId};
use crate::lint::chain::{Cx, steps};
use crate::lint::sink::Sink;
use crate::lower::path::{clean, has_wildcards};
use crate::model::{Source, Verb};

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    let patterns = cx.input.ignored;
    // What an exception lets in again is not worked out here.
    if patterns.iter().any(|it| it.starts_with('!')) {
        return;
    }
    for step in steps(cx.stage(id)) {
        let sources = match &step.verb {
            Verb::Copy(copy) => match (&copy.from, &copy.optional) {
                (None | Some(Input::Context(_)), None) => &copy.sources,
                _ => continue,
            },
            Verb::Add(add) => &add.sources,
            _ => continue,
        };
        for source in sources {
            let Source::Path(path) = source else { continue };
            let Some(text) = path.as_literal().filter(|it| is_local(it)) else {
                continue;
            };
            let written = clean(text);
            let inside = written.trim_start_matches('/');
            if let Some(pattern) = patterns.iter().find(|it| leaves_out(it, inside)) {
                sink.enter_step(step)
                    .report(path.span, format!("the ignore file leaves `{text}` out"))
                    .label(format!("by `{pattern}`"))
                    .help("change the ignore file, or leave the path out here");
            }
        }
    }
}

fn is_local(path: &str) -> bool {
    !has_wildcards(path) && !path.contains("://") && !path.contains('@')
}

/// Tells whether a pattern matches a path or a directory above it. Patterns with brackets or
/// backslashes are not read and match nothing.
fn leaves_out(pattern: &str, path: &str) -> bool {
    if path == "." || path.is_empty() || pattern.contains(['[', '\\']) {
        return false;
    }
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    // What is below a directory is not the directory.
    let least = if pattern.last() == Some(&"**") {
        pattern.len()
    } else {
        1
    };
    (least..=path.len()).any(|n_parts| {
        glob(
            &pattern,
            &path[..n_parts],
            &|it| *it == "**",
            &|pattern, part| part_matches(pattern, part),
        )
    })
}

fn part_matches(pattern: &str, part: &str) -> bool {
    let (pattern, part): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), part.chars().collect());
    glob(&pattern, &part, &|it| *it == '*', &|a, b| {
        *a == '?' || a == b
    })
}

/// Tells whether a pattern matches a whole text, where a star is any number of its items.
fn glob<T>(
    pattern: &[T],
    text: &[T],
    is_star: &dyn Fn(&T) -> bool,
    is_match: &dyn Fn(&T, &T) -> bool,
) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while let Some(item) = text.get(t) {
        match (pattern.get(p), star) {
            (Some(it), _) if is_star(it) => {
                star = Some((p, t));
                p += 1;
            }
            (Some(it), _) if is_match(it, item) => (p, t) = (p + 1, t + 1),
            (_, Some((at, taken))) => {
                // The last star takes one more.
                (p, t) = (at + 1, taken + 1);
                star = Some((at, taken + 1));
            }
            (_, None) => return false,
        }
    }
    pattern[p..].iter().all(is_star)
}

#[cfg(test)]
mod tests {
    use super::leaves_out;

    #[track_caller]
    fn check(pattern: &str, out: &[&str], left_in: &[&str]) {
        for path in out {
            assert!(leaves_out(pattern, path), "{pattern} {path}");
        }
        for path in left_in {
            assert!(!leaves_out(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_leaves_out_paths_and_what_is_below_them() {
        check("a", &["a", "a/b"], &["b", "ab", "b/a", "."]);
        check("a/b", &["a/b", "a/b/c"], &["a", "a/c"]);
        check("*.md", &["x.md", "x.md/y"], &["a/x.md", "md"]);
        check("**/*.md", &["x.md", "a/b/x.md"], &["x.mdx"]);
        check("**", &["a", "a/b"], &["."]);
        check("a/**", &["a/b", "a/b/c"], &["a", "b/a"]);
        check("*a*b", &["xaxb", "ab"], &["xaxbx"]);
        check("a/**/b", &["a/b", "a/x/y/b/c"], &["a/x"]);
        check("?a", &["ba"], &["a", "bba"]);
        check("[a]", &[], &["a"]);
    }
}
