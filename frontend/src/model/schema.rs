//! The JSON Schema of build files, made of the tables that decode them.
//!
//! It describes the tree that YAML readers make of a build file: keys, kinds, words. What it
//! accepts can still be wrong, as names, references and platforms are checked here only; what it
//! refuses is wrong. Keys that start with `x-` are free.

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

/// Returns the schema of a build file, as JSON.
pub fn schema(draft: Draft) -> String {
    let mut out = Writer {
        draft,
        text: String::new(),
    };
    out.text.push_str("{\"$schema\":");
    out.quoted(draft.uri());
    out.text.push_str(",\"title\":\"Windlass build file\",");
    out.map(&BUILD);
    out.key(draft.parts());
    out.text.push('{');
    out.texts();
    out.key("when");
    out.when();
    out.key("step");
    out.steps(&mut VERBS.iter().copied());
    out.key("file-step");
    let file_steps = VERBS.iter().copied();
    out.steps(&mut file_steps.filter(|table| verb::makes_files(table)));
    for table in &TABLES[1..] {
        out.key(&name(table));
        out.text.push('{');
        out.map(table);
        out.text.push('}');
    }
    out.text.push_str("}}");
    out.text
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

/// Writes JSON. What is written of an object goes on after a comma, whoever wrote before.
struct Writer {
    draft: Draft,
    text: String,
}

impl Writer {
    /// Writes what separates a value from the one before.
    fn comma(&mut self) {
        if !self.text.ends_with(['{', '[', ',', ':']) {
            self.text.push(',');
        }
    }

    fn quoted(&mut self, text: &str) {
        self.text.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => self.text.extend(['\\', c]),
                '\n' => self.text.push_str("\\n"),
                c => self.text.push(c),
            }
        }
        self.text.push('"');
    }

    fn key(&mut self, name: &str) {
        self.comma();
        self.quoted(name);
        self.text.push(':');
    }

    /// Writes a list of texts.
    fn words(&mut self, words: &mut dyn Iterator<Item = &str>) {
        self.text.push('[');
        for word in words {
            self.comma();
            self.quoted(word);
        }
        self.text.push(']');
    }

    /// Writes a reference, without its braces.
    fn part(&mut self, name: &str) {
        self.key("$ref");
        self.text.push_str("\"#/");
        self.text.push_str(self.draft.parts());
        self.text.push('/');
        self.text.push_str(name);
        self.text.push('"');
    }

    /// Writes the parts of which every other is made.
    fn texts(&mut self) {
        const PLAIN: &str = r#"{"type":["string","integer","boolean"]"#;
        const REFERENCE: &str = r#"{"type":"string","pattern":"\\$\\{\\{"}"#;
        let write = |out: &mut Self, pieces: &[&str]| {
            pieces.iter().for_each(|piece| out.text.push_str(piece));
        };
        let by_platform = |out: &mut Self| {
            write(out, &[",{"]);
            out.part("value-by-platform");
            write(out, &["}]}"]);
        };
        self.key("text");
        write(self, &["{\"anyOf\":[", PLAIN, "}"]);
        by_platform(self);
        self.key("literal");
        write(self, &[PLAIN, ",\"not\":", REFERENCE, "}"]);
        self.key("number");
        let digits = r#"{"type":"string","pattern":"^-?[0-9]+$"},"#;
        write(
            self,
            &["{\"anyOf\":[{\"type\":\"integer\"},", digits, REFERENCE],
        );
        by_platform(self);
    }

    /// Writes what a map is, without its braces.
    fn map(&mut self, table: &'static Table) {
        let is_free = |key: &Key| matches!(key.need, Need::Optional | Need::When(..));
        let kind = if table.keys().all(is_free) {
            r#"["object","null"]"#
        } else {
            r#""object""#
        };
        self.key("description");
        self.quoted(table.doc);
        self.key("type");
        self.text.push_str(kind);
        self.key("properties");
        self.text.push('{');
        let there = |key: &&Key| !matches!(key.kind, Kind::Reserved);
        for key in table.keys().filter(there) {
            self.key(key.name);
            self.property(key);
        }
        self.text.push('}');
        self.text
            .push_str(r#","patternProperties":{"^x-":{}},"additionalProperties":false"#);
        let of = |need: Need| table.keys().filter(move |key| key.need == need);
        if of(Need::Required).next().is_some() {
            self.key("required");
            self.words(&mut of(Need::Required).map(|key| key.name));
        }
        self.rules(table);
    }

    /// Writes what must be there, depending on what else is.
    fn rules(&mut self, table: &'static Table) {
        if !table
            .keys()
            .any(|key| !matches!(key.need, Need::Optional | Need::Required))
        {
            return;
        }
        self.key("allOf");
        self.text.push('[');
        for key in table.keys() {
            match key.need {
                Need::Optional | Need::Required | Need::Choice => {}
                Need::When(other, value) => {
                    self.comma();
                    self.text.push_str("{\"if\":{\"properties\":{");
                    self.key(other);
                    self.text.push_str("{\"const\":");
                    self.quoted(value);
                    self.text.push_str("}},\"required\":");
                    self.words(&mut [other].into_iter());
                    self.text.push_str("},\"then\":");
                    self.must(key.name);
                    self.text.push('}');
                }
                Need::Unless(other) => {
                    self.comma();
                    self.text.push_str("{\"anyOf\":[");
                    self.must(key.name);
                    self.must(other);
                    self.text.push_str("]}");
                }
            }
        }
        let mut choice = table
            .keys()
            .filter(|key| key.need == Need::Choice)
            .peekable();
        if choice.peek().is_some() {
            self.comma();
            self.text.push_str("{\"oneOf\":[");
            choice.for_each(|key| self.must(key.name));
            self.text.push_str("]}");
        }
        self.text.push(']');
    }

    fn must(&mut self, name: &str) {
        self.comma();
        self.text.push_str("{\"required\":");
        self.words(&mut [name].into_iter());
        self.text.push('}');
    }

    fn property(&mut self, key: &Key) {
        self.text.push('{');
        let example = format!("{}\n\nExample: `{}: {}`", key.doc, key.name, key.example);
        self.key("description");
        self.quoted(&example);
        // In draft-07 a `$ref` hides what stands beside it.
        self.key("allOf");
        self.text.push('[');
        match (key.need, key.kind) {
            (Need::Optional, Kind::Named(_) | Kind::Known(..) | Kind::List(_) | Kind::Some(_)) => {
                self.text.push_str("{\"anyOf\":[{\"type\":\"null\"},");
                self.kind(key.kind);
                self.text.push_str("]}");
            }
            (_, Kind::Named(_)) => {
                self.text.push_str("{\"minProperties\":1},");
                self.kind(key.kind);
            }
            _ => self.kind(key.kind),
        }
        self.text.push_str("]}");
    }

    /// Writes what a key takes.
    fn kind(&mut self, kind: Kind) {
        self.comma();
        self.text.push('{');
        match kind {
            Kind::Text => self.part("text"),
            Kind::Literal => self.part("literal"),
            Kind::Int => self.part("number"),
            Kind::When => self.part("when"),
            Kind::Step => self.part("step"),
            Kind::FileStep => self.part("file-step"),
            Kind::Map(table) => self.part(&name(table)),
            Kind::Bool => self.text.push_str("\"type\":\"boolean\""),
            Kind::Null => self.text.push_str("\"type\":\"null\""),
            Kind::Word(words) => {
                self.key("enum");
                self.words(&mut words.iter().copied());
            }
            Kind::Preset => {
                // For editors to complete.
                self.text.push_str("\"anyOf\":[{\"enum\":");
                self.words(&mut PRESETS.iter().map(|preset| preset.name));
                self.text.push('}');
                self.kind(Kind::Text);
                self.text.push(']');
            }
            Kind::Named(kind) => {
                self.text
                    .push_str("\"type\":\"object\",\"additionalProperties\":");
                self.kind(*kind);
            }
            Kind::Known(names, kind) => {
                self.text
                    .push_str("\"type\":\"object\",\"propertyNames\":{\"enum\":");
                self.words(&mut names.iter().copied());
                self.text.push_str("},\"additionalProperties\":");
                self.kind(*kind);
            }
            Kind::List(kind) => {
                self.text.push_str("\"type\":\"array\",\"items\":");
                self.kind(*kind);
            }
            Kind::Some(kind) => {
                self.text.push_str("\"anyOf\":[");
                self.kind(*kind);
                self.kind(Kind::List(kind));
                self.text.push(']');
            }
            Kind::OneOf(kinds) => {
                self.text.push_str("\"anyOf\":[");
                kinds.iter().for_each(|kind| self.kind(*kind));
                self.text.push(']');
            }
            Kind::Reserved => self.text.push_str("\"not\":{}"),
        }
        self.text.push('}');
    }

    fn when(&mut self) {
        self.text.push_str(concat!(
            r#"{"description":"What must hold, all of it.","type":"object","minProperties":1,"#,
            r#""additionalProperties":false,"properties":{"not":{"#,
        ));
        self.part("when");
        self.text
            .push_str(r#"}},"patternProperties":{"^x-":{},"^(args|target|build|stage)\\.":"#);
        self.kind(Kind::Some(&Kind::Literal));
        self.text.push_str("}}");
    }

    fn steps(&mut self, verbs: &mut dyn Iterator<Item = &'static Table>) {
        self.text.push_str(
            r#"{"description":"One step: a verb and its options.","type":"object","anyOf":["#,
        );
        for table in verbs {
            self.kind(Kind::Map(table));
        }
        self.text.push_str("]}");
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
        let schema: serde_json::Value =
            serde_json::from_str(&schema(Draft::Draft202012)).expect("JSON");
        assert_eq!(
            schema["$defs"]["image"]["properties"]["stop-signal"].to_string(),
            concat!(
                r##"{"allOf":[{"$ref":"#/$defs/text"}],"description":"The signal that stops "##,
                r#"a container.\n\nExample: `stop-signal: SIGINT`"}"#
            )
        );
        let required = &schema["$defs"]["file"]["required"];
        assert_eq!(required.to_string(), r#"["file","content"]"#);
    }
}
