//! The build file as its author wrote it, decoded and checked key by key.
//!
//! In: a `Document`. Out: [`Build`]. Every key was known and every value had the right shape;
//! what was not is left out and was reported. References are parsed, not evaluated.
//!
//! Steps are generic over a [`Phase`]: the same types hold what was written ([`Written`]) and what
//! is left once arguments and platforms are replaced (`expand::Expanded`).

pub mod arg;
pub mod check;
pub mod exec;
pub mod fields;
pub mod image;
mod input;
pub mod map;
pub mod mount;
mod name;
pub mod platform;
mod read;
pub mod schema;
pub mod stage;
pub mod step;
mod value;
pub mod verb;
mod when;

#[cfg(test)]
pub(crate) mod tests;

use std::fmt::Debug;

use buildkit_llb::Platform;

use crate::diagnostic::{Code, Diagnostics};
use crate::expr::{Name, Template};
use crate::syntax::{Document, View};
use crate::text::{Span, Spanned};
use crate::units;

use fields::{Key, Kind, Table, key};
use read::{Cx, Fields};
use value::Slot;

pub use arg::{Arg, ArgType};
pub use check::Check;
pub use exec::{Device, Exec, Network, Options, Resources, Security, Ulimit};
pub use image::{Healthcheck, ImageKeys};
pub use mount::{
    Bind, CacheMount, CacheUse, NamedCache, NamedSecret, NamedSsh, OpenMount, SecretMount,
    SecretUse, Sharing, SshMount, SshUse, Tmpfs,
};
pub use stage::{Body, Mistake, Stage, Variant};
pub use step::{
    Add, Command, Content, Copy, Instruction, Mkdir, Named, Remove, Run, Script, Source, Step,
    Symlink, Verb,
};

/// Which pass a step has been through.
pub trait Phase: Clone + Debug + 'static {
    /// A string.
    type Text: Clone + Debug;
    /// What `from` names.
    type Input: Clone + Debug;
    /// The condition of a step.
    type When: Clone + Debug;
    /// A `cache` of a run.
    type Cache: Clone + Debug;
    /// A `secrets` entry of a run.
    type Secret: Clone + Debug;
    /// An `ssh` entry of a run.
    type Ssh: Clone + Debug;
    /// An argument that a step declares.
    type Arg: Clone + Debug;
}

/// As the author wrote it.
#[derive(Clone, Debug)]
pub enum Written {}

impl Phase for Written {
    type Text = Value;
    type Input = InputName;
    type When = Option<When>;
    type Cache = CacheUse;
    type Secret = SecretUse;
    type Ssh = SshUse;
    type Arg = Arg;
}

/// A string, or one by platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A string with references.
    Plain(Template<Name>),
    /// `{by-platform: {linux/amd64: …, default: …}}`.
    ByPlatform(Box<ByPlatform>),
}

/// One string per platform pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByPlatform {
    /// The map.
    pub span: Span,
    /// Patterns and their strings, as written.
    pub cases: Vec<(Spanned<PlatformPattern>, Template<Name>)>,
    /// The string for every other platform.
    pub default: Option<Template<Name>>,
}

/// `linux/arm64`, `linux/*`, `*/arm64`, `linux/arm/v7`: parts, `None` for `*`.
///
/// Normalised like a platform. A missing variant matches only an empty one, except that
/// `os/*` matches every architecture and variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformPattern {
    /// Operating system.
    pub os: Option<String>,
    /// Architecture.
    pub arch: Option<String>,
    /// Variant: `None` for any.
    pub variant: Option<String>,
}

/// What a `from` key names, before it is known to be a stage or an image.
#[derive(Clone, Debug)]
pub struct InputName {
    /// What the author said it is.
    pub kind: InputKind,
    /// The name.
    pub name: Value,
}

/// How a `from` was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// A plain string: `scratch`, else a stage, else an image.
    Any,
    /// `{stage: s}`.
    Stage,
    /// `{image: i}`.
    Image,
    /// `{context: c}`.
    Context,
    /// A name in a Dockerfile: `scratch`, a stage before this one, else an image.
    Earlier,
    /// The stage of that number, from 0: in a Dockerfile, a `COPY --from` that is one.
    At(usize),
}

/// `when`: every entry must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// The map.
    pub span: Span,
    /// All must hold.
    pub tests: Vec<WhenTest>,
}

/// One entry of a `when`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhenTest {
    /// `target.arch: [arm64, arm]`: the name has one of these values.
    Is {
        /// `args.debug`, `target.os`, …; never `env`.
        name: Spanned<Name>,
        /// Any of them, as text.
        values: Vec<Spanned<String>>,
    },
    /// `not: {…}`.
    Not(When),
}

/// The whole build file.
#[derive(Clone, Debug, Default)]
pub struct Build {
    /// One line for `--call=targets`.
    pub description: Option<Spanned<String>>,
    /// The stage that is the result; without it the last.
    pub default: Option<Spanned<String>>,
    /// Platforms this file supports; empty for any.
    pub platforms: Vec<Spanned<Platform>>,
    /// Build arguments for every stage.
    pub args: Vec<Arg>,
    /// Named cache mounts.
    pub caches: Vec<NamedCache>,
    /// Named secrets.
    pub secrets: Vec<NamedSecret>,
    /// Named ssh agents and keys.
    pub ssh: Vec<NamedSsh>,
    /// Stages in the order of the file.
    pub stages: Vec<Stage>,
    /// Lint settings of the file.
    pub check: Option<Check>,
    /// The language of the file, which says what its lint rules are.
    pub language: Language,
    /// Mistakes before the first stage that count for some requests only.
    pub mistakes: Vec<Mistake>,
}

/// A language that a build is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// YAML.
    #[default]
    BuildFile,
    /// A Dockerfile.
    Dockerfile,
}

const CACHES: Kind = Kind::Named(&Kind::OneOf(&[
    Kind::Text,
    Kind::Map(&mount::decode::NAMED_CACHE),
]));
const SECRETS: Kind = Kind::Named(&Kind::OneOf(&[
    Kind::Null,
    Kind::Map(&mount::decode::NAMED_SECRET),
]));
const AGENTS: Kind = Kind::Named(&Kind::OneOf(&[
    Kind::Null,
    Kind::Map(&mount::decode::NAMED_SSH),
]));
const STAGES: Kind = Kind::Named(&Kind::Map(&stage::STAGE));

pub(crate) static BUILD: Table = Table {
    what: "a build file",
    doc: "The whole file.",
    groups: &[
        &[
            key(
                "description",
                Kind::Literal,
                "The web shop",
                "One line, shown by `--call=targets`.",
            ),
            key(
                "default",
                Kind::Literal,
                "runtime",
                "The stage that is the result; default the last.",
            ),
            key(
                "platforms",
                Kind::Some(&Kind::Literal),
                "[linux/amd64, linux/arm64]",
                "The platforms that the file supports; default any.",
            ),
            key(
                "args",
                arg::ARGS,
                "{VERSION: \"1.0\"}",
                "Build arguments of every stage.",
            ),
            key(
                "caches",
                CACHES,
                "{deps: /root/.cache}",
                "Cache mounts that steps use by name.",
            ),
            key(
                "secrets",
                SECRETS,
                "{npm_token: {}}",
                "Secrets that steps use by name.",
            ),
            key(
                "ssh",
                AGENTS,
                "{default: {}}",
                "Ssh agents and keys, by id.",
            ),
            key(
                "stages",
                STAGES,
                "{build: {from: alpine:3.20}}",
                "The stages, in order.",
            )
            .unless("stages"),
            key(
                "check",
                Kind::Map(&check::CHECK),
                "{error: true}",
                "Settings of the warnings about the file.",
            ),
        ],
        RESERVED,
    ],
};

const RESERVED: &[Key] = &[
    reserved("uses"),
    reserved("with"),
    reserved("templates"),
    reserved("imports"),
    reserved("tests"),
    reserved("budgets"),
    reserved("matrix"),
    reserved("exceptions"),
];

const fn reserved(name: &'static str) -> Key {
    key(name, Kind::Reserved, "", "Reserved for a later version.")
}

/// Decodes a build file.
///
/// Reports everything that is wrong with it; what was reported is left out of the result.
pub fn decode(doc: &Document, diags: &mut Diagnostics) -> Build {
    let cx = &mut Cx { doc, diags };
    let root = Slot {
        name: "build file",
        example: "{stages: {...}}",
        id: doc.root(),
    };
    let at = doc.span(root.id).at_start();
    if !matches!(doc.view(root.id), View::Mapping(_)) {
        no_map(root, cx);
        return Build::default();
    }
    match Fields::read(&BUILD, root, at, cx) {
        Some(fields) => build(&fields, cx),
        None => Build::default(),
    }
}

fn no_map(root: Slot<'_>, cx: &mut Cx<'_>) {
    if matches!(cx.doc.view(root.id), View::Broken) {
        return;
    }
    let span = cx.doc.span(root.id);
    cx.diags
        .report(Code::NotABuildFile, span, "the file is not a build file")
        .label("not a map of keys")
        .help("a build file starts with `stages:`");
}

fn build(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Build {
    let some = |name, cx: &mut Cx<'_>| fields.some(name, cx);
    let build = Build {
        description: fields.literal("description", cx),
        default: fields.literal("default", cx),
        platforms: platforms(fields, cx),
        args: some("args", cx).map_or_else(Vec::new, |slot| arg::decode(slot, cx)),
        caches: some("caches", cx).map_or_else(Vec::new, |slot| mount::decode::caches(slot, cx)),
        secrets: some("secrets", cx).map_or_else(Vec::new, |slot| mount::decode::secrets(slot, cx)),
        ssh: some("ssh", cx).map_or_else(Vec::new, |slot| mount::decode::agents(slot, cx)),
        stages: some("stages", cx).map_or_else(Vec::new, |slot| stage::decode(slot, cx)),
        check: some("check", cx).and_then(|slot| check::decode(slot, cx)),
        language: Language::BuildFile,
        mistakes: Vec::new(),
    };
    let has_stages = match some("stages", cx).map(|slot| cx.doc.view(slot.id)) {
        Some(View::Mapping(mapping)) => !mapping.fields().is_empty(),
        // Something else was reported.
        other => other.is_some() || (fields.is_meant("stages") && fields.slot("stages").is_none()),
    };
    if !has_stages {
        let span = fields.key_span("stages").unwrap_or(fields.at);
        cx.diags
            .report(Code::NoStages, span, "the file has no stages")
            .help("write `stages:` and below it `build: {from: alpine:3.20, steps: []}`");
    }
    build
}

fn platforms(fields: &Fields<'_>, cx: &mut Cx<'_>) -> Vec<Spanned<Platform>> {
    let mut out = Vec::new();
    for text in fields.literals("platforms", cx) {
        match units::parse_platform(&text.value) {
            Ok(platform) => out.push(Spanned::new(platform, text.span)),
            Err(malformed) => {
                cx.diags
                    .report(Code::BadPlatform, text.span, malformed.message)
                    .help(malformed.help);
            }
        }
    }
    out
}
