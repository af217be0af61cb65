//! Cache presets: which directories a package manager keeps.
//!
//! One table. Paths depend on the user and on the variable that moves them, so a preset becomes
//! mounts only in `lower`.

/// How concurrent steps use one cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// At the same time.
    #[default]
    Shared,
    /// Each its own.
    Private,
    /// One after the other.
    Locked,
}

/// One directory of a preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresetPath {
    /// The variable that moves it, and the path below its value.
    pub variable: Option<(&'static str, &'static str)>,
    /// Where it is otherwise: absolute, or below the home directory when it starts with `~/`.
    pub default: &'static str,
}

/// A package manager whose caches are known.
#[derive(Debug, PartialEq, Eq)]
pub struct PresetEntry {
    /// What a build file says.
    pub name: &'static str,
    /// Who may use the caches at a time.
    pub sharing: Sharing,
    /// The directories.
    pub paths: &'static [PresetPath],
    /// Whether a small file is mounted over `/etc/apt/apt.conf.d/docker-clean`.
    pub keeps_apt_downloads: bool,
}

/// A row of the preset table.
pub type Preset = &'static PresetEntry;

const fn below(variable: &'static str, path: &'static str, default: &'static str) -> PresetPath {
    PresetPath {
        variable: Some((variable, path)),
        default,
    }
}

const fn fixed(default: &'static str) -> PresetPath {
    PresetPath {
        variable: None,
        default,
    }
}

const fn shared(name: &'static str, paths: &'static [PresetPath]) -> PresetEntry {
    PresetEntry {
        name,
        sharing: Sharing::Shared,
        paths,
        keeps_apt_downloads: false,
    }
}

const fn locked(name: &'static str, paths: &'static [PresetPath]) -> PresetEntry {
    PresetEntry {
        name,
        sharing: Sharing::Locked,
        paths,
        keeps_apt_downloads: false,
    }
}

/// Every preset, by name.
pub const PRESETS: &[PresetEntry] = &[
    locked("apk", &[fixed("/var/cache/apk")]),
    PresetEntry {
        name: "apt",
        sharing: Sharing::Locked,
        paths: &[fixed("/var/cache/apt"), fixed("/var/lib/apt")],
        keeps_apt_downloads: true,
    },
    locked(
        "bundler",
        &[below("BUNDLE_USER_CACHE", "", "~/.bundle/cache")],
    ),
    shared(
        "cargo",
        &[
            below("CARGO_HOME", "registry", "~/.cargo/registry"),
            below("CARGO_HOME", "git", "~/.cargo/git"),
        ],
    ),
    shared(
        "composer",
        &[below("COMPOSER_CACHE_DIR", "", "~/.cache/composer")],
    ),
    locked("dnf", &[fixed("/var/cache/dnf")]),
    shared(
        "go",
        &[
            below("GOMODCACHE", "", "~/go/pkg/mod"),
            below("GOCACHE", "", "~/.cache/go-build"),
        ],
    ),
    locked("gradle", &[below("GRADLE_USER_HOME", "", "~/.gradle")]),
    locked("maven", &[fixed("~/.m2/repository")]),
    shared("npm", &[below("npm_config_cache", "", "~/.npm")]),
    shared("nuget", &[below("NUGET_PACKAGES", "", "~/.nuget/packages")]),
    shared("pip", &[below("PIP_CACHE_DIR", "", "~/.cache/pip")]),
    shared(
        "pnpm",
        &[below("PNPM_HOME", "store", "~/.local/share/pnpm/store")],
    ),
    locked(
        "poetry",
        &[below("POETRY_CACHE_DIR", "", "~/.cache/pypoetry")],
    ),
    shared("uv", &[below("UV_CACHE_DIR", "", "~/.cache/uv")]),
    locked("yarn", &[below("YARN_CACHE_FOLDER", "", "~/.cache/yarn")]),
];

/// Returns the preset of that name.
pub fn find(name: &str) -> Option<Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}
