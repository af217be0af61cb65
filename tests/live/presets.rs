//! Presets with the real package managers, on a Debian made here: what one step installs, another
//! without network installs again from the cache alone, as root and as a user with a name.
//!
//! Three stages on the same base, so that nothing but the cache goes from one to the other:
//! `online` installs, `offline` does the same, and `control` shows that without the cache it fails.

mod stand_ins;

use std::sync::OnceLock;

use windlass_tests::{Live, SYNTAX};
use xtask::{cargo_config, registries};

const BASE: &str = "registry.example.com/package-managers:1";

/// Who installs.
#[derive(Clone, Copy)]
enum User {
    Root,
    /// The user `app`, whose home is `/home/app`.
    App,
}

/// One package manager and something tiny to install.
struct Proof<'a> {
    preset: &'a str,
    /// In the working directory.
    files: &'a [(&'a str, &'a str)],
    /// The same words online and offline.
    install: &'a str,
    /// Shows that it is installed.
    check: &'a str,
}

impl Proof<'_> {
    /// Installs online, then offline.
    #[track_caller]
    fn holds(&self, live: &Live, user: User) {
        live.image("package-managers");
        let mut build = live.build();
        for (path, content) in self.files {
            build = build.file(&format!("work/{path}"), content);
        }
        for (name, value) in machine() {
            build = build
                .env(name, value)
                .arg(format!("--secret=id={name},env={name}"));
        }
        if let Some(file) = cargo_config() {
            build = build.arg(format!("--secret=id=cargo,src={}", file.display()));
        }
        // A cache of this run only, which is empty at first.
        let namespace = live
            .dir()
            .file_name()
            .expect("a name")
            .display()
            .to_string();
        build
            .file("build.yaml", self.build_file(user))
            .file("work/.keep", "")
            .arg(format!("--build-arg=BUILDKIT_CACHE_MOUNT_NS={namespace}"))
            // Hundreds of megabytes that nobody looks into.
            .without_output()
            .run()
            .success();
    }

    fn build_file(&self, user: User) -> String {
        let (owner, keys) = match user {
            User::Root => ("root", "    workdir: /work\n"),
            User::App => (
                "app",
                "    env: {HOME: /home/app}\n    user: app\n    workdir: /home/app/work\n",
            ),
        };
        let secrets: String = machine()
            .iter()
            .map(|(name, _)| format!("  - {{id: {name}, env: {name}}}\n"))
            .collect();
        let Proof {
            preset,
            install,
            check,
            ..
        } = self;
        format!(
            "{SYNTAX}x-registries: &registries
{secrets}  - {{id: cargo, target: /.cargo/config.toml, chmod: \"0444\", required: false}}
stages:
  base:
    from: {BASE}
{keys}    steps:
      - copy: work/
        chown: {owner}
  online:
    from: base
    steps:
      - run: |
          {install}
          {check}
          touch /tmp/online
        cache: {preset}
        secrets: *registries
  control:
    from: base
    steps:
      - copy: /tmp/online
        from: online
        to: /tmp/
      - run: |
          if {install} && {check}; then exit 1; fi
          touch /tmp/control
        network: none
        secrets: *registries
  offline:
    from: base
    steps:
      - copy: /tmp/control
        from: control
        to: /tmp/
      - run: |
          {install}
          {check}
        network: none
        cache: {preset}
        secrets: *registries
"
        )
    }
}

/// Returns the variables that lead to this machine's registries, asked for once.
fn machine() -> &'static [(&'static str, String)] {
    static VARIABLES: OnceLock<Vec<(&'static str, String)>> = OnceLock::new();
    VARIABLES.get_or_init(registries)
}

#[track_caller]
fn holds_for_both(name: &str, proof: &Proof<'_>) {
    let live = Live::new(name);
    proof.holds(&live, User::Root);
    let live = Live::new(&format!("{name}-app"));
    proof.holds(&live, User::App);
}

const PACKAGE_JSON: &str =
    r#"{"name":"proof","version":"1.0.0","private":true,"dependencies":{"left-pad":"1.3.0"}}"#;

const INTEGRITY: &str = "sha512-XI5MPzVNApjAyhQzphX8BkmKsKUxD4LdyK24iZeQGinBN9yTQT3bFlCBy/aVx2HrNcqQGsdot8ghrjyrvMCoEA==";

#[test]
fn npm() {
    let lock = format!(
        r#"{{"name":"proof","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{{
"":{{"name":"proof","version":"1.0.0","dependencies":{{"left-pad":"1.3.0"}}}},
"node_modules/left-pad":{{"version":"1.3.0",
"resolved":"https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz","integrity":"{INTEGRITY}"}}}}}}"#
    );
    holds_for_both(
        "preset-npm",
        &Proof {
            preset: "npm",
            files: &[("package.json", PACKAGE_JSON), ("package-lock.json", &lock)],
            install: "npm ci --fetch-retries=0",
            check: "test -f node_modules/left-pad/index.js",
        },
    );
}

#[test]
fn yarn_1() {
    let lock = format!(
        "# yarn lockfile v1\n\n\nleft-pad@1.3.0:\n  version \"1.3.0\"\n  resolved \
         \"https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz\"\n  integrity {INTEGRITY}\n"
    );
    holds_for_both(
        "preset-yarn1",
        &Proof {
            preset: "yarn",
            files: &[("package.json", PACKAGE_JSON), ("yarn.lock", &lock)],
            install: "timeout 60 yarn install --frozen-lockfile --non-interactive",
            check: "test -f node_modules/left-pad/index.js",
        },
    );
}

#[test]
fn yarn_4() {
    let lock = "__metadata:
  version: 8
  cacheKey: 10c0

\"left-pad@npm:1.3.0\":
  version: 1.3.0
  resolution: \"left-pad@npm:1.3.0\"
  languageName: node
  linkType: hard

\"proof@workspace:.\":
  version: 0.0.0-use.local
  resolution: \"proof@workspace:.\"
  dependencies:
    left-pad: \"npm:1.3.0\"
  languageName: unknown
  linkType: soft
";
    holds_for_both(
        "preset-yarn4",
        &Proof {
            preset: "yarn",
            files: &[
                ("package.json", PACKAGE_JSON),
                ("yarn.lock", lock),
                (
                    ".yarnrc.yml",
                    "enableTelemetry: false\nenableImmutableInstalls: false\nhttpRetry: 0\nnodeLinker: node-modules\n",
                ),
            ],
            install: "/opt/yarn4/yarn install",
            check: "test -f node_modules/left-pad/index.js",
        },
    );
}

#[test]
fn pnpm() {
    let lock = format!(
        "lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      left-pad:
        specifier: 1.3.0
        version: 1.3.0

packages:

  left-pad@1.3.0:
    resolution: {{integrity: {INTEGRITY}}}

snapshots:

  left-pad@1.3.0: {{}}
"
    );
    holds_for_both(
        "preset-pnpm",
        &Proof {
            preset: "pnpm",
            files: &[("package.json", PACKAGE_JSON), ("pnpm-lock.yaml", &lock)],
            install: "pnpm install --frozen-lockfile --config.fetch-retries=0",
            check: "test -f node_modules/left-pad/index.js",
        },
    );
}

const SIX_WHEEL: &str = "https://files.pythonhosted.org/packages/b7/ce/149a00dd41f10bc29e5921b496af8b574d8413afcd5e30dfa0ed46c2cc5e/six-1.17.0-py2.py3-none-any.whl";
const SIX_WHEEL_SUM: &str =
    "sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274";
const SIX_SOURCE: &str = "https://files.pythonhosted.org/packages/94/e7/b2c673351809dca68a0e064b6af791aa332cf192da575fd474ed7d6f16a2/six-1.17.0.tar.gz";

/// From source, by address: pip asks an index again however fresh its copy, but keeps what it built.
#[test]
fn pip() {
    holds_for_both(
        "preset-pip",
        &Proof {
            preset: "pip",
            files: &[("requirements.txt", &format!("six @ {SIX_SOURCE}\n"))],
            install: "python3 -m pip install --retries 0 --no-build-isolation --target out -r requirements.txt",
            check: "test -f out/six.py",
        },
    );
}

#[test]
fn uv() {
    let project = "[project]\nname = \"proof\"\nversion = \"1.0.0\"\nrequires-python = \">=3.9\"\ndependencies = [\"six==1.17.0\"]\n";
    let lock = format!(
        "version = 1
requires-python = \">=3.9\"

[[package]]
name = \"proof\"
version = \"1.0.0\"
source = {{ virtual = \".\" }}
dependencies = [{{ name = \"six\" }}]

[package.metadata]
requires-dist = [{{ name = \"six\", specifier = \"==1.17.0\" }}]

[[package]]
name = \"six\"
version = \"1.17.0\"
source = {{ registry = \"https://pypi.org/simple\" }}
wheels = [{{ url = \"{SIX_WHEEL}\", hash = \"{SIX_WHEEL_SUM}\", size = 11050 }}]
"
    );
    holds_for_both(
        "preset-uv",
        &Proof {
            preset: "uv",
            files: &[("pyproject.toml", project), ("uv.lock", &lock)],
            install: "UV_HTTP_RETRIES=0 uv sync --frozen --no-managed-python",
            check: ".venv/bin/python -c 'import six'",
        },
    );
}

#[test]
fn poetry() {
    let project = format!(
        "[tool.poetry]\nname = \"proof\"\nversion = \"1.0.0\"\ndescription = \"\"\nauthors = []\npackage-mode = false\n\n\
         [tool.poetry.dependencies]\npython = \">=3.9\"\nsix = {{ url = \"{SIX_WHEEL}\" }}\n"
    );
    let lock = format!(
        "[[package]]
name = \"six\"
version = \"1.17.0\"
description = \"\"
optional = false
python-versions = \"!=3.0.*,!=3.1.*,!=3.2.*,>=2.7\"
groups = [\"main\"]
files = [
    {{file = \"six-1.17.0-py2.py3-none-any.whl\", hash = \"{SIX_WHEEL_SUM}\"}},
]

[package.source]
type = \"url\"
url = \"{SIX_WHEEL}\"

[metadata]
lock-version = \"2.1\"
python-versions = \">=3.9\"
content-hash = \"c66326d6d667a143a505fc07f9c660b4972be28a08927dc658e94e06b7c39c4b\"
"
    );
    holds_for_both(
        "preset-poetry",
        &Proof {
            preset: "poetry",
            files: &[
                ("pyproject.toml", &project),
                ("poetry.lock", &lock),
                ("poetry.toml", "[virtualenvs]\nin-project = true\n"),
            ],
            install: "poetry install --no-root --no-interaction",
            check: ".venv/bin/python -c 'import six'",
        },
    );
}

#[test]
fn cargo() {
    let manifest = "[package]\nname = \"proof\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\npath = \"lib.rs\"\n[dependencies]\ncfg-if = \"=1.0.0\"\n";
    let lock = "version = 3

[[package]]
name = \"cfg-if\"
version = \"1.0.0\"
source = \"registry+https://github.com/rust-lang/crates.io-index\"
checksum = \"baf1de4339761588bc0619e3cbc0120ee582ebb74b53b4efbf79117bd2da40fd\"

[[package]]
name = \"proof\"
version = \"1.0.0\"
dependencies = [
 \"cfg-if\",
]
";
    holds_for_both(
        "preset-cargo",
        &Proof {
            preset: "cargo",
            files: &[
                ("Cargo.toml", manifest),
                ("Cargo.lock", lock),
                (
                    "lib.rs",
                    "cfg_if::cfg_if! { if #[cfg(unix)] { pub const OK: u8 = 1; } }\n",
                ),
            ],
            install: "CARGO_NET_RETRY=0 cargo build --locked",
            check: "test -f target/debug/libproof.rlib",
        },
    );
}

#[test]
fn go() {
    let program = "package main\n\nimport \"golang.org/x/mod/semver\"\n\nfunc main() {\n\tif !semver.IsValid(\"v1.0.0\") {\n\t\tpanic(1)\n\t}\n}\n";
    let sums = "golang.org/x/mod v0.6.0 h1:b9gGHsz9/HhJ3HF5DHQytPpuwocVTChQJK3AvoLRD5I=
golang.org/x/mod v0.6.0/go.mod h1:4mET923SAdbXp2ki8ey+zGs1SLqsuM2Y0uvdZR/fUNI=
";
    holds_for_both(
        "preset-go",
        &Proof {
            preset: "go",
            files: &[
                ("main.go", program),
                (
                    "go.mod",
                    "module proof\n\ngo 1.19\n\nrequire golang.org/x/mod v0.6.0\n",
                ),
                ("go.sum", sums),
            ],
            install: "go build -o out .",
            check: "./out && test -n \"$(ls $(go env GOCACHE))\"",
        },
    );
}

/// Only root installs with apt.
#[test]
fn apt() {
    let live = Live::new("preset-apt");
    let proof = Proof {
        preset: "apt",
        files: &[],
        install: "apt-get update && apt-get install -y --no-install-recommends hello",
        check: "hello",
    };
    proof.holds(&live, User::Root);
}
