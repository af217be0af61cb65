//! What is wrong with a build file for whatever request.
//!
//! Every stage, branch and value is looked at, reached or not, and every mistake is reported
//! once: `undefined-arg`, `late-name`, `unknown-stage`, `stage-cycle`, `bad-image-name`,
//! `bad-platform`, `unknown-cache`, `ambiguous-platform`, `bad-pattern`, `bad-arg`.

mod visible;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use buildkit_llb::Platform;

use crate::diagnostic::{Code, Diagnostics};
use crate::expr::{Name, Template};
use crate::model::map::{self, MapPhase};
use crate::model::{
    Arg, Body, Build, CacheUse, ImageKeys, InputName, Language, Phase, PlatformPattern, SecretUse,
    SshUse, Stage, Value, Verb, When, WhenTest, Written,
};
use crate::preset;
use crate::text::{Span, Spanned};

use super::args::{unmatched, whole};
use super::input::{StageNames, Taker};
use super::mount::unknown_cache;
use super::platform::parse_platform;
use super::scope::{late_name, undefined};
use super::trigger;
use super::when::never;
use visible::{OUTSIDE, TOP, Visible, around, inside};

/// Reports what is wrong with the file for whatever request.
pub fn check(build: &Build, diags: &mut Diagnostics) {
    let names = StageNames::new(build);
    let visible = Visible::new(build, &names);
    let caches = build.caches.iter().map(|it| it.name.value.as_str());
    let mut checker = Checker {
        cx: Cx {
            language: build.language,
            names: &names,
            visible: &visible,
            caches: &caches.collect(),
        },
        place: Place::top(),
        diags,
    };
    checker.default(build);
    checker.place.scope = OUTSIDE;
    checker.args(&build.args, &[]);
    checker.place.scope = TOP;
    for cache in &build.caches {
        map::cache_mount::<Written, Seen>(&cache.mount, &mut checker);
    }
    for secret in &build.secrets {
        map::secret_mount::<Written, Seen>(&secret.mount, &mut checker);
    }
    for (idx, stage) in build.stages.iter().enumerate() {
        checker.stage(idx, stage);
    }
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
    type Arg = Infallible;
}

#[derive(Clone, Copy)]
struct Cx<'b> {
    language: Language,
    names: &'b StageNames,
    visible: &'b Visible<'b>,
    caches: &'b BTreeSet<&'b str>,
}

/// What counts at the place that is looked at.
#[derive(Clone, Copy)]
struct Place<'b> {
    /// Whose arguments are visible.
    scope: usize,
    /// Whose `from` it is.
    taker: Taker,
    /// The arguments of the stage, when they are not visible yet.
    later: &'b [Arg],
}

impl Place<'_> {
    fn top() -> Self {
        Self {
            scope: TOP,
            taker: Taker::Named,
            later: &[],
        }
    }
}

struct Checker<'b, 'd> {
    cx: Cx<'b>,
    place: Place<'b>,
    diags: &'d mut Diagnostics,
}

impl MapPhase<Written, Seen> for Checker<'_, '_> {
    fn text(&mut self, value: &Value) {
        self.patterns(value);
        for template in value.templates() {
            self.references(template);
        }
    }

    fn input(&mut self, input: &InputName) {
        self.text(&input.name);
        self.known(&input.name);
        for template in input.name.templates() {
            if let Some(name) = literal(template) {
                self.cx
                    .names
                    .resolve(input.kind, &name, self.place.taker, self.diags);
            }
        }
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
            CacheUse::Name(value) => {
                self.text(value);
                for name in value.templates().filter_map(literal) {
                    self.cache_name(&name);
                }
            }
        }
        Vec::new()
    }

    fn secret(&mut self, secret: &SecretUse) -> Option<()> {
        match secret {
            SecretUse::Mount(mount) => {
                map::secret_mount::<Written, Seen>(mount, self);
            }
            SecretUse::Name(value) => self.text(value),
        }
        None
    }

    fn ssh(&mut self, ssh: &SshUse) -> Option<()> {
        match ssh {
            SshUse::Mount(mount) => {
                map::ssh_mount::<Written, Seen>(mount, self);
            }
            SshUse::Name(value) => self.text(value),
            SshUse::Default(_) => {}
        }
        None
    }

    fn args(&mut self, args: &[Arg]) -> Verb<Seen> {
        for value in args.iter().filter_map(|arg| arg.default.as_ref()) {
            self.text(value);
        }
        Verb::BuildEnv(Vec::new())
    }
}

impl<'b> Checker<'b, '_> {
    fn default(&mut self, build: &Build) {
        let Some(default) = &build.default else {
            return;
        };
        if self.cx.names.find(&default.value).is_none() {
            let message = format!("there is no stage `{}`", default.value);
            let names = build.stages.iter().map(|stage| stage.name.value.as_str());
            self.diags
                .report(Code::UnknownStage, default.span, message)
                .did_you_mean(&default.value, names);
        }
    }

    fn stage(&mut self, idx: usize, stage: &'b Stage) {
        let patterns = stage.by_platform.iter().map(|variant| &variant.pattern);
        self.same_patterns(patterns);
        self.body(idx, &stage.body, &[]);
        for variant in &stage.by_platform {
            self.body(idx, &variant.body, &stage.body.args);
        }
    }

    /// Looks at the keys of a stage; `before` are arguments that stand before its own.
    fn body(&mut self, idx: usize, body: &'b Body, before: &'b [Arg]) {
        self.place = Place {
            scope: TOP,
            taker: Taker::Base(idx),
            later: &body.args,
        };
        if let Some(from) = &body.from {
            self.input(from);
        }
        if let Some(platform) = &body.platform {
            self.platform(platform);
        }
        self.place = Place {
            scope: around(idx),
            taker: Taker::Step(idx),
            later: &[],
        };
        self.args(&body.args, before);
        self.place.scope = inside(idx);
        map::pairs::<Written, Seen>(&body.env, self);
        map::optional_pairs::<Written, Seen>(&body.build_env, self);
        if let Some(shell) = &body.shell {
            map::texts::<Written, Seen>(&shell.value, self);
        }
        for value in body.user.iter().chain(&body.workdir) {
            self.text(value);
        }
        map::steps::<Written, Seen>(body.steps.as_deref().unwrap_or_default(), self);
        if let Some(image) = &body.image {
            self.image(image);
        }
        // What an instruction of a Dockerfile leaves is read where it is used.
        if self.cx.language == Language::BuildFile {
            trigger::check(body, self.diags);
        }
    }

    fn image(&mut self, image: &ImageKeys<Written>) {
        for command in image.entrypoint.iter().chain(&image.cmd) {
            map::command::<Written, Seen>(&command.value, self);
        }
        let texts = [
            &image.user,
            &image.workdir,
            &image.stop_signal,
            &image.author,
        ];
        for value in texts.into_iter().flatten() {
            self.text(value);
        }
        for entries in [&image.env, &image.labels, &image.annotations] {
            map::pairs::<Written, Seen>(entries, self);
        }
        map::texts::<Written, Seen>(&image.expose, self);
        map::texts::<Written, Seen>(&image.volumes, self);
        if let Some(check) = &image.healthcheck {
            map::healthcheck::<Written, Seen>(&check.value, self);
        }
        if let Some(shell) = &image.shell {
            map::texts::<Written, Seen>(&shell.value, self);
        }
    }

    /// Looks at arguments; a default sees the ones before it, `before` among them.
    fn args(&mut self, args: &'b [Arg], before: &'b [Arg]) {
        let mut earlier: BTreeSet<&str> = before.iter().map(|arg| &*arg.name.value).collect();
        for (at, arg) in args.iter().enumerate() {
            self.arg_pattern(arg);
            if let Some(default) = &arg.default {
                self.patterns(default);
                self.known(default);
                self.place.later = &args[at..];
                for template in default.templates() {
                    template.each_reference(&mut |reference| match &reference.name {
                        Name::Arg(name) if earlier.contains(name.as_str()) => {}
                        name => self.name(name, reference.span),
                    });
                }
                self.place.later = &[];
            }
            earlier.insert(&arg.name.value);
        }
    }

    fn arg_pattern(&mut self, arg: &Arg) {
        let Some(pattern) = &arg.pattern else { return };
        if let Err(error) = whole(&pattern.value) {
            let message = format!("`{}` is no regular expression", pattern.value);
            let reason = error.to_string().replace('\n', " ");
            self.diags
                .report(Code::BadPattern, pattern.span, message)
                .help(reason);
            return;
        }
        let defaults = arg.default.iter().flat_map(Value::templates);
        for value in defaults.filter_map(literal) {
            if let Some((message, help)) = unmatched(arg, &value.value) {
                let message = format!("the default of `{}`: {message}", arg.name.value);
                self.diags
                    .report(Code::BadArg, value.span, message)
                    .help(help)
                    .secondary(arg.name.span, "declared here");
            }
        }
    }

    fn platform(&mut self, value: &Value) {
        self.text(value);
        self.known(value);
        let host = Platform::new("linux", "amd64");
        let is_build_file = self.cx.language == Language::BuildFile;
        for word in value.templates().filter_map(literal) {
            if is_build_file && !matches!(word.value.as_str(), "target" | "build") {
                parse_platform(&word.value, word.span, &host, self.diags);
            }
        }
    }

    fn cache_name(&mut self, name: &Spanned<String>) {
        let is_known = name.value.contains('/')
            || self.cx.caches.contains(name.value.as_str())
            || preset::find(&name.value).is_some();
        if !is_known {
            unknown_cache(name, self.cx.caches.iter().copied(), self.diags);
        }
    }

    fn condition(&mut self, when: &When) {
        for test in &when.tests {
            match test {
                WhenTest::Not(inner) => self.condition(inner),
                WhenTest::Is { name, values } => {
                    self.name(&name.value, name.span);
                    if let Name::Env(env) = &name.value {
                        late_name(env, name.span, self.diags);
                    }
                    self.condition_values(name, values);
                }
            }
        }
    }

    /// Reports values that an argument or a platform never has.
    fn condition_values(&mut self, name: &Spanned<Name>, values: &[Spanned<String>]) {
        if let Name::Target(field) | Name::Build(field) = &name.value {
            for value in values {
                if let Some(malformed) = never(*field, &value.value) {
                    let message = format!("`{}` is never this: {}", name.value, malformed.message);
                    self.diags
                        .report(Code::BadPlatform, value.span, message)
                        .help(malformed.help);
                }
            }
        }
        let Name::Arg(arg) = &name.value else { return };
        let Some(arg) = self.cx.visible.find(self.place.scope, arg) else {
            return;
        };
        for value in values.iter().filter(|value| !value.value.is_empty()) {
            if let Err(malformed) = arg.kind.normalise(&value.value) {
                let message = format!("`{}` is never this: {}", name.value, malformed.message);
                self.diags
                    .report(Code::BadArg, value.span, message)
                    .help(malformed.help)
                    .secondary(arg.name.span, "declared here");
            }
        }
    }

    fn references(&mut self, template: &Template<Name>) {
        template.each_reference(&mut |reference| self.name(&reference.name, reference.span));
    }

    /// Reports `late-name` for values that must be known before the base images are.
    fn known(&mut self, value: &Value) {
        for template in value.templates() {
            template.each_reference(&mut |reference| {
                if let Name::Env(name) = &reference.name {
                    late_name(name, reference.span, self.diags);
                }
            });
        }
    }

    /// Reports `undefined-arg`.
    fn name(&mut self, name: &Name, span: Span) {
        let Name::Arg(name) = name else { return };
        if self.cx.visible.has(self.place.scope, name) {
            return;
        }
        let later = self.place.later.iter().find(|arg| arg.name.value == *name);
        let Some(later) = later else {
            let visible = self.cx.visible.names(self.place.scope);
            return undefined(name, span, &visible, self.diags);
        };
        let is_itself = later.name.value == self.place.later[0].name.value;
        // The same words as those of `undefined`: what is reported twice is kept once.
        let message = format!("argument `{name}` is not declared");
        let diagnostic = self.diags.report(Code::UndefinedArg, span, message);
        match self.place.taker {
            Taker::Base(_) => diagnostic
                .secondary(later.name.span, "takes effect after `from` and `platform`")
                .help(format!("declare `{name}` under the `args` of the file")),
            _ if is_itself => diagnostic
                .label("before this")
                .help("a default sees only the arguments before it, not its own"),
            Taker::Step(_) | Taker::Named => diagnostic
                .label("before this")
                .secondary(later.name.span, "declared here")
                .help("a default sees only the arguments before it: change the order"),
        };
    }

    fn patterns(&mut self, value: &Value) {
        if let Value::ByPlatform(cases) = value {
            self.same_patterns(cases.cases.iter().map(|(pattern, _)| pattern));
        }
    }

    /// Reports patterns that are the same platform.
    fn same_patterns<'p>(&mut self, patterns: impl Iterator<Item = &'p Spanned<PlatformPattern>>) {
        let mut seen = BTreeMap::new();
        for pattern in patterns {
            let parts = &pattern.value;
            let first = seen.insert((&parts.os, &parts.arch, &parts.variant), pattern.span);
            if let Some(first) = first {
                self.diags
                    .report(
                        Code::AmbiguousPlatform,
                        pattern.span,
                        "the pattern is there twice",
                    )
                    .label("this one")
                    .secondary(first, "is the same platform")
                    .help("remove one of them");
            }
        }
    }
}

fn literal(template: &Template<Name>) -> Option<Spanned<String>> {
    let text = template.as_literal()?;
    Some(Spanned::new(text.to_owned(), template.span))
}
