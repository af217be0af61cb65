//! `RUN --mount` (`instructions/commands_runmount.go`, v0.32.2).

use crate::expr::{Name, Template};
use crate::model::{
    Bind, CacheMount, CacheUse, Exec, InputKind, InputName, OpenMount, SecretMount, SecretUse,
    Sharing, SshMount, SshUse, Tmpfs, Value, Written,
};
use crate::request::csv;
use crate::text::{Span, Spanned};
use crate::units::{self, Malformed};

use super::Wrong;
use super::line::Instruction;
use super::suggested;
use super::words::Word;

/// What is mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bind,
    Cache,
    Tmpfs,
    Secret,
    Ssh,
}

const TYPES: &[(&str, Kind)] = &[
    ("bind", Kind::Bind),
    ("cache", Kind::Cache),
    ("tmpfs", Kind::Tmpfs),
    ("secret", Kind::Secret),
    ("ssh", Kind::Ssh),
];

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

impl Key {
    /// Returns the key of that name, in small letters.
    fn find(name: &str) -> Option<Self> {
        let known = KEYS.iter().find(|(known, _)| *known == name);
        known.map(|(_, key)| *key)
    }

    /// Tells whether it takes one of a few words, which say what the mount is.
    fn takes_word(self) -> bool {
        matches!(
            self,
            Self::Type | Self::Sharing | Self::ReadOnly | Self::ReadWrite | Self::Required
        )
    }

    /// Tells whether a mount of that type looks at the value.
    fn is_used(self, kind: Kind) -> bool {
        match self {
            Self::Source => !matches!(kind, Kind::Tmpfs),
            Self::Id => !matches!(kind, Kind::Bind | Kind::Tmpfs),
            Self::Env => kind == Kind::Secret,
            _ => true,
        }
    }
}

/// A key of a mount, and its value if it has one.
pub(crate) struct Field<N> {
    /// As it is written.
    pub(crate) text: String,
    /// In lower case.
    pub(crate) key: String,
    pub(crate) value: Option<Template<N>>,
}

/// A mount whose words are known.
pub(crate) struct Mount<N> {
    pub(crate) kind: Kind,
    pub(crate) source: Option<Template<N>>,
    pub(crate) target: Option<Template<N>>,
    pub(crate) id: Option<Template<N>>,
    pub(crate) env: Option<Template<N>>,
    pub(crate) size: Option<Template<N>>,
    /// Mode, uid and gid.
    pub(crate) file: [Option<Template<N>>; 3],
    pub(crate) sharing: Option<Sharing>,
    pub(crate) is_read_only: Option<bool>,
    pub(crate) is_required: bool,
}

fn wrong<T>(message: String) -> Result<T, Malformed> {
    Err(Malformed::new(message, ""))
}

/// Adds a mount to the options of a run.
pub(super) fn add(
    it: &Instruction<'_>,
    word: &Word,
    exec: &mut Exec<Written>,
) -> Result<(), Wrong> {
    let span = it.span(word.range.clone());
    let written = csv::fields(it.str(word)).ok();
    let Some(written) = written.filter(|_| !it.str(word).is_empty()) else {
        let message = format!("failed to parse csv mounts: `{}`", it.str(word));
        return Err(it.wrong(word, message, ""));
    };
    let mut from = None;
    let mut fields = Vec::with_capacity(written.len());
    for text in written {
        let (key, value) = match text.split_once('=') {
            Some((key, value)) => (key.to_ascii_lowercase(), Some(value)),
            None => (text.to_ascii_lowercase(), None),
        };
        if let ("from", Some(value)) = (key.as_str(), value) {
            if value.find('$').is_some_and(|at| at + 1 < value.len()) {
                let message =
                    "'from' doesn't support variable expansion, define alias stage instead";
                return Err(it.wrong(word, message, "name a stage or an image"));
            }
            from = Some(value.to_owned()).filter(|from| !from.is_empty());
        }
        let value = value.map(|value| it.template_text(word, value));
        fields.push(Field { text, key, value });
    }
    let from = from.map(|name| InputName {
        kind: InputKind::Earlier,
        name: it.literal_text(word, &name),
    });
    if fields.iter().any(is_open) || is_intricate(&fields) {
        let fields = fields.into_iter().filter(|field| field.key != "from");
        let fields = fields.map(|field| (field.key, field.value.map(Value::Plain)));
        exec.open.push(OpenMount {
            span,
            from,
            fields: fields.collect(),
        });
        return Ok(());
    }
    if let Err(malformed) = close(&fields, (span, from), exec) {
        it.late(Wrong::from(malformed).or_at(span), None);
    }
    Ok(())
}

/// Adds a mount that has these keys and is from there to the options of a run.
///
/// # Errors
///
/// A key is wrong, or does not go with the others.
pub(crate) fn close(
    fields: &[Field<Name>],
    (span, from): (Span, Option<InputName>),
    exec: &mut Exec<Written>,
) -> Result<(), Malformed> {
    let mount = parse(fields)?;
    if mount.kind == Kind::Secret && from.is_some() {
        return wrong("secret mount should not have a from".to_owned());
    }
    push(mount, (span, from), exec);
    Ok(())
}

/// Tells whether the value of a key is one of a few words.
pub(crate) fn takes_word(key: &str) -> bool {
    Key::find(key).is_some_and(Key::takes_word)
}

/// Tells whether a field is a word that only the environment knows.
fn is_open(field: &Field<Name>) -> bool {
    let value = field.value.as_ref();
    takes_word(&field.key) && value.is_some_and(|it| it.as_literal().is_none())
}

/// Tells whether a value that only the environment knows is looked at and then not used.
fn is_intricate(fields: &[Field<Name>]) -> bool {
    let key = |field: &Field<Name>| Key::find(&field.key);
    let is_owner = |key: Key| matches!(key, Key::Mode | Key::Uid | Key::Gid);
    let is_type = |field: &&Field<Name>| key(field) == Some(Key::Type);
    let kind = fields.iter().rfind(is_type).and_then(|field| {
        let written = field.value.as_ref()?.as_literal()?;
        let mut types = TYPES.iter();
        let found = types.find(|(name, _)| name.eq_ignore_ascii_case(written));
        found.map(|(_, kind)| *kind)
    });
    let kind = kind.unwrap_or(Kind::Bind);
    fields.iter().enumerate().any(|(at, field)| {
        let value = field.value.as_ref();
        let is_known = value.is_none_or(|it| it.as_literal().is_some());
        key(field).filter(|_| !is_known).is_some_and(|own| {
            if !own.is_used(kind) {
                return true;
            }
            let mut others = fields.iter().enumerate().filter(|(other, _)| *other != at);
            let hides = |other: Key| other == own || is_owner(own) && other == Key::Source;
            others.any(|(_, other)| key(other).is_some_and(hides))
        })
    })
}

/// Adds a mount whose words are known.
fn push(mount: Mount<Name>, (span, from): (Span, Option<InputName>), exec: &mut Exec<Written>) {
    let nothing = || Value::Plain(Template::literal(span, ""));
    let scratch = || InputName {
        kind: InputKind::Earlier,
        name: Value::Plain(Template::literal(span, "scratch")),
    };
    let flag = |value| Some(Spanned::new(value, span));
    let writable = mount.is_read_only.and_then(|is_it| flag(!is_it));
    let is_owned = mount.file.iter().any(Option::is_some);
    let [chmod, uid, gid] = mount.file.map(|value| value.map(Value::Plain));
    let (id, source, target) = (mount.id, mount.source, mount.target);
    // The working directory, if there is none.
    let place = |target: Option<Template<Name>>| target.map_or_else(nothing, Value::Plain);
    match mount.kind {
        Kind::Bind => exec.binds.push(Bind {
            span,
            target: place(target),
            source: Value::Plain(source.unwrap_or_else(|| Template::literal(span, "/"))),
            from,
            writable: flag(mount.is_read_only == Some(false)),
        }),
        Kind::Cache => exec.caches.push(CacheUse::Mount(CacheMount {
            span,
            path: place(target),
            id: id.map(Value::Plain),
            sharing: mount.sharing.map(|sharing| Spanned::new(sharing, span)),
            // In YAML a cache of its own belongs to the step's user; in a Dockerfile to root.
            from: from.or_else(|| (!is_owned).then(scratch)),
            source: source.map(Value::Plain),
            chmod,
            uid,
            gid,
            writable,
        })),
        Kind::Tmpfs => exec.tmpfs.push(Tmpfs {
            span,
            target: place(target),
            size: mount.size.map(Value::Plain),
            writable,
        }),
        Kind::Secret => {
            let base_name = base_name(target.as_ref(), span);
            exec.secrets.push(SecretUse::Mount(SecretMount {
                span,
                id: id.or(source).or(base_name).map(Value::Plain),
                target: target.map(Value::Plain),
                env: mount.env.map(Value::Plain),
                required: flag(mount.is_required),
                chmod,
                uid,
                gid,
            }));
        }
        Kind::Ssh => exec.ssh.push(SshUse::Mount(Box::new(SshMount {
            span,
            id: id.map(Value::Plain),
            target: target.map(Value::Plain),
            required: flag(mount.is_required),
            chmod,
            uid,
            gid,
        }))),
    }
}

/// Returns what a secret is called that has no name but its file's.
fn base_name(target: Option<&Template<Name>>, span: Span) -> Option<Template<Name>> {
    let name = target?.as_literal()?.rsplit('/').next()?;
    Some(Template::literal(span, name))
}

/// Reads the keys of a mount, in their order; `from` is passed over.
///
/// # Errors
///
/// A key is unknown, does not go with the type that stands before it, or has no such value.
pub(crate) fn parse<N: Clone>(fields: &[Field<N>]) -> Result<Mount<N>, Malformed> {
    let mut mount = Mount {
        kind: Kind::Bind,
        source: None,
        target: None,
        id: None,
        env: None,
        size: None,
        file: [None, None, None],
        sharing: None,
        is_read_only: None,
        is_required: false,
    };
    for field in fields {
        let key = field.key.as_str();
        match (Key::find(key), &field.value) {
            (Some(Key::ReadOnly), None) => mount.is_read_only = Some(true),
            (Some(Key::ReadWrite), None) => mount.is_read_only = Some(false),
            (Some(Key::Required), None) if mount.can_be_required() => mount.is_required = true,
            (Some(Key::Required), None) => return mount.unexpected(key),
            (_, None) => {
                let text = &field.text;
                return wrong(format!("invalid field '{text}' must be a key=value pair"));
            }
            (None, Some(_)) => {
                let names = KEYS.iter().map(|(known, _)| *known);
                let message = format!("unexpected key '{key}' in '{}'", field.text);
                return wrong(suggested(message, key, names));
            }
            (Some(known), Some(value)) => mount.set(known, key, value)?,
        }
    }
    mount.check()?;
    Ok(mount)
}

impl<N: Clone> Mount<N> {
    fn name(&self) -> &'static str {
        let kind = TYPES.iter().find(|(_, kind)| *kind == self.kind);
        kind.map_or("", |(name, _)| name)
    }

    fn can_be_required(&self) -> bool {
        matches!(self.kind, Kind::Secret | Kind::Ssh)
    }

    fn unexpected<T>(&self, key: &str) -> Result<T, Malformed> {
        let kind = self.name();
        wrong(format!("unexpected key '{key}' for mount type '{kind}'"))
    }

    fn set(&mut self, known: Key, key: &str, value: &Template<N>) -> Result<(), Malformed> {
        let literal = value.as_literal();
        let some = || Some(value.clone()).filter(|it| it.as_literal() != Some(""));
        let is_wrong = |is_good: fn(&str) -> bool| literal.is_some_and(|text| !is_good(text));
        let shown = literal.unwrap_or_default();
        match known {
            Key::From => {}
            Key::Source => self.source = some(),
            Key::Target => self.target = some(),
            Key::Id => self.id = some(),
            Key::Env => self.env = Some(value.clone()),
            Key::Size if self.kind != Kind::Tmpfs => return self.unexpected(key),
            Key::Size if is_wrong(|text| units::parse_bytes(text).is_ok()) => {
                return wrong(format!("invalid value for {key}: {shown}"));
            }
            Key::Size => self.size = Some(value.clone()),
            Key::Mode if is_wrong(|text| u32::from_str_radix(text, 8).is_ok()) => {
                return wrong(format!("invalid value {shown} for {key}"));
            }
            Key::Uid | Key::Gid if is_wrong(|text| text.parse::<u32>().is_ok()) => {
                return wrong(format!("invalid value {shown} for {key}"));
            }
            Key::Mode => self.file[0] = Some(value.clone()),
            Key::Uid => self.file[1] = Some(value.clone()),
            Key::Gid => self.file[2] = Some(value.clone()),
            _ => self.set_word(known, key, shown)?,
        }
        Ok(())
    }

    /// Sets what takes one of a few words.
    fn set_word(&mut self, known: Key, key: &str, text: &str) -> Result<(), Malformed> {
        let lower = text.to_ascii_lowercase();
        match known {
            Key::Type => match TYPES.iter().find(|(word, _)| *word == lower) {
                Some((_, kind)) => self.kind = *kind,
                None => {
                    let message = format!("unsupported mount type \"{text}\"");
                    return wrong(suggested(message, text, TYPES.iter().map(|(it, _)| *it)));
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
            Key::Required if !self.can_be_required() => return self.unexpected(key),
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
    fn check(&self) -> Result<(), Malformed> {
        let kind = self.name();
        let is_secret = self.kind == Kind::Secret;
        let named = ["mode", "uid", "gid"].iter().zip(&self.file);
        let set = named
            .filter(|(_, value)| value.is_some())
            .map(|(key, _)| key);
        let (source, id) = (self.source.is_some(), self.id.is_some());
        match set.into_iter().next() {
            Some(key) if matches!(self.kind, Kind::Bind | Kind::Tmpfs) => {
                wrong(format!("{key} not allowed for \"{kind}\" type mounts"))
            }
            _ if is_secret && self.sharing.is_some() => {
                wrong("secret mount should not define sharing".to_owned())
            }
            _ if is_secret && !source && !id && self.target.is_none() => {
                wrong("invalid secret mount. one of source, target required".to_owned())
            }
            _ if is_secret && source && id => wrong("both source and id can't be set".to_owned()),
            _ if self.sharing.is_some() && self.kind != Kind::Cache => {
                wrong(format!("invalid cache sharing set for {kind} mount"))
            }
            _ if self.kind == Kind::Ssh && source => {
                wrong("ssh does not support source".to_owned())
            }
            _ => Ok(()),
        }
    }
}
