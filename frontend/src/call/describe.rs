//! `--call=subrequests.describe`: what can be called.

use serde_json::Value;

use super::shape::{columns, object};
use super::{Answer, CALLS, PREFIX, Question};

/// Returns every call.
pub fn describe() -> Answer {
    let mut calls = Vec::new();
    let mut rows = vec![
        ["NAME", "VERSION", "DESCRIPTION"]
            .map(String::from)
            .to_vec(),
    ];
    for call in CALLS {
        let named = |name: &str, description: &str| {
            object(vec![
                ("name", Value::from(name)),
                ("description", Value::from(description)),
            ])
        };
        let mut keys = vec![named("result.json", ""), named("result.txt", "")];
        let mut options = Vec::new();
        match call.question {
            Question::Outline => options.push(named("target", "Target build stage")),
            Question::Lint => {
                options.push(named("target", "Target build stage; every stage without"));
                keys.push(named("result.statuscode", ""));
            }
            _ => {}
        }
        calls.push(object(vec![
            ("name", Value::from(format!("{PREFIX}{}", call.name))),
            ("version", Value::from(call.version)),
            ("type", Value::from("rpc")),
            ("description", Value::from(call.description)),
            ("opts", Value::from(options)),
            ("metadata", Value::from(keys)),
        ]));
        let row = [call.name, call.version, call.description];
        rows.push(row.map(String::from).to_vec());
    }
    Answer::new(&Value::from(calls), columns(&rows, 1))
}
