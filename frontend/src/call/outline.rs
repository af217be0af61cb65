//! `--call=outline`: what the target takes.
//!
//! The names of the fields are those of `frontend/subrequests/outline/outline.go` (v0.32.2);
//! `type`, `values`, `required` and the descriptions of secrets and agents are ours. As clients
//! draw only name, value and description of an argument, the description says the rest as well.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Answer;
use super::shape::{self, columns, location, object, source};
use crate::diagnostic::Diagnostics;
use crate::expand::{Cache, Expanded, UsedArg};
use crate::expr::{EnvName, Found as Lookup, Reference, Scope, Text, eval};
use crate::gateway::status::Origin;
use crate::model::{ArgType, Build, Exec, Language, NamedSecret, Step, Value as Written, Verb};
use crate::plan::Plan;
use crate::text::{Span, Spanned};

/// Returns what the stages that the target reaches take.
pub fn outline(plan: &Plan, build: &Build, origin: Origin<'_>) -> Answer {
    let mut found = Found {
        args: match build.language {
            Language::Dockerfile => &plan.args,
            Language::BuildFile => &[],
        },
        ..Found::default()
    };
    for id in &plan.order {
        let stage = &plan.stages[id.0];
        stage.steps.iter().for_each(|step| found.step(step));
    }
    let result = build.stages.get(plan.result.0);
    let name = result.map_or("", shape::name);
    let description = said(result.and_then(|stage| stage.description.as_ref()));
    let args: Vec<Arg> = listed(plan, build.language).map(Arg::new).collect();
    let secret_doc = |id: &str| {
        let own = |it: &NamedSecret| match it.mount.id.as_ref().and_then(Written::as_literal) {
            Some(own) => own == id,
            None => it.name.value == id,
        };
        let named = build.secrets.iter().find(|it| own(it));
        said(named.and_then(|it| it.description.as_ref()))
    };
    let agent_doc = |id: &str| {
        let named = build.ssh.iter().find(|it| it.name.value == id);
        said(named.and_then(|it| it.description.as_ref()))
    };
    let secrets = Vec::from_iter(found.secrets.in_order());
    let agents = Vec::from_iter(found.agents.in_order());
    let caches = found.caches.in_order().map(|(id, it)| {
        object(vec![
            ("ID", Value::from(id)),
            ("location", location(it.span, origin)),
        ])
    });
    let json = object(vec![
        ("name", Value::from(name)),
        ("description", Value::from(description)),
        ("args", args.iter().map(|it| it.json(origin)).collect()),
        ("secrets", mounts(&secrets, secret_doc, origin)),
        ("ssh", mounts(&agents, agent_doc, origin)),
        ("cache", caches.collect()),
        ("sources", Value::from(vec![source(origin)])),
    ]);
    let mut out = head(name, description);
    let rows = args.iter().map(Arg::row).collect();
    table(&["BUILD ARG", "VALUE", "DESCRIPTION"], rows, &mut out);
    table(&["SECRET", "REQUIRED"], mount_rows(&secrets), &mut out);
    table(&["SSH", "REQUIRED"], mount_rows(&agents), &mut out);
    Answer::new(&json, out)
}

/// Returns the arguments in order. Of a Dockerfile, where each stage that has one declares it, the
/// last of a name is the one.
fn listed(plan: &Plan, language: Language) -> impl Iterator<Item = &UsedArg> {
    let all = plan.args.iter().enumerate();
    let is_last = move |(idx, used): &(usize, &UsedArg)| {
        let name = &used.arg.name.value;
        let mut rest = plan.args[idx + 1..].iter();
        language == Language::BuildFile || rest.all(|later| later.arg.name.value != *name)
    };
    all.filter(is_last).map(|(_, used)| used)
}

fn said(description: Option<&Spanned<String>>) -> &str {
    description.map_or("", |it| it.value.as_str())
}

fn head(name: &str, description: &str) -> String {
    let name = match (name, description) {
        ("", "") => return String::new(),
        ("", _) => "(default)",
        (name, _) => name,
    };
    let mut rows = vec![vec!["TARGET:".to_owned(), name.to_owned()]];
    if !description.is_empty() {
        rows.push(vec!["DESCRIPTION:".to_owned(), description.to_owned()]);
    }
    columns(&rows, 1) + "\n"
}

/// Adds a table, if there are rows for it.
fn table(head: &[&str], rows: Vec<Vec<String>>, out: &mut String) {
    if rows.is_empty() {
        return;
    }
    let mut all = vec![head.iter().map(|cell| (*cell).to_owned()).collect()];
    all.extend(rows);
    out.push_str(&columns(&all, 3));
    out.push('\n');
}

/// An argument as it is shown.
struct Arg<'a> {
    used: &'a UsedArg,
    description: String,
}

impl<'a> Arg<'a> {
    fn new(used: &'a UsedArg) -> Self {
        let arg = &used.arg;
        let kind = match &arg.kind {
            ArgType::String => arg
                .pattern
                .as_ref()
                .map(|it| format!("matches {}", it.value)),
            ArgType::Enum(values) => {
                let values: Vec<&str> = values.iter().map(|it| it.value.as_str()).collect();
                Some(format!("one of {}", values.join(", ")))
            }
            ArgType::Bool => Some("true or false".to_owned()),
            ArgType::Int => Some("a number".to_owned()),
        };
        let needed = arg.required.map(|_| "required".to_owned());
        let notes: Vec<String> = kind.into_iter().chain(needed).collect();
        let said = said(arg.description.as_ref());
        let description = match (said, notes.as_slice()) {
            (said, []) => said.to_owned(),
            ("", notes) => notes.join(", "),
            (said, notes) => format!("{said} ({})", notes.join(", ")),
        };
        Self { used, description }
    }

    fn value(&self) -> &str {
        self.used.value.as_deref().unwrap_or_default()
    }

    fn row(&self) -> Vec<String> {
        let name = self.used.arg.name.value.clone();
        vec![name, self.value().to_owned(), self.description.clone()]
    }

    fn json(&self, origin: Origin<'_>) -> Value {
        let arg = &self.used.arg;
        let (kind, values) = match &arg.kind {
            ArgType::String => ("", Vec::new()),
            ArgType::Bool => ("bool", Vec::new()),
            ArgType::Int => ("int", Vec::new()),
            ArgType::Enum(values) => ("enum", values.iter().map(|it| &*it.value).collect()),
        };
        object(vec![
            ("name", Value::from(arg.name.value.as_str())),
            ("description", Value::from(&*self.description)),
            ("value", Value::from(self.value())),
            ("type", Value::from(kind)),
            ("values", Value::from(values)),
            ("required", Value::from(arg.required.is_some())),
            ("location", location(arg.name.span, origin)),
        ])
    }
}

/// A secret, an ssh agent or a cache: where it is named first, and whether a step needs it.
#[derive(Clone, Copy)]
struct Mount {
    span: Span,
    is_required: bool,
}

/// Mounts of one kind by id.
#[derive(Default)]
struct Mounts(BTreeMap<String, Mount>);

impl Mounts {
    fn add(&mut self, id: String, found: Mount) {
        let mount = self.0.entry(id).or_insert(found);
        mount.is_required |= found.is_required;
        if found.span.start < mount.span.start {
            mount.span = found.span;
        }
    }

    /// Returns them in the order of the file.
    fn in_order(&self) -> impl Iterator<Item = (&str, Mount)> {
        let mut all: Vec<(&str, Mount)> = self.0.iter().map(|(id, it)| (&**id, *it)).collect();
        all.sort_by_key(|(_, mount)| mount.span.start);
        all.into_iter()
    }
}

fn mounts<'a>(
    all: &[(&str, Mount)],
    description: impl Fn(&str) -> &'a str,
    origin: Origin<'_>,
) -> Value {
    let one = |(id, mount): &(&str, Mount)| {
        object(vec![
            ("name", Value::from(*id)),
            ("description", Value::from(description(id))),
            ("required", Value::from(mount.is_required)),
            ("location", location(mount.span, origin)),
        ])
    };
    all.iter().map(one).collect()
}

fn mount_rows(all: &[(&str, Mount)]) -> Vec<Vec<String>> {
    let needed = |mount: &Mount| if mount.is_required { "true" } else { "" };
    let row = |(id, mount): &(&str, Mount)| vec![(*id).to_owned(), needed(mount).to_owned()];
    all.iter().map(row).collect()
}

/// The variables of a Dockerfile that are known to be arguments.
struct Arguments<'a>(&'a [UsedArg]);

impl Scope<EnvName> for Arguments<'_> {
    fn find(&self, name: &EnvName) -> Lookup<'_> {
        let used = self.0.iter().rfind(|it| it.arg.name.value == name.0);
        match used.and_then(|used| used.value.as_deref()) {
            Some(value) => Lookup::Set(value),
            None => Lookup::Later(name.clone()),
        }
    }

    fn unset(&self, _: &Reference<EnvName>, _: &mut Diagnostics) {}
}

/// What steps mount.
#[derive(Default)]
struct Found<'a> {
    /// What variables in ids may be.
    args: &'a [UsedArg],
    secrets: Mounts,
    agents: Mounts,
    caches: Mounts,
}

impl Found<'_> {
    fn step(&mut self, step: &Step<Expanded>) {
        match &step.verb {
            Verb::Run(run) => self.exec(&run.exec),
            Verb::Script(script) => self.exec(&script.exec),
            Verb::Parallel(branches) => {
                branches.iter().flatten().for_each(|step| self.step(step));
            }
            _ => {}
        }
    }

    fn exec(&mut self, exec: &Exec<Expanded>) {
        let args = Arguments(self.args);
        let id = |id: &Option<Text>| {
            let id = id.as_ref()?;
            let known = eval(id, &args, &mut Diagnostics::new());
            Some(known.unwrap_or_else(|| id.clone()).to_string())
        };
        let mount = |span, required: Option<Spanned<bool>>| Mount {
            span,
            is_required: required.is_none_or(|it| it.value),
        };
        for secret in &exec.secrets {
            let id = id(&secret.id).unwrap_or_default();
            self.secrets.add(id, mount(secret.span, secret.required));
        }
        for agent in &exec.ssh {
            let id = id(&agent.id).unwrap_or_else(|| "default".to_owned());
            self.agents.add(id, mount(agent.span, agent.required));
        }
        for cache in &exec.caches {
            let (id, span) = match cache {
                Cache::Preset(preset, span) => (preset.name.to_owned(), *span),
                Cache::Mount(it) => {
                    let id = id(&it.id).unwrap_or_else(|| it.path.to_string());
                    (id, it.span)
                }
            };
            self.caches.add(id, mount(span, None));
        }
    }
}
