//! Where this machine gets packages from, for containers that get them from there too.
//!
//! A machine behind a mirror or a proxy says so in its environment and in its tools'
//! configurations. All of it becomes variables; none of it is ever written into the repository.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What tools read from the environment.
const VARIABLES: [&str; 18] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "GOPROXY",
    "GOSUMDB",
    "GOPRIVATE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOINSECURE",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_TRUSTED_HOST",
    "UV_DEFAULT_INDEX",
    "npm_config_registry",
    "YARN_NPM_REGISTRY_SERVER",
];

/// Returns the variables that lead tools to this machine's registries, by name and value.
pub fn registries() -> Vec<(&'static str, String)> {
    VARIABLES
        .iter()
        .filter_map(|name| Some((*name, value(name)?)))
        .collect()
}

/// Returns cargo's configuration, as the environment cannot say what replaces a source.
pub fn cargo_config() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    home.map(|home| home.join("config.toml"))
        .filter(|file| file.exists())
}

fn value(name: &str) -> Option<String> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    set(name).or_else(|| match name {
        "npm_config_registry" => {
            set("NPM_CONFIG_REGISTRY").or_else(|| says("npm", &["config", "get", "registry"]))
        }
        "YARN_NPM_REGISTRY_SERVER" => value("npm_config_registry"),
        "PIP_INDEX_URL" => says(
            "python3",
            &["-m", "pip", "config", "get", "global.index-url"],
        ),
        "UV_DEFAULT_INDEX" => set("UV_INDEX_URL").or_else(|| value("PIP_INDEX_URL")),
        name if name.starts_with("GO") => says("go", &["env", name]),
        _ => None,
    })
}

/// Returns what a tool prints, if it is there and has an answer.
fn says(program: &str, args: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command
        .args(args)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let output = command.output().ok().filter(|done| done.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!text.is_empty()).then_some(text)
}
