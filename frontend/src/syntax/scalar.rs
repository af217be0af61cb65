//! What a scalar is under the YAML 1.2 core schema, and when it is text.
//!
//! The key that a value stands at says what it must be; here is only what it can be. Where text
//! is wanted, plain `8080` and `true` are what they look like, and everything that YAML would
//! change or drop (`3.10`, `1e3`, `0644`, `0x1F`, `True`, `null`) is refused.

use super::node::Style;
use crate::text::Span;

/// A scalar and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalar<'d> {
    /// The decoded text, without quotes, escapes and indentation.
    pub text: &'d str,
    /// How it is written.
    pub style: Style,
    /// Where it is; for an alias, the alias.
    pub span: Span,
}

/// Why a plain scalar is not text: what YAML reads it as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotText {
    /// Null.
    Null,
    /// A truth value in capitals.
    Bool(bool),
    /// A number, in the digits that are left of it.
    Number(String),
}

impl<'d> Scalar<'d> {
    pub(super) fn new(text: &'d str, style: Style, span: Span) -> Self {
        Self { text, style, span }
    }

    /// Tells whether it is nothing, `~` or `null`.
    pub fn is_null(&self) -> bool {
        self.style == Style::Plain && matches!(self.text, "" | "~" | "null" | "Null" | "NULL")
    }

    /// Returns the truth value of a plain `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self.text {
            _ if self.style != Style::Plain => None,
            "true" | "True" | "TRUE" => Some(true),
            "false" | "False" | "FALSE" => Some(false),
            _ => None,
        }
    }

    /// Returns the value of a plain integer: decimal, `0o17` or `0x1F`.
    pub fn as_int(&self) -> Option<i64> {
        if self.style != Style::Plain {
            return None;
        }
        if let Some(digits) = self.text.strip_prefix("0x") {
            return radix(digits, 16);
        }
        if let Some(digits) = self.text.strip_prefix("0o") {
            return radix(digits, 8);
        }
        if is_decimal(self.text) {
            self.text.parse().ok()
        } else {
            None
        }
    }

    /// Returns the text, or what YAML reads the scalar as instead.
    pub fn as_text(&self) -> Result<&'d str, NotText> {
        if self.style != Style::Plain || matches!(self.text, "true" | "false") {
            return Ok(self.text);
        }
        if self.is_null() {
            return Err(NotText::Null);
        }
        if let Some(truth) = self.as_bool() {
            return Err(NotText::Bool(truth));
        }
        match number(self.text) {
            Some(read) if read != self.text || self.text.contains('.') => {
                Err(NotText::Number(read))
            }
            _ => Ok(self.text),
        }
    }
}

fn radix(digits: &str, radix: u32) -> Option<i64> {
    let all = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    if all {
        i64::from_str_radix(digits, radix).ok()
    } else {
        None
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Returns the canonical form of what the core schema reads as a number.
fn number(text: &str) -> Option<String> {
    if is_decimal(text) {
        let digits = text.trim_start_matches(['-', '+']).trim_start_matches('0');
        let sign = if text.starts_with('-') && !digits.is_empty() {
            "-"
        } else {
            ""
        };
        return Some(format!(
            "{sign}{}",
            if digits.is_empty() { "0" } else { digits }
        ));
    }
    for (prefix, base) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix)
            && !digits.is_empty()
            && digits.chars().all(|c| c.is_digit(base))
        {
            return Some(radix(digits, base).map_or_else(|| "a number".into(), |n| n.to_string()));
        }
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Some("infinity".to_owned());
    }
    if matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some("not-a-number".to_owned());
    }
    if !is_float(unsigned) {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    Some(value.to_string())
}

/// `[0-9]* ( '.' [0-9]* )? ( [eE] [-+]? [0-9]+ )?` with a digit before the exponent.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let is_exponent = exponent.is_none_or(|e| {
        let digits = e.strip_prefix(['-', '+']).unwrap_or(e);
        !digits.is_empty() && all_digits(digits)
    });
    !(whole.is_empty() && fraction.is_empty())
        && all_digits(whole)
        && all_digits(fraction)
        && is_exponent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::FileId;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let scalar = Scalar::new(text, Style::Plain, Span::new(FileId::ROOT, 0..0));
        let mut actual = match scalar.as_text() {
            Ok(_) => "text".to_owned(),
            Err(NotText::Null) => "null".to_owned(),
            Err(NotText::Bool(truth)) => format!("not text: {truth}"),
            Err(NotText::Number(read)) => format!("not text: {read}"),
        };
        if let Some(n) = scalar.as_int() {
            actual.push_str(&format!(", int {n}"));
        }
        if let Some(truth) = scalar.as_bool() {
            actual.push_str(&format!(", bool {truth}"));
        }
        assert_eq!(actual, expected, "{text}");
    }

    #[test]
    fn canonical_integers_and_truth_values_are_text_too() {
        check("8080", "text, int 8080");
        check("-1", "text, int -1");
        check("0", "text, int 0");
        check("true", "text, bool true");
        check("false", "text, bool false");
    }

    #[test]
    fn what_yaml_would_change_is_not_text() {
        check("3.10", "not text: 3.1");
        check("1.5", "not text: 1.5");
        check("1e3", "not text: 1000");
        check("12e03", "not text: 12000");
        check("0644", "not text: 644, int 644");
        check("007", "not text: 7, int 7");
        check("+5", "not text: 5, int 5");
        check("0x1F", "not text: 31, int 31");
        check("0o17", "not text: 15, int 15");
        check("-.inf", "not text: infinity");
        check(".nan", "not text: not-a-number");
        check("True", "not text: true, bool true");
        check("null", "null");
        check("~", "null");
        check("", "null");
    }

    #[test]
    fn what_only_looks_like_a_number_is_text() {
        for text in [
            "1.10.2",
            "1_000",
            "yes",
            "no",
            "on",
            "2024-01-01",
            "1e",
            "e3",
            ".",
            "-",
            "v1",
        ] {
            check(text, "text");
        }
        check("0x", "text");
        check("0o8", "text");
        check("1:30", "text");
    }

    #[test]
    fn a_number_past_64_bits_is_text_and_no_int() {
        check("99999999999999999999", "text");
        check("0xffffffffffffffffff", "not text: a number");
    }

    #[test]
    fn quotes_make_text() {
        let scalar = Scalar::new("3.10", Style::Double, Span::new(FileId::ROOT, 0..0));
        assert_eq!(scalar.as_text(), Ok("3.10"));
        assert_eq!(
            (scalar.as_int(), scalar.as_bool(), scalar.is_null()),
            (None, None, false)
        );
    }
}
