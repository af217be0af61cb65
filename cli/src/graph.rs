//! `windlass graph`: the plan, or the LLB.

use std::path::Path;
use std::process::ExitCode;

use buildkit_llb::{Platform, SourceInfo, dot, dump, pb};
use serde_json::{Value, json};
use windlass_frontend::compile::{self, Platforms};
use windlass_frontend::diagnostic::{Diagnostics, render};
use windlass_frontend::expand::{Asked, Purpose};
use windlass_frontend::lint;
use windlass_frontend::lower::options::{Naming, Options, TargetChoice};
use windlass_frontend::lower::{self, Lowered};
use windlass_frontend::plan::{self, Plan};
use windlass_frontend::text::{FileId, Files};

use crate::args::{Graph, GraphFormat, Request, View};
use crate::output::Output;
use crate::{files, images};

/// What a build file came to.
pub(crate) struct Compiled {
    pub(crate) files: Files,
    pub(crate) diags: Diagnostics,
    builds: Vec<(Plan, Lowered)>,
}

impl Compiled {
    /// Returns what BuildKit would get, as text for people; a platform, its vertices, its config.
    pub(crate) fn sent(&self) -> Result<String, String> {
        let mut out = String::new();
        for (plan, lowered) in &self.builds {
            out.push_str(&plan.target.format_all());
            out.push('\n');
            out.push_str(&text_of(dump(&definition(lowered, &self.files)))?);
            out.push_str(&String::from_utf8_lossy(&lowered.config));
            out.push('\n');
        }
        Ok(out)
    }

    /// Returns the vertices and configs themselves, places and names aside.
    pub(crate) fn bytes(&self) -> Vec<(Vec<Vec<u8>>, &[u8])> {
        let builds = self.builds.iter();
        builds
            .map(|(_, lowered)| (definition(lowered, &self.files).def, &lowered.config[..]))
            .collect()
    }
}

/// Shows a build file's graph.
pub(crate) fn run(graph: &Graph, out: &mut Output) -> Result<ExitCode, String> {
    let compiled = compile(&graph.file, &graph.request, Purpose::Build)?;
    out.findings(&render::render(
        &compiled.diags,
        &compiled.files,
        out.stderr_colour(),
    ));
    if compiled.diags.has_errors() {
        return Ok(ExitCode::from(1));
    }
    let shown = match (graph.view, graph.format) {
        (View::Plan, GraphFormat::Text) => texts(&compiled, |plan, _| Ok(plan::dump::dump(plan)))?,
        (View::Plan, GraphFormat::Dot) => texts(&compiled, |plan, _| Ok(plan::dot::dot(plan)))?,
        (View::Plan, GraphFormat::Json) => {
            objects(&compiled, |plan, _| Ok(plan::json::json(plan)))?
        }
        (View::Llb, GraphFormat::Text) => texts(&compiled, |_, llb| text_of(dump(llb)))?,
        (View::Llb, GraphFormat::Dot) => texts(&compiled, |_, llb| text_of(dot(llb)))?,
        (View::Llb, GraphFormat::Json) => objects(&compiled, |_, llb| text_of(llb_json(llb)))?,
    };
    out.result(&shown);
    Ok(ExitCode::SUCCESS)
}

fn text_of<T>(result: Result<T, buildkit_llb::ReadError>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

/// One text a platform, with a heading if there are several.
fn texts(
    compiled: &Compiled,
    show: impl Fn(&Plan, &pb::Definition) -> Result<String, String>,
) -> Result<String, String> {
    let mut out = String::new();
    for (plan, lowered) in &compiled.builds {
        if compiled.builds.len() > 1 {
            out.push_str(&format!("# {}\n", plan.target.format_all()));
        }
        out.push_str(&show(plan, &definition(lowered, &compiled.files))?);
    }
    Ok(out)
}

/// One object, a platform a key.
fn objects(
    compiled: &Compiled,
    show: impl Fn(&Plan, &pb::Definition) -> Result<Value, String>,
) -> Result<String, String> {
    let mut all = serde_json::Map::new();
    for (plan, lowered) in &compiled.builds {
        let shown = show(plan, &definition(lowered, &compiled.files))?;
        all.insert(plan.target.format_all(), shown);
    }
    let text = serde_json::to_string_pretty(&Value::Object(all));
    text.map(|text| text + "\n")
        .map_err(|error| error.to_string())
}

fn definition(lowered: &Lowered, files: &Files) -> pb::Definition {
    let file = files.get(FileId::ROOT);
    let source = SourceInfo {
        filename: file.name().to_owned(),
        data: file.text().as_bytes().to_vec(),
        language: "YAML".to_owned(),
        definition: None,
    };
    lowered.graph.define(lowered.result, &[source])
}

fn llb_json(definition: &pb::Definition) -> Result<Value, buildkit_llb::ReadError> {
    let Some(read) = buildkit_llb::read(definition)? else {
        return Ok(json!({"vertices": [], "result": null}));
    };
    let vertices: Vec<Value> = read
        .vertices
        .iter()
        .map(|vertex| {
            let inputs: Vec<Value> = vertex
                .op
                .inputs
                .iter()
                .map(|input| json!({"digest": input.digest, "index": input.index}))
                .collect();
            let description = vertex.metadata.map(|metadata| &metadata.description);
            let name = description.and_then(|found| found.get("llb.customname"));
            json!({
                "digest": vertex.digest.to_string(),
                "name": name,
                "inputs": inputs,
                "op": vertex.op.op.as_ref().map(|op| format!("{op:?}")),
            })
        })
        .collect();
    let (digest, index) = read.result;
    Ok(json!({
        "vertices": vertices,
        "result": {"digest": digest.to_string(), "index": index},
    }))
}

/// Runs every pass on a local file, and for a check the lint rules.
pub(crate) fn compile(
    path: &Path,
    request: &Request,
    purpose: Purpose,
) -> Result<Compiled, String> {
    let bytes = files::build_file(path)?;
    compile_text(&files::name(path), &bytes, request, purpose)
}

/// The same of a file that was read.
pub(crate) fn compile_text(
    name: &str,
    bytes: &[u8],
    request: &Request,
    purpose: Purpose,
) -> Result<Compiled, String> {
    let images = images::read(request.images.as_deref())?;
    let mut asked = Asked {
        target: request.target.clone(),
        args: build_args(&request.build_arg),
        purpose,
        ..Asked::default()
    };
    let builder = Platform::new("linux", std::env::consts::ARCH);
    let platforms = Platforms {
        asked: platforms(request, &builder)?,
        builder,
    };

    let mut files = Files::new();
    let mut diags = Diagnostics::new();
    let file = files.add(name, String::from_utf8_lossy(bytes));
    let mut builds = Vec::new();
    if let Some(reading) = compile::read(file, name, bytes, &mut diags) {
        let options = options(&platforms);
        let known = diags.clone();
        let (plans, resolved) = loop {
            let plans = compile::plans(&reading.build, &asked, &platforms, &mut diags);
            let resolved = images::resolve(&images, &plans, &mut diags);
            // What a base brings along may use more images.
            if !resolved.add_triggers(&plans, &mut asked.triggers) {
                break (plans, resolved);
            }
            diags.clone_from(&known);
        };
        if purpose == Purpose::Check {
            let input = lint::Input {
                build: &reading.build,
                asked: &asked,
                plans: &plans,
                resolved: &resolved,
                files: &files,
                ignored: &[],
            };
            lint::lint(&input, &mut diags);
        }
        for plan in plans {
            let lowered = lower::lower(plan.clone(), &resolved, &options, &files, &mut diags);
            builds.push((plan, lowered));
        }
        lint::settle(&lint::settings(&reading.build, &asked), &mut diags);
        reading.add_paths(&mut diags);
    }
    Ok(Compiled {
        files,
        diags,
        builds,
    })
}

fn options(platforms: &Platforms) -> Options {
    let is_explicit = !platforms.asked.is_empty();
    Options {
        target: if is_explicit {
            TargetChoice::Explicit
        } else {
            TargetChoice::Implicit
        },
        naming: if platforms.asked.len() > 1 {
            Naming::ByPlatform
        } else {
            Naming::Plain
        },
        ..Options::default()
    }
}

fn platforms(request: &Request, builder: &Platform) -> Result<Vec<Platform>, String> {
    let read = |text: &String| {
        let platform = Platform::parse(text, builder);
        platform
            .map(Platform::normalized)
            .map_err(|error| format!("--platform: {error}"))
    };
    request.platform.iter().map(read).collect()
}

/// A name without a value takes it from the environment, as buildx does.
fn build_args(written: &[String]) -> std::collections::BTreeMap<String, String> {
    let read = |arg: &String| match arg.split_once('=') {
        Some((name, value)) => Some((name.to_owned(), value.to_owned())),
        None => std::env::var(arg).ok().map(|value| (arg.clone(), value)),
    };
    written.iter().filter_map(read).collect()
}
