//! The texts of history entries, as the Dockerfile frontend writes them.
//!
//! Source of every form: `dockerfile2llb/convert.go`, v0.32.2. Tools such as `docker history`
//! and vulnerability scanners read them.

use oci_spec::image::{History, HistoryBuilder};

use crate::units;

use super::config::HealthConfig;

/// What the Dockerfile frontend writes as `comment`.
const COMMENT: &str = "buildkit.dockerfile.v0";

/// Whether an entry stands for a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// It made one.
    Made,
    /// It changed the config only.
    None,
}

/// What one step adds to the history.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) created_by: String,
    pub(crate) layer: Layer,
}

/// Returns one history entry; `created` is RFC 3339.
pub(crate) fn entry(made: &Entry, created: Option<&str>) -> History {
    let builder = HistoryBuilder::default()
        .created_by(made.created_by.clone())
        .comment(COMMENT);
    let builder = match created {
        Some(created) => builder.created(created),
        None => builder,
    };
    let builder = match made.layer {
        Layer::None => builder.empty_layer(true),
        Layer::Made => builder,
    };
    builder.build().expect("history: every field is optional")
}

/// Returns `["a" "b"]`: Go's `%q` of a list of strings, with a space or more between them.
pub(crate) fn quoted_list(words: &[String], between: &str) -> String {
    let words: Vec<String> = words.iter().map(|word| units::quote(word)).collect();
    format!("[{}]", words.join(between))
}

/// Returns `[a b]`: Go's `%v` of a list of strings.
pub(crate) fn plain_list(words: &[String]) -> String {
    format!("[{}]", words.join(" "))
}

/// Returns Go's `%+v` of a `HealthcheckConfig`.
pub(crate) fn healthcheck(health: &HealthConfig) -> String {
    format!(
        "HEALTHCHECK {{Test:{} Interval:{} Timeout:{} StartPeriod:{} StartInterval:{} Retries:{}}}",
        plain_list(&health.test),
        duration(health.interval),
        duration(health.timeout),
        duration(health.start_period),
        duration(health.start_interval),
        health.retries,
    )
}

/// Returns a duration in nanoseconds as Go's `time.Duration.String` does: `1m30s`, `1.5s`, `2ms`.
pub(crate) fn duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let n = nanoseconds.unsigned_abs();
    match n {
        0 => "0s".to_owned(),
        1..1_000 => format!("{sign}{n}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", decimal(n, 1_000)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", decimal(n, 1_000_000)),
        _ => {
            let minutes = n / 60_000_000_000;
            let seconds = decimal(n % 60_000_000_000, 1_000_000_000);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

fn decimal(n: u64, unit: u64) -> String {
    let whole = n / unit;
    let rest = n % unit;
    if rest == 0 {
        return whole.to_string();
    }
    let width = unit.ilog10() as usize;
    let digits = format!("{rest:0width$}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::{HealthConfig, duration, healthcheck, quoted_list};

    #[test]
    fn durations_read_as_in_go() {
        let found: Vec<String> = [
            0,
            1,
            1_500,
            2_000_000,
            1_500_000_000,
            90_000_000_000,
            3_600_000_000_000,
        ]
        .into_iter()
        .map(duration)
        .collect();
        assert_eq!(found.join(" "), "0s 1ns 1.5µs 2ms 1.5s 1m30s 1h0m0s");
    }

    #[test]
    fn lists_are_quoted_as_in_go() {
        let words = ["sh".to_owned(), "echo \"a\\b\"\n".to_owned()];
        assert_eq!(quoted_list(&words, " "), r#"["sh" "echo \"a\\b\"\n"]"#);
    }

    #[test]
    fn a_healthcheck_names_every_field() {
        let health = HealthConfig {
            test: vec!["CMD-SHELL".to_owned(), "true".to_owned()],
            interval: 30_000_000_000,
            retries: 3,
            ..HealthConfig::default()
        };
        assert_eq!(
            healthcheck(&health),
            "HEALTHCHECK {Test:[CMD-SHELL true] Interval:30s Timeout:0s StartPeriod:0s \
             StartInterval:0s Retries:3}"
        );
    }
}
