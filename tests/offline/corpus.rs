//! Every Dockerfile of `tests/dockerfiles` gives the ops and the image config that its own frontend
//! gives, and so does the build file that it is converted to; what that refuses is refused here.
//!
//! `WINDLASS_DOCKERFILES=DIR` compares every file below a directory, too.

mod archive;
mod refused;

use std::collections::BTreeSet;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use windlass_tests::golden::inputs;

use super::compiled::{self, Compiled, compile};
use super::converted::build_file;
use super::parity::{Options, compare, request};
pub(super) use archive::Case;
use refused::REFUSED;

/// Adds the files below a directory, named after their paths.
fn add_files(directory: &Path, out: &mut Vec<Case>) {
    let entries = fs::read_dir(directory).expect("a directory of Dockerfiles");
    for entry in entries {
        let path = entry.expect("an entry of a directory").path();
        if path.is_dir() {
            add_files(&path, out);
            continue;
        }
        out.push(Case {
            name: path.display().to_string(),
            options: String::new(),
            text: String::from_utf8_lossy(&fs::read(&path).expect("a Dockerfile")).into_owned(),
            is_edge: true,
        });
    }
}

/// Returns every case, named after its file.
fn cases() -> Vec<Case> {
    let mut out = Vec::new();
    if let Some(directory) = env::var_os("WINDLASS_DOCKERFILES") {
        add_files(Path::new(&directory), &mut out);
    }
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

/// Returns the names of all cases: `FILE: NAME`, one for several that differ by a choice.
pub(crate) fn names() -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for path in inputs("dockerfiles", "txt") {
        let text = fs::read_to_string(&path).expect("an archive");
        let file = path.file_stem().expect("a name").to_string_lossy();
        let names = archive::names(&text);
        out.extend(names.map(|name| format!("{file}: {name}")));
    }
    out
}

/// Returns what `tools/parity` compares. It knows every image, for every platform.
pub(super) fn asked(case: &Case, options: &Options, compiled: &Compiled) -> Value {
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
    // Those with triggers are not like others.
    if let Some(images) = asked["images"].as_object_mut() {
        images.retain(|name, _| name.contains("/onbuild/"));
    }
    asked["images"]["*"] = json!({"digest": compiled::DIGEST, "config": any});
    asked
}

/// Returns what is wrong, if anything is, given what is said of a file that we refuse.
pub(super) fn judged(refused: Option<&str>, answer: &Value) -> Option<String> {
    let error = answer["error"].as_str();
    match (refused, error) {
        (Some(_), Some(_)) => None,
        (Some(said), None) => Some(format!("only we refuse it:\n{said}")),
        (None, Some(error)) => Some(format!("only we take it: {error}")),
        (None, None) => {
            let differences = answer["differences"].as_array();
            let lines = differences.into_iter().flatten().filter_map(Value::as_str);
            let lines: Vec<&str> = lines.collect();
            (!lines.is_empty()).then(|| lines.join("\n"))
        }
    }
}

/// Returns what is said of a file that we refuse.
fn refused(compiled: &Compiled) -> Option<String> {
    compiled.diags.has_errors().then(|| compiled.rendered())
}

/// What becomes of a Dockerfile that is converted.
enum Conversion {
    /// The build file, and what that is compiled to.
    Made(String, Compiled),
    /// Why there is none.
    Refused(String),
}

/// Converts what is no mistake.
fn converted(case: &Case, options: &Options, compiled: &Compiled) -> Option<Conversion> {
    if compiled.diags.has_errors() {
        return None;
    }
    let text = match build_file(&case.text) {
        Ok(text) => text,
        Err(found) => return Some(Conversion::Refused(found)),
    };
    let platforms = [options.platform.as_str()];
    let compiled = compile("build.yaml", text.as_bytes(), &options.asked, &platforms);
    Some(Conversion::Made(text, compiled))
}

/// Returns what is wrong with a conversion, if anything is.
fn judged_conversion(case: &Case, conversion: &Conversion, answer: &Value) -> Option<String> {
    let known = REFUSED.iter().find(|it| it.0 == case.name);
    match (conversion, known) {
        (Conversion::Refused(found), Some((_, reason))) => {
            let is_it = found.contains(reason);
            (!is_it).then(|| format!("not refused for `{reason}`:\n{found}"))
        }
        (Conversion::Refused(_), None) if case.is_edge => None,
        (Conversion::Refused(found), None) => Some(format!("no build file:\n{found}")),
        (Conversion::Made(..), Some(_)) => Some("converted: take it off the list".to_owned()),
        (Conversion::Made(text, compiled), None) => {
            let what = judged(refused(compiled).as_deref(), answer)?;
            Some(format!("as a build file:\n{text}---- {what}"))
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
        let conversion = converted(case, &options, &compiled);
        if let Some(Conversion::Made(_, made)) = &conversion {
            let _ = writeln!(requests, "{}", asked(case, &options, made));
        }
        all.push((case, compiled, conversion));
    }
    let answers = compare(&requests);
    let mut answers = answers.lines().map(|answer| {
        let answer: Result<Value, _> = serde_json::from_str(answer);
        answer.expect("an answer")
    });
    let mut wrong = Vec::new();
    for (case, compiled, conversion) in &all {
        let mut answer = answers.next().expect("an answer a case");
        let mut found: Vec<String> = judged(refused(compiled).as_deref(), &answer)
            .into_iter()
            .collect();
        if let Some(conversion) = conversion {
            if let Conversion::Made(..) = conversion {
                answer = answers.next().expect("an answer a conversion");
            }
            found.extend(judged_conversion(case, conversion, &answer));
        }
        wrong.extend(found.iter().map(|what| {
            format!(
                "==== {} | {}\n{}---- {what}\n",
                case.name, case.options, case.text
            )
        }));
    }
    assert!(answers.next().is_none(), "an answer too many");
    for (name, _) in REFUSED {
        assert!(
            cases.iter().any(|case| case.name == *name),
            "no case {name}"
        );
    }
    let count = wrong.len();
    assert!(wrong.is_empty(), "{}\n{count} are wrong", wrong.join("\n"));
}
