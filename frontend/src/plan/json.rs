//! A plan for tools, as JSON.

use serde_json::{Value, json};

use super::dot::word;
use super::{ImageRole, Plan, dump};
use crate::expand::{Input, UseKind};

/// Returns a plan as JSON.
pub fn json(plan: &Plan) -> Value {
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
