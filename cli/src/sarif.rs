//! Findings as SARIF 2.1.0, which code hosts and editors read
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use windlass_frontend::diagnostic::{Code, Diagnostic, Diagnostics, Place, Suggestion};
use windlass_frontend::lint;
use windlass_frontend::text::{Files, Span};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Returns a log with one run. Its rules are those of its results.
pub(crate) fn log(diags: &Diagnostics, files: &Files) -> String {
    let codes: BTreeSet<Code> = diags.iter().map(|it| it.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let results: Vec<Value> = diags.iter().map(|it| result(it, &codes, files)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "windlass",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn rule(code: Code) -> Value {
    let mut rule = json!({
        "id": code.name(),
        "shortDescription": {"text": code.title()},
        "defaultConfiguration": {"level": code.severity().as_str()},
    });
    let url = lint::url(code);
    if !url.is_empty() {
        rule["helpUri"] = json!(url);
    }
    rule
}

fn result(diagnostic: &Diagnostic, codes: &[Code], files: &Files) -> Value {
    let mut text = diagnostic.message.clone();
    for help in &diagnostic.helps {
        text.push_str(&format!("\n{help}"));
    }
    let mut result = json!({
        "ruleId": diagnostic.code.name(),
        "ruleIndex": codes.iter().position(|code| *code == diagnostic.code),
        "level": diagnostic.severity.as_str(),
        "message": {"text": text},
    });
    if let Place::At(span) = diagnostic.place {
        let mut location = json!({"physicalLocation": physical(span, files)});
        if let Some(path) = &diagnostic.path {
            location["logicalLocations"] = json!([{"fullyQualifiedName": path}]);
        }
        result["locations"] = json!([location]);
    }
    if !diagnostic.secondary.is_empty() {
        let related = diagnostic.secondary.iter().map(|label| {
            json!({
                "physicalLocation": physical(label.span, files),
                "message": {"text": label.text},
            })
        });
        result["relatedLocations"] = related.collect();
    }
    if !diagnostic.suggestions.is_empty() {
        result["fixes"] = diagnostic
            .suggestions
            .iter()
            .map(|it| fix(it, files))
            .collect();
    }
    result
}

fn physical(span: Span, files: &Files) -> Value {
    json!({
        "artifactLocation": {"uri": uri(files.get(span.file).name())},
        "region": region(span, files),
    })
}

fn region(span: Span, files: &Files) -> Value {
    let (start, end) = (files.start(span), files.end(span));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

fn fix(suggestion: &Suggestion, files: &Files) -> Value {
    json!({
        "description": {"text": suggestion.help},
        "artifactChanges": [{
            "artifactLocation": {"uri": uri(files.get(suggestion.span.file).name())},
            "replacements": [{
                "deletedRegion": region(suggestion.span, files),
                "insertedContent": {"text": suggestion.replacement},
            }],
        }],
    })
}

/// Returns a path as a URI: relative ones stay relative.
fn uri(path: &str) -> String {
    let mut out = String::new();
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
