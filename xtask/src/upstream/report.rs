//! Both images side by side.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::Verdicts;
use super::one::Verdict;
use crate::dirs::read;

/// What both images did.
pub struct Report {
    theirs: Verdicts,
    ours: Verdicts,
    /// What only upstream's image passes, with the first thing that went wrong with ours.
    lost: Vec<(String, String)>,
}

impl Report {
    pub(super) fn new(theirs: Verdicts, ours: Verdicts, log: impl Fn(&str) -> PathBuf) -> Report {
        let lost = only(&theirs, &ours).into_iter().map(|name| {
            let log = log(&name);
            let said = read(&log).unwrap_or_default();
            // What ends the process is said there.
            let last = read(&log.with_extension("err")).unwrap_or_default();
            let reason = reason(&(said + &last));
            (name, reason)
        });
        Report {
            lost: lost.collect(),
            theirs,
            ours,
        }
    }

    /// Returns what a person reads.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (who, verdicts) in [("upstream", &self.theirs), ("ours", &self.ours)] {
            let _ = write!(out, "{who:<9}");
            for verdict in Verdict::ALL {
                let number = count(verdicts, verdict);
                let _ = write!(out, " {number:>4} {}", verdict.word());
            }
            out.push('\n');
        }
        if !self.lost.is_empty() {
            out += "\nonly upstream passes:\n";
        }
        for (name, reason) in &self.lost {
            let _ = writeln!(out, "  {name}: {reason}");
        }
        let won = only(&self.ours, &self.theirs);
        if !won.is_empty() {
            let _ = writeln!(out, "\nonly ours passes:\n  {}", won.join("\n  "));
        }
        out
    }

    /// Returns the same for programs.
    pub fn json(&self) -> String {
        let names: Vec<&str> = self.lost.iter().map(|(name, _)| name.as_str()).collect();
        let verdicts = |verdicts: &Verdicts| -> Value {
            let words = verdicts.iter();
            words
                .map(|(name, verdict)| (name.clone(), Value::from(verdict.word())))
                .collect()
        };
        let report = json!({
            "upstream_passed": count(&self.theirs, Verdict::Passed),
            "ours_passed": count(&self.ours, Verdict::Passed),
            "only_upstream": names,
            "only_ours": only(&self.ours, &self.theirs),
            "upstream": verdicts(&self.theirs),
            "ours": verdicts(&self.ours),
        });
        format!("{report:#}\n")
    }
}

/// Returns the tests that `these` pass and `those`, as far as it is known, do not.
pub(super) fn only(these: &Verdicts, those: &Verdicts) -> Vec<String> {
    let passed = these.iter().filter(|(_, it)| **it == Verdict::Passed);
    let lost = passed.filter(|(name, _)| {
        let other = those.get(*name);
        other.is_some_and(|verdict| *verdict != Verdict::Passed)
    });
    lost.map(|(name, _)| name.clone()).collect()
}

fn count(verdicts: &Verdicts, wanted: Verdict) -> usize {
    verdicts.values().filter(|it| **it == wanted).count()
}

/// Returns the first thing that went wrong, in one line.
fn reason(log: &str) -> String {
    let mut lines = log.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if line.starts_with("panic: ") {
            return line.to_owned();
        }
        if let Some(rest) = line.strip_prefix("Error:") {
            let rest = rest.trim();
            // "Received unexpected error:" says nothing by itself.
            let more = lines.next().filter(|_| rest.ends_with(':'));
            return format!("{rest} {}", more.unwrap_or_default())
                .trim()
                .to_owned();
        }
    }
    "its log says nothing".to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Report, Verdict, Verdicts, reason};

    fn verdicts(rows: &[(&str, Verdict)]) -> Verdicts {
        let rows = rows.iter();
        rows.map(|(name, verdict)| ((*name).to_owned(), *verdict))
            .collect()
    }

    #[test]
    fn differences_are_named_with_what_went_wrong() {
        let theirs = verdicts(&[
            ("TestA", Verdict::Passed),
            ("TestB", Verdict::Passed),
            ("TestC", Verdict::Skipped),
            ("TestD", Verdict::Failed),
        ]);
        let ours = verdicts(&[
            ("TestA", Verdict::Failed),
            ("TestB", Verdict::Passed),
            ("TestC", Verdict::Skipped),
            ("TestD", Verdict::Passed),
        ]);
        let report = Report::new(theirs, ours, |_| "/nowhere".into());
        assert_eq!(
            report.text(),
            "upstream     2 passed    1 failed    1 skipped\n\
             ours         2 passed    1 failed    1 skipped\n\
             \n\
             only upstream passes:\n  \
               TestA: its log says nothing\n\
             \n\
             only ours passes:\n  \
               TestD\n"
        );
        let json: serde_json::Value = serde_json::from_str(&report.json()).expect("JSON");
        assert_eq!(json["upstream_passed"], 2);
        assert_eq!(json["only_upstream"], serde_json::json!(["TestA"]));
    }

    #[test]
    fn the_reason_is_the_first_error() {
        let log = "    copy_test.go:1: \n\
                   \tError Trace:\ta_test.go:7\n\
                   \tError:      \tReceived unexpected error:\n\
                   \t            \tfailed to solve: no\n\
                   \tError:      \tanother\n";
        let expected = "Received unexpected error: failed to solve: no";
        assert_eq!(reason(log), expected);
        assert_eq!(reason("x\npanic: oh\n"), "panic: oh");
        assert_eq!(
            reason("\tError: \tNot equal\n\t  a: 1\n\tMore:"),
            "Not equal"
        );
    }
}
