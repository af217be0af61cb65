//! A build becomes a Dockerfile, for places that run nothing else.
//!
//! In: a [`Build`] and its comments. Out: the text of a Dockerfile that builds the same, op by op.
//! Whatever no Dockerfile says is reported as `not-in-dockerfile` at its place.
//!
//! A stage comes after those that it uses, and the result comes last.

mod check;
mod exec;
mod files;
mod step;
mod words;

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostics};
use crate::expr::Name;
use crate::model::{
    Arg, Body, Build, ImageKeys, InputKind, InputName, Stage, Value, Verb, Written,
};
use crate::text::Span;

use super::comments::Comments;
use words::Scope;

/// What every instruction is written with.
struct Cx<'b> {
    build: &'b Build,
    diags: &'b mut Diagnostics,
    out: String,
    /// The stage in work.
    stage: Option<&'b Stage>,
    /// Its words for the shell; none if only the base image knows them.
    shell: Vec<String>,
    /// Whether its user is root, as far as the file says.
    is_root: bool,
}

/// Returns the Dockerfile that says what a build says.
///
/// Reports `not-in-dockerfile` for what is missing from it.
pub fn dockerfile(build: &Build, comments: &mut Comments, diags: &mut Diagnostics) -> String {
    let mut cx = Cx {
        build,
        diags,
        out: "# syntax=docker/dockerfile:1\n".to_owned(),
        stage: None,
        shell: Vec::new(),
        is_root: true,
    };
    check::of_file(&mut cx, build);
    cx.out.push('\n');
    cx.lines(&std::mem::take(&mut comments.head));
    cx.comment(build.description.as_ref().map(|it| it.value.as_str()));
    if let Some(settings) = &build.check {
        check::left_out(&mut cx, settings);
    }
    cx.described(build);
    let platforms = build.platforms.iter().map(|it| it.value.format_all());
    let platforms: Vec<String> = platforms.collect();
    if !platforms.is_empty() {
        cx.comment(Some(&format!("For {}", platforms.join(", "))));
    }
    for arg in &build.args {
        cx.comments(comments, arg.name.span.start);
        cx.arg(arg);
    }
    let order = order(build);
    if let Some(default) = &build.default
        && find(build, &default.value) != order.last().copied()
    {
        let what = format!(
            "result that another stage uses; build with `--target {}`",
            default.value
        );
        cx.cannot(default.span, &what);
    }
    for idx in order {
        let stage = &build.stages[idx];
        if !cx.out.ends_with("\n\n") {
            cx.out.push('\n');
        }
        cx.comments(comments, stage.span.start);
        cx.stage(stage, comments);
    }
    for (_, lines) in std::mem::take(&mut comments.before) {
        cx.lines(&lines);
    }
    cx.lines(&std::mem::take(&mut comments.end));
    cx.out
}

/// Returns the stages, each after those that it uses, the result last.
fn order(build: &Build) -> Vec<usize> {
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    let result = match &build.default {
        Some(default) => find(build, &default.value),
        None => build.stages.len().checked_sub(1),
    };
    let rest = (0..build.stages.len()).filter(|idx| Some(*idx) != result);
    for idx in rest.chain(result) {
        visit(build, idx, &mut seen, &mut order);
    }
    order
}

fn visit(build: &Build, idx: usize, seen: &mut BTreeSet<usize>, order: &mut Vec<usize>) {
    if !seen.insert(idx) {
        return;
    }
    let body = &build.stages[idx].body;
    let mut used: Vec<&InputName> = body.from.iter().collect();
    for step in body.steps.iter().flatten() {
        match &step.verb {
            Verb::Copy(copy) => used.extend(&copy.from),
            Verb::Run(run) => used.extend(exec::inputs(&run.exec)),
            Verb::Script(script) => used.extend(exec::inputs(&script.exec)),
            _ => {}
        }
    }
    for input in used {
        let is_stage = matches!(input.kind, InputKind::Any | InputKind::Stage);
        let name = input.name.as_literal().filter(|_| is_stage);
        if let Some(other) = name.and_then(|name| find(build, name)) {
            visit(build, other, seen, order);
        }
    }
    order.push(idx);
}

fn find(build: &Build, name: &str) -> Option<usize> {
    let mut stages = build.stages.iter();
    stages.position(|stage| stage.name.value.eq_ignore_ascii_case(name))
}

impl<'b> Cx<'b> {
    /// Reports something that no Dockerfile says.
    fn cannot(&mut self, span: Span, what: &str) {
        let message = format!("a Dockerfile has no {what}");
        self.diags
            .report(Code::NotInDockerfile, span, message)
            .help("say it another way, or build it from the build file");
    }

    /// Reports a key that no instruction has.
    fn no_key(&mut self, key: &str, span: Option<Span>) {
        if let Some(span) = span {
            self.cannot(span, &format!("`{key}`"));
        }
    }

    fn lines(&mut self, lines: &[String]) {
        for line in lines {
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    fn comments(&mut self, comments: &mut Comments, at: u32) {
        let lines = comments.before.remove(&at).unwrap_or_default();
        self.lines(&lines);
    }

    fn comment(&mut self, text: Option<&str>) {
        for line in text.into_iter().flat_map(str::lines) {
            self.out.push_str("# ");
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    /// Writes what is said of secrets and agents, which no instruction declares.
    fn described(&mut self, build: &Build) {
        let secrets = build.secrets.iter();
        let secrets = secrets.map(|it| ("secret", &it.name, &it.description));
        let agents = build.ssh.iter();
        let agents = agents.map(|it| ("ssh", &it.name, &it.description));
        for (kind, name, description) in secrets.chain(agents) {
            let text = description.as_ref();
            let text = text.map(|it| format!("{kind} {}: {}", name.value, it.value));
            self.comment(text.as_deref());
        }
    }

    /// Writes an instruction.
    fn say(&mut self, instruction: &str, rest: &str) {
        self.out.push_str(instruction);
        self.out.push(' ');
        self.out.push_str(rest);
        self.out.push('\n');
    }

    /// Returns a value as one word of an instruction.
    fn word(&mut self, value: &Value) -> String {
        self.word_in(value, Scope::Stage)
    }

    fn word_in(&mut self, value: &Value, scope: Scope) -> String {
        match value {
            Value::Plain(template) => words::word(self, template, scope),
            Value::ByPlatform(by_platform) => {
                self.cannot(by_platform.span, "value by platform");
                String::new()
            }
        }
    }

    /// Returns a value that stands for itself; a reference in it is reported.
    fn literal(&mut self, value: &Value) -> String {
        if let Some(text) = value.as_literal() {
            return text.to_owned();
        }
        self.cannot(value.span(), "variable in this place");
        String::new()
    }

    fn arg(&mut self, arg: &Arg) {
        let description = arg.description.as_ref();
        self.comment(
            description
                .map(|it| format!("{} {}", arg.name.value, it.value))
                .as_deref(),
        );
        self.no_key("pattern", arg.pattern.as_ref().map(|it| it.span));
        let text = match &arg.default {
            Some(default) => {
                let value = self.word_in(default, Scope::File);
                format!("{}={value}", arg.name.value)
            }
            None => arg.name.value.clone(),
        };
        self.say("ARG", &text);
    }

    fn stage(&mut self, stage: &'b Stage, comments: &mut Comments) {
        self.stage = Some(stage);
        let platform = stage.body.platform.as_ref().and_then(Value::as_literal);
        let is_windows = platform.is_some_and(|it| it.starts_with("windows"));
        self.shell = match is_windows {
            // It is what the image says.
            true => Vec::new(),
            false => ["/bin/sh", "-c"].map(str::to_owned).to_vec(),
        };
        let name = &stage.name.value;
        let description = stage.description.as_ref();
        self.comment(
            description
                .map(|it| format!("{name} {}", it.value))
                .as_deref(),
        );
        let body = &stage.body;
        check::above(self, body.check.as_ref());
        if let Some(variant) = stage.by_platform.first() {
            self.cannot(variant.pattern.span, "stage by platform");
        }
        if let Some(arg) = body.args.first() {
            self.cannot(arg.name.span, "argument that is no variable");
        }
        self.from(stage);
        self.keys(body);
        for step in body.steps.iter().flatten() {
            self.comments(comments, step.span.start);
            step::step(self, step);
        }
        if let Some(keys) = &body.image {
            self.image(keys);
        }
    }

    fn from(&mut self, stage: &Stage) {
        let mut text = String::new();
        if let Some(platform) = &stage.body.platform {
            match platform.as_literal() {
                Some("target") => {}
                Some("build") => text.push_str("--platform=$BUILDPLATFORM "),
                _ => {
                    let platform = self.word_in(platform, Scope::File);
                    text = format!("--platform={platform} ");
                }
            }
        }
        if let Some(from) = &stage.body.from {
            text.push_str(&self.word_in(&from.name, Scope::File));
        }
        text.push_str(" AS ");
        text.push_str(&stage.name.value);
        self.say("FROM", &text);
    }

    /// Writes the keys of a stage that are the first steps.
    fn keys(&mut self, body: &Body) {
        self.is_root = true;
        let mut verbs: Vec<Verb<Written>> = Vec::new();
        if !body.env.is_empty() {
            verbs.push(Verb::Env(body.env.clone()));
        }
        if !body.build_env.is_empty() {
            verbs.push(Verb::BuildEnv(body.build_env.clone()));
        }
        let shell = body.shell.as_ref();
        verbs.extend(shell.map(|it| Verb::Shell(it.value.clone())));
        verbs.extend(body.user.clone().map(Verb::User));
        verbs.extend(body.workdir.clone().map(Verb::Workdir));
        for verb in &verbs {
            step::verb(
                self,
                verb,
                body.from.as_ref().map_or_else(none, |it| it.name.span()),
            );
        }
    }

    /// Writes what is said of the image after the last step.
    fn image(&mut self, keys: &ImageKeys<Written>) {
        self.no_key("image.workdir", keys.workdir.as_ref().map(Value::span));
        self.no_key("image.env", keys.env.first().map(|it| it.0.span));
        self.no_key("annotations", keys.annotations.first().map(|it| it.0.span));
        let mut verbs: Vec<Verb<Written>> = Vec::new();
        let entrypoint = keys.entrypoint.as_ref();
        verbs.extend(entrypoint.map(|it| Verb::Entrypoint(it.value.clone())));
        verbs.extend(keys.cmd.as_ref().map(|it| Verb::Cmd(it.value.clone())));
        verbs.extend(keys.user.clone().map(Verb::User));
        if !keys.expose.is_empty() {
            verbs.push(Verb::Expose(keys.expose.clone()));
        }
        if !keys.volumes.is_empty() {
            verbs.push(Verb::Volume(keys.volumes.clone()));
        }
        if !keys.labels.is_empty() {
            verbs.push(Verb::Label(keys.labels.clone()));
        }
        let healthcheck = keys.healthcheck.as_ref();
        verbs.extend(healthcheck.map(|it| Verb::Healthcheck(Box::new(it.value.clone()))));
        verbs.extend(keys.stop_signal.clone().map(Verb::StopSignal));
        verbs.extend(keys.shell.as_ref().map(|it| Verb::Shell(it.value.clone())));
        if !keys.onbuild.is_empty() {
            verbs.push(Verb::Onbuild(keys.onbuild.clone()));
        }
        verbs.extend(keys.author.clone().map(Verb::Author));
        for verb in &verbs {
            step::verb(self, verb, keys.span);
        }
    }
}

/// Returns the place of what was not written.
fn none() -> Span {
    Span::new(crate::text::FileId::ROOT, 0..0)
}

/// Returns the name of an argument if a text is only that.
fn sole_arg(value: &Value) -> Option<&Name> {
    let Value::Plain(template) = value else {
        return None;
    };
    match &*template.pieces {
        [crate::expr::Piece::Reference(it)] if it.modifier.is_none() => Some(&it.name),
        _ => None,
    }
}
