//! Slash paths as BuildKit's builder writes them: cleaned, absolute.
//!
//! The rules are those of Go's `path` package and of `normalizePath` in `client/llb/fileop.go`
//! (v0.32.2), because the result is part of a vertex digest.

/// Returns `path` without empty, `.` and `..` elements; an empty path is `.`.
pub(crate) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for element in path.split('/') {
        match element {
            "" | "." => {}
            ".." => match kept.last() {
                Some(&last) if last != ".." => {
                    kept.pop();
                }
                _ if rooted => {}
                _ => kept.push(element),
            },
            _ => kept.push(element),
        }
    }
    match (rooted, kept.is_empty()) {
        (true, _) => format!("/{}", kept.join("/")),
        (false, true) => ".".to_string(),
        (false, false) => kept.join("/"),
    }
}

/// Returns the elements that are not empty, joined and cleaned.
pub(crate) fn join(elements: &[&str]) -> String {
    let kept: Vec<&str> = elements
        .iter()
        .copied()
        .filter(|element| !element.is_empty())
        .collect();
    if kept.is_empty() {
        String::new()
    } else {
        clean(&kept.join("/"))
    }
}

/// Returns `path` as an absolute path.
pub(crate) fn absolute(path: &str) -> String {
    let path = clean(path);
    if path.starts_with('/') {
        path
    } else {
        join(&["/", &path])
    }
}

/// Returns `path` as an absolute path that still ends in `/` or `/.` if it did.
pub(crate) fn absolute_keeping_end(path: &str) -> String {
    let mut result = absolute(path);
    if path.ends_with('/') && !result.ends_with('/') {
        result.push('/');
    } else if path.ends_with("/.") {
        if result != "/" {
            result.push('/');
        }
        result.push('.');
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: &str) {
        let found = format!(
            "{} {} {}",
            clean(path),
            absolute(path),
            absolute_keeping_end(path)
        );
        assert_eq!(found, expected);
    }

    #[test]
    fn paths_are_cleaned_as_go_cleans_them() {
        check("", ". / /");
        check("a", "a /a /a");
        check("a/", "a /a /a/");
        check("./a/.", "a /a /a/.");
        check("/a//b/../c", "/a/c /a/c /a/c");
        check("/../..", "/ / /");
        check("../a", "../a /a /a");
        check("a/../..", ".. / /");
        check("/", "/ / /");
        check("/.", "/ / /.");
        check(".", ". / /");
    }
}
