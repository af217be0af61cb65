//! One line of comma-separated values, as Go's `tonistiigi/go-csvvalue` reads it: a field may
//! stand in double quotes, where `""` is a quote.

/// Why a line is not a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CsvError {
    /// A quote stands inside a field that is not quoted.
    BareQuote,
    /// A quoted field does not end, or is followed by something else than a comma.
    OpenQuote,
}

impl CsvError {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::BareQuote => "a quote stands inside a value that is not quoted",
            Self::OpenQuote => "a quoted value is not closed",
        }
    }
}

/// Splits a line; a final line break is dropped.
pub(crate) fn fields(line: &str) -> Result<Vec<String>, CsvError> {
    let mut rest = line.strip_suffix('\n').unwrap_or(line);
    rest = rest.strip_suffix('\r').unwrap_or(rest);
    let mut fields = Vec::new();
    loop {
        let (field, next) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_field(quoted)?,
            None => plain_field(rest)?,
        };
        fields.push(field);
        match next {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
    }
}

/// A field and what follows its comma.
type Field<'a> = (String, Option<&'a str>);

fn plain_field(text: &str) -> Result<Field<'_>, CsvError> {
    let (field, next) = match text.split_once(',') {
        Some((field, next)) => (field, Some(next)),
        None => (text, None),
    };
    if field.contains('"') {
        return Err(CsvError::BareQuote);
    }
    Ok((field.to_owned(), next))
}

fn quoted_field(mut text: &str) -> Result<Field<'_>, CsvError> {
    let mut field = String::new();
    loop {
        let (part, rest) = text.split_once('"').ok_or(CsvError::OpenQuote)?;
        field.push_str(part);
        if let Some(next) = rest.strip_prefix('"') {
            field.push('"');
            text = next;
        } else if let Some(next) = rest.strip_prefix(',') {
            return Ok((field, Some(next)));
        } else if rest.is_empty() {
            return Ok((field, None));
        } else {
            return Err(CsvError::OpenQuote);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let found = match fields(line) {
            Ok(fields) => fields.join("|"),
            Err(error) => error.as_str().to_owned(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn commas_separate() {
        check("a=1,b,,c", "a=1|b||c");
        check("a,", "a|");
    }

    #[test]
    fn quotes_hold_commas_and_quotes() {
        check("\"a,b\",\"c\"\"d\"", "a,b|c\"d");
    }

    #[test]
    fn bad_quotes_are_errors() {
        check("a\"b", "a quote stands inside a value that is not quoted");
        check("\"a", "a quoted value is not closed");
        check("\"a\"b", "a quoted value is not closed");
    }
}
