//! Stage keys, steps and image keys become one list of steps, in the order of their effect.

use crate::diagnostic::Diagnostics;
use crate::expr::Text;
use crate::model::map::{self, MapPhase};
use crate::model::{
    Arg, CacheUse, ImageKeys, InputName, SecretMount, SecretUse, SshMount, SshUse, Step, Value,
    Verb, When, Written,
};
use crate::text::{Span, Spanned};

use super::context;
use super::input::Taker;
use super::scope::Names;
use super::stage::{Expander, Keys, merged};
use super::{Cache, Expanded, Input, when};

/// One stage, and what names mean in it.
pub(super) struct At<'e, 'b> {
    pub(super) expander: &'e Expander<'b>,
    pub(super) idx: usize,
    pub(super) names: Names<'e>,
}

/// Replaces what is known before the base images are.
pub(super) struct Mapper<'m, 'b> {
    pub(super) expander: &'m Expander<'b>,
    pub(super) idx: usize,
    pub(super) names: Names<'m>,
    pub(super) diags: &'m mut Diagnostics,
}

impl MapPhase<Written, Expanded> for Mapper<'_, '_> {
    fn text(&mut self, value: &Value) -> Text {
        let text = self.expander.text(value, &self.names, self.diags);
        text.unwrap_or_else(|| Text::literal(value.span(), ""))
    }

    fn input(&mut self, input: &InputName) -> Input {
        let (expander, set) = (self.expander, self.names.set);
        let name = expander.known(&input.name, self.idx, set, self.diags);
        let taker = Taker::Step(self.idx);
        let found =
            name.and_then(|name| expander.names.resolve(input.kind, &name, taker, self.diags));
        let (asked, target) = (expander.asked, expander.target);
        let found = found.map(|found| context::in_place_of(found, asked, target, self.diags));
        // Nothing is copied or mounted after a mistake.
        found.unwrap_or(Input::Scratch)
    }

    fn when(&mut self, when: &Option<When>) -> Option<()> {
        match when {
            None => Some(()),
            Some(when) => when::holds(when, &self.names, self.diags).then_some(()),
        }
    }

    fn cache(&mut self, cache: &CacheUse) -> Vec<Cache> {
        self.cache_use(cache).into_iter().collect()
    }

    fn secret(&mut self, secret: &SecretUse) -> Option<SecretMount<Expanded>> {
        Some(self.secret_use(secret))
    }

    fn ssh(&mut self, ssh: &SshUse) -> Option<SshMount<Expanded>> {
        Some(self.ssh_use(ssh))
    }

    fn of_arg(&mut self, name: &Spanned<String>) -> Option<Text> {
        self.value_of_arg(name)
    }

    fn args(&mut self, args: &[Arg]) -> Verb<Expanded> {
        let mut entries = Vec::with_capacity(args.len());
        for arg in args {
            entries.push((arg.name.clone(), self.declared(arg)));
        }
        Verb::BuildEnv(entries)
    }
}

type Steps = Vec<Step<Expanded>>;
type Pairs<'b, T> = Vec<&'b (Spanned<String>, T)>;

/// Returns the steps of a stage, those of its keys included.
pub(super) fn steps(keys: Keys<'_>, at: &At<'_, '_>, diags: &mut Diagnostics) -> Steps {
    let mut out = Steps::new();
    let mut m = Mapper {
        expander: at.expander,
        idx: at.idx,
        names: at.names,
        diags,
    };
    let env = keys.merge(|body| &body.env, |pair| &pair.0.value);
    add_pairs(&env, Verb::Env, &mut m, &mut out);
    let build_env = keys.merge(|body| &body.build_env, |pair| &pair.0.value);
    add_build_env(&build_env, &mut m, &mut out);
    if let Some(shell) = keys.pick(|body| body.shell.as_ref()) {
        let words = map::texts::<Written, Expanded>(&shell.value, &mut m);
        out.push(made(shell.span, Verb::Shell(words)));
    }
    add_text(
        keys.pick(|body| body.user.as_ref()),
        Verb::User,
        &mut m,
        &mut out,
    );
    add_text(
        keys.pick(|body| body.workdir.as_ref()),
        Verb::Workdir,
        &mut m,
        &mut out,
    );
    if let Some(steps) = keys.pick(|body| body.steps.as_ref()) {
        out.extend(map::steps(steps, &mut m));
    }
    add_image(keys, &mut m, &mut out);
    out
}

fn add_image(keys: Keys<'_>, m: &mut Mapper<'_, '_>, out: &mut Steps) {
    let ours = keys.body.image.as_ref();
    let theirs = keys.variant.and_then(|body| body.image.as_ref());
    let image = match (ours, theirs) {
        (Some(ours), Some(theirs)) => Image {
            ours,
            theirs: Some(theirs),
        },
        (Some(only), None) | (None, Some(only)) => Image {
            ours: only,
            theirs: None,
        },
        (None, None) => return,
    };
    if let Some(entrypoint) = image.pick(|it| it.entrypoint.as_ref()) {
        let verb = Verb::Entrypoint(map::command(&entrypoint.value, m));
        out.push(made(entrypoint.span, verb));
    }
    if let Some(cmd) = image.pick(|it| it.cmd.as_ref()) {
        out.push(made(cmd.span, Verb::Cmd(map::command(&cmd.value, m))));
    }
    add_text(image.pick(|it| it.user.as_ref()), Verb::User, m, out);
    add_text(
        image.pick(|it| it.workdir.as_ref()),
        Verb::ImageWorkdir,
        m,
        out,
    );
    add_pairs(&image.merge(|it| &it.env), Verb::ImageEnv, m, out);
    add_list(image.list(|it| &it.expose), Verb::Expose, m, out);
    add_list(image.list(|it| &it.volumes), Verb::Volume, m, out);
    add_pairs(&image.merge(|it| &it.labels), Verb::Label, m, out);
    add_pairs(
        &image.merge(|it| &it.annotations),
        Verb::Annotations,
        m,
        out,
    );
    if let Some(check) = image.pick(|it| it.healthcheck.as_ref()) {
        let verb = Verb::Healthcheck(Box::new(map::healthcheck(&check.value, m)));
        out.push(made(check.span, verb));
    }
    add_text(
        image.pick(|it| it.stop_signal.as_ref()),
        Verb::StopSignal,
        m,
        out,
    );
    if let Some(shell) = image.pick(|it| it.shell.as_ref()) {
        let words = map::texts::<Written, Expanded>(&shell.value, m);
        out.push(made(shell.span, Verb::Shell(words)));
    }
    let onbuild = image.list(|it| &it.onbuild);
    if let [first, .., last] | [first @ last] = onbuild {
        out.push(made(
            first.span.to(last.span),
            Verb::Onbuild(onbuild.to_vec()),
        ));
    }
    add_text(image.pick(|it| it.author.as_ref()), Verb::Author, m, out);
}

/// `image` for one platform: the variant's keys first.
#[derive(Clone, Copy)]
struct Image<'b> {
    ours: &'b ImageKeys<Written>,
    theirs: Option<&'b ImageKeys<Written>>,
}

type ImagePairs = Vec<(Spanned<String>, Value)>;

impl<'b> Image<'b> {
    fn pick<T>(self, key: impl Fn(&'b ImageKeys<Written>) -> Option<&'b T>) -> Option<&'b T> {
        self.theirs.and_then(&key).or_else(|| key(self.ours))
    }

    fn list<T>(self, key: impl Fn(&'b ImageKeys<Written>) -> &'b Vec<T>) -> &'b [T] {
        let theirs = self.theirs.map(&key).filter(|list| !list.is_empty());
        theirs.unwrap_or_else(|| key(self.ours))
    }

    fn merge(self, key: impl Fn(&'b ImageKeys<Written>) -> &'b ImagePairs) -> Pairs<'b, Value> {
        let theirs = self.theirs.map(|it| key(it).as_slice()).unwrap_or_default();
        merged(key(self.ours), theirs, |pair| &pair.0.value)
    }
}

fn made(span: Span, verb: Verb<Expanded>) -> Step<Expanded> {
    Step {
        span,
        name: None,
        when: (),
        no_cache: None,
        check: None,
        instruction: None,
        verb,
    }
}

fn add_text(
    value: Option<&Value>,
    verb: fn(Text) -> Verb<Expanded>,
    m: &mut Mapper<'_, '_>,
    out: &mut Steps,
) {
    if let Some(value) = value {
        out.push(made(value.span(), verb(m.text(value))));
    }
}

fn add_list(
    values: &[Value],
    verb: fn(Vec<Text>) -> Verb<Expanded>,
    m: &mut Mapper<'_, '_>,
    out: &mut Steps,
) {
    if let [first, .., last] | [first @ last] = values {
        let span = first.span().to(last.span());
        out.push(made(span, verb(map::texts::<Written, Expanded>(values, m))));
    }
}

type TextPairs = Vec<(Spanned<String>, Text)>;

fn add_pairs(
    pairs: &[&(Spanned<String>, Value)],
    verb: fn(TextPairs) -> Verb<Expanded>,
    m: &mut Mapper<'_, '_>,
    out: &mut Steps,
) {
    let Some(((first, _), (_, last))) = pairs.first().zip(pairs.last()) else {
        return;
    };
    let span = first.span.to(last.span());
    let entries = pairs
        .iter()
        .map(|(key, value)| (key.clone(), m.text(value)));
    let entries = entries.collect();
    out.push(made(span, verb(entries)));
}

fn add_build_env(
    pairs: &[&(Spanned<String>, Option<Value>)],
    m: &mut Mapper<'_, '_>,
    out: &mut Steps,
) {
    let Some(((first, _), (last, value))) = pairs.first().zip(pairs.last()) else {
        return;
    };
    let end = value.as_ref().map_or(last.span, |value| value.span());
    let mut entries = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        let value = match value {
            Some(value) => Some(m.text(value)),
            None => m.of_arg(key),
        };
        entries.push((key.clone(), value));
    }
    out.push(made(first.span.to(end), Verb::BuildEnv(entries)));
}
