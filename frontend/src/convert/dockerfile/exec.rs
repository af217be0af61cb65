//! `run` and `script`.

use crate::lower::shell_text;
use crate::model::{
    CacheMount, CacheUse, Command, Exec, InputName, Network, Run, Script, SecretMount, SecretUse,
    Security, Sharing, Source, SshUse, Value, Written,
};
use crate::preset;
use crate::text::{Span, Spanned};

use super::step::is_line;
use super::{Cx, words};

/// Returns what the mounts of a step are from.
pub(super) fn inputs(exec: &Exec<Written>) -> impl Iterator<Item = &InputName> {
    let binds = exec.binds.iter().filter_map(|bind| bind.from.as_ref());
    binds.chain(exec.caches.iter().filter_map(|cache| match cache {
        CacheUse::Mount(mount) => mount.from.as_ref(),
        CacheUse::Name(_) => None,
    }))
}

/// Writes a `run`.
pub(super) fn run(cx: &mut Cx<'_>, run: &Run<Written>, span: Span) {
    let flags = flags(cx, &run.exec, span);
    let shell: Vec<String> = match &run.exec.shell {
        Some(shell) => shell.value.iter().map(|word| cx.literal(word)).collect(),
        None => cx.shell.clone(),
    };
    let text = match &run.command {
        Command::Exec(list) => {
            let list: Vec<String> = list.iter().map(|word| cx.literal(word)).collect();
            return cx.say("RUN", &format!("{flags}{}", words::json(&list)));
        }
        Command::Verbatim(text) => cx.literal(text),
        Command::Shell(text) => {
            let own = run.exec.errexit.as_ref();
            let of_stage = cx.stage.and_then(|stage| stage.body.errexit.as_ref());
            let errexit = own.or(of_stage).is_none_or(|flag| flag.value);
            let text = cx.literal(text);
            match own {
                Some(flag) if !flag.value => text,
                _ => shell_text(&text, &shell, errexit.into()),
            }
        }
    };
    let lines = text.strip_suffix('\n').unwrap_or_default();
    let is_heredoc = text.ends_with('\n')
        && !text.starts_with("#!")
        && !text.contains('\r')
        && lines.split('\n').all(|line| line != "EOF");
    if run.exec.shell.is_some() || !is_line(&text) && !is_heredoc {
        if cx.shell.is_empty() && run.exec.shell.is_none() {
            return cx.cannot(span, "such command for the shell of Windows");
        }
        let mut list = shell;
        list.push(text);
        cx.say("RUN", &format!("{flags}{}", words::json(&list)));
    } else if is_line(&text) {
        cx.say("RUN", &format!("{flags}{text}"));
    } else {
        cx.say("RUN", &format!("{flags}<<EOF\n{text}EOF"));
    }
}

/// Writes a `script`.
pub(super) fn script(cx: &mut Cx<'_>, script: &Script<Written>, span: Span) {
    let flags = flags(cx, &script.exec, span);
    let Source::Content(content) = &script.source else {
        return cx.cannot(span, "`script` that is a file");
    };
    cx.no_key("shell", script.exec.shell.as_ref().map(|it| it.span));
    let name = match &content.name {
        Some(name) => cx.literal(name),
        None => "EOF".to_owned(),
    };
    let text = cx.literal(&content.content);
    if !text.ends_with('\n') || text.lines().any(|line| line == name) {
        cx.cannot(content.span, "script without a line break at its end");
    }
    cx.say("RUN", &format!("{flags}<<{name}\n{text}{name}"));
}

fn flags(cx: &mut Cx<'_>, exec: &Exec<Written>, span: Span) -> String {
    let first = |entries: &[(Spanned<String>, Value)]| entries.first().map(|it| it.0.span);
    let memory = exec.resources.as_ref().and_then(|it| it.memory.as_ref());
    for (key, span) in [
        ("env", first(&exec.env)),
        ("workdir", exec.workdir.as_ref().map(Value::span)),
        ("user", exec.user.as_ref().map(Value::span)),
        ("devices", exec.devices.first().map(|it| it.name.span())),
        ("extra-hosts", first(&exec.extra_hosts)),
        ("ulimits", exec.ulimits.first().map(|it| it.name.span)),
        ("shm-size", exec.shm_size.as_ref().map(Value::span)),
        ("exit-codes", exec.exit_codes.first().map(|it| it.span)),
        ("resources", memory.map(Value::span)),
    ] {
        if let Some(span) = span {
            cx.cannot(span, &format!("`{key}` of a step"));
        }
    }
    let mut mounts = Vec::new();
    for cache in &exec.caches {
        self::cache(cx, cache, &mut mounts);
    }
    for secret in &exec.secrets {
        let mount = self::secret(cx, secret);
        mounts.push(mount);
    }
    for ssh in &exec.ssh {
        let mount = self::ssh(cx, ssh);
        mounts.push(mount);
    }
    others(cx, exec, &mut mounts);
    let mut out: String = mounts.iter().map(|it| format!("--mount={it} ")).collect();
    match exec.network.as_ref().map(|it| it.value) {
        None => {}
        Some(Network::Default) => out += "--network=default ",
        Some(Network::None) => out += "--network=none ",
        Some(Network::Host) => out += "--network=host ",
    }
    match exec.security.as_ref().map(|it| it.value) {
        None => {}
        Some(Security::Sandbox) => out += "--security=sandbox ",
        Some(Security::Insecure) => out += "--security=insecure ",
    }
    plain(cx, out, span)
}

/// Returns options, which Dockerfiles read byte by byte (`instructions/bflag.go`, v0.32.2).
pub(super) fn plain(cx: &mut Cx<'_>, flags: String, span: Span) -> String {
    if !flags.is_ascii() {
        cx.cannot(span, "characters beyond ASCII in the options of a step");
    }
    flags
}

/// Returns where something is mounted.
fn target(cx: &mut Cx<'_>, path: &Value) -> String {
    let text = cx.word(path);
    if text.contains(['"', ',']) {
        cx.cannot(path.span(), "commas, blanks and backslashes in mounts");
    }
    text
}

/// Adds a field of a mount.
fn field(cx: &mut Cx<'_>, mount: &mut String, key: &str, value: Option<&Value>) {
    if let Some(value) = value {
        let text = cx.word(value);
        if text.contains(['"', ',']) {
            cx.cannot(value.span(), "commas, blanks and backslashes in mounts");
        }
        *mount += &format!(",{key}={text}");
    }
}

fn from(cx: &mut Cx<'_>, mount: &mut String, input: Option<&InputName>) {
    if let Some(input) = input {
        let name = cx.literal(&input.name);
        *mount += &format!(",from={name}");
    }
}

fn cache(cx: &mut Cx<'_>, cache: &CacheUse, mounts: &mut Vec<String>) {
    let name = match cache {
        CacheUse::Mount(mount) => {
            let mount = cache_mount(cx, mount);
            return mounts.push(mount);
        }
        CacheUse::Name(name) => name,
    };
    let text = cx.literal(name);
    let named = cx.build.caches.iter().find(|it| it.name.value == text);
    if let Some(named) = named.filter(|_| !text.contains('/')) {
        let mount = cache_mount(cx, &named.mount);
        return mounts.push(mount);
    }
    let Some(preset) = preset::find(&text).filter(|_| !text.contains('/')) else {
        return mounts.push(format!("type=cache,target={}", target(cx, name)));
    };
    if preset.keeps_apt_downloads {
        return cx.cannot(
            name.span(),
            "preset `apt`, which mounts a file over another",
        );
    }
    if !cx.is_root {
        return cx.cannot(name.span(), "preset for a user with another home than root");
    }
    for path in preset.paths {
        let target = path
            .of_root
            .unwrap_or(path.default)
            .replacen('~', "/root", 1);
        let mut mount = format!("type=cache,target={target}");
        mount += sharing(preset.sharing);
        mounts.push(mount);
    }
}

fn sharing(sharing: Sharing) -> &'static str {
    match sharing {
        Sharing::Shared => "",
        Sharing::Private => ",sharing=private",
        Sharing::Locked => ",sharing=locked",
    }
}

fn cache_mount(cx: &mut Cx<'_>, it: &CacheMount<Written>) -> String {
    let mut mount = format!("type=cache,target={}", target(cx, &it.path));
    field(cx, &mut mount, "id", it.id.as_ref());
    mount += it.sharing.as_ref().map_or("", |it| sharing(it.value));
    from(cx, &mut mount, it.from.as_ref());
    field(cx, &mut mount, "source", it.source.as_ref());
    field(cx, &mut mount, "mode", it.chmod.as_ref());
    field(cx, &mut mount, "uid", it.uid.as_ref());
    field(cx, &mut mount, "gid", it.gid.as_ref());
    mount
}

fn secret(cx: &mut Cx<'_>, secret: &SecretUse) -> String {
    let (id, own) = match secret {
        SecretUse::Name(name) => (Some(name), None),
        SecretUse::Mount(mount) => (mount.id.as_ref(), Some(mount)),
    };
    let name = id.and_then(Value::as_literal).unwrap_or_default();
    let build = cx.build;
    let declared = build.secrets.iter().find(|it| it.name.value == name);
    let declared = declared.map(|it| &it.mount);
    // A key of the step counts before one of the declaration.
    fn pick<'m, T>(
        own: Option<&'m SecretMount<Written>>,
        declared: Option<&'m SecretMount<Written>>,
        key: fn(&'m SecretMount<Written>) -> Option<&'m T>,
    ) -> Option<&'m T> {
        own.and_then(key).or_else(|| declared.and_then(key))
    }
    let mut mount = "type=secret".to_owned();
    let id = declared.and_then(|it| it.id.as_ref()).or(id);
    field(cx, &mut mount, "id", id);
    field(
        cx,
        &mut mount,
        "target",
        pick(own, declared, |it| it.target.as_ref()),
    );
    field(
        cx,
        &mut mount,
        "env",
        pick(own, declared, |it| it.env.as_ref()),
    );
    let is_required = pick(own, declared, |it| it.required.as_ref());
    mount += if is_required.is_none_or(|it| it.value) {
        ",required"
    } else {
        ""
    };
    field(
        cx,
        &mut mount,
        "mode",
        pick(own, declared, |it| it.chmod.as_ref()),
    );
    field(
        cx,
        &mut mount,
        "uid",
        pick(own, declared, |it| it.uid.as_ref()),
    );
    field(
        cx,
        &mut mount,
        "gid",
        pick(own, declared, |it| it.gid.as_ref()),
    );
    mount
}

fn ssh(cx: &mut Cx<'_>, ssh: &SshUse) -> String {
    let mut mount = "type=ssh".to_owned();
    let (id, own) = match ssh {
        SshUse::Default(_) => (None, None),
        SshUse::Name(name) => (Some(name), None),
        SshUse::Mount(mount) => (mount.id.as_ref(), Some(mount)),
    };
    let name = id.and_then(Value::as_literal).unwrap_or("default");
    let mut declared = cx.build.ssh.iter();
    let declared = declared.find(|it| it.name.value == name);
    let declared = declared.and_then(|it| it.required.as_ref());
    field(cx, &mut mount, "id", id);
    field(
        cx,
        &mut mount,
        "target",
        own.and_then(|it| it.target.as_ref()),
    );
    let is_required = own.and_then(|it| it.required.as_ref()).or(declared);
    mount += if is_required.is_none_or(|it| it.value) {
        ",required"
    } else {
        ""
    };
    field(cx, &mut mount, "mode", own.and_then(|it| it.chmod.as_ref()));
    field(cx, &mut mount, "uid", own.and_then(|it| it.uid.as_ref()));
    field(cx, &mut mount, "gid", own.and_then(|it| it.gid.as_ref()));
    mount
}

fn others(cx: &mut Cx<'_>, exec: &Exec<Written>, mounts: &mut Vec<String>) {
    for bind in &exec.binds {
        let mut mount = format!("type=bind,target={}", target(cx, &bind.target));
        field(cx, &mut mount, "source", Some(&bind.source));
        from(cx, &mut mount, bind.from.as_ref());
        mount += if bind.writable.as_ref().is_some_and(|it| it.value) {
            ",rw"
        } else {
            ""
        };
        mounts.push(mount);
    }
    for tmpfs in &exec.tmpfs {
        let mut mount = format!("type=tmpfs,target={}", target(cx, &tmpfs.target));
        field(cx, &mut mount, "size", tmpfs.size.as_ref());
        if tmpfs.writable.as_ref().is_some_and(|it| !it.value) {
            mount += ",ro";
        }
        mounts.push(mount);
    }
}
