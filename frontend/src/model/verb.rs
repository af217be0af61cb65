//! The verbs: per verb the table of its keys, the verb itself first.
//!
//! [`VERBS`] says which keys make a step and which options go with each.

use super::exec::decode as exec;
use super::fields::{Key, Kind, Table, key};
use super::{arg, check, image, input};

/// What goes with every verb.
const COMMON: &[Key] = &[
    key(
        "name",
        Kind::Text,
        "Install packages",
        "Shown in the log instead of the command.",
    ),
    key(
        "when",
        Kind::When,
        "{target.arch: arm64}",
        "The step is there only if all of this holds.",
    ),
    key(
        "check",
        Kind::Map(&check::STEP_CHECK),
        "{skip: [comment-in-command]}",
        "Settings of the warnings about this step.",
    ),
    key(
        "no-cache",
        Kind::Bool,
        "true",
        "Run it in every build, whatever the cache holds.",
    ),
];

const SOURCES: Kind = Kind::Some(&Kind::OneOf(&[Kind::Text, Kind::Map(&CONTENT)]));
const COMMAND: Kind = Kind::OneOf(&[Kind::Text, Kind::List(&Kind::Text)]);
const TEXTS: Kind = Kind::Some(&Kind::Text);

const TO: Key = key(
    "to",
    Kind::Text,
    "./",
    "Where to, as COPY's last word; default `.`.",
);
const CHOWN: Key = key(
    "chown",
    Kind::Text,
    "node:node",
    "Owner: `user` or `user:group`.",
);
const CHMOD: Key = key("chmod", Kind::Text, "\"0644\"", "Mode, octal or symbolic.");
const LINK: Key = key(
    "link",
    Kind::Bool,
    "true",
    "Make the layer independent of what is below it.",
);
const EXCLUDE: Key = key("exclude", TEXTS, "[\"*.md\"]", "Patterns left out.");

macro_rules! verb {
    ($table:ident, $what:literal, $kind:expr, $example:literal, $doc:literal, $($options:expr),*) => {
        pub(super) static $table: Table = Table {
            what: concat!("`", $what, "`"),
            doc: $doc,
            groups: &[
                &[key($what, $kind, $example, $doc).required()],
                $($options,)*
                COMMON,
            ],
        };
    };
}

verb!(
    RUN,
    "run",
    COMMAND,
    "npm ci",
    "Runs a command; a string goes to the shell.",
    exec::OPTIONS
);
verb!(
    SCRIPT,
    "script",
    Kind::OneOf(&[Kind::Text, Kind::Map(&CONTENT)]),
    "./build.sh",
    "Runs a file that is in no layer: inline content, or a path of the build context.",
    exec::OPTIONS
);
verb!(
    COPY,
    "copy",
    SOURCES,
    "[package.json, src/]",
    "Copies files, directories or inline content.",
    &[
        key(
            "from",
            input::INPUT,
            "build",
            "Where from: a stage, image or named context; default the build context."
        ),
        TO,
        CHOWN,
        CHMOD,
        LINK,
        key(
            "parents",
            Kind::Bool,
            "true",
            "Keep the directories of the sources."
        ),
        EXCLUDE,
        key(
            "optional",
            Kind::Bool,
            "true",
            "A source that is not there is no error."
        ),
    ]
);
verb!(
    ADD,
    "add",
    SOURCES,
    "https://example.com/tool.tar.gz",
    "Adds local files (archives are unpacked), URLs, git repositories or inline content.",
    &[
        TO,
        key(
            "checksum",
            Kind::Text,
            "sha256:...",
            "Digest of what a URL gives, or commit of a git repository."
        ),
        key(
            "unpack",
            Kind::Bool,
            "true",
            "Whether archives are unpacked; default for local ones."
        ),
        key(
            "keep-git-dir",
            Kind::Bool,
            "true",
            "Keep `.git` of a git repository."
        ),
        CHOWN,
        CHMOD,
        LINK,
        EXCLUDE,
    ]
);
verb!(
    FILE,
    "file",
    Kind::Text,
    "/etc/motd",
    "Writes a file; its directory is made.",
    &[
        key("content", Kind::Text, "hello", "What is in the file.").required(),
        CHMOD,
        CHOWN,
        LINK,
    ]
);
verb!(
    MKDIR,
    "mkdir",
    TEXTS,
    "/data",
    "Makes directories.",
    &[
        key(
            "chmod",
            Kind::Text,
            "\"0700\"",
            "Mode, octal; default 0755."
        ),
        CHOWN,
        key(
            "parents",
            Kind::Bool,
            "false",
            "Make the directories above too; default true."
        ),
    ]
);
verb!(
    SYMLINK,
    "symlink",
    Kind::Text,
    "/usr/bin/python",
    "Makes a symbolic link; an existing path is an error.",
    &[key(
        "target",
        Kind::Text,
        "python3",
        "What it points to, as it is written."
    )
    .required()]
);
verb!(
    REMOVE,
    "remove",
    TEXTS,
    "/tmp/*",
    "Removes files and directories.",
    &[key(
        "optional",
        Kind::Bool,
        "true",
        "A path that is not there is no error."
    )]
);
verb!(
    ENV,
    "env",
    Kind::Named(&Kind::Text),
    "{NODE_ENV: production}",
    "Environment of later steps and of the image, as ENV.",
);
verb!(
    ARG,
    "arg",
    arg::ARGS,
    "{VERSION: \"1.0\"}",
    "Arguments from here on, in the environment of later steps, as ARG.",
);
verb!(
    BUILD_ENV,
    "build-env",
    Kind::Named(&Kind::OneOf(&[Kind::Text, Kind::Null])),
    "{CI: true}",
    "Environment of later steps only, as ARG; no value declares the name.",
);
verb!(
    WORKDIR,
    "workdir",
    Kind::Text,
    "/app",
    "Working directory from here on, made if it is not there.",
);
verb!(USER, "user", Kind::Text, "node", "User from here on.",);
verb!(
    SHELL,
    "shell",
    Kind::List(&Kind::Text),
    "[/bin/bash, -c]",
    "Shell from here on.",
);
verb!(
    LABEL,
    "label",
    Kind::Named(&Kind::Text),
    "{maintainer: me}",
    "Labels of the image.",
);
verb!(
    CMD,
    "cmd",
    COMMAND,
    "[node, server.js]",
    "What the image runs, or the arguments of its entrypoint.",
);
verb!(
    ENTRYPOINT,
    "entrypoint",
    COMMAND,
    "[node]",
    "What the image runs.",
);
verb!(
    EXPOSE,
    "expose",
    TEXTS,
    "[8080]",
    "Ports that the image listens on.",
);
verb!(
    VOLUME,
    "volume",
    TEXTS,
    "[/data]",
    "Directories that are kept outside the image.",
);
verb!(
    HEALTHCHECK,
    "healthcheck",
    image::decode::HEALTHCHECK,
    "{run: curl -f localhost}",
    "How to tell that a container is healthy, or `none`.",
);
verb!(
    STOP_SIGNAL,
    "stop-signal",
    Kind::Text,
    "SIGINT",
    "The signal that stops a container.",
);
verb!(
    ONBUILD,
    "onbuild",
    Kind::Some(&Kind::Literal),
    "[\"COPY . /app\"]",
    "Dockerfile instructions that run in builds from this image.",
);
verb!(
    AUTHOR,
    "author",
    Kind::Text,
    "me@example.com",
    "Who made the image.",
);
verb!(
    PARALLEL,
    "parallel",
    Kind::List(&Kind::List(&Kind::FileStep)),
    "[[{run: make a}], [{run: make b}]]",
    "Lists of steps that run side by side on what is there.",
);

pub(super) static CONTENT: Table = Table {
    what: "inline content",
    doc: "A file that is written in the build file.",
    groups: &[&[
        key("content", Kind::Text, "hello", "What is in the file.").required(),
        key("name", Kind::Text, "motd", "Its name; default `EOF`."),
    ]],
};

/// Every verb's table; the first key is the verb.
pub static VERBS: &[&Table] = &[
    &RUN,
    &SCRIPT,
    &COPY,
    &ADD,
    &FILE,
    &MKDIR,
    &SYMLINK,
    &REMOVE,
    &ENV,
    &ARG,
    &BUILD_ENV,
    &WORKDIR,
    &USER,
    &SHELL,
    &LABEL,
    &CMD,
    &ENTRYPOINT,
    &EXPOSE,
    &VOLUME,
    &HEALTHCHECK,
    &STOP_SIGNAL,
    &ONBUILD,
    &AUTHOR,
    &PARALLEL,
];

/// Returns the name of a verb: the first key of its table.
pub(super) fn name_of(table: &'static Table) -> &'static str {
    table.keys().next().map_or("", |key| key.name)
}

/// Tells whether a verb changes the filesystem: those do that `parallel` takes.
pub(super) fn makes_files(table: &'static Table) -> bool {
    const FILESYSTEM: &[&str] = &[
        "run", "script", "copy", "add", "file", "mkdir", "symlink", "remove",
    ];
    FILESYSTEM.contains(&name_of(table))
}

/// Returns the table of a verb.
pub(super) fn find(name: &str) -> Option<&'static Table> {
    VERBS.iter().copied().find(|table| name_of(table) == name)
}

/// Returns the verbs that have an option.
pub(super) fn with_option(option: &str) -> Vec<&'static str> {
    let has = |table: &&&'static Table| table.keys().skip(1).any(|key| key.name == option);
    VERBS
        .iter()
        .filter(has)
        .map(|table| name_of(table))
        .collect()
}
