//! The file as written: which steps there are and which names it mentions, on whatever platform.

use std::collections::BTreeSet;

use crate::expr::Name;
use crate::model::map::{self, MapPhase};
use crate::model::{
    Arg, Body, Build, CacheUse, Check, ImageKeys, InputName, Phase, SecretUse, SshUse, Stage, Step,
    Value, Verb, When, WhenTest, Written,
};
use crate::text::Span;

/// What counts where something stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place<'b> {
    pub(super) stage: Option<&'b Check>,
    pub(super) step: Option<&'b Check>,
    pub(super) kind: Kind,
}

/// What mentions an argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something that decides what is built: a base, a condition, a default.
    #[default]
    Choice,
    /// Something that is in the image or in the records of the build.
    Content,
}

/// A mention of an argument.
pub(super) struct Mention<'b> {
    pub(super) arg: String,
    pub(super) span: Span,
    pub(super) place: Place<'b>,
}

/// Names of one kind that steps use.
#[derive(Default)]
pub(super) struct Used {
    names: BTreeSet<String>,
    /// Arguments say which.
    is_open: bool,
}

impl Used {
    /// Tells whether a step may use the name.
    pub(super) fn may_have(&self, name: &str) -> bool {
        self.is_open || self.names.contains(name)
    }

    fn add(&mut self, value: &Value) {
        for template in value.templates() {
            match template.as_literal() {
                Some(name) => {
                    self.names.insert(name.to_owned());
                }
                None => self.is_open = true,
            }
        }
    }
}

/// What a file mentions.
#[derive(Default)]
pub(super) struct Mentions<'b> {
    pub(super) args: Vec<Mention<'b>>,
    pub(super) caches: Used,
    pub(super) secrets: Used,
    pub(super) ssh: Used,
    place: Place<'b>,
}

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
    type Arg = std::convert::Infallible;
}

impl MapPhase<Written, Seen> for Mentions<'_> {
    fn text(&mut self, value: &Value) {
        for template in value.templates() {
            template.each_reference(&mut |reference| {
                if let Name::Arg(name) = &reference.name {
                    self.args.push(Mention {
                        arg: name.clone(),
                        span: reference.span,
                        place: self.place,
                    });
                }
            });
        }
    }

    fn input(&mut self, input: &InputName) {
        self.choice(&input.name);
    }

    fn when(&mut self, when: &Option<When>) -> Option<()> {
        if let Some(when) = when {
            self.condition(when);
        }
        Some(())
    }

    fn cache(&mut self, cache: &CacheUse) -> Vec<()> {
        match cache {
            CacheUse::Mount(mount) => {
                map::cache_mount::<Written, Seen>(mount, self);
            }
            CacheUse::Name(name) => {
                self.choice(name);
                self.caches.add(name);
            }
        }
        Vec::new()
    }

    fn secret(&mut self, secret: &SecretUse) -> Option<()> {
        match secret {
            SecretUse::Mount(mount) => {
                map::secret_mount::<Written, Seen>(mount, self);
                mount.id.iter().for_each(|id| self.secrets.add(id));
            }
            SecretUse::Name(name) => {
                self.choice(name);
                self.secrets.add(name);
            }
        }
        None
    }

    fn ssh(&mut self, ssh: &SshUse) -> Option<()> {
        match ssh {
            SshUse::Default(_) => {
                self.ssh.names.insert("default".to_owned());
            }
            SshUse::Mount(mount) => {
                map::ssh_mount::<Written, Seen>(mount, self);
                match &mount.id {
                    Some(id) => self.ssh.add(id),
                    None => {
                        self.ssh.names.insert("default".to_owned());
                    }
                }
            }
            SshUse::Name(name) => {
                self.choice(name);
                self.ssh.add(name);
            }
        }
        None
    }

    fn args(&mut self, args: &[Arg]) -> Verb<Seen> {
        self.defaults(args);
        // Without a default it is the file's.
        self.args.extend(args.iter().map(|arg| Mention {
            arg: arg.name.value.clone(),
            span: arg.name.span,
            place: self.place,
        }));
        Verb::BuildEnv(Vec::new())
    }
}

impl<'b> Mentions<'b> {
    /// Returns what a file mentions.
    pub(super) fn new(build: &'b Build) -> Self {
        let mut mentions = Self::default();
        mentions.defaults(&build.args);
        for cache in &build.caches {
            map::cache_mount::<Written, Seen>(&cache.mount, &mut mentions);
        }
        for secret in &build.secrets {
            map::secret_mount::<Written, Seen>(&secret.mount, &mut mentions);
        }
        for (place, body) in build.stages.iter().flat_map(placed_bodies) {
            mentions.body(place, body);
        }
        mentions
    }

    fn choice(&mut self, value: &Value) {
        let kind = std::mem::replace(&mut self.place.kind, Kind::Choice);
        self.text(value);
        self.place.kind = kind;
    }

    fn defaults(&mut self, args: &[Arg]) {
        let defaults = args.iter().filter_map(|arg| arg.default.as_ref());
        defaults.for_each(|default| self.choice(default));
    }

    fn condition(&mut self, when: &When) {
        for test in &when.tests {
            match test {
                WhenTest::Not(when) => self.condition(when),
                WhenTest::Is { name, .. } => {
                    if let Name::Arg(arg) = &name.value {
                        self.args.push(Mention {
                            arg: arg.clone(),
                            span: name.span,
                            place: Place {
                                kind: Kind::Choice,
                                ..self.place
                            },
                        });
                    }
                }
            }
        }
    }

    fn body(&mut self, place: Place<'b>, body: &'b Body) {
        self.place = place;
        let from = body.from.as_ref().map(|from| &from.name);
        let choices = from.into_iter().chain(&body.platform);
        choices.for_each(|value| self.choice(value));
        self.defaults(&body.args);
        self.place.kind = Kind::Content;
        let env = body.env.iter().map(|(_, value)| value);
        let build_env = body
            .build_env
            .iter()
            .filter_map(|(_, value)| value.as_ref());
        let shell = body.shell.iter().flat_map(|shell| &shell.value);
        let values = env.chain(build_env).chain(shell);
        let values = values.chain(&body.user).chain(&body.workdir);
        values.for_each(|value| self.text(value));
        for step in body.steps.iter().flatten() {
            self.place.step = step.check.as_deref();
            let _ = map::step::<Written, Seen>(step, self);
        }
        self.place.step = None;
        if let Some(image) = &body.image {
            self.image(image);
        }
    }

    fn image(&mut self, image: &ImageKeys<Written>) {
        let commands = [&image.entrypoint, &image.cmd];
        for command in commands.into_iter().flatten() {
            map::command::<Written, Seen>(&command.value, self);
        }
        let pairs = [&image.env, &image.labels, &image.annotations];
        let values = pairs.into_iter().flatten().map(|(_, value)| value);
        let lists = image.expose.iter().chain(&image.volumes);
        let shell = image.shell.iter().flat_map(|shell| &shell.value);
        let texts = [
            &image.user,
            &image.workdir,
            &image.stop_signal,
            &image.author,
        ];
        let texts = texts.into_iter().flatten();
        for value in values.chain(lists).chain(shell).chain(texts) {
            self.text(value);
        }
        if let Some(check) = &image.healthcheck {
            map::healthcheck::<Written, Seen>(&check.value, self);
        }
    }
}

/// Returns the keys of a stage and of its variants.
pub(super) fn bodies(stage: &Stage) -> impl Iterator<Item = &Body> {
    let variants = stage.by_platform.iter().map(|variant| &variant.body);
    [&stage.body].into_iter().chain(variants)
}

/// Returns the same, each with what counts for it: a variant has the settings of its stage unless
/// it has its own.
pub(super) fn placed_bodies(stage: &Stage) -> impl Iterator<Item = (Place<'_>, &Body)> {
    bodies(stage).map(|body| {
        let check = body.check.as_ref().or(stage.body.check.as_ref());
        let place = Place {
            stage: check,
            ..Place::default()
        };
        (place, body)
    })
}

/// Tells whether an argument is declared anywhere.
pub(super) fn has_args(build: &Build) -> bool {
    let mut bodies = build.stages.iter().flat_map(bodies);
    !build.args.is_empty() || bodies.any(|body| !body.args.is_empty())
}

/// Returns every step of the file as written, those in branches too.
pub(super) fn steps(build: &Build) -> Vec<(Place<'_>, &Step<Written>)> {
    fn add<'b>(
        stage: Option<&'b Check>,
        steps: &'b [Step<Written>],
        out: &mut Vec<(Place<'b>, &'b Step<Written>)>,
    ) {
        for step in steps {
            let place = Place {
                stage,
                step: step.check.as_deref(),
                kind: Kind::Content,
            };
            out.push((place, step));
            if let Verb::Parallel(branches) = &step.verb {
                branches.iter().for_each(|branch| add(stage, branch, out));
            }
        }
    }
    let mut out = Vec::new();
    for (place, body) in build.stages.iter().flat_map(placed_bodies) {
        let steps = body.steps.as_deref().unwrap_or_default();
        add(place.stage, steps, &mut out);
    }
    out
}
