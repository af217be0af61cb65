//! What `buildctl --progress=rawjson` tells: when each step ran and how much was transferred.

use std::collections::BTreeMap;

use serde_json::Value;

/// The last word on every step of one build.
#[derive(Default)]
pub(super) struct ProgressLog {
    steps: BTreeMap<String, Step>,
    transfers: BTreeMap<(String, String), f64>,
}

/// One step, with times in seconds of an hour.
pub(super) struct Step {
    pub(super) name: String,
    pub(super) started: Option<f64>,
    pub(super) completed: Option<f64>,
}

impl ProgressLog {
    /// Reads a stream of JSON documents; what is none is skipped.
    pub(super) fn read(text: &str) -> ProgressLog {
        let mut log = ProgressLog::default();
        let documents = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        for document in documents.map_while(Result::ok) {
            for vertex in list(&document["vertexes"]) {
                log.steps.insert(text_of(&vertex["digest"]), step(vertex));
            }
            for status in list(&document["statuses"]) {
                let key = (text_of(&status["vertex"]), text_of(&status["id"]));
                if key.1.starts_with("transferring context") {
                    let bytes = status["current"].as_f64().unwrap_or_default();
                    let most = log.transfers.entry(key).or_default();
                    *most = most.max(bytes);
                }
            }
        }
        log
    }

    /// Returns the bytes of the context that the client sent.
    pub(super) fn transferred(&self) -> f64 {
        self.transfers.values().sum()
    }

    /// Returns the seconds of an hour at which the first of some steps started and the last ended.
    pub(super) fn span(&self, wanted: impl Fn(&str) -> bool) -> Option<(f64, f64)> {
        let chosen: Vec<&Step> = self
            .steps
            .values()
            .filter(|step| wanted(&step.name))
            .collect();
        let first = chosen
            .iter()
            .filter_map(|step| step.started)
            .reduce(f64::min)?;
        let last = chosen
            .iter()
            .filter_map(|step| step.completed)
            .reduce(f64::max)?;
        Some((first, last))
    }
}

fn step(vertex: &Value) -> Step {
    Step {
        name: text_of(&vertex["name"]),
        started: vertex["started"].as_str().and_then(second_of_hour),
        completed: vertex["completed"].as_str().and_then(second_of_hour),
    }
}

/// Reads `2026-01-31T12:34:56.789Z` as 2096.789: no time zone is off by part of an hour here.
fn second_of_hour(stamp: &str) -> Option<f64> {
    let time = stamp.split_once('T')?.1;
    let time = time.split(['Z', '+', '-']).next()?;
    let mut parts = time.split(':').skip(1).map(str::parse::<f64>);
    Some(parts.next()?.ok()? * 60.0 + parts.next()?.ok()?)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::ProgressLog;

    #[test]
    fn steps_and_transfers_are_read() {
        let log = ProgressLog::read(
            r#"{"vertexes":[{"digest":"a","name":"load","started":"2026-01-01T01:02:03.5Z"}]}
               {"vertexes":[{"digest":"a","name":"load","started":"2026-01-01T01:02:03.5Z",
                 "completed":"2026-01-01T01:02:04Z"}],
                "statuses":[{"vertex":"a","id":"transferring context:","current":5},
                            {"vertex":"a","id":"transferring context:","current":9}]}"#,
        );
        assert_eq!(
            format!("{:?}", log.span(|name| name == "load")),
            "Some((123.5, 124.0))"
        );
        assert_eq!(format!("{}", log.transferred()), "9");
    }
}
