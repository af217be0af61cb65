//! A step has one verb.

mod config;
pub(super) mod decode;
mod files;
mod run;

use std::sync::Arc;

use crate::text::{Span, Spanned};

use super::{Check, Healthcheck, Options, Phase};

/// One thing a stage does.
#[derive(Clone, Debug)]
pub struct Step<P: Phase> {
    /// The whole step.
    pub span: Span,
    /// Shown in the log instead of the command.
    pub name: Option<P::Text>,
    /// Whether the step is there at all.
    pub when: P::When,
    /// Where `no-cache: true` stands.
    pub no_cache: Option<Span>,
    /// Lint settings of the step.
    pub check: Option<Box<Check>>,
    /// The instruction of a Dockerfile that it is.
    pub instruction: Option<Arc<Instruction>>,
    /// What it does.
    pub verb: Verb<P>,
}

/// An instruction of a Dockerfile, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Its lines, joined.
    pub text: String,
    /// The escape character of the file.
    pub escape: char,
    /// Whether a base brought it along.
    pub is_trigger: bool,
}

/// What a step does. Large ones are in boxes, as a build has many small ones and all are moved.
#[derive(Clone, Debug)]
pub enum Verb<P: Phase> {
    /// `run`.
    Run(Run<P>),
    /// `script`.
    Script(Box<Script<P>>),
    /// `copy`.
    Copy(Box<Copy<P>>),
    /// `add`.
    Add(Box<Add<P>>),
    /// `file`: a path with content; a copy of content to that path.
    File(Box<Copy<P>>),
    /// `mkdir`.
    Mkdir(Box<Mkdir<P>>),
    /// `symlink`.
    Symlink(Box<Symlink<P>>),
    /// `remove`.
    Remove(Remove<P>),
    /// `env`.
    Env(Vec<(Spanned<String>, P::Text)>),
    /// `image.env`: of the image only.
    ImageEnv(Vec<(Spanned<String>, P::Text)>),
    /// `build-env`: of the steps only; no value is a declaration without one.
    BuildEnv(Vec<(Spanned<String>, Option<P::Text>)>),
    /// `env` or `label` whose names hold references.
    Named(Named, Vec<(P::Text, P::Text)>),
    /// `arg`: arguments from here on, in the environment of the steps.
    Arg(Vec<P::Arg>),
    /// `workdir`.
    Workdir(P::Text),
    /// `image.workdir`: makes no directory.
    ImageWorkdir(P::Text),
    /// `user`.
    User(P::Text),
    /// `shell`.
    Shell(Vec<P::Text>),
    /// `label`.
    Label(Vec<(Spanned<String>, P::Text)>),
    /// `image.annotations`.
    Annotations(Vec<(Spanned<String>, P::Text)>),
    /// `cmd`.
    Cmd(Command<P>),
    /// `entrypoint`.
    Entrypoint(Command<P>),
    /// `expose`.
    Expose(Vec<P::Text>),
    /// `volume`.
    Volume(Vec<P::Text>),
    /// `healthcheck`.
    Healthcheck(Box<Healthcheck<P>>),
    /// `stop-signal`.
    StopSignal(P::Text),
    /// `onbuild`.
    Onbuild(Vec<Spanned<String>>),
    /// `author`.
    Author(P::Text),
    /// `parallel`: branches on the same base.
    Parallel(Vec<Vec<Step<P>>>),
}

/// What names and values are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// The environment.
    Env,
    /// Labels.
    Label,
}

/// A command: a string for the shell, or a list as it is.
#[derive(Clone, Debug)]
pub enum Command<P: Phase> {
    /// Shell form.
    Shell(P::Text),
    /// Shell form whose text goes to the shell as it is: lines were joined already.
    Verbatim(P::Text),
    /// Exec form.
    Exec(Vec<P::Text>),
}

/// `run`.
#[derive(Clone, Debug)]
pub struct Run<P: Phase> {
    /// What is run.
    pub command: Command<P>,
    /// How.
    pub exec: Options<P>,
}

/// `script`.
#[derive(Clone, Debug)]
pub struct Script<P: Phase> {
    /// What is mounted and executed: a path of the context, or content.
    pub source: Source<P>,
    /// How.
    pub exec: Options<P>,
}

/// What `copy`, `add` and `script` take: a path, a URL, or content.
#[derive(Clone, Debug)]
pub enum Source<P: Phase> {
    /// A path, glob or URL.
    Path(P::Text),
    /// `{content, name}`.
    Content(Content<P>),
}

/// Inline content.
#[derive(Clone, Debug)]
pub struct Content<P: Phase> {
    /// The map.
    pub span: Span,
    /// The bytes of the file.
    pub content: P::Text,
    /// The file's name; `EOF` without.
    pub name: Option<P::Text>,
}

/// `copy`.
#[derive(Clone, Debug)]
pub struct Copy<P: Phase> {
    /// What is copied, at least one.
    pub sources: Vec<Source<P>>,
    /// Where from; default the build context.
    pub from: Option<P::Input>,
    /// Where to; default `.`.
    pub to: Option<P::Text>,
    /// `user`, `user:group`.
    pub chown: Option<P::Text>,
    /// Octal or symbolic.
    pub chmod: Option<P::Text>,
    /// Independent of what is below.
    pub link: Option<Spanned<bool>>,
    /// Keep the sources' directories.
    pub parents: Option<Spanned<bool>>,
    /// Patterns left out.
    pub exclude: Vec<P::Text>,
    /// A missing source is no error.
    pub optional: Option<Spanned<bool>>,
}

/// `add`.
#[derive(Clone, Debug)]
pub struct Add<P: Phase> {
    /// What is added, at least one.
    pub sources: Vec<Source<P>>,
    /// Where to; default `.`.
    pub to: Option<P::Text>,
    /// Digest of an http source, commit of a git source.
    pub checksum: Option<P::Text>,
    /// Unpack archives; default: local ones.
    pub unpack: Option<Spanned<bool>>,
    /// Keep `.git`.
    pub keep_git_dir: Option<Spanned<bool>>,
    /// `user`, `user:group`.
    pub chown: Option<P::Text>,
    /// Octal or symbolic.
    pub chmod: Option<P::Text>,
    /// Independent of what is below.
    pub link: Option<Spanned<bool>>,
    /// Patterns left out.
    pub exclude: Vec<P::Text>,
}

/// `mkdir`.
#[derive(Clone, Debug)]
pub struct Mkdir<P: Phase> {
    /// At least one.
    pub paths: Vec<P::Text>,
    /// Octal; default 0755.
    pub chmod: Option<P::Text>,
    /// `user`, `user:group`.
    pub chown: Option<P::Text>,
    /// Make parents too; default true.
    pub parents: Option<Spanned<bool>>,
}

/// `symlink`.
#[derive(Clone, Debug)]
pub struct Symlink<P: Phase> {
    /// The link.
    pub path: P::Text,
    /// What it points to, verbatim.
    pub target: P::Text,
}

/// `remove`.
#[derive(Clone, Debug)]
pub struct Remove<P: Phase> {
    /// Paths or globs, at least one.
    pub paths: Vec<P::Text>,
    /// A missing path is no error.
    pub optional: Option<Spanned<bool>>,
}
