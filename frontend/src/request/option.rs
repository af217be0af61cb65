//! One way to read an option.

use std::collections::BTreeMap;

use super::Options;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::units;

/// The options and where mistakes go.
pub(super) struct Reader<'a> {
    options: &'a Options,
    diags: &'a mut Diagnostics,
}

impl<'a> Reader<'a> {
    pub(super) fn new(options: &'a Options, diags: &'a mut Diagnostics) -> Self {
        Self { options, diags }
    }

    /// Returns a value, empty or not.
    pub(super) fn raw(&self, key: &str) -> Option<&'a str> {
        self.options.get(key).map(String::as_str)
    }

    /// Returns a value that is not empty.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.raw(key).filter(|value| !value.is_empty())
    }

    /// Returns every option whose key starts with `prefix`, without it.
    pub(super) fn all(&self, prefix: &str) -> BTreeMap<String, String> {
        let options = self.options.iter();
        options
            .filter_map(|(key, value)| Some((key.strip_prefix(prefix)?.to_owned(), value.clone())))
            .collect()
    }

    /// Reads a boolean as Go's `strconv.ParseBool` does.
    pub(super) fn boolean(&mut self, key: &str, flag: &'static str) -> Option<bool> {
        let value = self.text(key)?;
        let found = units::parse_bool(value);
        if found.is_none() {
            self.bad(flag, format!("`{value}` is neither true nor false"));
        }
        found
    }

    /// Reports a value that its option does not take. `flag` is what people type.
    pub(super) fn bad(
        &mut self,
        flag: &'static str,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.diags
            .report(Code::BadOption, Place::Outside(flag), message)
    }
}
