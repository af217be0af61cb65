//! `--call=verify`: what a file becomes here beside what the daemon's Dockerfile frontend makes of
//! it.
//!
//! In: pairs of definitions and image configs. Out: an answer that names every difference and whose
//! status is 1 if there is one. [`normal`] says what is compared.

mod normal;
mod pair;

use std::collections::{BTreeMap, BTreeSet};

use buildkit_llb::{Digest, ReadError, pb};
use serde_json::{Value, json};

use super::Answer;
use crate::diff::{self, diff};
use normal::{Input, Normal, Vertex, flatten, normal};
use pair::pairs;

/// What one frontend makes of a file.
#[derive(Debug)]
pub struct Side {
    /// What is solved.
    pub definition: pb::Definition,
    /// The image config, as JSON.
    pub config: Vec<u8>,
}

/// One comparison.
#[derive(Debug)]
pub struct Pair {
    /// What is compared, such as `Dockerfile for linux/amd64`.
    pub what: String,
    /// What the daemon's Dockerfile frontend makes of it.
    pub theirs: Side,
    /// What we make of it.
    pub ours: Side,
}

/// A comparison that cannot be made.
#[derive(Debug)]
pub struct Missing {
    /// What would have been compared, such as `Dockerfile as a build file`.
    pub what: String,
    /// What is in the way.
    pub why: Why,
    /// Findings as the terminal shows them, or a message.
    pub lines: String,
}

/// Why a comparison cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The other form does not say it, which is no difference.
    NotConverted,
    /// The other form cannot be built with these images.
    NotBuilt,
}

/// A thing that is not the same on both sides.
struct Difference {
    title: String,
    lines: Vec<String>,
}

/// Compares. That something has no other form is said, and does not make the answer's status.
///
/// # Errors
///
/// A definition is none.
pub fn verify(pairs: &[Pair], missing: &[Missing]) -> Result<Answer, ReadError> {
    let (mut text, mut rows, mut status) = (String::new(), Vec::new(), 0);
    for pair in pairs {
        let (theirs, ours) = (
            normal(&pair.theirs.definition)?,
            normal(&pair.ours.definition)?,
        );
        let mut differences = graphs(&theirs, &ours);
        differences.extend(configs(&pair.theirs.config, &pair.ours.config));
        if differences.is_empty() {
            let count = ours.vertices.len();
            text += &format!(
                "{}: equal ({count} vertices and the image config)\n",
                pair.what
            );
        } else {
            status = 1;
            text += &format!(
                "{}: not equal\n--- the daemon's Dockerfile frontend\n+++ Windlass\n",
                pair.what
            );
        }
        for Difference { title, lines } in &differences {
            text += &format!("@@ {title}\n");
            lines.iter().for_each(|line| text += &format!("{line}\n"));
        }
        let differences = differences.into_iter();
        rows.push(json!({
            "what": pair.what,
            "vertices": ours.vertices.len(),
            "differences": differences
                .map(|it| json!({"title": it.title, "lines": it.lines}))
                .collect::<Vec<Value>>(),
        }));
    }
    for Missing { what, why, lines } in missing {
        let reason = match why {
            Why::NotConverted => "not compared, as it cannot be converted",
            Why::NotBuilt => "not equal, as it cannot be built",
        };
        let lines = lines.trim_end();
        text += &format!("{what}: {reason}\n{lines}\n");
        status |= u8::from(*why == Why::NotBuilt);
        rows.push(json!({"what": what, "missing": reason, "why": lines}));
    }
    let json = json!({"equal": status == 0, "comparisons": rows});
    Ok(Answer {
        status: Some(status),
        ..Answer::new(&json, text)
    })
}

/// Says that the daemon's frontend does not build what we build.
pub fn refused(what: &str, message: &str) -> Answer {
    let json = json!({"equal": false, "refused": message, "comparisons": []});
    let text = format!("{what}: only the daemon's Dockerfile frontend refuses it:\n{message}\n");
    Answer {
        status: Some(1),
        ..Answer::new(&json, text)
    }
}

/// Compares two graphs, what is needed first.
fn graphs(theirs: &Normal, ours: &Normal) -> Vec<Difference> {
    let (theirs_only, ours_only) = (only(theirs, ours), only(ours, theirs));
    let mut out = Vec::new();
    let mut followers = 0;
    let (pairs, alone) = pairs(&theirs_only, &ours_only);
    // What is the same step on both sides, but not equal.
    let mut partners = BTreeMap::new();
    for (vertex, other) in theirs_only.into_iter().zip(pairs) {
        let Some(other) = other else {
            out.push(lone(vertex, "- "));
            continue;
        };
        let lines = match are_alike(&vertex.inputs, &other.inputs, &partners) {
            true => changed(&vertex.lines, &other.lines),
            false => changed(&described(vertex), &described(other)),
        };
        partners.insert(vertex.digest, other.digest);
        match lines.is_empty() {
            true => followers += 1,
            false => out.push(Difference {
                title: vertex.title.clone(),
                lines,
            }),
        }
    }
    out.extend(alone.into_iter().map(|vertex| lone(vertex, "+ ")));
    if followers > 0 {
        out.push(remark(format!(
            "{followers} more, only in what they are made of"
        )));
    } else if out.is_empty() && theirs.result != ours.result {
        out.push(remark("another vertex is the result".to_owned()));
    }
    out
}

/// Tells whether two vertices are made of the same, or of what is the same step.
fn are_alike(theirs: &[Input], ours: &[Input], partners: &BTreeMap<Digest, Digest>) -> bool {
    let mut pairs = theirs.iter().zip(ours);
    let is_alike = |(a, b): (&Input, &Input)| {
        let is_same = a.digest == b.digest || partners.get(&a.digest) == Some(&b.digest);
        a.index == b.index && is_same
    };
    theirs.len() == ours.len() && pairs.all(is_alike)
}

fn remark(title: String) -> Difference {
    Difference {
        title,
        lines: Vec::new(),
    }
}

fn only<'a>(these: &'a Normal, those: &Normal) -> Vec<&'a Vertex> {
    let known: BTreeSet<_> = those.vertices.iter().map(|it| it.digest).collect();
    let vertices = these.vertices.iter();
    vertices.filter(|it| !known.contains(&it.digest)).collect()
}

/// Returns all that is known of a vertex.
fn described(vertex: &Vertex) -> Vec<String> {
    let inputs = vertex.inputs.iter().map(|input| match input.index {
        0 => format!("made of: {}", input.title),
        index => format!("made of: {} (output {index})", input.title),
    });
    vertex.lines.iter().cloned().chain(inputs).collect()
}

fn lone(vertex: &Vertex, sign: &str) -> Difference {
    let lines = described(vertex);
    Difference {
        title: vertex.title.clone(),
        lines: lines.iter().map(|line| format!("{sign}{line}")).collect(),
    }
}

/// Returns the lines that only one of both has.
fn changed(theirs: &[String], ours: &[String]) -> Vec<String> {
    let lines = diff(theirs, ours).into_iter();
    let signed = lines.filter_map(|(side, line)| match side {
        diff::Side::Both => None,
        diff::Side::Old => Some(format!("- {line}")),
        diff::Side::New => Some(format!("+ {line}")),
    });
    signed.collect()
}

/// Compares two image configs; the exporter writes the layers.
fn configs(theirs: &[u8], ours: &[u8]) -> Option<Difference> {
    let lines = |config: &[u8]| {
        let mut value: Value = serde_json::from_slice(config).unwrap_or_default();
        if let Some(fields) = value.as_object_mut() {
            fields.remove("rootfs");
        }
        let mut lines = Vec::new();
        flatten(&value, "", &mut lines);
        lines
    };
    let lines = changed(&lines(theirs), &lines(ours));
    (!lines.is_empty()).then(|| Difference {
        title: "image config".to_owned(),
        lines,
    })
}

#[cfg(test)]
mod tests {
    use buildkit_llb::{Exec, Graph, Image, Local, Output, Vertex};

    use super::{Pair, Side, verify};

    /// Returns what starts from a local directory and runs commands, each in what the last one left.
    fn side(session: &str, commands: &[&str], config: &str) -> Side {
        let mut graph = Graph::new();
        let context = Local::new("context").session(session);
        let mut last: Output = graph.add(context).output(0);
        for command in commands {
            let exec = Exec::new(Some(last), ["sh", "-c", command]);
            let vertex = Vertex::new(exec).name(format!("RUN {command} ({session})"));
            last = graph.add(vertex).output(0);
        }
        Side {
            definition: graph.define(Some(last), &[]),
            config: config.as_bytes().to_vec(),
        }
    }

    #[track_caller]
    fn check(theirs: Side, ours: Side, status: u8, expected: &str) {
        let pair = Pair {
            what: "linux/amd64".to_owned(),
            theirs,
            ours,
        };
        let answer = verify(&[pair], &[]).expect("definitions");
        assert_eq!(answer.text, expected);
        assert_eq!(answer.status, Some(status));
    }

    #[test]
    fn sessions_names_and_layers_are_left_aside() {
        check(
            side(
                "a",
                &["make"],
                r#"{"os":"linux","rootfs":{"type":"layers"}}"#,
            ),
            side("b", &["make"], r#"{"os":"linux"}"#),
            0,
            "linux/amd64: equal (2 vertices and the image config)\n",
        );
    }

    #[test]
    fn what_is_made_of_a_difference_is_only_counted() {
        check(
            side("a", &["make", "test"], "{}"),
            side("b", &["make all", "test"], "{}"),
            1,
            "\
linux/amd64: not equal
--- the daemon's Dockerfile frontend
+++ Windlass
@@ RUN make (a)
- exec.meta.args: make
+ exec.meta.args: make all
@@ 1 more, only in what they are made of
",
        );
    }

    #[test]
    fn a_vertex_that_one_side_has_is_shown_whole() {
        let expected = "\
linux/amd64: not equal
--- the daemon's Dockerfile frontend
+++ Windlass
@@ RUN make (a)
- exec.meta.args: sh
- exec.meta.args: -c
- exec.meta.args: make
- exec.meta.cwd: /
- exec.meta.removeMountStubsRecursive: true
- exec.mounts[0].dest: /
- made of: source.identifier: local://context
";
        check(
            side("a", &["make"], "{}"),
            side("b", &[], "{}"),
            1,
            expected,
        );
    }

    #[test]
    fn many_vertices_find_their_partners_at_once() {
        let commands =
            |word: &str| -> Vec<String> { (0..2000).map(|n| format!("{word} {n}")).collect() };
        let (a, b) = (commands("make"), commands("cook"));
        let side = |commands: &[String]| {
            let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
            side("a", &commands, "{}")
        };
        let pair = Pair {
            what: "linux/amd64".to_owned(),
            theirs: side(&a),
            ours: side(&b),
        };
        let answer = verify(&[pair], &[]).expect("definitions");
        let n_pairs = answer.text.matches("@@ RUN make").count();
        assert_eq!(n_pairs, 2000);
        assert!(
            answer
                .text
                .contains("- exec.meta.args: make 7\n+ exec.meta.args: cook 7\n")
        );
    }

    #[test]
    fn the_image_config_is_compared_too() {
        check(
            side("a", &[], r#"{"config":{"Env":["A=1"],"Cmd":["a"]}}"#),
            side("a", &[], r#"{"config":{"Env":["A=1","B=2"],"Cmd":["a"]}}"#),
            1,
            "\
linux/amd64: not equal
--- the daemon's Dockerfile frontend
+++ Windlass
@@ image config
+ config.Env: B=2
",
        );
    }

    #[test]
    fn another_result_of_the_same_vertices_is_a_difference() {
        let mut graph = Graph::new();
        let image = graph
            .add(Image::new("docker.io/library/alpine:1"))
            .output(0);
        let exec = graph.add(Exec::new(Some(image), ["true"]));
        let side = |index| Side {
            definition: graph.define(Some(exec.output(index)), &[]),
            config: b"{}".to_vec(),
        };
        let expected = "\
linux/amd64: not equal
--- the daemon's Dockerfile frontend
+++ Windlass
@@ another vertex is the result
";
        check(side(0), side(1), 1, expected);
    }
}
