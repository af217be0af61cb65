//! `RUN --mount` (`instructions/commands_runmount.go`, v0.32.2).

use crate::expr::{Name, Template};
use crate::model::{
    Bind, CacheMount, CacheUse, Device, Exec, InputKind, InputName, SecretMount, SecretUse,
    Sharing, SshMount, SshUse, Tmpfs, Value, Written,
};
use crate::request::csv;
use crate::text::{Span, Spanned};
use crate::units;

use super::Wrong;
use super::line::Instruction;
use super::suggested;
use super::words::Word;

const TYPES: &[&str] = &["bind", "cache", "tmpfs", "secret", "ssh"];

const SHARING: &[(&str, Sharing)] = &[
    ("shared", Sharing::Shared),
    ("private", Sharing::Private),
    ("locked", Sharing::Locked),
];

/// The keys, each by its name and what it means.
const KEYS: &[(&str, Key)] = &[
    ("type", Key::Type),
    ("from", Key::From),
    ("source", Key::Source),
    ("src", Key::Source),
    ("target", Key::Target),
    ("dst", Key::Target),
    ("destination", Key::Target),
    ("readonly", Key::ReadOnly),
    ("ro", Key::ReadOnly),
    ("readwrite", Key::ReadWrite),
    ("rw", Key::ReadWrite),
    ("required", Key::Required),
    ("size", Key::Size),
    ("id", Key::Id),
    ("sharing", Key::Sharing),
    ("mode", Key::Mode),
    ("uid", Key::Uid),
    ("gid", Key::Gid),
    ("env", Key::Env),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Type,
    From,
    Source,
    Target,
    ReadOnly,
    ReadWrite,
    Required,
    Size,
    Id,
    Sharing,
    Mode,
    Uid,
    Gid,
    Env,
}

const HELP: &str = "the Dockerfile reference lists the keys of each mount type";

/// One mount while it is read.
#[derive(Default)]
struct Mount {
    kind: usize,
    from: Option<String>,
    source: Option<Template<Name>>,
    target: Option<Template<Name>>,
    id: Option<Template<Name>>,
    env: Option<Template<Name>>,
    size: Option<Template<Name>>,
    /// Mode, uid and gid.
    file: [Option<Template<Name>>; 3],
    sharing: Option<Sharing>,
    is_read_only: Option<bool>,
    is_required: bool,
}

const CACHE: usize = 1;
const TMPFS: usize = 2;
const SECRET: usize = 3;
const SSH: usize = 4;

/// Adds a mount to the options of a run.
pub(super) fn add(
    it: &Instruction<'_>,
    word: &Word,
    exec: &mut Exec<Written>,
) -> Result<(), Wrong> {
    let span = it.span(word.range.clone());
    let mount = Mount::read(it, word)?;
    let at = At { it, word, span };
    match mount.kind {
        CACHE => exec.caches.push(CacheUse::Mount(mount.cache(&at)?)),
        TMPFS => exec.tmpfs.push(Tmpfs {
            span,
            target: mount.target(&at)?,
            size: mount.size.map(Value::Plain),
        }),
        SECRET => exec.secrets.push(SecretUse::Mount(mount.secret(&at))),
        SSH => exec.ssh.push(SshUse::Mount(Box::new(mount.ssh(&at)?))),
        _ => exec.binds.push(mount.bind(&at)?),
    }
    Ok(())
}

/// Where a mount is written.
struct At<'i, 't> {
    it: &'i Instruction<'t>,
    word: &'i Word,
    span: Span,
}

impl At<'_, '_> {
    fn input(&self, name: &str) -> InputName {
        InputName {
            kind: InputKind::Earlier,
            name: self.it.literal_text(self.word, name),
        }
    }

    fn wrong(&self, message: impl Into<String>) -> Wrong {
        Wrong::at(self.span, message, HELP)
    }
}

impl Mount {
    fn read(it: &Instruction<'_>, word: &Word) -> Result<Self, Wrong> {
        let wrong = |message: String| Err(it.wrong(word, message, HELP));
        let Ok(fields) = csv::fields(it.str(word)) else {
            return wrong(format!("failed to parse csv mounts: `{}`", it.str(word)));
        };
        let mut mount = Self::default();
        for field in &fields {
            let (key, value) = match field.split_once('=') {
                Some((key, value)) => (key, Some(value)),
                None => (field.as_str(), None),
            };
            let key = key.to_ascii_lowercase();
            let known = KEYS.iter().find(|(known, _)| *known == key);
            let known = known.map(|(_, known)| *known);
            match (known, value) {
                (Some(Key::ReadOnly), None) => mount.is_read_only = Some(true),
                (Some(Key::ReadWrite), None) => mount.is_read_only = Some(false),
                (Some(Key::Required), None) if mount.kind >= SECRET => mount.is_required = true,
                (Some(Key::Required), None) => return mount.unexpected(it, word, &key),
                (_, None) => {
                    return wrong(format!("invalid field '{field}' must be a key=value pair"));
                }
                (None, Some(_)) => {
                    let names = KEYS.iter().map(|(known, _)| *known);
                    let message = format!("unexpected key '{key}' in '{field}'");
                    return wrong(suggested(message, &key, names));
                }
                (Some(known), Some(value)) => {
                    let value = match known {
                        Key::From => {
                            mount.set_from(it, word, value)?;
                            continue;
                        }
                        _ => it.template_text(word, value)?,
                    };
                    mount.set(it, word, (known, &key), value)?;
                }
            }
        }
        mount.check(it, word)?;
        Ok(mount)
    }

    fn unexpected<T>(&self, it: &Instruction<'_>, word: &Word, key: &str) -> Result<T, Wrong> {
        let kind = TYPES[self.kind];
        let message = format!("unexpected key '{key}' for mount type '{kind}'");
        Err(it.wrong(word, message, HELP))
    }

    fn set_from(&mut self, it: &Instruction<'_>, word: &Word, value: &str) -> Result<(), Wrong> {
        if value.find('$').is_some_and(|at| at + 1 < value.len()) {
            let message = "'from' doesn't support variable expansion, define alias stage instead";
            return Err(it.wrong(word, message, "name a stage or an image"));
        }
        self.from = Some(value.to_owned()).filter(|from| !from.is_empty());
        Ok(())
    }

    fn set(
        &mut self,
        it: &Instruction<'_>,
        word: &Word,
        (known, key): (Key, &str),
        value: Template<Name>,
    ) -> Result<(), Wrong> {
        let literal = value.as_literal().map(str::to_owned);
        let wrong = |message: String| Err(it.wrong(word, message, HELP));
        let some = |value: Template<Name>| Some(value).filter(|it| it.as_literal() != Some(""));
        match known {
            Key::Source => self.source = some(value),
            Key::Target => self.target = some(value),
            Key::Id => self.id = some(value),
            Key::Env => self.env = Some(value),
            Key::Size if self.kind != TMPFS => return self.unexpected(it, word, key),
            Key::Size => {
                if literal.is_some_and(|text| units::parse_bytes(&text).is_err()) {
                    return wrong(format!("invalid value for {key}: {}", shown(&value)));
                }
                self.size = Some(value);
            }
            Key::Mode | Key::Uid | Key::Gid => {
                let (at, radix) = match known {
                    Key::Mode => (0, 8),
                    Key::Uid => (1, 10),
                    _ => (2, 10),
                };
                if literal.is_some_and(|text| u32::from_str_radix(&text, radix).is_err()) {
                    return wrong(format!("invalid value {} for {key}", shown(&value)));
                }
                self.file[at] = Some(value);
            }
            Key::Type | Key::Sharing | Key::ReadOnly | Key::ReadWrite | Key::Required => {
                let Some(text) = literal else {
                    let message = format!("`{key}` of a mount cannot be a variable");
                    return wrong(message);
                };
                self.set_word(it, word, (known, key), &text)?;
            }
            Key::From => {}
        }
        Ok(())
    }

    /// Sets what takes one of a few words.
    fn set_word(
        &mut self,
        it: &Instruction<'_>,
        word: &Word,
        (known, key): (Key, &str),
        text: &str,
    ) -> Result<(), Wrong> {
        let wrong = |message: String| Err(it.wrong(word, message, HELP));
        let lower = text.to_ascii_lowercase();
        match known {
            Key::Type => match TYPES.iter().position(|kind| *kind == lower) {
                Some(kind) => self.kind = kind,
                None => {
                    let message = format!("unsupported mount type \"{text}\"");
                    return wrong(suggested(message, text, TYPES.iter().copied()));
                }
            },
            Key::Sharing => match SHARING.iter().find(|(word, _)| *word == lower) {
                Some((_, sharing)) => self.sharing = Some(*sharing),
                None => {
                    let message = format!("unsupported sharing value \"{text}\"");
                    let known = SHARING.iter().map(|(word, _)| *word);
                    return wrong(suggested(message, text, known));
                }
            },
            Key::Required if self.kind < SECRET => return self.unexpected(it, word, key),
            _ => {
                let Some(flag) = units::parse_bool(text) else {
                    return wrong(format!("invalid value for {key}: {text}"));
                };
                match known {
                    Key::Required => self.is_required = flag,
                    Key::ReadOnly => self.is_read_only = Some(flag),
                    _ => self.is_read_only = Some(!flag),
                }
            }
        }
        Ok(())
    }

    /// Reports keys that do not go with the type.
    fn check(&self, it: &Instruction<'_>, word: &Word) -> Result<(), Wrong> {
        let kind = TYPES[self.kind];
        let named = ["mode", "uid", "gid"].iter().zip(&self.file);
        let set = named
            .filter(|(_, value)| value.is_some())
            .map(|(key, _)| key)
            .next();
        let message = match set {
            Some(key) if !matches!(self.kind, CACHE | SECRET | SSH) => {
                format!("{key} not allowed for \"{kind}\" type mounts")
            }
            _ if self.kind == SECRET && self.from.is_some() => {
                "secret mount should not have a from".to_owned()
            }
            _ if self.kind == SECRET && self.sharing.is_some() => {
                "secret mount should not define sharing".to_owned()
            }
            _ if self.kind == SECRET
                && self.source.is_none()
                && self.target.is_none()
                && self.id.is_none() =>
            {
                "invalid secret mount. one of source, target required".to_owned()
            }
            _ if self.kind == SECRET && self.source.is_some() && self.id.is_some() => {
                "both source and id can't be set".to_owned()
            }
            _ if self.sharing.is_some() && self.kind != CACHE => {
                format!("invalid cache sharing set for {kind} mount")
            }
            _ => return Ok(()),
        };
        Err(it.wrong(word, message, HELP))
    }

    fn target(&self, at: &At<'_, '_>) -> Result<Value, Wrong> {
        match &self.target {
            Some(target) => Ok(Value::Plain(target.clone())),
            // The working directory.
            None => Ok(at.it.literal_text(at.word, "")),
        }
    }

    fn bind(self, at: &At<'_, '_>) -> Result<Bind<Written>, Wrong> {
        Ok(Bind {
            span: at.span,
            target: self.target(at)?,
            source: match self.source {
                Some(source) => Value::Plain(source),
                None => at.it.literal_text(at.word, "/"),
            },
            from: self.from.as_deref().map(|name| at.input(name)),
            writable: Some(Spanned::new(self.is_read_only == Some(false), at.span)),
        })
    }

    fn cache(self, at: &At<'_, '_>) -> Result<CacheMount<Written>, Wrong> {
        if self.is_read_only == Some(true) {
            return Err(at.wrong("a cache mount cannot be read-only here"));
        }
        let path = self.target(at)?;
        let [chmod, uid, gid] = self.file.map(|value| value.map(Value::Plain));
        let mut cache = CacheMount {
            span: at.span,
            path,
            id: self.id.map(Value::Plain),
            sharing: self.sharing.map(|sharing| Spanned::new(sharing, at.span)),
            from: self.from.as_deref().map(|name| at.input(name)),
            source: self.source.map(Value::Plain),
            chmod,
            uid,
            gid,
        };
        // In YAML a cache of its own belongs to the step's user; in a Dockerfile to root.
        let is_owned = cache.chmod.is_some() || cache.uid.is_some() || cache.gid.is_some();
        if cache.from.is_none() && !is_owned {
            cache.from = Some(at.input("scratch"));
        }
        Ok(cache)
    }

    fn secret(self, at: &At<'_, '_>) -> SecretMount<Written> {
        let target = self.target.as_ref().and_then(Template::as_literal);
        let base_name = target.and_then(|target| target.rsplit('/').next());
        let base_name = base_name.map(|name| Template::literal(at.span, name));
        let [chmod, uid, gid] = self.file.map(|value| value.map(Value::Plain));
        SecretMount {
            span: at.span,
            id: self.id.or(self.source).or(base_name).map(Value::Plain),
            target: self.target.map(Value::Plain),
            env: self.env.map(Value::Plain),
            required: Some(Spanned::new(self.is_required, at.span)),
            chmod,
            uid,
            gid,
        }
    }

    fn ssh(self, at: &At<'_, '_>) -> Result<SshMount<Written>, Wrong> {
        if self.source.is_some() {
            return Err(at.wrong("ssh does not support source"));
        }
        let [chmod, uid, gid] = self.file.map(|value| value.map(Value::Plain));
        Ok(SshMount {
            span: at.span,
            id: self.id.map(Value::Plain),
            target: self.target.map(Value::Plain),
            required: Some(Spanned::new(self.is_required, at.span)),
            chmod,
            uid,
            gid,
        })
    }
}

fn shown(value: &Template<Name>) -> &str {
    value.as_literal().unwrap_or_default()
}

/// Reads a `--device`: `name`, `name=...`, `required` (`instructions/commands_rundevice.go`).
pub(super) fn device(it: &Instruction<'_>, word: &Word) -> Result<Device<Written>, Wrong> {
    let wrong = |message: String| Err(it.wrong(word, message, "write `vendor/class=name`"));
    let Ok(fields) = csv::fields(it.str(word)) else {
        return wrong(format!("failed to parse csv devices: `{}`", it.str(word)));
    };
    let mut name: Option<&str> = None;
    let mut is_required = false;
    for field in &fields {
        let (key, value) = match field.split_once('=') {
            Some((key, value)) => (key.to_ascii_lowercase(), Some(value)),
            None => (field.to_ascii_lowercase(), None),
        };
        match (key.as_str(), value, name) {
            ("required", None, _) => is_required = true,
            ("required", Some(value), _) => match units::parse_bool(value) {
                Some(flag) => is_required = flag,
                None => return wrong(format!("invalid value for required: {value}")),
            },
            ("name", Some(value), None) => name = Some(value),
            ("name", Some(_), Some(known)) => {
                return wrong(format!("device name already set to {known}"));
            }
            (_, _, None) => name = Some(field),
            (_, None, Some(_)) => {
                return wrong(format!("invalid field '{field}' must be a key=value pair"));
            }
            (_, Some(_), Some(_)) => {
                return wrong(format!("unexpected key '{key}' in '{field}'"));
            }
        }
    }
    Ok(Device {
        name: it.literal_text(word, name.unwrap_or_default()),
        required: Some(Spanned::new(is_required, it.span(word.range.clone()))),
    })
}
