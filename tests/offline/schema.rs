//! The JSON Schema and the decoder agree: what we accept it accepts, and what has the wrong keys
//! or kinds it refuses.

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use windlass_frontend::diagnostic::{Code, Diagnostics};
use windlass_frontend::expand::Asked;
use windlass_frontend::model::schema::{Draft, schema};
use windlass_frontend::syntax::{self, Document, NodeId, View};
use windlass_frontend::text::FileId;
use windlass_tests::golden::inputs;

use super::compiled::compile;

/// Mistakes that keys and kinds alone show.
const STRUCTURAL: &[Code] = &[
    Code::MisplacedOption,
    Code::MisplacedReference,
    Code::MissingKey,
    Code::NoStages,
    Code::NoVerb,
    Code::NotABuildFile,
    Code::NotParallel,
    Code::ReservedKey,
    Code::SeveralVerbs,
    Code::UnknownKey,
    Code::UnknownVerb,
    Code::WrongType,
];

fn validators() -> [Validator; 2] {
    [Draft::Draft07, Draft::Draft202012].map(|draft| {
        let schema = serde_json::from_str(&schema(draft)).expect("JSON");
        assert!(jsonschema::meta::is_valid(&schema), "no schema");
        jsonschema::validator_for(&schema).expect("a schema")
    })
}

/// Returns the tree that YAML readers make of a file, as editors hand it to their validators.
fn tree(bytes: &[u8]) -> Option<Value> {
    let document = syntax::parse_bytes(FileId::ROOT, bytes, &mut Diagnostics::new())?;
    Some(value(&document, document.root()))
}

fn value(document: &Document, id: NodeId) -> Value {
    match document.view(id) {
        View::Null | View::Broken => Value::Null,
        View::Sequence(items) => items.iter().map(|id| value(document, *id)).collect(),
        View::Mapping(mapping) => {
            let fields = mapping.fields().into_iter();
            let entry = |field: syntax::Field<'_>| {
                (field.key.value.to_owned(), value(document, field.value))
            };
            Value::Object(fields.map(entry).collect::<Map<_, _>>())
        }
        View::Scalar(scalar) => {
            let int = scalar.as_int().map(Value::from);
            let number = || scalar.text.parse::<f64>().ok().filter(|it| it.is_finite());
            let is_plain = scalar.as_text().is_err();
            int.or_else(|| scalar.as_bool().map(Value::from))
                .or_else(|| is_plain.then(number)?.map(Value::from))
                .unwrap_or_else(|| Value::from(scalar.text))
        }
    }
}

fn examples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let directories = fs::read_dir(root).expect("the examples");
    let mut found = Vec::new();
    for directory in directories {
        let directory = directory.expect("a directory entry").path();
        for entry in fs::read_dir(&directory).expect("an example") {
            let path = entry.expect("a directory entry").path();
            let text = fs::read_to_string(&path).unwrap_or_default();
            if text.starts_with("# syntax=") && text.contains("\nstages:") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[track_caller]
fn assert_accepted(paths: &[PathBuf]) {
    let mut wrong = String::new();
    for path in paths {
        let tree = tree(&fs::read(path).expect("a build file")).expect("YAML");
        for validator in &validators() {
            for error in validator.iter_errors(&tree) {
                let place = error.instance_path();
                wrong.push_str(&format!("{}: {place}: {error}\n", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_example_is_accepted() {
    let examples = examples();
    assert!(examples.len() > 10, "only {} examples", examples.len());
    assert_accepted(&examples);
}

#[test]
fn every_good_case_is_accepted() {
    assert_accepted(&inputs("cases/ok", "yaml"));
}

#[test]
fn every_case_with_wrong_keys_or_kinds_is_refused() {
    let validators = validators();
    let (mut wrong, mut n_refused) = (String::new(), 0);
    for path in inputs("cases/err", "yaml") {
        let bytes = fs::read(&path).expect("a case");
        let Some(tree) = tree(&bytes) else { continue };
        let compiled = compile("build.yaml", &bytes, &Asked::default(), &["linux/amd64"]);
        let is_structural = compiled
            .diags
            .iter()
            .any(|it| STRUCTURAL.contains(&it.code));
        for validator in &validators {
            let is_valid = validator.is_valid(&tree);
            n_refused += usize::from(!is_valid);
            if is_structural && is_valid {
                wrong.push_str(&format!("{}\n{}\n", path.display(), compiled.rendered()));
            }
        }
    }
    assert!(wrong.is_empty(), "accepted:\n{wrong}");
    assert!(n_refused > 100, "only {n_refused} refused");
}

#[test]
fn a_free_key_may_stand_anywhere() {
    let file = json!({"x-a": 1, "stages": {"b": {"x-c": [], "from": "d", "steps": [{"run": "e", "x-f": {}}]}}});
    assert!(validators().iter().all(|it| it.is_valid(&file)));
}
