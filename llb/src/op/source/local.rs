//! Directories of the client.

use crate::attr;
use crate::cap::Cap;
use crate::op::source::Source;

/// Says how the daemon finds out what it has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differ {
    /// It does not: everything is sent again.
    None,
    /// By size, time, mode, owner and the like.
    Metadata,
}

/// Fetches a directory of the client.
///
/// A list of patterns or paths that is empty is as if it was not given.
#[derive(Clone, Debug)]
#[must_use]
pub struct Local {
    name: String,
    session: Option<String>,
    unique: Option<String>,
    include: Option<String>,
    exclude: Option<String>,
    follow: Option<String>,
    shared_key_hint: Option<String>,
    differ: Option<Differ>,
    metadata_only: Option<Option<String>>,
}

impl Local {
    /// Returns the directory that the client shares as `name`.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            session: None,
            unique: None,
            include: None,
            exclude: None,
            follow: None,
            shared_key_hint: None,
            differ: None,
            metadata_only: None,
        }
    }

    /// Sets the session of the client that shares it.
    pub fn session(mut self, id: impl Into<String>) -> Self {
        self.session = Some(id.into()).filter(|id| !id.is_empty());
        self
    }

    /// Sets what tells it from the same directory of another build; for use without a session.
    pub fn unique(mut self, id: impl Into<String>) -> Self {
        self.unique = Some(id.into());
        self
    }

    /// Fetches only what these patterns match.
    pub fn include<P: AsRef<str>>(mut self, patterns: &[P]) -> Self {
        self.include = json(patterns);
        self
    }

    /// Leaves out what these patterns match, as an ignore file does.
    pub fn exclude<P: AsRef<str>>(mut self, patterns: &[P]) -> Self {
        self.exclude = json(patterns);
        self
    }

    /// Fetches only these paths, and what symbolic links on the way point to.
    pub fn follow<P: AsRef<str>>(mut self, paths: &[P]) -> Self {
        self.follow = json(paths);
        self
    }

    /// Sets what tells its copy in the daemon from other copies of the directory.
    pub fn shared_key_hint(mut self, hint: impl Into<String>) -> Self {
        self.shared_key_hint = Some(hint.into()).filter(|hint| !hint.is_empty());
        self
    }

    /// Sets how the daemon finds out what it has already.
    pub fn differ(mut self, differ: Differ) -> Self {
        self.differ = Some(differ);
        self
    }

    /// Fetches only names and attributes, and the content of what these patterns match.
    pub fn metadata_only<P: AsRef<str>>(mut self, exceptions: &[P]) -> Self {
        self.metadata_only = Some(json(exceptions));
        self
    }
}

impl From<Local> for Source {
    fn from(local: Local) -> Self {
        let differ = local.differ.map(|differ| match differ {
            Differ::None => "none".to_string(),
            Differ::Metadata => "metadata".to_string(),
        });
        let source = Self::new(format!("local://{}", local.name))
            .cap(Cap::SOURCE_LOCAL)
            .attr_cap(
                attr::LOCAL_INCLUDE,
                local.include,
                Cap::SOURCE_LOCAL_INCLUDEPATTERNS,
            )
            .attr_cap(
                attr::LOCAL_FOLLOW,
                local.follow,
                Cap::SOURCE_LOCAL_FOLLOWPATHS,
            )
            .attr_cap(
                attr::LOCAL_EXCLUDE,
                local.exclude,
                Cap::SOURCE_LOCAL_EXCLUDEPATTERNS,
            )
            .attr_cap(
                attr::LOCAL_SHARED_KEY_HINT,
                local.shared_key_hint,
                Cap::SOURCE_LOCAL_SHAREDKEYHINT,
            )
            .attr_some(attr::LOCAL_DIFFER, differ);
        let source = match local.metadata_only {
            Some(exceptions) => source
                .attr(attr::LOCAL_METADATA_TRANSFER, "true")
                .cap(Cap::SOURCE_LOCAL_METADATATRANSFER)
                .attr_some(attr::LOCAL_METADATA_TRANSFER_EXCLUDE, exceptions),
            None => source,
        };
        match local.session {
            Some(id) => source
                .attr(attr::LOCAL_SESSION, id)
                .cap(Cap::SOURCE_LOCAL_SESSIONID),
            None => source.attr_cap(attr::LOCAL_UNIQUE, local.unique, Cap::SOURCE_LOCAL_UNIQUE),
        }
    }
}

/// Returns the texts as Go's `encoding/json` writes them, because they are part of the digest.
fn json<T: AsRef<str>>(texts: &[T]) -> Option<String> {
    if texts.is_empty() {
        return None;
    }
    let texts: Vec<String> = texts.iter().map(|text| quoted(text.as_ref())).collect();
    Some(format!("[{}]", texts.join(",")))
}

fn quoted(text: &str) -> String {
    let mut json = String::from('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\u{8}' => json.push_str("\\b"),
            '\u{c}' => json.push_str("\\f"),
            // Go escapes these for HTML and JavaScript.
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                json.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_json_as_go_writes_it() {
        assert_eq!(json::<&str>(&[]), None);
        assert_eq!(json(&["a", "é\"\\"]).unwrap(), r#"["a","é\"\\"]"#);
        assert_eq!(
            json(&["<&>\u{1}\n\u{2028}\u{7f}"]).unwrap(),
            "[\"\\u003c\\u0026\\u003e\\u0001\\n\\u2028\u{7f}\"]"
        );
    }
}
