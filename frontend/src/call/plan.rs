//! `--call=graph` and `--call=plan`: what a build would do, for each platform.

use serde_json::{Map, Value};

use super::Answer;
use crate::plan::{Plan, dot, dump, json};

/// Returns the plans as Graphviz text.
pub fn graph(plans: &[Plan]) -> Answer {
    answer(plans, "//", dot::dot)
}

/// Returns the plans as text.
pub fn plan(plans: &[Plan]) -> Answer {
    answer(plans, "#", dump::dump)
}

/// One text after the other, under headings if there are several; one object, a platform a key.
fn answer(plans: &[Plan], comment: &str, show: fn(&Plan) -> String) -> Answer {
    let mut text = String::new();
    let mut all = Map::new();
    for plan in plans {
        let platform = plan.target.format_all();
        if plans.len() > 1 {
            text.push_str(&format!("{comment} {platform}\n"));
        }
        text.push_str(&show(plan));
        all.insert(platform, json::json(plan));
    }
    Answer::new(&Value::Object(all), text)
}
