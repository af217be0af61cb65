//! `literal-variable`: `$NAME` in a value that no shell reads is these characters.

use std::collections::BTreeSet;

use crate::expr::{Piece, dockerfile_name};
use crate::lint::sink::Sink;
use crate::lint::written::{Place, bodies, placed_bodies, steps};
use crate::model::{Body, Build, CacheUse, Copy, Exec, Source, Step, Value, Verb, Written};

/// A value and what stands around it.
type Found<'a> = (Place<'a>, &'a Value);

pub(super) fn judge<'a>(build: &'a Build, sink: &mut Sink<'a>) {
    let declared = build.stages.iter().flat_map(bodies);
    let declared = declared.flat_map(|body| &body.args).chain(&build.args);
    let args: BTreeSet<&str> = declared.map(|arg| arg.name.value.as_str()).collect();
    for (place, value) in values(build) {
        for template in value.templates() {
            let literals = template.pieces.iter().filter_map(|piece| match piece {
                Piece::Literal(text) => variable(text),
                Piece::Reference(_) => None,
            });
            for found in literals {
                let (written, name) = (found.written, found.name);
                let ours = match dockerfile_name(name) {
                    Some(ours) => ours.to_owned(),
                    None if args.contains(name) => format!("args.{name}"),
                    None => format!("env.{name}"),
                } + found.modifier;
                sink.enter(place)
                    .report(template.span, format!("`{written}` is not replaced here"))
                    .label("no shell reads this")
                    .help(format!("write `${{{{ {ours} }}}}`"));
            }
        }
    }
}

/// A variable as a shell knows it.
struct Variable<'t> {
    written: &'t str,
    name: &'t str,
    /// What follows the name in braces.
    modifier: &'t str,
}

/// Returns the first `$NAME` or `${NAME}` of a text. Other things than variables have a `$`, too,
/// but hardly before capitals.
fn variable(text: &str) -> Option<Variable<'_>> {
    text.match_indices('$').find_map(|(at, _)| {
        let rest = &text[at + 1..];
        let inner = rest.strip_prefix('{');
        let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let body = inner.unwrap_or(rest);
        let name = &body[..body.find(|c| !is_part(c)).unwrap_or(body.len())];
        let (modifier, length) = match inner {
            Some(inner) => (&inner[name.len()..inner.find('}')?], inner.find('}')? + 3),
            None => ("", name.len() + 1),
        };
        let is_name = name.len() > 1 && name.starts_with(|c: char| c.is_ascii_uppercase());
        let is_whole = modifier.is_empty() || modifier.starts_with([':', '-', '+', '#', '%', '/']);
        let is_escaped = text[..at].ends_with(['$', '\\']);
        (is_name && is_whole && !is_escaped).then(|| Variable {
            written: &text[at..at + length],
            name,
            modifier,
        })
    })
}

fn values(build: &Build) -> Vec<Found<'_>> {
    let mut out = Vec::new();
    for (place, body) in build.stages.iter().flat_map(placed_bodies) {
        out.extend(of_body(body).map(|value| (place, value)));
    }
    for (place, step) in steps(build) {
        let mut found = Vec::new();
        of_step(step, &mut found);
        out.extend(found.into_iter().map(|value| (place, value)));
    }
    out
}

fn of_body(body: &Body) -> impl Iterator<Item = &Value> {
    let image_env = body.image.iter().flat_map(|image| &image.env);
    let env = body.env.iter().chain(image_env).map(|(_, value)| value);
    let build_env = body
        .build_env
        .iter()
        .filter_map(|(_, value)| value.as_ref());
    let image = body.image.iter();
    let image = image.flat_map(|image| image.workdir.iter().chain(&image.user));
    env.chain(build_env)
        .chain(&body.user)
        .chain(&body.workdir)
        .chain(image)
}

fn of_step<'a>(step: &'a Step<Written>, out: &mut Vec<&'a Value>) {
    match &step.verb {
        Verb::Env(pairs) => out.extend(pairs.iter().map(|(_, value)| value)),
        Verb::BuildEnv(pairs) => out.extend(pairs.iter().filter_map(|(_, it)| it.as_ref())),
        Verb::Workdir(value) | Verb::User(value) => out.push(value),
        Verb::Run(run) => of_exec(&run.exec, out),
        Verb::Script(script) => {
            of_source(&script.source, out);
            of_exec(&script.exec, out);
        }
        Verb::Copy(copy) | Verb::File(copy) => of_copy(copy, out),
        Verb::Add(add) => {
            add.sources.iter().for_each(|it| of_source(it, out));
            out.extend(add.to.iter().chain(&add.chown));
        }
        Verb::Mkdir(mkdir) => out.extend(mkdir.paths.iter().chain(&mkdir.chown)),
        Verb::Symlink(link) => out.extend([&link.path, &link.target]),
        Verb::Remove(remove) => out.extend(&remove.paths),
        _ => {}
    }
}

fn of_copy<'a>(copy: &'a Copy<Written>, out: &mut Vec<&'a Value>) {
    copy.sources.iter().for_each(|it| of_source(it, out));
    out.extend(copy.to.iter().chain(&copy.chown));
}

fn of_source<'a>(source: &'a Source<Written>, out: &mut Vec<&'a Value>) {
    if let Source::Path(path) = source {
        out.push(path);
    }
}

fn of_exec<'a>(exec: &'a Exec<Written>, out: &mut Vec<&'a Value>) {
    out.extend(exec.env.iter().map(|(_, value)| value));
    out.extend(exec.workdir.iter().chain(&exec.user));
    for cache in &exec.caches {
        match cache {
            CacheUse::Name(path) => out.push(path),
            CacheUse::Mount(mount) => out.push(&mount.path),
        }
    }
    for bind in &exec.binds {
        out.extend([&bind.source, &bind.target]);
    }
    out.extend(exec.tmpfs.iter().map(|mount| &mount.target));
}
