//! A plan for Graphviz: stages and images, and what is taken from where.

use super::Plan;
use crate::expand::{Input, Stage, UseKind};

/// Returns a plan as Graphviz text.
pub fn dot(plan: &Plan) -> String {
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

pub(super) fn word(kind: UseKind) -> &'static str {
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
