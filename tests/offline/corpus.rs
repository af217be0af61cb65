//! Every Dockerfile of `tests/dockerfiles` gives the ops and the image config that its own frontend
//! gives; what that refuses is refused here.

mod archive;

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};
use windlass_tests::golden::inputs;

use super::compiled::{self, Compiled, compile};
use super::parity::{Options, compare, request};
use archive::Case;

/// Returns every case, named after its file.
fn cases() -> Vec<Case> {
    let mut out = Vec::new();
    for path in inputs("dockerfiles", "txt") {
        let text = fs::read_to_string(&path).expect("an archive");
        let file = path.file_stem().expect("a name").to_string_lossy();
        out.extend(archive::cases(&text).into_iter().map(|case| Case {
            name: format!("{file}: {}", case.name),
            ..case
        }));
    }
    out
}

/// Returns what `tools/parity` compares. It knows every image, as ours may be other ones.
fn asked(case: &Case, options: &Options, compiled: &Compiled) -> Value {
    let mut asked = match compiled.diags.has_errors() {
        false => request(&case.text, options, compiled),
        true => json!({
            "dockerfile": case.text,
            "platform": options.platform,
            "target": options.asked.target.as_deref().unwrap_or_default(),
            "build_args": options.asked.args,
            "images": {},
        }),
    };
    let any: Value = serde_json::from_str(compiled::CONFIG).expect("a config");
    asked["images"]["*"] = json!({"digest": compiled::DIGEST, "config": any});
    asked
}

/// Returns what is wrong, if anything is.
fn judged(compiled: &Compiled, answer: &Value) -> Option<String> {
    let error = answer["error"].as_str();
    match (compiled.diags.has_errors(), error) {
        (true, Some(_)) => None,
        (true, None) => Some(format!("only we refuse it:\n{}", compiled.rendered())),
        (false, Some(error)) => Some(format!("only we take it: {error}")),
        (false, None) => {
            let differences = answer["differences"].as_array();
            let lines = differences.into_iter().flatten().filter_map(Value::as_str);
            let lines: Vec<&str> = lines.collect();
            (!lines.is_empty()).then(|| lines.join("\n"))
        }
    }
}

#[test]
fn dockerfiles_are_what_their_own_frontend_makes_of_them() {
    let cases = cases();
    assert!(cases.len() >= 1000, "{} cases", cases.len());
    let mut requests = String::new();
    let mut all = Vec::new();
    for case in &cases {
        let options = Options::read(&format!("# {}\n", case.options));
        let platforms = [options.platform.as_str()];
        let bytes = case.text.as_bytes();
        let compiled = compile("Dockerfile", bytes, &options.asked, &platforms);
        let _ = writeln!(requests, "{}", asked(case, &options, &compiled));
        all.push((case, compiled));
    }
    let answers = compare(&requests);
    assert_eq!(answers.lines().count(), cases.len(), "an answer a case");
    let mut wrong = Vec::new();
    for ((case, compiled), answer) in all.iter().zip(answers.lines()) {
        let answer: Value = serde_json::from_str(answer).expect("an answer");
        if let Some(what) = judged(compiled, &answer) {
            wrong.push(format!(
                "==== {} | {}\n{}---- {what}\n",
                case.name, case.options, case.text
            ));
        }
    }
    let count = wrong.len();
    assert!(wrong.is_empty(), "{}\n{count} are wrong", wrong.join("\n"));
}
