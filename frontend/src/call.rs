//! `--call`: answers to questions about a build file, in the forms that clients show.
//!
//! [`CALLS`] is the table of the questions. An [`Answer`] is JSON for tools and text for people;
//! both travel as metadata of a result that has no filesystem (`frontend/subrequests`, v0.32.2).
//! Nothing here waits for anybody: `build` asks what must be asked first.

mod convert;
mod describe;
mod lint;
mod outline;
mod plan;
mod shape;
mod targets;
pub mod verify;

pub use convert::convert;
pub use describe::describe;
pub use lint::lint;
pub use outline::outline;
pub use plan::{graph, plan};
pub use targets::targets;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostic::suggest::nearest;
use crate::model::schema::{self, Draft};

/// Clients say `frontend.outline` for `--call=outline`.
const PREFIX: &str = "frontend.";

/// One question.
#[derive(Debug)]
pub struct Call {
    /// What people write after `--call=`.
    pub name: &'static str,
    /// The version of its answer; buildx draws an answer of a version it knows by itself.
    pub version: &'static str,
    /// One line.
    pub description: &'static str,
    /// What is asked.
    pub question: Question,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Which questions there are.
    Describe,
    /// What a stage takes: arguments, secrets, ssh agents, caches.
    Outline,
    /// Which stages there are.
    Targets,
    /// What is wrong with the file.
    Lint,
    /// Which stages a build takes, and what from where.
    Graph,
    /// What a build would do.
    Plan,
    /// What the file says in the other form: a Dockerfile as a build file, or back.
    Convert,
    /// What BuildKit would be asked to do.
    Definition,
    /// Whether the daemon's Dockerfile frontend would ask it to do the same.
    Verify,
    /// What a build file may say.
    Schema(Draft),
}

const fn call(
    name: &'static str,
    version: &'static str,
    question: Question,
    description: &'static str,
) -> Call {
    Call {
        name,
        version,
        description,
        question,
    }
}

/// Every question.
pub const CALLS: &[Call] = &[
    call(
        "outline",
        "1.0.0",
        Question::Outline,
        "List the arguments, secrets, ssh agents and caches of the target",
    ),
    call("targets", "1.0.0", Question::Targets, "List the stages"),
    call("lint", "1.0.0", Question::Lint, "Check the build file"),
    call(
        "graph",
        "1.0.0",
        Question::Graph,
        "Show as Graphviz which stages and images the target is made of",
    ),
    call(
        "plan",
        "1.0.0",
        Question::Plan,
        "Show the stages and steps that the target needs",
    ),
    call(
        "convert",
        "1.0.0",
        Question::Convert,
        "Print a Dockerfile as a build file, or a build file as a Dockerfile",
    ),
    call(
        "convertllb",
        "0.1.0",
        Question::Definition,
        "Show what BuildKit would be asked to do, as JSON",
    ),
    call(
        "verify",
        "1.0.0",
        Question::Verify,
        "Compare with what the daemon's Dockerfile frontend makes of the Dockerfile",
    ),
    call(
        "schema",
        "1.0.0",
        Question::Schema(Draft::Draft202012),
        "Print the JSON Schema of build files",
    ),
    call(
        "schema.draft-07",
        "1.0.0",
        Question::Schema(Draft::Draft07),
        "Print it for readers of draft-07",
    ),
    call(
        "subrequests.describe",
        "1.0.0",
        Question::Describe,
        "List what can be called",
    ),
];

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// For tools; JSON.
    pub json: String,
    /// For people; ends with a line break. Empty when there is none.
    pub text: String,
    /// What the client exits with, if the answer decides that.
    pub status: Option<u8>,
}

impl Answer {
    fn new(json: &Value, text: String) -> Self {
        Self {
            json: shape::indented(&json.to_string()),
            text,
            status: None,
        }
    }

    /// Returns JSON that is for people, too.
    fn of_json(json: &str) -> Self {
        let json = shape::indented(json);
        Self {
            text: format!("{json}\n"),
            json,
            status: None,
        }
    }

    /// Returns the answer under the keys that clients read.
    pub fn metadata(self, call: &Call) -> BTreeMap<String, Vec<u8>> {
        let status = self.status.map(|status| status.to_string());
        let entries = [
            ("result.json", Some(self.json)),
            (
                "result.txt",
                Some(self.text).filter(|text| !text.is_empty()),
            ),
            ("result.statuscode", status),
            ("version", Some(call.version.to_owned())),
        ];
        entries
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?.into_bytes())))
            .collect()
    }
}

/// Returns a file in another form.
pub fn converted(text: String) -> Answer {
    let json = serde_json::json!({ "file": text });
    Answer::new(&json, text)
}

/// Returns what a build file may say.
pub fn schema(draft: Draft) -> Answer {
    Answer::of_json(&schema::schema(draft))
}

/// Returns the question that a client asks by this id.
///
/// # Errors
///
/// There is no such question; the text says which there are.
pub fn find(id: &str) -> Result<&'static Call, String> {
    let name = id.strip_prefix(PREFIX).unwrap_or(id);
    let names = || CALLS.iter().map(|call| call.name);
    if let Some(call) = CALLS.iter().find(|call| call.name == name) {
        return Ok(call);
    }
    let help = match nearest(name, names()) {
        Some(near) => format!("did you mean `--call={near}`?"),
        None => format!("there are: {}", names().collect::<Vec<_>>().join(", ")),
    };
    Err(format!("there is no call `{name}` ({help})"))
}
