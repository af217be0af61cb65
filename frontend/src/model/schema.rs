//! The JSON Schema of build files, made of the tables that decode them.
//!
//! It describes the tree that YAML readers make of a build file: keys, kinds, words. What it
//! accepts can still be wrong, as names, references and platforms are checked here only; what it
//! refuses is wrong. Keys that start with `x-` are free.

use serde_json::{Map, Value, json};

use super::BUILD;
use super::fields::{Key, Kind, Need, TABLES, Table};
use super::verb::{self, VERBS};
use crate::preset::PRESETS;

/// The version of JSON Schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Draft {
    /// Draft-07, which every editor knows.
    Draft07,
    /// 2020-12, the newest.
    #[default]
    Draft202012,
}

impl Draft {
    fn uri(self) -> &'static str {
        match self {
            Self::Draft07 => "http://json-schema.org/draft-07/schema#",
            Self::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// Returns the key under which parts with a name stand.
    fn parts(self) -> &'static str {
        match self {
            Self::Draft07 => "definitions",
            Self::Draft202012 => "$defs",
        }
    }
}

/// Returns the schema of a build file.
pub fn schema(draft: Draft) -> Value {
    let writer = Writer { draft };
    let mut parts = Map::new();
    let reference = json!({"type": "string", "pattern": "\\$\\{\\{"});
    let plain = json!(["string", "integer", "boolean"]);
    let by_platform = writer.part("value-by-platform");
    let mut add = |name: &str, part: Value| parts.insert(name.to_owned(), part);
    add(
        "text",
        any(vec![json!({"type": plain}), by_platform.clone()]),
    );
    add("literal", json!({"type": plain, "not": reference}));
    let digits = json!({"type": "string", "pattern": "^-?[0-9]+$"});
    let numbers = vec![json!({"type": "integer"}), digits, reference, by_platform];
    add("number", any(numbers));
    add("when", writer.when());
    add("step", writer.steps(VERBS.iter().copied()));
    let file_steps = VERBS
        .iter()
        .copied()
        .filter(|table| verb::makes_files(table));
    add("file-step", writer.steps(file_steps));
    for table in &TABLES[1..] {
        add(&name(table), writer.map(table));
    }
    let Value::Object(mut root) = writer.map(&BUILD) else {
        return Value::Null;
    };
    root.insert("$schema".to_owned(), Value::from(draft.uri()));
    root.insert("title".to_owned(), Value::from("Windlass build file"));
    root.insert(draft.parts().to_owned(), Value::Object(parts));
    Value::Object(root)
}

/// Returns the name of a table's part: `stage` for "a stage". Of two that are called the same the
/// later one has a number.
fn name(table: &'static Table) -> String {
    let slug = |table: &Table| {
        let words = table
            .what
            .trim_start_matches("a ")
            .trim_start_matches("an ");
        words.replace('`', "").replace(' ', "-")
    };
    let own = slug(table);
    let before = TABLES.iter().take_while(|it| !std::ptr::eq(**it, table));
    match before.filter(|it| slug(it) == own).count() {
        0 => own,
        n => format!("{own}-{}", n + 1),
    }
}

fn any(kinds: Vec<Value>) -> Value {
    json!({ "anyOf": kinds })
}

/// The names of presets, for editors to complete.
fn presets() -> Value {
    let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
    json!({ "enum": names })
}

struct Writer {
    draft: Draft,
}

impl Writer {
    fn part(&self, name: &str) -> Value {
        json!({"$ref": format!("#/{}/{name}", self.draft.parts())})
    }

    fn map(&self, table: &'static Table) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        let mut choice = Vec::new();
        let mut rules = Vec::new();
        for key in table.keys() {
            let must = |name: &str| json!({"required": [name]});
            match key.need {
                Need::Optional => {}
                Need::Required => required.push(key.name),
                Need::Choice => choice.push(must(key.name)),
                Need::When(other, value) => rules.push(json!({
                    "if": {"properties": {other: {"const": value}}, "required": [other]},
                    "then": must(key.name),
                })),
                Need::Unless(other) => rules.push(any(vec![must(key.name), must(other)])),
            }
            if !matches!(key.kind, Kind::Reserved) {
                properties.insert(key.name.to_owned(), self.property(key));
            }
        }
        if !choice.is_empty() {
            rules.push(json!({ "oneOf": choice }));
        }
        let may_be_empty = table
            .keys()
            .all(|key| matches!(key.need, Need::Optional | Need::When(..)));
        let mut out = json!({
            "description": table.doc,
            "type": if may_be_empty { json!(["object", "null"]) } else { json!("object") },
            "properties": properties,
            "patternProperties": {"^x-": {}},
            "additionalProperties": false,
        });
        if !required.is_empty() {
            out["required"] = json!(required);
        }
        if !rules.is_empty() {
            out["allOf"] = json!(rules);
        }
        out
    }

    fn property(&self, key: &Key) -> Value {
        let mut out = self.kind(key.kind);
        match (key.need, key.kind) {
            (Need::Optional, Kind::Named(_) | Kind::Known(..) | Kind::List(_)) => {
                out["type"] = json!([out["type"], "null"]);
            }
            (Need::Optional, Kind::Some(_)) => {
                out = any(vec![out, json!({"type": "null"})]);
            }
            (_, Kind::Named(_)) => out["minProperties"] = Value::from(1),
            _ => {}
        }
        if self.draft == Draft::Draft07 && out.get("$ref").is_some() {
            // There, a `$ref` hides what stands beside it.
            out = json!({ "allOf": [out] });
        }
        let example = format!("{}\n\nExample: `{}: {}`", key.doc, key.name, key.example);
        out["description"] = Value::from(example);
        out
    }

    fn kind(&self, kind: Kind) -> Value {
        match kind {
            Kind::Text => self.part("text"),
            Kind::Preset => any(vec![presets(), self.part("text")]),
            Kind::Literal => self.part("literal"),
            Kind::Int => self.part("number"),
            Kind::When => self.part("when"),
            Kind::Step => self.part("step"),
            Kind::FileStep => self.part("file-step"),
            Kind::Bool => json!({"type": "boolean"}),
            Kind::Null => json!({"type": "null"}),
            Kind::Word(words) => json!({ "enum": words }),
            Kind::Map(table) => self.part(&name(table)),
            Kind::Named(kind) => {
                json!({"type": "object", "additionalProperties": self.kind(*kind)})
            }
            Kind::Known(names, kind) => json!({
                "type": "object",
                "propertyNames": {"enum": names},
                "additionalProperties": self.kind(*kind),
            }),
            Kind::List(kind) => json!({"type": "array", "items": self.kind(*kind)}),
            Kind::Some(kind) => any(vec![self.kind(*kind), self.kind(Kind::List(kind))]),
            Kind::OneOf(kinds) => any(kinds.iter().map(|kind| self.kind(*kind)).collect()),
            Kind::Reserved => Value::from(false),
        }
    }

    fn when(&self) -> Value {
        json!({
            "description": "What must hold, all of it.",
            "type": "object",
            "minProperties": 1,
            "properties": {"not": self.part("when")},
            "patternProperties": {
                "^(args|target|build|stage)\\.": self.kind(Kind::Some(&Kind::Literal)),
                "^x-": {},
            },
            "additionalProperties": false,
        })
    }

    fn steps(&self, verbs: impl Iterator<Item = &'static Table>) -> Value {
        let verbs: Vec<Value> = verbs.map(|table| self.part(&name(table))).collect();
        json!({"description": "One step: a verb and its options.", "type": "object", "anyOf": verbs})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_parts_have_the_same_name() {
        let mut names: Vec<String> = TABLES.iter().map(|table| name(table)).collect();
        names.sort_unstable();
        let n_names = names.len();
        names.dedup();
        assert_eq!(names.len(), n_names);
    }

    #[test]
    fn a_key_says_what_it_takes_and_how_it_is_written() {
        let schema = schema(Draft::Draft202012);
        assert_eq!(
            schema["$defs"]["image"]["properties"]["stop-signal"].to_string(),
            r##"{"$ref":"#/$defs/text","description":"The signal that stops a container.\n\nExample: `stop-signal: SIGINT`"}"##
        );
        assert_eq!(
            schema["$defs"]["file"]["required"].to_string(),
            r#"["file","content"]"#
        );
    }
}
