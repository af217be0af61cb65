//! A plan for Graphviz and for tools.

use serde_json::{Value, json};
use windlass_frontend::expand::{Input, Stage, UseKind};
use windlass_frontend::plan::{ImageRole, Plan, dump};

/// Returns a plan as Graphviz text: stages and images, and what is taken from where.
pub(crate) fn dot(plan: &Plan) -> String {
    let mut out = "digraph plan {\n  rankdir=LR;\n  node [shape=box];\n".to_owned();
    for image in &plan.images {
        out.push_str(&format!("  {} [style=dashed];\n", quoted(&image.name)));
    }
    for id in &plan.order {
        let stage = &plan.stages[id.0];
        let label = format!("{}\n{}", stage.name.value, stage.platform.format_all());
        let style = if *id == plan.result {
            " peripheries=2"
        } else {
            ""
        };
        out.push_str(&format!(
            "  {} [label={}{style}];\n",
            node(stage),
            quoted(&label)
        ));
    }
    for id in &plan.order {
        let stage = &plan.stages[id.0];
        for used in stage.uses() {
            if let Some(from) = origin(plan, used.input) {
                let label = quoted(word(used.kind));
                out.push_str(&format!("  {from} -> {} [label={label}];\n", node(stage)));
            }
        }
    }
    out.push_str("}\n");
    out
}

fn node(stage: &Stage) -> String {
    quoted(&format!("stage {}", stage.name.value))
}

fn origin(plan: &Plan, input: &Input) -> Option<String> {
    match input {
        Input::Scratch => None,
        Input::Stage(id, _) => Some(node(&plan.stages[id.0])),
        Input::Image(name) => Some(quoted(&name.value)),
        Input::Context(_) => Some(quoted("build context")),
        Input::NamedContext(name) => Some(quoted(&format!("context {}", name.value))),
    }
}

fn word(kind: UseKind) -> &'static str {
    match kind {
        UseKind::Base => "base",
        UseKind::Copy => "copy",
        UseKind::Mount => "mount",
    }
}

fn quoted(text: &str) -> String {
    let text = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    format!("\"{text}\"")
}

/// Returns a plan as JSON.
pub(crate) fn json(plan: &Plan) -> Value {
    let images: Vec<Value> = plan
        .images
        .iter()
        .map(|image| {
            let role = match image.role {
                ImageRole::Base => "base",
                ImageRole::Files => "files",
            };
            json!({"name": image.name, "platform": image.platform.format_all(), "role": role})
        })
        .collect();
    let stages: Vec<Value> = plan
        .order
        .iter()
        .map(|id| {
            let stage = &plan.stages[id.0];
            json!({
                "name": stage.name.value,
                "platform": stage.platform.format_all(),
                "uses": stage.uses().iter().map(|used| used_json(plan, used.input, used.kind)).collect::<Vec<_>>(),
                "text": dump::stage_text(plan, *id),
            })
        })
        .collect();
    json!({
        "target": plan.target.format_all(),
        "build": plan.build.format_all(),
        "result": plan.stages[plan.result.0].name.value,
        "images": images,
        "stages": stages,
    })
}

fn used_json(plan: &Plan, input: &Input, kind: UseKind) -> Value {
    let (what, name) = match input {
        Input::Scratch => ("scratch", ""),
        Input::Stage(id, _) => ("stage", plan.stages[id.0].name.value.as_str()),
        Input::Image(name) => ("image", name.value.as_str()),
        Input::Context(_) => ("context", "context"),
        Input::NamedContext(name) => ("context", name.value.as_str()),
    };
    json!({"for": word(kind), "from": what, "name": name})
}
