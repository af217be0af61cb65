//! `args`: name, type, default.

use crate::diagnostic::Code;
use crate::syntax::{Field, View};
use crate::text::{Span, Spanned};
use crate::units::Malformed;

use super::Value;
use super::fields::{Kind, Table, key};
use super::name;
use super::read::{Cx, Fields};
use super::value::{self, Slot};

/// A declared build argument.
#[derive(Clone, Debug)]
pub struct Arg {
    /// `[A-Za-z_][A-Za-z0-9_]*`.
    pub name: Spanned<String>,
    /// Its value without `--build-arg`; may mention earlier arguments.
    pub default: Option<Value>,
    /// What values it takes.
    pub kind: ArgType,
    /// A whole-match regular expression.
    pub pattern: Option<Spanned<String>>,
    /// Where `required: true` stands.
    pub required: Option<Span>,
    /// For `--call=outline`.
    pub description: Option<Spanned<String>>,
}

/// What values an argument takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ArgType {
    /// Any text.
    #[default]
    String,
    /// `true` or `false` (also `1`, `0`, `t`, `f`, as Go's ParseBool): normalised to the words.
    Bool,
    /// A decimal integer.
    Int,
    /// One of these.
    Enum(Vec<Spanned<String>>),
}

/// The words that a `bool` argument takes, as Go's `strconv.ParseBool`.
const TRUE: &[&str] = &["1", "t", "T", "true", "TRUE", "True"];
const FALSE: &[&str] = &["0", "f", "F", "false", "FALSE", "False"];

impl ArgType {
    /// Returns a value in its normal form: `true` or `false` for a bool, else as it is.
    ///
    /// # Errors
    ///
    /// The type does not take the value.
    pub fn normalise(&self, text: &str) -> Result<String, Malformed> {
        match self {
            Self::Bool if TRUE.contains(&text) => Ok("true".to_owned()),
            Self::Bool if FALSE.contains(&text) => Ok("false".to_owned()),
            Self::Bool => Err(Malformed::new(
                format!("`{text}` is neither true nor false"),
                "write true or false",
            )),
            Self::Int => crate::units::parse_integer(text).map(|_| text.to_owned()),
            Self::Enum(values) if !values.iter().any(|value| value.value == text) => {
                let list: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
                Err(Malformed::new(
                    format!("`{text}` is none of {}", list.join(", ")),
                    "use one of the `values`",
                ))
            }
            Self::Enum(_) | Self::String => Ok(text.to_owned()),
        }
    }
}

pub(super) const ARGS: Kind = Kind::Named(&Kind::OneOf(&[Kind::Text, Kind::Null, Kind::Map(&ARG)]));

pub(super) static ARG: Table = Table {
    what: "an argument",
    doc: "A build argument, set by `--build-arg`.",
    groups: &[&[
        key(
            "default",
            Kind::Text,
            "\"1.0\"",
            "Its value without `--build-arg`; may mention earlier arguments.",
        ),
        key(
            "type",
            Kind::Word(&["string", "bool", "int", "enum"]),
            "bool",
            "What values it takes; default string.",
        ),
        key(
            "values",
            Kind::List(&Kind::Literal),
            "[debug, release]",
            "The values of an enum.",
        )
        .when("type", "enum"),
        key(
            "pattern",
            Kind::Literal,
            "'[0-9]+\\.[0-9]+'",
            "A regular expression that the whole value must match.",
        ),
        key(
            "required",
            Kind::Bool,
            "true",
            "Whether the build fails without a value; not together with `default`.",
        ),
        key(
            "description",
            Kind::Literal,
            "The version to build",
            "One line, shown by `--call=outline`.",
        ),
    ]],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum TypeWord {
    String,
    Bool,
    Int,
    Enum,
}

const TYPES: &[(&str, TypeWord)] = &[
    ("string", TypeWord::String),
    ("bool", TypeWord::Bool),
    ("int", TypeWord::Int),
    ("enum", TypeWord::Enum),
];

/// Reads a map of arguments.
pub(super) fn decode(slot: Slot<'_>, cx: &mut Cx<'_>) -> Vec<Arg> {
    let fields = value::pairs(slot, cx);
    fields
        .into_iter()
        .filter_map(|field| decode_one(field, cx))
        .collect()
}

fn decode_one(field: Field<'_>, cx: &mut Cx<'_>) -> Option<Arg> {
    let is_good = value::is_good_name(field.key, name::check_arg, cx);
    let slot = Slot::of(field, "\"\"");
    let mut arg = Arg {
        name: field.key.map(str::to_owned),
        default: None,
        kind: ArgType::String,
        pattern: None,
        required: None,
        description: None,
    };
    let is_long = match cx.doc.view(field.value) {
        View::Mapping(mapping) => mapping.get("by-platform").is_none(),
        View::Null => return is_good.then_some(arg),
        View::Scalar(_) | View::Sequence(_) | View::Broken => false,
    };
    if is_long {
        long_form(&mut arg, slot, cx)?;
    } else {
        arg.default = Some(value::text(slot, cx)?);
    }
    is_good.then_some(arg)
}

fn long_form(arg: &mut Arg, slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<()> {
    let fields = Fields::read(&ARG, slot, arg.name.span, cx)?;
    arg.kind = kind(&fields, cx);
    arg.default = fields
        .some("default", cx)
        .and_then(|slot| value::text(slot, cx));
    arg.pattern = fields.literal("pattern", cx);
    arg.description = fields.literal("description", cx);
    let required = fields
        .boolean("required", cx)
        .filter(|required| required.value);
    arg.required = required.map(|required| required.span);
    if arg.required.is_some() && arg.default.is_some() {
        let help = "an argument with a default always has a value: remove `required`";
        value::conflict(&fields, "default", "required", help, cx);
    }
    check_default(arg, cx);
    Some(())
}

fn kind(fields: &Fields<'_>, cx: &mut Cx<'_>) -> ArgType {
    let word = fields.word("type", TYPES, cx);
    let values = fields.literals("values", cx);
    let word = word.map(|word| word.value);
    match (word, fields.key_span("values")) {
        (Some(TypeWord::Enum), None) => {
            cx.diags
                .report(Code::MissingKey, fields.at, "an enum needs `values`")
                .label("has no `values`")
                .help("add `values: [debug, release]`");
        }
        (Some(TypeWord::Enum), Some(span)) if values.is_empty() => {
            cx.diags
                .report(Code::EmptyList, span, "an enum needs a value")
                .help("write `values: [debug, release]`");
        }
        (Some(TypeWord::Enum), Some(_)) => return ArgType::Enum(values),
        (_, Some(span)) if fields.key_span("type").is_none() || word.is_some() => {
            cx.diags
                .report(Code::ConflictingKeys, span, "only an enum has `values`")
                .help("add `type: enum`");
        }
        (Some(TypeWord::Bool), _) => return ArgType::Bool,
        (Some(TypeWord::Int), _) => return ArgType::Int,
        (Some(TypeWord::String) | None, _) => {}
    }
    ArgType::String
}

fn check_default(arg: &Arg, cx: &mut Cx<'_>) {
    let templates = arg.default.iter().flat_map(Value::templates);
    let wrong = templates.filter_map(|template| {
        let malformed = arg.kind.normalise(template.as_literal()?).err()?;
        Some((malformed, template.span))
    });
    for (malformed, span) in wrong {
        value::bad_value(malformed, span, cx);
    }
}

#[cfg(test)]
mod tests {
    use crate::model::tests::check_keys;

    #[test]
    fn an_argument_has_a_default_or_none() {
        check_keys(
            "args: {A: b, C: , D: '${{ args.A }}x', E: {by-platform: {linux/amd64: f, default: g}}}",
            "args: [Arg { name: \"A\", default: \"b\", kind: String }, \
             Arg { name: \"C\", kind: String }, \
             Arg { name: \"D\", default: \"<A>x\", kind: String }, \
             Arg { name: \"E\", default: ByPlatform { cases: [PlatformPattern { os: \"linux\", \
             arch: \"amd64\", variant: \"\" }=\"f\"], default: \"g\" }, kind: String }]",
        );
    }

    #[test]
    fn the_long_form_says_more() {
        check_keys(
            "args: {A: {type: enum, values: [b, c], default: b, description: d}, \
             E: {pattern: '[0-9]+', required: true}}",
            "args: [Arg { name: \"A\", default: \"b\", kind: Enum([\"b\", \"c\"]), \
             description: \"d\" }, \
             Arg { name: \"E\", kind: String, pattern: \"[0-9]+\", required: here }]",
        );
    }

    #[test]
    fn a_default_is_of_the_type() {
        check_keys(
            "args: {A: {type: bool, default: T}, B: {type: bool, default: maybe}}",
            "1:62: `maybe` is neither true nor false (write true or false)",
        );
        check_keys(
            "args: {A: {type: int, default: 1.5}}",
            "1:32: YAML reads `1.5` as the number 1.5 (put the text in quotes: \"1.5\")",
        );
        check_keys(
            "args: {A: {type: enum, values: [b], default: c}}",
            "1:46: `c` is none of b (use one of the `values`)",
        );
    }

    #[test]
    fn keys_that_contradict_each_other_are_reported() {
        check_keys(
            "args: {A: {default: b, required: true}}",
            "1:24: `default` and `required` cannot stand together (an argument with a default \
             always has a value: remove `required`)",
        );
        check_keys(
            "args: {A: {type: bool, values: [a]}}",
            "1:24: only an enum has `values` (add `type: enum`)",
        );
        check_keys(
            "args: {A: {type: enum, values: []}}",
            "1:24: an enum needs a value (write `values: [debug, release]`)",
        );
    }

    #[test]
    fn a_name_is_a_word() {
        check_keys(
            "args: {a-b: c}",
            "1:8: `a-b` cannot be the name of an argument (use letters, digits and `_`, and \
             start with no digit)",
        );
    }
}
