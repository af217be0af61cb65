//! Mounts of a Dockerfile whose type or another word is a variable
//! (`dockerfile2llb/convert.go:dispatch`, v0.32.2).

use crate::diagnostic::Code;
use crate::dockerfile::mount::{self, Field, Kind, Mount as Parsed};
use crate::expand::{Expanded, Input};
use crate::expr::{EnvName, Text};
use crate::model::{Bind, CacheMount, Exec, OpenMount, SecretMount, SshMount, Tmpfs};
use crate::text::Spanned;

use super::text::string;
use super::{Context, Progress};

/// Returns the options of a run whose mounts are all of a known kind.
pub(crate) fn resolved(
    cx: &mut Context,
    at: &Progress,
    exec: &Exec<Expanded>,
) -> Option<Exec<Expanded>> {
    if exec.open.is_empty() {
        return None;
    }
    let mut known = exec.clone();
    for open in std::mem::take(&mut known.open) {
        let fields: Vec<Field<EnvName>> = fields(cx, at, &open);
        match mount::parse(&fields) {
            Ok(parsed) => add(parsed, &open, &mut known),
            Err(malformed) => {
                cx.diags
                    .report(Code::BadValue, open.span, malformed.message)
                    .help(malformed.help);
            }
        }
    }
    Some(known)
}

fn fields(cx: &mut Context, at: &Progress, open: &OpenMount<Expanded>) -> Vec<Field<EnvName>> {
    let mut fields = Vec::with_capacity(open.fields.len());
    for (key, value) in &open.fields {
        let value = value.as_ref().map(|value| string(cx, &at.state, value));
        fields.push(Field {
            text: match &value {
                Some(value) => format!("{key}={value}"),
                None => key.clone(),
            },
            key: key.clone(),
            value: value.map(|value| Text::literal(open.span, value)),
        });
    }
    fields
}

fn add(parsed: Parsed<EnvName>, open: &OpenMount<Expanded>, exec: &mut Exec<Expanded>) {
    let span = open.span;
    let empty = || Text::literal(span, "");
    let flag = |value| Some(Spanned::new(value, span));
    let [chmod, uid, gid] = parsed.file;
    match parsed.kind {
        Kind::Bind => exec.binds.push(Bind {
            span,
            source: parsed.source.unwrap_or_else(|| Text::literal(span, "/")),
            from: open.from.clone(),
            target: parsed.target.unwrap_or_else(empty),
            writable: flag(parsed.is_read_only == Some(false)),
        }),
        Kind::Cache => exec.caches.push(crate::expand::Cache::Mount(CacheMount {
            span,
            path: parsed.target.unwrap_or_else(empty),
            id: parsed.id,
            sharing: parsed.sharing.map(|sharing| Spanned::new(sharing, span)),
            from: open.from.clone().or(Some(Input::Scratch)),
            source: parsed.source,
            chmod,
            uid,
            gid,
            writable: flag(parsed.is_read_only != Some(true)),
        })),
        Kind::Tmpfs => exec.tmpfs.push(Tmpfs {
            span,
            target: parsed.target.unwrap_or_else(empty),
            size: parsed.size,
            writable: flag(parsed.is_read_only != Some(true)),
        }),
        Kind::Secret => exec.secrets.push(SecretMount {
            span,
            id: parsed.id.or(parsed.source),
            target: parsed.target,
            env: parsed.env,
            required: flag(parsed.is_required),
            chmod,
            uid,
            gid,
        }),
        Kind::Ssh => exec.ssh.push(SshMount {
            span,
            id: parsed.id,
            target: parsed.target,
            required: flag(parsed.is_required),
            chmod,
            uid,
            gid,
        }),
    }
}
