//! Names that say that something is secret.

/// Words of a name (as in `dockerfile2llb/convert.go` of the Dockerfile frontend, v0.32.2).
const SECRET: &[&str] = &[
    "apikey",
    "auth",
    "credential",
    "credentials",
    "key",
    "passwd",
    "password",
    "pword",
    "secret",
    "token",
];

/// Words that say it is not.
const PUBLIC: &[&str] = &["dir", "file", "path", "public", "url", "version"];

/// Tells whether the name of an argument or variable says that its value is secret.
pub(super) fn is_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let has = |list: &[&str]| lower.split('_').any(|word| list.contains(&word));
    has(SECRET) && !has(PUBLIC)
}

/// Files that hold credentials, by their names.
const FILES: &[&str] = &[
    ".git-credentials",
    ".netrc",
    ".pgpass",
    ".pypirc",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
];

/// Files that hold credentials, by the ends of their paths.
const PATHS: &[&str] = &[".aws/credentials", ".docker/config.json", ".kube/config"];

/// Tells whether a file of this path holds credentials.
pub(super) fn is_secret_file(path: &str) -> bool {
    let path = path.trim_start_matches("./");
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_end = |end: &str| {
        path.strip_suffix(end)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    };
    FILES.contains(&name) || PATHS.iter().any(|end| is_end(end))
}

#[cfg(test)]
mod tests {
    use super::{is_secret, is_secret_file};

    #[test]
    fn a_name_is_secret_by_one_of_its_words() {
        for name in ["NPM_TOKEN", "password", "AWS_SECRET_ACCESS_KEY", "API_KEY"] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "PUBLIC_KEY",
            "TOKEN_FILE",
            "KEYBOARD",
            "MONKEY",
            "AUTHOR",
            "TOKEN_URL",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn a_file_is_secret_by_its_name() {
        for path in [
            "id_rsa",
            "./keys/id_ed25519",
            ".aws/credentials",
            "home/.docker/config.json",
        ] {
            assert!(is_secret_file(path), "{path}");
        }
        for path in ["id_rsa.pub", "credentials", ".npmrc", "src/", "config.json"] {
            assert!(!is_secret_file(path), "{path}");
        }
    }
}
