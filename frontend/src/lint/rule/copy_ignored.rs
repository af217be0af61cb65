//! `copy-ignored`: the ignore file leaves out what a `copy` names, so the step finds nothing.

use crate::dockerignore::Matcher;
use crate::expand::{Input, StageId};
use crate::lint::chain::{Cx, steps};
use crate::lint::sink::Sink;
use crate::lower::path::{clean, has_wildcards};
use crate::model::{Source, Verb};

pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    let matcher = Matcher::new(cx.input.ignored);
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
            if let Some(pattern) = leaves_out(cx.input.ignored, &matcher, inside) {
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

/// Returns the pattern that leaves all of a path out. Of a pattern that clients cannot match
/// either, the step says more.
fn leaves_out<'a>(ignored: &'a [String], matcher: &'a Matcher, path: &str) -> Option<&'a str> {
    if path == "." || path.is_empty() {
        return leaves_everything_out(ignored);
    }
    if matcher.has_exception_below(path) {
        return None;
    }
    matcher.ignored_by(path).unwrap_or_default()
}

/// Returns the pattern that leaves the whole context out, whatever is in it
/// (`copySourceRootIgnored` in `frontend/dockerfile/dockerfile2llb/validations.go`, v0.32.2).
fn leaves_everything_out(ignored: &[String]) -> Option<&str> {
    if ignored.iter().any(|pattern| pattern.starts_with('!')) {
        return None;
    }
    let mut patterns = ignored.iter().map(String::as_str);
    patterns.find(|pattern| matches!(*pattern, "*" | "**" | "**/*"))
}

#[cfg(test)]
mod tests {
    use super::{Matcher, leaves_out};
    use crate::dockerignore;

    #[track_caller]
    fn check(ignored: &str, out: &[&str], left_in: &[&str]) {
        let patterns = dockerignore::read(ignored.as_bytes());
        let matcher = Matcher::new(&patterns);
        let leaves_out = |path: &&str| leaves_out(&patterns, &matcher, path).is_some();
        for path in out {
            assert!(leaves_out(path), "{ignored} {path}");
        }
        for path in left_in {
            assert!(!leaves_out(path), "{ignored} {path}");
        }
    }

    #[test]
    fn a_pattern_leaves_out_paths_and_what_is_below_them() {
        check("a", &["a", "a/b"], &["b", "ab", "b/a", "."]);
        check("**/*.md", &["x.md", "a/b/x.md"], &["x.mdx"]);
        check("a/**", &["a/b", "a/b/c"], &["a", "b/a"]);
        check("[a]", &["a"], &["b"]);
    }

    #[test]
    fn the_whole_context_is_left_out_by_what_is_sure_to_be_all_of_it() {
        check("**", &["a", "a/b", "."], &[]);
        check("*", &["."], &[]);
        check("/**/*", &["."], &[]);
        check(".*", &[".a"], &["."]);
        check("*\n!a", &[], &["."]);
        check("a\n*", &["."], &[]);
    }

    #[test]
    fn an_exception_brings_back_a_path_or_a_part_of_it() {
        check("*\n!a", &["b"], &["a", "a/c"]);
        check("a\n!a/b", &["a/c"], &["a", "a/b"]);
    }
}
