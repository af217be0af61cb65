//! Figures of speed and size, ours and the peer's, measured in turns in one run.
//!
//! The peer is BuildKit's own Dockerfile frontend, compiled from the pinned module and used as an
//! external image, as ours is.

mod compile;
mod context;
mod files;
mod images;
mod noop;
mod progress_log;

use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::frontend_image::Profile;
use crate::progress::Progress;
use crate::world::World;

/// One measured fact.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its name, also in the JSON file.
    pub key: &'static str,
    /// What is compared with the limit; most often ours over the peer's.
    pub value: f64,
    /// Ours, with its unit.
    pub ours: String,
    /// The peer's, with its unit.
    pub peer: String,
    /// What the value must not exceed.
    pub limit: f64,
    /// What helps to understand it.
    pub notes: Vec<String>,
}

impl Figure {
    /// Returns the line a person reads.
    pub fn line(&self) -> String {
        let verdict = if self.value <= self.limit {
            "ok"
        } else {
            "MISSED"
        };
        let (key, limit) = (self.key, self.limit);
        let value = shown(self.value);
        let (ours, peer) = (&self.ours, &self.peer);
        format!(
            "{key:<24} ours {ours:<12} peer {peer:<12} ratio {value:<10} at most {limit} {verdict}"
        )
    }
}

/// Measures everything, saying what it does.
pub fn bench(progress: Progress) -> Result<Vec<Figure>> {
    let world = World::up(progress)?;
    world.refresh_frontend(Profile::Release)?;
    let images = images::Images::push(&world)?;
    let mut figures = vec![images::size(&world, &images)?];
    progress.say("measuring builds that have nothing to do");
    figures.push(noop::noop(&world, &images)?);
    progress.say("measuring bytes sent of a large context");
    figures.push(context::sent(&world, &images)?);
    progress.say("measuring compilation");
    figures.extend(compile::all(&world)?);
    Ok(figures)
}

/// Returns the figures as one JSON object: key to value, and details under `details`.
pub fn to_json(figures: &[Figure]) -> String {
    let mut top = Map::new();
    let mut details = Map::new();
    for figure in figures {
        top.insert(figure.key.to_owned(), json!(figure.value));
        let detail = json!({
            "ours": figure.ours,
            "peer": figure.peer,
            "at_most": figure.limit,
            "notes": figure.notes,
        });
        details.insert(figure.key.to_owned(), detail);
    }
    top.insert("details".to_owned(), Value::Object(details));
    format!("{:#}\n", Value::Object(top))
}

fn shown(value: f64) -> String {
    if value >= 1000.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.3}")
    }
}

/// Returns the middle of some measurements, in milliseconds.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::{Figure, median, to_json};

    #[test]
    fn the_middle_of_an_even_number_is_between_two() {
        assert!((median(vec![4.0, 1.0, 3.0, 2.0]) - 2.5).abs() < 1e-9);
    }

    #[test]
    fn the_json_has_the_value_under_the_key() {
        let figure = Figure {
            key: "image_bytes",
            value: 7.0,
            ours: "7".into(),
            peer: "9".into(),
            limit: 8.0,
            notes: Vec::new(),
        };
        assert!(to_json(std::slice::from_ref(&figure)).contains("\"image_bytes\": 7.0"));
        assert!(figure.line().ends_with("at most 8 ok"));
    }
}
