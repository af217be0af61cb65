//! Mounts: their keys, and how they are read.
//!
//! Every mount has a short form, its name or path, and a map. Paths, modes and ids that are
//! literal were checked.

use crate::diagnostic::Code;
use crate::model::fields::{Key, Kind, Table, key};
use crate::model::read::{Cx, Fields, first_key};
use crate::model::value::{self, Slot};
use crate::model::{Exec, Written, input, name};
use crate::syntax::{Field, View};
use crate::text::Span;
use crate::units::{self, Malformed};

use super::{
    Bind, CacheMount, CacheUse, NamedCache, NamedSecret, NamedSsh, SecretMount, SecretUse, Sharing,
    SshMount, SshUse, Tmpfs,
};

const OWNERSHIP: &[Key] = &[
    key("chmod", Kind::Text, "\"0755\"", "Mode, octal."),
    key("uid", Kind::Text, "1000", "Owner, a number."),
    key("gid", Kind::Text, "1000", "Group, a number."),
];

pub(in crate::model) static NAMED_CACHE: Table = Table {
    what: "a cache",
    doc: "A named cache mount.",
    groups: &[CACHE_KEYS, OWNERSHIP],
};

pub(in crate::model) static CACHE: Table = Table {
    what: "a cache",
    doc: "A directory that is kept from build to build.",
    groups: &[CACHE_KEYS, OWNERSHIP],
};

const CACHE_KEYS: &[Key] = &[
    key("path", Kind::Text, "/root/.cache", "Where it is mounted.").required(),
    key(
        "id",
        Kind::Text,
        "build-cache",
        "Which cache; default the path.",
    ),
    key(
        "sharing",
        Kind::Word(&["shared", "private", "locked"]),
        "locked",
        "How concurrent steps use it; default shared.",
    ),
    key(
        "from",
        input::INPUT,
        "deps",
        "The stage, image or context that seeds it.",
    ),
    key(
        "source",
        Kind::Text,
        "/cache",
        "The directory of `from` that seeds it.",
    ),
    key("writable", Kind::Bool, "false", "`false` refuses writes."),
];

const SECRET_ID: Key = key("id", Kind::Text, "npm_token", "Which secret.");

const SECRET_KEYS: &[Key] = &[
    key(
        "target",
        Kind::Text,
        "/root/.npmrc",
        "The file; default `/run/secrets/` and the base name of the id.",
    ),
    key(
        "env",
        Kind::Text,
        "NPM_TOKEN",
        "The variable; without `target` there is no file.",
    ),
    key(
        "required",
        Kind::Bool,
        "false",
        "Whether a missing secret fails the build; default true.",
    ),
];

const DESCRIPTION: Key = key(
    "description",
    Kind::Literal,
    "Token for the registry",
    "One line, shown by `--call=outline`.",
);

pub(in crate::model) static NAMED_SECRET: Table = Table {
    what: "a secret",
    doc: "A named secret; its default id is its name.",
    groups: &[&[SECRET_ID], SECRET_KEYS, &[DESCRIPTION]],
};

pub(in crate::model) static SECRET: Table = Table {
    what: "a secret",
    doc: "A secret that a step can read.",
    groups: &[&[SECRET_ID.unless("id")], SECRET_KEYS, OWNERSHIP],
};

const REQUIRED_AGENT: Key = key(
    "required",
    Kind::Bool,
    "false",
    "Whether a missing agent fails the build; default true.",
);

pub(in crate::model) static NAMED_SSH: Table = Table {
    what: "an ssh agent",
    doc: "An ssh agent or key, by its id.",
    groups: &[&[REQUIRED_AGENT, DESCRIPTION]],
};

pub(in crate::model) static SSH: Table = Table {
    what: "an ssh agent",
    doc: "An ssh agent that a step can use.",
    groups: &[
        &[
            key(
                "id",
                Kind::Text,
                "github",
                "Which agent; default `default`.",
            ),
            key(
                "target",
                Kind::Text,
                "/run/ssh.sock",
                "The socket; default `/run/buildkit/ssh_agent.0` and so on.",
            ),
            REQUIRED_AGENT,
        ],
        OWNERSHIP,
    ],
};

pub(in crate::model) static BIND: Table = Table {
    what: "a bind mount",
    doc: "Files of the build context, a stage or an image, there for one step.",
    groups: &[&[
        key("bind", Kind::Text, ".", "What is mounted.").required(),
        key(
            "from",
            input::INPUT,
            "build",
            "Where it is: a stage, image or named context; default the build context.",
        ),
        key("target", Kind::Text, "/src", "Where it is mounted.").required(),
        key(
            "writable",
            Kind::Bool,
            "true",
            "Whether the step may write; what it writes is dropped.",
        ),
    ]],
};

pub(in crate::model) static TMPFS: Table = Table {
    what: "a tmpfs mount",
    doc: "An empty directory in memory, there for one step.",
    groups: &[&[
        key("tmpfs", Kind::Text, "/tmp", "Where it is mounted.").required(),
        key(
            "size",
            Kind::Text,
            "64m",
            "Bytes with a unit; unlimited without.",
        ),
        key("writable", Kind::Bool, "false", "`false` refuses writes."),
    ]],
};

const SHARING: &[(&str, Sharing)] = &[
    ("shared", Sharing::Shared),
    ("private", Sharing::Private),
    ("locked", Sharing::Locked),
];

fn check_octal(text: &str) -> Result<(), Malformed> {
    units::parse_octal(text).map(drop)
}

fn check_number(text: &str) -> Result<(), Malformed> {
    units::parse_id(text).map(drop)
}

fn check_some(text: &str) -> Result<(), Malformed> {
    value::check_not_empty(text, "write a name, or remove the key")
}

/// Checks where something is mounted.
fn check_target(text: &str) -> Result<(), Malformed> {
    let is_root = !text.is_empty() && text.chars().all(|c| c == '/');
    if text.is_empty() || is_root {
        return Err(Malformed::new(
            format!("nothing can be mounted at `{text}`"),
            "write a directory such as /root/.cache",
        ));
    }
    Ok(())
}

/// Reads the top-level `caches`.
pub(in crate::model) fn caches(slot: Slot<'_>, cx: &mut Cx<'_>) -> Vec<NamedCache> {
    let mut out = Vec::new();
    for field in value::pairs(slot, cx) {
        let is_good = value::is_good_name(field.key, name::check_cache, cx);
        let slot = Slot::of(field, "{path: /root/.cache}");
        let mount = match cx.doc.view(field.value) {
            View::Scalar(_) => cache_at(slot, cx),
            _ => cache_mount(&NAMED_CACHE, slot, field.key.span, cx),
        };
        out.extend(mount.filter(|_| is_good).map(|mount| NamedCache {
            name: field.key.map(str::to_owned),
            mount,
        }));
    }
    out
}

fn cache_at(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<CacheMount<Written>> {
    let path = value::checked_text(slot, check_target, cx)?;
    Some(CacheMount {
        span: cx.doc.span(slot.id),
        path,
        id: None,
        sharing: None,
        from: None,
        source: None,
        chmod: None,
        uid: None,
        gid: None,
        writable: None,
    })
}

fn cache_mount(
    table: &'static Table,
    slot: Slot<'_>,
    at: Span,
    cx: &mut Cx<'_>,
) -> Option<CacheMount<Written>> {
    let fields = Fields::read(table, slot, at, cx)?;
    let path = fields.checked_text("path", check_target, cx);
    Some(CacheMount {
        span: fields.span,
        id: fields.checked_text("id", check_some, cx),
        sharing: fields.word("sharing", SHARING, cx),
        from: fields.input("from", cx),
        source: fields.text("source", cx),
        chmod: fields.checked_text("chmod", check_octal, cx),
        uid: fields.checked_text("uid", check_number, cx),
        gid: fields.checked_text("gid", check_number, cx),
        writable: fields.boolean("writable", cx),
        path: path?,
    })
}

/// Reads the top-level `secrets`.
pub(in crate::model) fn secrets(slot: Slot<'_>, cx: &mut Cx<'_>) -> Vec<NamedSecret> {
    let mut out = Vec::new();
    for field in names(slot, cx) {
        let is_good = value::is_good_name(field.key, name::check_id, cx);
        let slot = Slot::of(field, "{required: false}");
        let Some(fields) = Fields::read(&NAMED_SECRET, slot, field.key.span, cx) else {
            continue;
        };
        let secret = NamedSecret {
            name: field.key.map(str::to_owned),
            mount: secret_keys(&fields, cx),
            description: fields.literal("description", cx),
        };
        out.extend(is_good.then_some(secret));
    }
    out
}

/// Reads the keys that both tables of secrets have.
fn secret_keys(fields: &Fields<'_>, cx: &mut Cx<'_>) -> SecretMount<Written> {
    SecretMount {
        span: fields.span,
        id: fields.checked_text("id", name::check_id, cx),
        target: fields.checked_text("target", check_target, cx),
        env: fields.checked_text("env", name::check_env, cx),
        required: fields.boolean("required", cx),
        chmod: None,
        uid: None,
        gid: None,
    }
}

/// Reads the top-level `ssh`.
pub(in crate::model) fn agents(slot: Slot<'_>, cx: &mut Cx<'_>) -> Vec<NamedSsh> {
    let mut out = Vec::new();
    for field in names(slot, cx) {
        let is_good = value::is_good_name(field.key, name::check_id, cx);
        let slot = Slot::of(field, "{required: false}");
        let Some(fields) = Fields::read(&NAMED_SSH, slot, field.key.span, cx) else {
            continue;
        };
        let agent = NamedSsh {
            name: field.key.map(str::to_owned),
            required: fields.boolean("required", cx),
            description: fields.literal("description", cx),
        };
        out.extend(is_good.then_some(agent));
    }
    out
}

/// Reads a map of names, and shows how to write one to those who wrote a list of names.
fn names<'d>(slot: Slot<'_>, cx: &mut Cx<'d>) -> Vec<Field<'d>> {
    if let View::Sequence(items) = cx.doc.view(slot.id)
        && let Some(View::Scalar(first)) = items.first().map(|id| cx.doc.view(*id))
    {
        let help = format!("write `{}: {{{}: {{}}}}`", slot.name, first.text);
        if let Some(diagnostic) = cx.doc.wrong_type(slot.id, slot.name, "a map", cx.diags) {
            diagnostic.help(help);
        }
        return Vec::new();
    }
    value::pairs(slot, cx)
}

/// Reads the mounts of a `run` or `script` into `exec`.
pub(in crate::model) fn of_exec(fields: &Fields<'_>, exec: &mut Exec<Written>, cx: &mut Cx<'_>) {
    for slot in fields.items("cache", cx) {
        exec.caches.extend(cache_use(slot, cx));
    }
    for slot in fields.items("secrets", cx) {
        exec.secrets.extend(secret_use(slot, cx));
    }
    for slot in fields.items("ssh", cx) {
        exec.ssh.extend(ssh_use(slot, cx));
    }
    let mounts = fields.some("mounts", cx);
    let mounts = mounts.and_then(|slot| value::list(slot, cx));
    for slot in mounts.unwrap_or_default() {
        mount(slot, exec, cx);
    }
}

fn cache_use(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<CacheUse> {
    if value::is_map(slot, cx) {
        let at = first_key(slot.id, cx);
        return cache_mount(&CACHE, slot, at, cx).map(CacheUse::Mount);
    }
    value::checked_text(slot, check_target, cx).map(CacheUse::Name)
}

fn secret_use(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<SecretUse> {
    if !value::is_map(slot, cx) {
        return value::checked_text(slot, name::check_id, cx).map(SecretUse::Name);
    }
    let fields = Fields::read(&SECRET, slot, first_key(slot.id, cx), cx)?;
    let mount = SecretMount {
        chmod: fields.checked_text("chmod", check_octal, cx),
        uid: fields.checked_text("uid", check_number, cx),
        gid: fields.checked_text("gid", check_number, cx),
        ..secret_keys(&fields, cx)
    };
    if !fields.is_meant("id") {
        cx.diags
            .report(Code::MissingKey, fields.at, "a secret needs `id`")
            .label("has no `id`")
            .help("add `id: npm_token`");
    }
    fields.key_span("id")?;
    Some(SecretUse::Mount(mount))
}

fn ssh_use(slot: Slot<'_>, cx: &mut Cx<'_>) -> Option<SshUse> {
    if let View::Scalar(scalar) = cx.doc.view(slot.id)
        && let Some(is_wanted) = scalar.as_bool()
    {
        if is_wanted {
            return Some(SshUse::Default(scalar.span));
        }
        let message = "`ssh` cannot be `false`";
        cx.diags
            .report(Code::BadValue, scalar.span, message)
            .help("remove the key: without it a step has no agent");
        return None;
    }
    if !value::is_map(slot, cx) {
        return value::checked_text(slot, name::check_id, cx).map(SshUse::Name);
    }
    let fields = Fields::read(&SSH, slot, first_key(slot.id, cx), cx)?;
    Some(SshUse::Mount(Box::new(SshMount {
        span: fields.span,
        id: fields.checked_text("id", name::check_id, cx),
        target: fields.checked_text("target", check_target, cx),
        required: fields.boolean("required", cx),
        chmod: fields.checked_text("chmod", check_octal, cx),
        uid: fields.checked_text("uid", check_number, cx),
        gid: fields.checked_text("gid", check_number, cx),
    })))
}

/// Reads one entry of `mounts`: its first key says which kind.
fn mount(slot: Slot<'_>, exec: &mut Exec<Written>, cx: &mut Cx<'_>) {
    let at = first_key(slot.id, cx);
    let View::Mapping(mapping) = cx.doc.view(slot.id) else {
        value::wrong_type(slot, "maps", cx);
        return;
    };
    let kinds = (mapping.get("bind"), mapping.get("tmpfs"));
    match kinds {
        (None, None) => {
            cx.diags
                .report(Code::MissingKey, at, "a mount needs `bind` or `tmpfs`")
                .label("has neither")
                .help("write `{bind: source, target: path}` or `{tmpfs: path}`");
        }
        (Some(_), None) => exec.binds.extend(bind(slot, at, cx)),
        (None, Some(_)) => exec.tmpfs.extend(tmpfs(slot, at, cx)),
        (Some(_), Some(_)) => {
            cx.diags
                .report(
                    Code::ConflictingKeys,
                    at,
                    "`bind` and `tmpfs` cannot stand together",
                )
                .help("make each an entry of its own, starting with `- `");
        }
    }
}

fn bind(slot: Slot<'_>, at: Span, cx: &mut Cx<'_>) -> Option<Bind<Written>> {
    let fields = Fields::read(&BIND, slot, at, cx)?;
    let source = fields.text("bind", cx);
    let from = fields.input("from", cx);
    let target = fields.checked_text("target", check_target, cx);
    Some(Bind {
        span: fields.span,
        from,
        writable: fields.boolean("writable", cx),
        source: source?,
        target: target?,
    })
}

fn tmpfs(slot: Slot<'_>, at: Span, cx: &mut Cx<'_>) -> Option<Tmpfs<Written>> {
    let fields = Fields::read(&TMPFS, slot, at, cx)?;
    let target = fields.checked_text("tmpfs", check_target, cx);
    let check_size = |text: &str| units::parse_bytes(text).map(drop);
    Some(Tmpfs {
        span: fields.span,
        size: fields.checked_text("size", check_size, cx),
        writable: fields.boolean("writable", cx),
        target: target?,
    })
}

#[cfg(test)]
mod tests;
