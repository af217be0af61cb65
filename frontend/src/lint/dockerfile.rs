//! What the rules of the Dockerfile frontend find in the stages that are built, in its words
//! (`dockerfile2llb/convert.go:dispatch`, `validations.go`, `convert_expose.go`, v0.32.2). What
//! they find in the text alone is in `dockerfile::notes`.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use buildkit_llb::Platform;

use crate::diagnostic::suggest::closest;
use crate::diagnostic::{Code, Diagnostics};
use crate::dockerfile;
use crate::dockerignore::Matcher;
use crate::expand::{Cache, Expanded, Input, NOT_IN_ENV, Stage, StageId};
use crate::expr::{EnvName, Found, Reference, Scope, Text, finish};
use crate::lower::config::DEFAULT_PATH;
use crate::lower::path::{self, clean};
use crate::model::map::{self, MapPhase};
use crate::model::{Command, Named, Phase, SecretMount, Source, SshMount, Step, Verb};
use crate::text::{Span, Spanned};
use crate::units;

use super::chain::{Base, Cx};
use super::sink::Sink;

/// Looks at a stage.
pub(super) fn judge<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    base_platform(cx, id, sink);
    let mut known = Known::of(cx, id);
    let chain = cx.chain(id);
    for (at, stage) in chain.iter().enumerate() {
        let is_own = at + 1 == chain.len();
        known.enter();
        for step in &stage.steps {
            if is_own {
                let sink = sink.enter_step(step);
                variables(&known, step, sink);
                known.look(step, sink);
                files(cx, step, sink);
                source_platform(cx, step, sink);
                ports(step, sink);
            }
            known.note(step);
        }
    }
}

/// What is known where a step stands.
struct Known {
    /// The environment and the arguments.
    names: BTreeSet<String>,
    /// Those of the environment alone, and their values.
    env: BTreeMap<String, String>,
    /// Those of them that the image has.
    image_env: BTreeMap<String, String>,
    /// Whether there are more that nobody knows.
    is_open: bool,
    is_windows: bool,
    has_shell: bool,
    has_workdir: bool,
    /// The CMD, ENTRYPOINT and HEALTHCHECK of the stage.
    last: [Option<Span>; 3],
}

impl Known {
    fn of(cx: &Cx<'_>, id: StageId) -> Self {
        let mut known = Self {
            names: BTreeSet::from(["PATH".to_owned()]),
            env: BTreeMap::from([("PATH".to_owned(), DEFAULT_PATH.to_owned())]),
            image_env: BTreeMap::from([("PATH".to_owned(), DEFAULT_PATH.to_owned())]),
            is_open: false,
            is_windows: cx.stage(id).platform.os == "windows",
            has_shell: false,
            has_workdir: false,
            last: [None; 3],
        };
        match cx.base(id) {
            Base::Scratch => {}
            Base::Known(config) => {
                for entry in &config.config.env {
                    let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
                    known.set(name, value.to_owned());
                }
                known.has_shell = !config.config.shell.is_empty();
            }
            Base::Unknown => known.is_open = true,
        }
        known
    }

    fn add(&mut self, name: &str, value: String) {
        self.names.insert(name.to_owned());
        self.env.insert(name.to_owned(), value);
    }

    /// Adds one that the image has, too.
    fn set(&mut self, name: &str, value: String) {
        self.image_env.insert(name.to_owned(), value.clone());
        self.add(name, value);
    }

    /// Returns a text with its variables replaced.
    fn value(&self, text: &Text) -> String {
        finish(text, self, &mut Diagnostics::new()).unwrap_or_default()
    }

    /// A stage begins: what the image has takes the place of arguments.
    fn enter(&mut self) {
        self.last = [None; 3];
        self.env.extend(self.image_env.clone());
    }

    /// Remembers what a step does.
    fn note(&mut self, step: &Step<Expanded>) {
        match &step.verb {
            Verb::Env(entries) => {
                // One instruction sees what stands before it.
                let values = entries.iter().map(|(_, value)| self.value(value));
                let values: Vec<String> = values.collect();
                for ((name, _), value) in entries.iter().zip(values) {
                    self.set(&name.value, value);
                }
            }
            Verb::Named(Named::Env, entries) => {
                let pair = |(name, value): &(Text, Text)| (self.value(name), self.value(value));
                let pairs: Vec<(String, String)> = entries.iter().map(pair).collect();
                for (name, value) in pairs {
                    self.set(&name, value);
                }
            }
            Verb::BuildEnv(entries) => {
                for (name, value) in entries {
                    self.names.insert(name.value.clone());
                    let is_in_env = !NOT_IN_ENV.contains(&name.value.as_str());
                    if let Some(value) = value.as_ref().filter(|_| is_in_env) {
                        let value = self.value(value);
                        self.add(&name.value, value);
                    }
                }
            }
            Verb::Shell(_) => self.has_shell = true,
            Verb::Workdir(_) => self.has_workdir = true,
            _ => {}
        }
    }

    /// Looks at a step that what stands before it makes wrong.
    fn look<'a>(&mut self, step: &'a Step<Expanded>, sink: &mut Sink<'a>) {
        let word = word(step);
        let (kind, command) = match &step.verb {
            Verb::Cmd(command) => (0, Some(command)),
            Verb::Entrypoint(command) => (1, Some(command)),
            Verb::Healthcheck(_) => (2, None),
            Verb::Workdir(path) => return self.workdir(step, path, sink),
            Verb::Env(entries) => {
                let names = entries.iter().map(|(name, _)| name);
                secrets("ENV", names, step.span, sink);
                return legacy(step, sink);
            }
            Verb::Label(_) | Verb::Named(..) => return legacy(step, sink),
            Verb::BuildEnv(entries) => {
                let names = entries.iter().map(|(name, _)| name);
                return secrets("ARG", names, step.span, sink);
            }
            _ => return,
        };
        if let Some(before) = self.last[kind].replace(step.span) {
            let message = format!(
                "Multiple {word} instructions should not be used in the same stage because only \
                 the last one will be used"
            );
            sink.add(Code::MultipleInstructionsDisallowed, before, message);
        }
        let is_shell = matches!(command, Some(Command::Shell(_)));
        if is_shell && !self.has_shell {
            let message = format!(
                "JSON arguments recommended for {word} to prevent unintended behavior related to \
                 OS signals"
            );
            sink.add(Code::JSONArgsRecommended, step.span, message);
        }
    }

    fn workdir(&self, step: &Step<Expanded>, path: &Text, sink: &mut Sink<'_>) {
        if self.has_workdir || self.is_open && path.as_literal().is_none() {
            return;
        }
        let text = self.value(path);
        let path = match self.is_windows {
            true => path::from_windows(&text).unwrap_or_default(),
            false => text.clone(),
        };
        if !path.starts_with('/') {
            let message = format!(
                "Relative workdir {} can have unexpected results if the base image changes",
                units::quote(&text)
            );
            sink.add(Code::WorkdirRelativePath, step.span, message);
        }
    }
}

impl Scope<EnvName> for Known {
    fn find(&self, name: &EnvName) -> Found<'_> {
        match self.env.get(&name.0) {
            Some(value) => Found::Set(value),
            None => Found::Unset,
        }
    }

    fn unset(&self, _: &Reference<EnvName>, _: &mut Diagnostics) {}
}

/// Returns the word that an instruction starts with, as it is written.
fn word(step: &Step<Expanded>) -> &str {
    let text = step.instruction.as_ref().map_or("", |it| it.text.as_str());
    text.split(char::is_whitespace).next().unwrap_or_default()
}

fn legacy(step: &Step<Expanded>, sink: &mut Sink<'_>) {
    let Some(instruction) = &step.instruction else {
        return;
    };
    if dockerfile::is_legacy(&instruction.text, instruction.escape) {
        let word = word(step);
        let message = format!(
            "\"{word} key=value\" should be used instead of legacy \"{word} key value\" format"
        );
        sink.add(Code::LegacyKeyValueFormat, step.span, message);
    }
}

/// Words of names whose values are secret, and words that say they are not.
const SECRET: &[&str] = &[
    "apikey",
    "auth",
    "credential",
    "credentials",
    "key",
    "password",
    "pword",
    "passwd",
    "secret",
    "token",
];
const PUBLIC: &[&str] = &["public", "file", "version"];

fn secrets<'n>(
    what: &str,
    names: impl Iterator<Item = &'n Spanned<String>>,
    span: Span,
    sink: &mut Sink<'_>,
) {
    for name in names {
        let lower = name.value.to_lowercase();
        let has = |list: &[&str]| lower.split('_').any(|word| list.contains(&word));
        if has(SECRET) && !has(PUBLIC) {
            let message = format!(
                "Do not use ARG or ENV instructions for sensitive data ({what} {})",
                units::quote(&name.value)
            );
            sink.add(Code::SecretsUsedInArgOrEnv, span, message);
        }
    }
}

fn base_platform<'a>(cx: &Cx<'a>, id: StageId, sink: &mut Sink<'a>) {
    let stage: &Stage = cx.stage(id);
    let Input::Image(name) = &stage.base else {
        return;
    };
    let written = cx.input.build.stages[id.0].body.from.as_ref();
    let written = written.and_then(|from| from.name.as_literal());
    let written = written.unwrap_or(&name.value);
    let span = cx.input.build.stages[id.0].span;
    platform(cx, (&name.value, written), &stage.platform, span, sink);
}

/// Looks at the image that a copy is from.
fn source_platform<'a>(cx: &Cx<'a>, step: &'a Step<Expanded>, sink: &mut Sink<'a>) {
    if let Verb::Copy(copy) = &step.verb
        && let Some(Input::Image(name)) = &copy.from
    {
        let written = cx.input.files.slice(name.span);
        let names = (name.value.as_str(), written);
        platform(cx, names, &cx.plan.target, step.span, sink);
    }
}

/// Looks at an image, given its name and what is written.
fn platform<'a>(
    cx: &Cx<'a>,
    (name, written): (&str, &str),
    wanted: &Platform,
    span: Span,
    sink: &mut Sink<'a>,
) {
    let Some(config) = cx.input.resolved.image_config(name, wanted) else {
        return;
    };
    let found = Platform::new(&config.os, &config.architecture).normalized();
    let wanted = wanted.clone().normalized();
    if (&found.os, &found.architecture) == (&wanted.os, &wanted.architecture) {
        return;
    }
    let message = format!(
        "Base image {written} was pulled with platform {:?}, expected {:?} for current build",
        found.format_all(),
        wanted.format_all()
    );
    sink.add(Code::InvalidBaseImagePlatform, span, message);
}

fn files<'a>(cx: &Cx<'a>, step: &'a Step<Expanded>, sink: &mut Sink<'a>) {
    let (word, sources) = match &step.verb {
        Verb::Copy(copy) if copy.from.is_none() => ("Copy", &copy.sources),
        Verb::Add(add) => ("Add", &add.sources),
        _ => return,
    };
    let ignored = cx.input.ignored;
    // What is brought back may be in what is left out.
    if ignored.is_empty() || ignored.iter().any(|pattern| pattern.starts_with('!')) {
        return;
    }
    let matcher = Matcher::new(ignored);
    for source in sources {
        let Source::Path(path) = source else { continue };
        let Some(text) = path.as_literal().filter(|it| !it.contains("://")) else {
            continue;
        };
        let path = clean(text);
        let is_all = |pattern: &String| matches!(pattern.as_str(), "*" | "**" | "**/*");
        if matches!(path.as_str(), "." | "/") && !ignored.iter().any(is_all) {
            continue;
        }
        if let Ok(Some(_)) = matcher.ignored_by(&path) {
            let message =
                format!("Attempting to {word} file {path:?} that is excluded by .dockerignore");
            sink.add(Code::CopyIgnoredFile, step.span, message);
        }
    }
}

fn ports<'a>(step: &'a Step<Expanded>, sink: &mut Sink<'a>) {
    let Verb::Expose(ports) = &step.verb else {
        return;
    };
    let texts = ports.iter().filter_map(Text::as_literal);
    for port in texts.flat_map(str::split_whitespace) {
        let (numbers, protocol) = port.split_once('/').unwrap_or((port, ""));
        if protocol.chars().any(char::is_uppercase) {
            let message =
                format!("Defined protocol '{port}' in EXPOSE instruction should be lowercase");
            sink.add(Code::ExposeProtoCasing, step.span, message);
        }
        if numbers.contains(':') {
            let message = format!(
                "EXPOSE instruction should not define an IP address or host-port mapping, found \
                 '{port}'"
            );
            sink.add(Code::ExposeInvalidFormat, step.span, message);
        }
    }
}

/// Reports variables that nothing sets.
fn variables<'a>(known: &Known, step: &'a Step<Expanded>, sink: &mut Sink<'a>) {
    if known.is_open || matches!(step.verb, Verb::Expose(_)) {
        return;
    }
    // Each with the number of arguments that stand before it in the same instruction.
    let mut names = Vec::new();
    let (mut own, mut before) = (Vec::new(), Vec::new());
    match &step.verb {
        // Each argument sees those before it.
        Verb::BuildEnv(entries) => {
            for (name, value) in entries {
                let mut mentioned = Names(Vec::new());
                value.iter().for_each(|value| mentioned.text(value));
                mentioned.0.retain(|it| !before.contains(&it));
                before.push(&name.value);
                let mentioned = mentioned.0.into_iter().map(|name| (name, own.len()));
                names.extend(mentioned);
                own.extend(value.as_ref().map(|_| name.value.clone()));
            }
        }
        verb => {
            let mut mentioned = Names(Vec::new());
            map::verb::<Expanded, Seen>(verb, &mut mentioned);
            names.extend(mentioned.0.into_iter().map(|name| (name, 0)));
        }
    }
    for (name, n_own) in names {
        if known.names.contains(&name) || NOT_IN_ENV.contains(&name.as_str()) {
            continue;
        }
        let near = closest(
            &name,
            known.env.keys().chain(&own[..n_own]).map(String::as_str),
        );
        let near = near.map(|near| format!(" (did you mean ${near}?)"));
        let near = near.unwrap_or_default();
        let message = format!("Usage of undefined variable '${name}'{near}");
        sink.add(Code::UndefinedVar, step.span, message);
    }
}

/// The variables that a step mentions.
struct Names(Vec<String>);

/// Everything was looked at.
#[derive(Clone, Debug)]
enum Seen {}

impl Phase for Seen {
    type Text = ();
    type Input = ();
    type When = ();
    type Cache = ();
    type Secret = ();
    type Ssh = ();
    type Arg = Infallible;
}

impl MapPhase<Expanded, Seen> for Names {
    fn text(&mut self, text: &Text) {
        text.each_reference(&mut |reference| self.0.push(reference.name.0.clone()));
    }

    fn input(&mut self, _: &Input) {}

    fn when(&mut self, (): &()) -> Option<()> {
        Some(())
    }

    fn cache(&mut self, cache: &Cache) -> Vec<()> {
        if let Cache::Mount(mount) = cache {
            map::cache_mount::<Expanded, Seen>(mount, self);
        }
        Vec::new()
    }

    fn secret(&mut self, secret: &SecretMount<Expanded>) -> Option<()> {
        map::secret_mount::<Expanded, Seen>(secret, self);
        None
    }

    fn ssh(&mut self, ssh: &SshMount<Expanded>) -> Option<()> {
        map::ssh_mount::<Expanded, Seen>(ssh, self);
        None
    }

    fn args(&mut self, _: &[Infallible]) -> Verb<Seen> {
        Verb::BuildEnv(Vec::new())
    }
}
