//! Paths inside images and contexts, as Go's `path` package and `util/system/path.go` treat them.

/// Returns the shortest equal path (Go's `path.Clean`).
pub(crate) fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(".."),
            },
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// Returns `parent/path`, cleaned.
pub(crate) fn join(parent: &str, path: &str) -> String {
    clean(&format!("{parent}/{path}"))
}

/// Returns `path` as an absolute, cleaned path; a relative one is below `dir`.
pub(crate) fn absolute(dir: &str, path: &str) -> String {
    if path.starts_with('/') {
        clean(path)
    } else {
        join(&join("/", dir), path)
    }
}

/// Returns a directory to work or mount in: an absolute one stays as it was written, any other is
/// below `dir` (`util/system/path.go:NormalizePath`, v0.32.2).
pub(crate) fn directory(dir: &str, path: &str) -> String {
    match path {
        "" => dir.to_owned(),
        _ if path.starts_with('/') => path.to_owned(),
        _ => absolute(dir, path),
    }
}

/// Returns a path of Windows as vertices have it: `C:\app` is `/app`
/// (`util/system/path.go:CheckSystemDriveAndRemoveDriveLetter`, v0.32.2).
pub(crate) fn from_windows(path: &str) -> Result<String, &'static str> {
    let path = path.replace('\\', "/");
    if path.starts_with("//") {
        return Err("is of another machine");
    }
    match path.split_once(':') {
        None => Ok(path),
        Some((_, "")) => Err("names a drive, and no path on it"),
        Some((drive, rest)) if drive.eq_ignore_ascii_case("c") => Ok(rest.to_owned()),
        Some(_) => Err("is not on the drive C:"),
    }
}

/// Returns the destination of a copy: absolute, and ending in `/` or `/.` if it was written so
/// (a directory). An empty path and `.` are the directory itself
/// (`dockerfile2llb/convert.go:pathRelativeToWorkingDir`, v0.32.2).
pub(crate) fn destination(dir: &str, path: &str) -> String {
    let path = if path.is_empty() || path == "." {
        "./"
    } else {
        path
    };
    let mut out = absolute(dir, path);
    if path.ends_with('/') && !out.ends_with('/') {
        out.push('/');
    } else if path.ends_with("/.") {
        if out != "/" {
            out.push('/');
        }
        out.push('.');
    }
    out
}

/// Returns the last component (Go's `path.Base`).
pub(crate) fn base_name(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() {
        return if path.is_empty() { "." } else { "/" };
    }
    trimmed.rsplit('/').next().unwrap_or(trimmed)
}

/// Returns whether Go's `filepath.Match` would treat a character of the path as special.
pub(crate) fn has_wildcards(path: &str) -> bool {
    let mut chars = path.chars();
    while let Some(c) = chars.next() {
        match c {
            '*' | '?' | '[' => return true,
            '\\' => {
                chars.next();
            }
            _ => {}
        }
    }
    false
}

/// Returns a glob that matches exactly `path` and is allowed to match nothing: every component
/// without a wildcard gets one character in brackets, `[n]ame`. A glob that matches nothing is no
/// error in a copy, a missing literal path is.
pub(crate) fn optional_glob(path: &str) -> String {
    let parts: Vec<String> = path.split('/').map(bracketed).collect();
    parts.join("/")
}

fn bracketed(part: &str) -> String {
    if part.is_empty() || part == "." || part == ".." || has_wildcards(part) {
        return part.to_owned();
    }
    let mut chars = part.chars();
    match chars.next() {
        Some('\\') => {
            let escaped = chars.next().unwrap_or('\\');
            format!("[\\{escaped}]{}", chars.as_str())
        }
        Some(first @ ('^' | '-' | ']')) => format!("[\\{first}]{}", chars.as_str()),
        Some(first) => format!("[{first}]{}", chars.as_str()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{absolute, base_name, clean, destination, directory, from_windows, optional_glob};

    #[test]
    fn paths_are_cleaned_as_in_go() {
        let found: Vec<String> = ["/a//b/./c/..", "a/../..", "", "/..", "../x"]
            .into_iter()
            .map(clean)
            .collect();
        assert_eq!(found, ["/a/b", "..", ".", "/", "../x"]);
    }

    #[test]
    fn a_relative_path_is_below_the_working_directory() {
        assert_eq!(absolute("/app", "x/../y"), "/app/y");
        assert_eq!(absolute("/app", "/y/"), "/y");
        assert_eq!(directory("/app", "y/"), "/app/y");
        assert_eq!(directory("/app", "/y//z/"), "/y//z/");
    }

    #[test]
    fn a_path_of_windows_is_on_its_system_drive() {
        for (path, expected) in [
            (r"C:\data\", Ok("/data/")),
            ("c:/x", Ok("/x")),
            ("C:x", Ok("x")),
            (r"a\b", Ok("a/b")),
            ("C:", Err("names a drive, and no path on it")),
            (r"D:\x", Err("is not on the drive C:")),
            (r"\\host\share", Err("is of another machine")),
        ] {
            assert_eq!(from_windows(path).as_deref(), expected.as_deref(), "{path}");
        }
    }

    #[test]
    fn a_destination_keeps_its_slash() {
        let found: Vec<String> = [".", "", "./", "x", "x/", "/", "/x/.", "/x//"]
            .into_iter()
            .map(|path| destination("/app", path))
            .collect();
        assert_eq!(
            found,
            [
                "/app/", "/app/", "/app/", "/app/x", "/app/x/", "/", "/x/.", "/x/"
            ]
        );
    }

    #[test]
    fn base_names() {
        let found: Vec<&str> = ["/a/b", "/a/b/", "/", "", "x"]
            .into_iter()
            .map(base_name)
            .collect();
        assert_eq!(found, ["b", "b", "/", ".", "x"]);
    }

    #[test]
    fn an_optional_path_becomes_a_glob_of_itself() {
        assert_eq!(optional_glob("/conf/app.yaml"), "/[c]onf/[a]pp.yaml");
        assert_eq!(optional_glob("/conf/*.yaml"), "/[c]onf/*.yaml");
        assert_eq!(optional_glob("/-x/^y"), "/[\\-]x/[\\^]y");
    }
}
