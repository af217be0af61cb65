//! Which contexts the client offers: only the local build context so far.

use super::option::Reader;

/// Reports contexts that cannot be used yet.
pub(super) fn check(reader: &mut Reader<'_>) {
    let key = reader.text("contextkey").unwrap_or("context");
    if let Some(value) = reader.text(key)
        && is_remote(value)
    {
        reader
            .unsupported(
                "the build context",
                "a repository, URL or archive as the build context is not supported yet",
            )
            .help("unpack it and build from the directory");
    }
    if reader.text("contextsubdir").is_some() {
        reader.unsupported(
            "contextsubdir",
            "a directory of the build context in its place is not supported yet",
        );
    }
    let frontend = reader.text("source").unwrap_or_default();
    for name in reader.keys("context:") {
        if is_frontend(name, frontend) {
            continue;
        }
        reader.unsupported(
            "--build-context",
            format!("the named context `{name}`: named contexts are not supported yet"),
        );
    }
}

/// The daemon alone uses a context with the name of the frontend image
/// (`frontend/gateway/gateway.go`, v0.32.2).
fn is_frontend(name: &str, frontend: &str) -> bool {
    let name = name.split_once("::").map_or(name, |(name, _)| name);
    let familiar = frontend.strip_prefix("docker.io/").unwrap_or(frontend);
    let familiar = familiar.strip_prefix("library/").unwrap_or(familiar);
    [frontend, familiar]
        .iter()
        .any(|frontend| without_latest(name) == without_latest(frontend))
}

fn without_latest(name: &str) -> &str {
    name.strip_suffix(":latest").unwrap_or(name)
}

/// Tells a URL or repository from the name of a local directory.
fn is_remote(value: &str) -> bool {
    const STARTS: &[&str] = &[
        "http://",
        "https://",
        "git://",
        "ssh://",
        "git@",
        "github.com/",
    ];
    STARTS.iter().any(|start| value.starts_with(start))
}
