//! Cache presets: which directories a package manager keeps.
//!
//! One table. Paths depend on the user and on the variable that moves them, so a preset becomes
//! mounts only in `lower`.

use buildkit_llb::Sharing;

/// One directory of a preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresetPath {
    /// The variables that move it, and the path below the value; the first that is set counts.
    pub moved_by: &'static [(&'static str, &'static str)],
    /// Where it is otherwise: absolute, or below the home directory when it starts with `~/`.
    pub default: &'static str,
    /// Where it is otherwise for root, if that differs.
    pub of_root: Option<&'static str>,
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

const fn at(
    default: &'static str,
    moved_by: &'static [(&'static str, &'static str)],
) -> PresetPath {
    PresetPath {
        moved_by,
        default,
        of_root: None,
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
    // apk keeps packages nowhere unless this directory is there (apk-cache(5)).
    locked("apk", &[at("/etc/apk/cache", &[])]),
    PresetEntry {
        name: "apt",
        sharing: Sharing::Locked,
        paths: &[at("/var/cache/apt", &[]), at("/var/lib/apt", &[])],
        keeps_apt_downloads: true,
    },
    locked(
        "bundler",
        &[at(
            "~/.bundle/cache",
            &[("BUNDLE_USER_CACHE", ""), ("BUNDLE_USER_HOME", "cache")],
        )],
    ),
    // Cargo's lock is beside these directories, in a file that each container has for itself; two
    // that unpack the same crate at once fail.
    locked(
        "cargo",
        &[
            at("~/.cargo/registry", &[("CARGO_HOME", "registry")]),
            at("~/.cargo/git", &[("CARGO_HOME", "git")]),
        ],
    ),
    shared(
        "composer",
        // Used wherever it exists, before the directory of the XDG standard.
        &[at(
            "~/.composer/cache",
            &[("COMPOSER_CACHE_DIR", ""), ("COMPOSER_HOME", "cache")],
        )],
    ),
    locked(
        "dnf",
        &[at("/var/cache/dnf", &[]), at("/var/cache/libdnf5", &[])],
    ),
    shared(
        "go",
        &[
            // With the directory above the modules, as go keeps its checksum database beside them.
            at("~/go/pkg", &[("GOMODCACHE", ""), ("GOPATH", "pkg")]),
            at(
                "~/.cache/go-build",
                &[("GOCACHE", ""), ("XDG_CACHE_HOME", "go-build")],
            ),
        ],
    ),
    locked("gradle", &[at("~/.gradle", &[("GRADLE_USER_HOME", "")])]),
    locked("maven", &[at("~/.m2/repository", &[])]),
    shared(
        "npm",
        &[at(
            "~/.npm",
            &[("npm_config_cache", ""), ("NPM_CONFIG_CACHE", "")],
        )],
    ),
    // NuGet's locks are below `/tmp`, where two containers do not meet.
    locked(
        "nuget",
        &[at("~/.nuget/packages", &[("NUGET_PACKAGES", "")])],
    ),
    shared(
        "pip",
        &[at(
            "~/.cache/pip",
            &[("PIP_CACHE_DIR", ""), ("XDG_CACHE_HOME", "pip")],
        )],
    ),
    shared(
        "pnpm",
        &[
            at(
                "~/.local/share/pnpm/store",
                &[
                    ("npm_config_store_dir", ""),
                    ("PNPM_HOME", "store"),
                    ("XDG_DATA_HOME", "pnpm/store"),
                ],
            ),
            // Where pnpm turns to for a project below a home in which it may not write the other's
            // parent: BuildKit makes that, and makes it root's.
            at("~/.pnpm-store", &[("npm_config_store_dir", "")]),
        ],
    ),
    locked(
        "poetry",
        // Not the directory above: by default the environment itself is in there too, and what is
        // in a cache is not in the image.
        &[
            at(
                "~/.cache/pypoetry/artifacts",
                &[
                    ("POETRY_CACHE_DIR", "artifacts"),
                    ("XDG_CACHE_HOME", "pypoetry/artifacts"),
                ],
            ),
            at(
                "~/.cache/pypoetry/cache",
                &[
                    ("POETRY_CACHE_DIR", "cache"),
                    ("XDG_CACHE_HOME", "pypoetry/cache"),
                ],
            ),
        ],
    ),
    shared(
        "uv",
        &[at(
            "~/.cache/uv",
            &[("UV_CACHE_DIR", ""), ("XDG_CACHE_HOME", "uv")],
        )],
    ),
    locked(
        "yarn",
        &[
            // Yarn 1, which takes another home for root.
            PresetPath {
                of_root: Some("/usr/local/share/.cache/yarn"),
                ..at(
                    "~/.cache/yarn",
                    &[("YARN_CACHE_FOLDER", ""), ("XDG_CACHE_HOME", "yarn")],
                )
            },
            // Yarn 2 and later.
            at("~/.yarn/berry", &[("YARN_GLOBAL_FOLDER", "")]),
        ],
    ),
];

/// Returns the preset of that name.
pub fn find(name: &str) -> Option<Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tool may share a cache if what keeps its processes apart is in the cache itself.
    #[test]
    fn a_cache_is_shared_only_by_tools_that_meet_in_it() {
        let shared = PRESETS.iter().filter(|it| it.sharing == Sharing::Shared);
        let names: Vec<&str> = shared.map(|it| it.name).collect();
        assert_eq!(names, ["composer", "go", "npm", "pip", "pnpm", "uv"]);
    }

    #[test]
    fn presets_are_in_order_and_each_is_there_once() {
        assert!(PRESETS.windows(2).all(|pair| pair[0].name < pair[1].name));
    }
}
