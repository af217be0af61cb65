//! A pattern becomes something that can be matched.
//!
//! In: a pattern that is one. Out: [`Kind`]. Go's module writes a regular expression of its own for
//! most patterns, with brackets, `\`, `|` and braces copied into it as they are; so they mean what
//! they mean there, not what they mean to a shell, and the same expression is written here.

/// How a pattern is matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// By its own text.
    Exact,
    /// By what a path starts with: `a/**`.
    Prefix(String),
    /// By the bytes that a path ends with: `**/a`.
    Suffix(Vec<u8>),
    /// By an expression.
    Expression(String),
}

/// What the pattern looks like so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Exact,
    Prefix,
    Suffix,
    Expression,
}

/// What gets a `\` before it. Upstream lists `|`, `{` and `}` too, but its table has no room for
/// them.
const ESCAPED: &str = ".+()$";

/// Compiles a pattern.
pub(super) fn compile(pattern: &str) -> Kind {
    let mut shape = Shape::Exact;
    let mut expression = "^".to_owned();
    let mut chars = pattern
        .strip_prefix('\u{feff}')
        .unwrap_or(pattern)
        .chars()
        .peekable();
    let mut is_first = true;
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.next_if_eq(&'*').is_some() => {
                // `**/` is `**`.
                chars.next_if_eq(&'/');
                shape = match (chars.peek().is_none(), shape) {
                    (true, Shape::Exact) => Shape::Prefix,
                    (true, _) => {
                        expression.push_str(".*");
                        Shape::Expression
                    }
                    (false, _) => {
                        expression.push_str("(.*/)?");
                        Shape::Expression
                    }
                };
                if is_first {
                    shape = Shape::Suffix;
                }
            }
            '*' | '?' => {
                expression.push_str(if c == '*' { "[^/]*" } else { "[^/]" });
                shape = Shape::Expression;
            }
            '\\' => {
                expression.push(c);
                if let Some(next) = chars.next() {
                    expression.push(next);
                    shape = Shape::Expression;
                }
            }
            '[' | ']' => {
                expression.push(c);
                shape = Shape::Expression;
            }
            c => {
                if ESCAPED.contains(c) {
                    expression.push('\\');
                }
                expression.push(c);
            }
        }
        is_first = false;
    }
    expression.push('$');
    match shape {
        Shape::Exact => Kind::Exact,
        Shape::Prefix => Kind::Prefix(pattern.strip_suffix("**").unwrap_or_default().to_owned()),
        Shape::Suffix => Kind::Suffix(pattern.bytes().skip("**".len()).collect()),
        Shape::Expression => Kind::Expression(expression),
    }
}
