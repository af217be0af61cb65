//! Package managers: which calls download, what they leave behind, what prevents it.

use std::sync::LazyLock;

use crate::expand::{Cache, Expanded};
use crate::model::{Exec, Network};

use super::command::Commands;
use super::shell::Simple;

/// A package manager.
#[derive(Debug)]
pub(super) struct Manager {
    /// The name of its preset.
    pub(super) preset: &'static str,
    programs: &'static [&'static str],
    /// First words that download; empty for any.
    verbs: &'static [&'static str],
    /// Options with which nothing is downloaded or nothing is kept.
    options: &'static [&'static str],
    /// What a text that cleans up mentions.
    cleanups: &'static [&'static str],
    /// Variables with which nothing is kept.
    pub(super) variables: &'static [&'static str],
    /// What it leaves in the layer, if that is worth a word.
    pub(super) leaves: Option<&'static str>,
}

const NONE: Manager = Manager {
    preset: "",
    programs: &[],
    verbs: &[],
    options: &[],
    cleanups: &[],
    variables: &[],
    leaves: None,
};

static MANAGERS: &[Manager] = &[
    Manager {
        preset: "apt",
        programs: &["apt-get", "apt"],
        verbs: &[
            "install",
            "update",
            "upgrade",
            "dist-upgrade",
            "full-upgrade",
            "build-dep",
        ],
        cleanups: &["/var/lib/apt"],
        leaves: Some("its lists"),
        ..NONE
    },
    Manager {
        preset: "apk",
        programs: &["apk"],
        verbs: &["add", "update", "upgrade"],
        options: &["--no-cache"],
        cleanups: &["/var/cache/apk"],
        leaves: Some("its index"),
        ..NONE
    },
    Manager {
        preset: "dnf",
        programs: &["dnf", "microdnf", "tdnf", "yum"],
        verbs: &["install", "update", "upgrade", "makecache"],
        cleanups: &["clean all", "/var/cache"],
        leaves: Some("its lists"),
        ..NONE
    },
    Manager {
        preset: "pip",
        programs: &["pip", "pip3"],
        verbs: &["install", "download", "wheel"],
        options: &["--no-cache-dir"],
        cleanups: &["cache purge", ".cache"],
        variables: &["PIP_NO_CACHE_DIR"],
        leaves: Some("its downloads"),
    },
    Manager {
        preset: "npm",
        programs: &["npm"],
        verbs: &["ci", "install", "i", "add"],
        cleanups: &["cache clean", ".npm"],
        leaves: Some("its downloads"),
        ..NONE
    },
    Manager {
        preset: "yarn",
        programs: &["yarn"],
        verbs: &["", "install", "add"],
        cleanups: &["cache clean", ".cache", ".yarn"],
        leaves: Some("its downloads"),
        ..NONE
    },
    Manager {
        preset: "pnpm",
        programs: &["pnpm"],
        verbs: &["install", "i", "add", "fetch"],
        ..NONE
    },
    Manager {
        preset: "poetry",
        programs: &["poetry"],
        verbs: &["install", "add", "update"],
        options: &["--no-cache"],
        ..NONE
    },
    Manager {
        preset: "uv",
        programs: &["uv"],
        verbs: &["sync", "pip"],
        options: &["--no-cache"],
        variables: &["UV_NO_CACHE"],
        ..NONE
    },
    Manager {
        preset: "bundler",
        programs: &["bundle", "bundler"],
        verbs: &["install"],
        ..NONE
    },
    Manager {
        preset: "composer",
        programs: &["composer"],
        verbs: &["install", "update", "require"],
        ..NONE
    },
    Manager {
        preset: "cargo",
        programs: &["cargo"],
        verbs: &["build", "install", "fetch", "test", "check"],
        options: &["--offline"],
        ..NONE
    },
    Manager {
        preset: "go",
        programs: &["go"],
        verbs: &["build", "install", "get", "mod", "test"],
        ..NONE
    },
    Manager {
        preset: "nuget",
        programs: &["dotnet"],
        verbs: &["restore", "build", "publish", "test"],
        options: &["--no-restore"],
        ..NONE
    },
    Manager {
        preset: "maven",
        programs: &["mvn", "mvnw"],
        options: &["-o", "--offline"],
        ..NONE
    },
    Manager {
        preset: "gradle",
        programs: &["gradle", "gradlew"],
        options: &["--offline"],
        ..NONE
    },
];

/// A call of a package manager that downloads.
pub(super) struct Install<'s> {
    pub(super) manager: &'static Manager,
    /// As it is written.
    pub(super) program: &'s str,
    verb: &'s str,
    words: &'s [String],
}

/// The programs of all of them, by their first letter: every word of every command is looked for.
static PROGRAMS: LazyLock<[Vec<&[u8]>; 26]> = LazyLock::new(|| {
    let mut programs = [const { Vec::new() }; 26];
    for program in MANAGERS.iter().flat_map(|manager| manager.programs) {
        let program = program.as_bytes();
        if let Some(same) = letter(program).and_then(|at| programs.get_mut(at)) {
            same.push(program);
        }
    }
    programs
});

/// Returns the number of the letter that a word starts with.
fn letter(word: &[u8]) -> Option<usize> {
    Some(usize::from(word.first()?.wrapping_sub(b'a')))
}

fn is_program(word: &[u8]) -> bool {
    let same = letter(word).and_then(|at| PROGRAMS.get(at));
    same.is_some_and(|programs| programs.contains(&word))
}

/// Returns the calls that download.
pub(super) fn installs<'s>(commands: &'s Commands<'_>) -> Vec<Install<'s>> {
    let is_offline = matches!(&commands.exec.network, Some(it) if it.value == Network::None);
    if is_offline || !commands.may_run(is_program) {
        return Vec::new();
    }
    commands.list().iter().filter_map(install).collect()
}

fn install(simple: &Simple) -> Option<Install<'_>> {
    let (mut program, mut words) = simple.program()?;
    if let (true, [flag, module, rest @ ..]) = (program.starts_with("python"), words)
        && flag == "-m"
    {
        (program, words) = (module, rest);
    }
    let manager = MANAGERS.iter().find(|it| it.programs.contains(&program))?;
    let verb = words.iter().find(|word| !word.starts_with('-'));
    let verb = verb.map_or("", String::as_str);
    let is_verb = manager.verbs.is_empty() || manager.verbs.contains(&verb);
    let has_option = |word: &String| manager.options.contains(&word.as_str());
    (is_verb && !words.iter().any(has_option)).then_some(Install {
        manager,
        program,
        verb,
        words,
    })
}

impl Install<'_> {
    /// Tells whether what it installs is named by a list or by its words, so that the sources of
    /// the project are not needed for it.
    pub(super) fn needs_no_sources(&self) -> bool {
        let has = |word: &str| self.words.iter().any(|it| it == word);
        let starts = |start: &str| self.words.iter().any(|it| it.starts_with(start));
        match self.manager.preset {
            "apt" | "dnf" | "bundler" => self.verb == "install",
            "apk" => self.verb == "add",
            "npm" | "pnpm" => ["ci", "install", "i"].contains(&self.verb),
            "yarn" => ["", "install"].contains(&self.verb),
            "pip" => {
                self.verb == "install"
                    && !starts(".")
                    && !starts("/")
                    && !has("-e")
                    && !starts("--e")
            }
            "poetry" => self.verb == "install" && has("--no-root"),
            "uv" => self.verb == "sync" && has("--no-install-project"),
            "composer" => self.verb == "install" && has("--no-scripts"),
            "go" => self.verb == "mod" && has("download"),
            "cargo" => self.verb == "fetch",
            "nuget" => self.verb == "restore",
            "maven" => starts("dependency:"),
            "gradle" => has("dependencies"),
            _ => false,
        }
    }

    /// Returns the words of the call, options left out.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let words = self.words.iter().map(String::as_str);
        words.filter(|word| !word.starts_with('-') && *word != self.verb)
    }

    /// Tells whether a mount keeps the downloads out of the layer.
    pub(super) fn has_cache(&self, exec: &Exec<Expanded>) -> bool {
        let is_ours = |cache: &Cache| match cache {
            Cache::Preset(preset, _) => preset.name == self.manager.preset,
            // Where it is may be where the manager was told to keep things.
            Cache::Mount(_) => true,
        };
        exec.caches.iter().any(is_ours) || !exec.tmpfs.is_empty()
    }

    /// Tells whether the text cleans up behind it.
    pub(super) fn is_cleaned_up(&self, text: &str) -> bool {
        let mut cleanups = self.manager.cleanups.iter();
        (text.contains("rm ") || text.contains(" clean") || text.contains(" purge"))
            && cleanups.any(|word| text.contains(word))
    }
}
