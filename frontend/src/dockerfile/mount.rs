//! `RUN --mount` (`instructions/commands_runmount.go`, v0.32.2).

use crate::model::{
    Bind, CacheMount, CacheUse, Exec, SecretMount, SecretUse, Sharing, SshMount, SshUse, Tmpfs,
    Value, Written,
};
use crate::request::csv;
use crate::text::Spanned;
use crate::units::Malformed;

use super::At;
use super::files::input;

/// Names that mean the same, the first one here.
const ALIASES: &[(&str, &str)] = &[
    ("src", "source"),
    ("dst", "target"),
    ("destination", "target"),
    ("ro", "readonly"),
    ("rw", "readwrite"),
];

/// The keys of each type.
const KEYS: &[(&str, &[&str])] = &[
    (
        "bind",
        &["source", "target", "from", "readonly", "readwrite"],
    ),
    (
        "cache",
        &[
            "source",
            "target",
            "from",
            "readwrite",
            "id",
            "sharing",
            "mode",
            "uid",
            "gid",
        ],
    ),
    ("tmpfs", &["target", "readwrite", "size"]),
    (
        "secret",
        &[
            "source", "target", "id", "required", "mode", "uid", "gid", "env", "readonly",
        ],
    ),
    (
        "ssh",
        &["target", "id", "required", "mode", "uid", "gid", "readonly"],
    ),
];

const HELP: &str = "the Dockerfile reference lists the keys of each mount type";

/// A mount's keys and values; nothing for a key without one.
struct Mount {
    kind: &'static str,
    fields: Vec<(String, Option<String>)>,
    at: At,
}

/// Adds a mount to the options of a run.
pub(super) fn add(text: &str, exec: &mut Exec<Written>, at: At) -> Result<(), Malformed> {
    let mount = Mount::read(text, at)?;
    match mount.kind {
        "cache" => exec.caches.push(CacheUse::Mount(mount.cache()?)),
        "tmpfs" => {
            let mut tmpfs = Tmpfs {
                span: at.0,
                target: mount.target()?,
                size: None,
            };
            tmpfs.size = mount.text("size")?;
            exec.tmpfs.push(tmpfs);
        }
        "secret" => exec.secrets.push(SecretUse::Mount(mount.secret()?)),
        "ssh" => exec.ssh.push(SshUse::Mount(SshMount {
            span: at.0,
            id: mount.text("id")?,
            target: mount.text("target")?,
            required: mount.required()?,
            chmod: mount.text("mode")?,
            uid: mount.text("uid")?,
            gid: mount.text("gid")?,
        })),
        _ => exec.binds.push(mount.bind()?),
    }
    Ok(())
}

impl Mount {
    fn read(text: &str, at: At) -> Result<Self, Malformed> {
        let wrong = |message: String| Err(Malformed::new(message, HELP));
        let Ok(parts) = csv::fields(text) else {
            return wrong(format!("`{text}` is no list with commas"));
        };
        let mut mount = Self {
            kind: "bind",
            fields: Vec::new(),
            at,
        };
        for part in parts {
            let (key, value) = match part.split_once('=') {
                Some((key, value)) => (key, Some(value.to_owned())),
                None => (part.as_str(), None),
            };
            let key = key.to_ascii_lowercase();
            let alias = ALIASES.iter().find(|(alias, _)| *alias == key);
            let key = alias.map_or(key, |(_, key)| (*key).to_owned());
            if value.is_none() && !matches!(key.as_str(), "readonly" | "readwrite" | "required") {
                return wrong(format!("`{part}` of a mount has no value"));
            }
            if key == "type" {
                let word = value.unwrap_or_default().to_ascii_lowercase();
                match KEYS.iter().find(|(kind, _)| *kind == word) {
                    Some((kind, _)) => mount.kind = kind,
                    None => return wrong(format!("`{word}` is no type of mounts")),
                }
                continue;
            }
            mount.fields.push((key, value));
        }
        let known = KEYS.iter().find(|(kind, _)| *kind == mount.kind);
        let known = known.map_or(&[][..], |(_, keys)| keys);
        match mount
            .fields
            .iter()
            .find(|(key, _)| !known.contains(&key.as_str()))
        {
            Some((key, _)) => wrong(format!("a {} mount has no `{key}` here", mount.kind)),
            None => Ok(mount),
        }
    }

    /// Returns a value as written; of several the last counts.
    fn value(&self, name: &str) -> Option<&str> {
        let mut named = self.fields.iter().rev().filter(|(key, _)| key == name);
        named
            .next()
            .map(|(_, value)| value.as_deref().unwrap_or("true"))
    }

    fn text(&self, name: &str) -> Result<Option<Value>, Malformed> {
        self.at
            .optional(self.value(name).filter(|value| !value.is_empty()))
    }

    fn switch(&self, name: &str) -> Result<Option<bool>, Malformed> {
        Ok(Some(match self.value(name) {
            None => return Ok(None),
            Some("1" | "t" | "T" | "true" | "TRUE" | "True") => true,
            Some("0" | "f" | "F" | "false" | "FALSE" | "False") => false,
            Some(value) => {
                let message = format!("`{name}` of a mount is true or false, not `{value}`");
                return Err(Malformed::new(message, HELP));
            }
        }))
    }

    /// A secret or agent that is missing is no error, unlike in YAML.
    fn required(&self) -> Result<Option<Spanned<bool>>, Malformed> {
        let required = self.switch("required")?.unwrap_or(false);
        Ok(Some(self.at.spanned(required)))
    }

    fn target(&self) -> Result<Value, Malformed> {
        let missing = || Malformed::new(format!("a {} mount has no `target`", self.kind), HELP);
        self.text("target")?.ok_or_else(missing)
    }

    fn from(&self) -> Result<Option<crate::model::InputName>, Malformed> {
        let from = self.value("from").filter(|name| !name.is_empty());
        from.map(|name| input(name, self.at)).transpose()
    }

    fn bind(&self) -> Result<Bind<Written>, Malformed> {
        let is_readonly = match (self.switch("readonly")?, self.switch("readwrite")?) {
            (Some(is_readonly), _) => is_readonly,
            (None, is_writable) => !is_writable.unwrap_or(false),
        };
        let source = self.text("source")?;
        Ok(Bind {
            span: self.at.0,
            source: source.unwrap_or_else(|| self.at.literal("/")),
            from: self.from()?,
            target: self.target()?,
            writable: Some(self.at.spanned(!is_readonly)),
        })
    }

    fn cache(&self) -> Result<CacheMount<Written>, Malformed> {
        if self.switch("readwrite")? == Some(false) {
            return Err(Malformed::new(
                "a cache mount cannot be read-only here",
                HELP,
            ));
        }
        let sharing = match self
            .value("sharing")
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            None => None,
            Some("shared") => Some(Sharing::Shared),
            Some("private") => Some(Sharing::Private),
            Some("locked") => Some(Sharing::Locked),
            Some(word) => {
                let message = format!("`sharing` is shared, private or locked, not `{word}`");
                return Err(Malformed::new(message, HELP));
            }
        };
        let mut cache = CacheMount {
            span: self.at.0,
            path: self.target()?,
            id: self.text("id")?,
            sharing: sharing.map(|sharing| self.at.spanned(sharing)),
            from: self.from()?,
            source: self.text("source")?,
            chmod: self.text("mode")?,
            uid: self.text("uid")?,
            gid: self.text("gid")?,
        };
        // In YAML a cache of its own belongs to the step's user; in a Dockerfile to root.
        if cache.from.is_none() && cache.chmod.is_none() && cache.uid.is_none() {
            cache.from = match cache.gid {
                None => Some(input("scratch", self.at)?),
                Some(_) => None,
            };
        }
        Ok(cache)
    }

    fn secret(&self) -> Result<SecretMount<Written>, Malformed> {
        let written = self.value("id").or(self.value("source"));
        let target = self.value("target").filter(|target| !target.is_empty());
        let base_name = |path: &'_ str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let id = match (written.filter(|id| !id.is_empty()), target) {
            (Some(id), _) => id.to_owned(),
            (None, Some(target)) => base_name(target),
            (None, None) => return Err(Malformed::new("a secret mount has no `id`", HELP)),
        };
        Ok(SecretMount {
            span: self.at.0,
            id: Some(self.at.text(&id)?),
            target: self.text("target")?,
            env: self.text("env")?,
            required: self.required()?,
            chmod: self.text("mode")?,
            uid: self.text("uid")?,
            gid: self.text("gid")?,
        })
    }
}
