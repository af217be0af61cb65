//! A decoded value as short text: `Debug` without places, empty fields and wrappers.

use std::fmt::Debug;

/// What a `Debug` text is made of.
enum Tree {
    Word(String),
    List(Vec<Tree>),
    Tuple(String, Vec<Tree>),
    Struct(String, Vec<(String, Tree)>),
}

/// Returns the value without places and without what was not written.
pub(crate) fn readable(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    let mut rest = text.as_str();
    show(&read(&mut rest))
}

fn eat(rest: &mut &str, word: &str) -> bool {
    let trimmed = rest.trim_start();
    let Some(after) = trimmed.strip_prefix(word) else {
        return false;
    };
    *rest = after;
    true
}

fn word(rest: &mut &str) -> String {
    let text = rest.trim_start();
    let mut end = 0;
    let is_text = text.starts_with('"');
    let mut chars = text.char_indices().skip(usize::from(is_text));
    while let Some((at, c)) = chars.next() {
        if is_text && c == '\\' {
            chars.next();
        }
        if (is_text && c == '"') || (!is_text && ",()[]{} :".contains(c)) {
            end = at + usize::from(is_text);
            break;
        }
        end = at + c.len_utf8();
    }
    let (word, after) = text.split_at(end);
    *rest = after;
    word.to_owned()
}

fn list(rest: &mut &str, close: &str) -> Vec<Tree> {
    let mut items = Vec::new();
    while !eat(rest, close) {
        items.push(read(rest));
        eat(rest, ",");
    }
    items
}

fn read(rest: &mut &str) -> Tree {
    if eat(rest, "[") {
        return Tree::List(list(rest, "]"));
    }
    if eat(rest, "(") {
        return Tree::Tuple(String::new(), list(rest, ")"));
    }
    let name = word(rest);
    if rest.starts_with('(') && eat(rest, "(") {
        return Tree::Tuple(name, list(rest, ")"));
    }
    if !rest.starts_with(" {") || !eat(rest, "{") {
        return Tree::Word(name);
    }
    let mut fields = Vec::new();
    while !eat(rest, "}") {
        let field = word(rest);
        eat(rest, ":");
        fields.push((field, read(rest)));
        eat(rest, ",");
    }
    Tree::Struct(name, fields)
}

fn is_nothing(tree: &Tree) -> bool {
    match tree {
        Tree::Word(word) => matches!(word.as_str(), "None" | "BuildFile"),
        Tree::List(items) => items.is_empty(),
        Tree::Struct(name, fields) => {
            matches!(name.as_str(), "Body" | "Exec") && fields.iter().all(|(_, t)| is_nothing(t))
        }
        Tree::Tuple(..) => false,
    }
}

fn show(tree: &Tree) -> String {
    let join = |items: &[Tree]| items.iter().map(show).collect::<Vec<_>>().join(", ");
    match tree {
        Tree::Word(word) => word.clone(),
        Tree::List(items) => format!("[{}]", join(items)),
        Tree::Tuple(name, items) => match (name.as_str(), items.as_slice()) {
            ("Some" | "Plain" | "Arg" | "EnvName", [one]) => show(one),
            (name, [Tree::Struct(same, _)]) if name == same => join(items),
            ("", [first, second]) => format!("{}={}", show(first), show(second)),
            _ => format!("{name}({})", join(items)),
        },
        Tree::Struct(name, fields) => show_struct(name, fields),
    }
}

fn show_struct(name: &str, fields: &[(String, Tree)]) -> String {
    let field = |wanted: &str| {
        fields
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, t)| t)
    };
    if name == "Spanned" {
        return field("value").map(show).unwrap_or_default();
    }
    if name == "Template" {
        return field("pieces").map(template).unwrap_or_default();
    }
    if name == "Span" {
        return "here".to_owned();
    }
    if name == "InputName" {
        let parts = ["kind", "name"].map(|part| field(part).map(show));
        return parts.map(Option::unwrap_or_default).join(" ");
    }
    if name == "Platform" {
        let parts = ["os", "architecture"].map(|part| field(part).map(show));
        return parts
            .map(Option::unwrap_or_default)
            .join("/")
            .replace('"', "");
    }
    let shown = fields
        .iter()
        .filter(|(name, tree)| name != "span" && !is_nothing(tree))
        .map(|(name, tree)| format!("{name}: {}", show(tree)));
    let shown: Vec<String> = shown.collect();
    match shown.is_empty() {
        true => name.to_owned(),
        false => format!("{name} {{ {} }}", shown.join(", ")),
    }
}

/// Shows a string with its references by name.
fn template(pieces: &Tree) -> String {
    let Tree::List(pieces) = pieces else {
        return String::new();
    };
    let piece = |piece: &Tree| match piece {
        Tree::Tuple(kind, inner) if kind == "Literal" => inner
            .iter()
            .map(show)
            .collect::<String>()
            .trim_matches('"')
            .to_owned(),
        Tree::Tuple(_, inner) => match inner.as_slice() {
            [Tree::Struct(_, fields)] => format!(
                "<{}>",
                fields
                    .iter()
                    .filter(|(n, _)| n == "name")
                    .map(|(_, t)| show(t).replace('"', ""))
                    .collect::<String>()
            ),
            _ => String::new(),
        },
        _ => String::new(),
    };
    format!("\"{}\"", pieces.iter().map(piece).collect::<String>())
}
