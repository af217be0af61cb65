//! A plan as stable text for people and goldens.
//!
//! First what is built for what and the images it needs, then the stages in the order in which
//! they are built, each with its steps and their options, one a line. Stages that the target does
//! not reach are not shown. Text with line breaks or blanks at its ends is in quotes.

mod exec;
mod step;

use std::fmt::Write;

use crate::expand::{Input, Stage, StageId};
use crate::expr::Text;
use crate::text::Spanned;

use super::{ImageRole, Plan};

/// Returns the plan as text.
pub fn dump(plan: &Plan) -> String {
    let mut out = Lines::default();
    let result = plan.stages.get(plan.result.0);
    let result = result.map_or("", |stage| stage.name.value.as_str());
    out.line(&format!("result: {result}"));
    out.line(&format!("target: {}", plan.target.format_all()));
    out.line(&format!("build: {}", plan.build.format_all()));
    for image in &plan.images {
        let role = match image.role {
            ImageRole::Base => "base",
            ImageRole::Files => "files",
        };
        let platform = image.platform.format_all();
        out.line(&format!("image: {} for {platform} ({role})", image.name));
    }
    for context in &plan.contexts {
        let platform = context.platform.format_all();
        out.line(&format!("context: {} for {platform}", context.key));
    }
    for id in &plan.order {
        out.line("");
        stage(&plan.stages[id.0], plan, &mut out);
    }
    out.text
}

/// Returns one stage of a plan as text.
pub fn stage_text(plan: &Plan, id: StageId) -> String {
    let mut out = Lines::default();
    stage(&plan.stages[id.0], plan, &mut out);
    out.text
}

/// Lines under construction.
#[derive(Default)]
struct Lines {
    text: String,
    depth: usize,
}

impl Lines {
    fn line(&mut self, text: &str) {
        if text.is_empty() {
            self.text.push('\n');
            return;
        }
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{:indent$}{text}", "", indent = 2 * self.depth);
    }

    fn nested(&mut self, f: impl FnOnce(&mut Self)) {
        self.depth += 1;
        f(self);
        self.depth -= 1;
    }
}

fn stage(stage: &Stage, plan: &Plan, out: &mut Lines) {
    let platform = stage.platform.format_all();
    out.line(&format!("stage {} on {platform}", stage.name.value));
    out.nested(|out| {
        out.line(&format!("from {}", input(&stage.base, plan)));
        if !stage.errexit {
            out.line("errexit: false");
        }
        for it in &stage.steps {
            step::step(it, plan, out);
        }
    });
}

fn input(input: &Input, plan: &Plan) -> String {
    match input {
        Input::Scratch => "scratch".to_owned(),
        Input::Stage(id, _) => format!("stage {}", plan.stages[id.0].name.value),
        Input::Image(name) => format!("image {}", name.value),
        Input::Context(_) => "context".to_owned(),
        Input::NamedContext(name) => format!("context {}", name.value),
    }
}

/// Returns a text in quotes if it would not be one line of its own without.
fn quoted(text: &str) -> String {
    let is_plain = !text.is_empty() && text.trim() == text && !text.contains(char::is_control);
    if is_plain {
        text.to_owned()
    } else {
        format!("\"{}\"", text.escape_debug())
    }
}

fn text(text: &Text) -> String {
    quoted(&text.to_string())
}

fn list(texts: &[Text]) -> String {
    let words: Vec<String> = texts.iter().map(text).collect();
    format!("[{}]", words.join(", "))
}

fn option(key: &str, value: &Option<Text>, out: &mut Lines) {
    if let Some(value) = value {
        out.line(&format!("{key}: {}", text(value)));
    }
}

fn flag(key: &str, value: Option<Spanned<bool>>, out: &mut Lines) {
    if let Some(value) = value {
        out.line(&format!("{key}: {}", value.value));
    }
}

fn pairs(key: &str, entries: &[(Spanned<String>, Text)], out: &mut Lines) {
    if entries.is_empty() {
        return;
    }
    out.line(key);
    out.nested(|out| {
        for (key, value) in entries {
            out.line(&format!("{}={}", key.value, text(value)));
        }
    });
}
