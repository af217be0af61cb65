//! A build becomes the document that a person would have written.
//!
//! In: a [`Build`], and the comments that stand at places of the file it was read from. Out: a
//! [`Tree`] that prints as a build file which decodes to the same build: short forms where the
//! language has them, keys in the order in which they take effect.

mod exec;
mod fields;
mod step;

use crate::model::{
    Arg, ArgType, Body, Build, Check, ImageKeys, InputKind, InputName, NamedCache, NamedSecret,
    NamedSsh, PlatformPattern, Stage, Value, Written,
};
use crate::syntax::node::Layout;
use crate::syntax::print::{Shape, Tree};

use super::comments::Comments;
use fields::{Fields, flow, list, literal, text, word};

/// Returns the document of a build.
pub fn write(build: &Build, comments: &mut Comments) -> Tree {
    let mut fields = Fields::default();
    fields.put("description", build.description.as_ref().map(literal));
    fields.put("default", build.default.as_ref().map(literal));
    let platforms = build.platforms.iter();
    let platforms = platforms.map(|it| word(&it.value.format_all()));
    fields.list("platforms", platforms.collect());
    fields.put("check", build.check.as_ref().map(check));
    fields.some("args", args(&build.args, comments));
    fields.named("caches", &build.caches, |it| (&it.name, cache(it)));
    fields.named("secrets", &build.secrets, |it| (&it.name, secret(it)));
    fields.named("ssh", &build.ssh, |it| (&it.name, agent(it)));
    let mut stages = Fields::default();
    for it in &build.stages {
        let mut before = comments.before.remove(&it.span.start).unwrap_or_default();
        if !stages.items.is_empty() && before.first().is_none_or(|line| !line.is_empty()) {
            before.insert(0, String::new());
        }
        stages.put(&it.name.value, Some(stage(it, comments)));
        if let Some(item) = stages.items.last_mut() {
            item.before = before;
        }
    }
    fields.put("stages", Some(stages.tree()));
    sections(&mut fields, comments);
    let mut tree = fields.tree();
    if let Shape::Items { after, .. } = &mut tree.shape {
        let left = std::mem::take(&mut comments.before);
        after.extend(left.into_values().flatten());
        after.append(&mut comments.end);
    }
    tree
}

/// Puts a blank line before every map of the file but the first, and what is about the file above.
fn sections(fields: &mut Fields, comments: &mut Comments) {
    for (n, item) in fields.items.iter_mut().enumerate() {
        let is_section = matches!(
            &item.value.shape,
            Shape::Items {
                layout: Layout::Block,
                ..
            }
        );
        if n > 0 && is_section {
            item.before.insert(0, String::new());
        }
    }
    if let Some(first) = fields
        .items
        .first_mut()
        .filter(|_| !comments.head.is_empty())
    {
        let mut head = std::mem::take(&mut comments.head);
        head.push(String::new());
        head.append(&mut first.before);
        first.before = head;
    }
}

fn args(args: &[Arg], comments: &mut Comments) -> Fields {
    let mut fields = Fields::default();
    for it in args {
        fields.put(&it.name.value, Some(arg(it)));
        if let Some(item) = fields.items.last_mut() {
            comments.put(it.name.span.start, item);
        }
    }
    fields
}

fn arg(arg: &Arg) -> Tree {
    let default = arg.default.as_ref().map(text);
    let mut fields = Fields::default();
    match &arg.kind {
        ArgType::String => {}
        ArgType::Bool => fields.put("type", Some(word("bool"))),
        ArgType::Int => fields.put("type", Some(word("int"))),
        ArgType::Enum(values) => {
            fields.put("type", Some(word("enum")));
            fields.list("values", values.iter().map(literal).collect());
        }
    }
    fields.put("pattern", arg.pattern.as_ref().map(literal));
    fields.put("required", arg.required.map(|_| word("true")));
    fields.put("description", arg.description.as_ref().map(literal));
    if fields.items.is_empty() {
        return default.unwrap_or_else(|| word(""));
    }
    let mut all = Fields::default();
    all.put("default", default);
    all.items.append(&mut fields.items);
    all.tree()
}

fn cache(cache: &NamedCache) -> Tree {
    exec::cache(&cache.mount)
}

fn secret(secret: &NamedSecret) -> Tree {
    let mut fields = exec::secret(&secret.mount);
    fields.put("description", secret.description.as_ref().map(literal));
    fields.tree_or_nothing()
}

fn agent(agent: &NamedSsh) -> Tree {
    let mut fields = Fields::default();
    fields.boolean("required", agent.required.as_ref());
    fields.put("description", agent.description.as_ref().map(literal));
    fields.tree_or_nothing()
}

fn stage(stage: &Stage, comments: &mut Comments) -> Tree {
    let mut fields = Fields::default();
    fields.put("description", stage.description.as_ref().map(literal));
    body(&stage.body, &mut fields, comments);
    let mut variants = Fields::default();
    for it in &stage.by_platform {
        let mut variant = Fields::default();
        body(&it.body, &mut variant, comments);
        variants.put(&pattern(&it.pattern.value), Some(variant.tree()));
    }
    fields.some("by-platform", variants);
    fields.tree()
}

fn body(body: &Body, fields: &mut Fields, comments: &mut Comments) {
    fields.put("platform", body.platform.as_ref().map(text));
    fields.put("from", body.from.as_ref().map(input));
    fields.some("args", args(&body.args, comments));
    fields.pairs("env", &body.env);
    fields.noted(body.env.first().map(|it| it.0.span), comments);
    fields.optional_pairs("build-env", &body.build_env);
    fields.noted(body.build_env.first().map(|it| it.0.span), comments);
    let shell = body.shell.as_ref();
    fields.put("shell", shell.map(|it| texts(&it.value)));
    fields.noted(
        shell.and_then(|it| it.value.first()).map(Value::span),
        comments,
    );
    fields.put("user", body.user.as_ref().map(text));
    fields.noted(body.user.as_ref().map(Value::span), comments);
    fields.put("workdir", body.workdir.as_ref().map(text));
    fields.noted(body.workdir.as_ref().map(Value::span), comments);
    fields.boolean("errexit", body.errexit.as_ref());
    if let Some(steps) = &body.steps {
        fields.put("steps", Some(step::steps(steps, comments)));
    }
    if let Some(keys) = &body.image {
        fields.put("image", Some(image(keys, comments)));
    }
    fields.put("check", body.check.as_ref().map(check));
}

fn texts(values: &[Value]) -> Tree {
    list(values.iter().map(text).collect())
}

fn image(keys: &ImageKeys<Written>, comments: &mut Comments) -> Tree {
    let mut fields = Fields::default();
    let command = |it: &crate::text::Spanned<_>| step::command(&it.value);
    fields.put("user", keys.user.as_ref().map(text));
    fields.noted(keys.user.as_ref().map(Value::span), comments);
    fields.put("workdir", keys.workdir.as_ref().map(text));
    fields.pairs("env", &keys.env);
    fields.list("expose", keys.expose.iter().map(fields::bare).collect());
    fields.noted(keys.expose.first().map(Value::span), comments);
    fields.list("volumes", keys.volumes.iter().map(text).collect());
    fields.noted(keys.volumes.first().map(Value::span), comments);
    fields.pairs("labels", &keys.labels);
    fields.noted(keys.labels.first().map(|it| it.0.span), comments);
    fields.pairs("annotations", &keys.annotations);
    let healthcheck = keys.healthcheck.as_ref();
    fields.put(
        "healthcheck",
        healthcheck.map(|it| step::healthcheck(&it.value)),
    );
    fields.noted(healthcheck.map(|it| it.span), comments);
    fields.put("stop-signal", keys.stop_signal.as_ref().map(fields::bare));
    fields.noted(keys.stop_signal.as_ref().map(Value::span), comments);
    fields.put("shell", keys.shell.as_ref().map(|it| texts(&it.value)));
    fields.list("onbuild", keys.onbuild.iter().map(literal).collect());
    fields.noted(keys.onbuild.first().map(|it| it.span), comments);
    fields.put("author", keys.author.as_ref().map(text));
    fields.noted(keys.author.as_ref().map(Value::span), comments);
    fields.put("entrypoint", keys.entrypoint.as_ref().map(command));
    fields.noted(keys.entrypoint.as_ref().map(|it| it.span), comments);
    fields.put("cmd", keys.cmd.as_ref().map(command));
    fields.noted(keys.cmd.as_ref().map(|it| it.span), comments);
    fields.tree()
}

/// Returns what a `from` names.
fn input(input: &InputName) -> Tree {
    let name = text(&input.name);
    let key = match input.kind {
        InputKind::Any | InputKind::Earlier => return name,
        InputKind::Stage | InputKind::At(_) => "stage",
        InputKind::Image => "image",
        InputKind::Context => "context",
    };
    let mut fields = Fields::default();
    fields.put(key, Some(name));
    flow(fields.tree())
}

fn check(check: &Check) -> Tree {
    let mut fields = Fields::default();
    fields.list("skip", check.skip.iter().map(literal).collect());
    fields.boolean("error", check.error.as_ref());
    fields.list(
        "experimental",
        check.experimental.iter().map(literal).collect(),
    );
    flow(fields.tree())
}

/// Returns a platform pattern as it is written.
fn pattern(pattern: &PlatformPattern) -> String {
    let part = |part: &Option<String>| part.clone().unwrap_or_else(|| "*".to_owned());
    let mut out = format!("{}/{}", part(&pattern.os), part(&pattern.arch));
    match &pattern.variant {
        None if pattern.arch.is_some() => out.push_str("/*"),
        Some(variant) if !variant.is_empty() => out = format!("{out}/{variant}"),
        _ => {}
    }
    out
}
