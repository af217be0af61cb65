//! Mounts in their short forms: caches that a preset stands for, the user's own caches as paths,
//! secrets and agents declared once.

use crate::convert::Bases;
use crate::expr::Template;
use crate::model::{
    Build, CacheMount, CacheUse, Exec, InputKind, NamedSecret, Options, SecretMount, SecretUse,
    Sharing, SshUse, Value, Verb, Written,
};
use crate::preset::{PRESETS, Preset};
use crate::text::Spanned;

/// Presets that images with the tool move to another place, and where that is, if there are such
/// caches at all: those of Go are mounted one directory below the preset's.
const MOVED: &[(&str, Option<&str>)] = &[("cargo", Some("/usr/local/cargo")), ("go", None)];

/// Gives mounts their short forms.
pub(super) fn settle(build: &mut Build, bases: Bases) {
    each_mut(build, &mut binds);
    let moved = variables(build);
    for idx in 0..build.stages.len() {
        let mut is_root = is_root_after(build, idx, bases);
        let Some(steps) = &mut build.stages[idx].body.steps else {
            continue;
        };
        for step in steps {
            match &mut step.verb {
                Verb::User(user) => is_root = is_root_user(user),
                Verb::Run(run) if is_root => caches(&mut run.exec, &moved, bases),
                Verb::Script(script) if is_root => caches(&mut script.exec, &moved, bases),
                _ => {}
            }
        }
    }
    declare(build);
}

fn is_root_user(user: &Value) -> bool {
    let name = user.as_literal().and_then(|user| user.split(':').next());
    matches!(name, Some("root" | "0"))
}

/// Tells whether the user is root when a stage begins.
fn is_root_after(build: &Build, idx: usize, bases: Bases) -> bool {
    let stage = &build.stages[idx];
    let name = stage
        .body
        .from
        .as_ref()
        .filter(|it| it.kind == InputKind::Any);
    let name = name.and_then(|it| it.name.as_literal());
    let mut earlier = build.stages[..idx].iter();
    let base = earlier.position(|it| Some(it.name.value.as_str()) == name);
    let Some(base) = base else {
        return bases != Bases::Unknown;
    };
    let steps = build.stages[base].body.steps.iter().flatten();
    let mut users = steps.filter_map(|step| match &step.verb {
        Verb::User(user) => Some(user),
        _ => None,
    });
    match users.next_back() {
        Some(user) => is_root_user(user),
        None => is_root_after(build, base, bases),
    }
}

/// Returns every variable that a stage of the file sets.
fn variables(build: &Build) -> Vec<String> {
    let steps = build
        .stages
        .iter()
        .flat_map(|it| it.body.steps.iter().flatten());
    let names = steps.flat_map(|step| match &step.verb {
        Verb::Env(entries) => entries.iter().map(|it| it.0.value.clone()).collect(),
        Verb::BuildEnv(entries) => entries.iter().map(|it| it.0.value.clone()).collect(),
        Verb::Arg(args) => args.iter().map(|it| it.name.value.clone()).collect(),
        _ => Vec::new(),
    });
    names.collect()
}

/// Tells whether a cache says nothing but its path and who shares it, and is root's.
fn simple(cache: &CacheUse) -> Option<(&str, Sharing, &CacheMount<Written>)> {
    let CacheUse::Mount(mount) = cache else {
        return None;
    };
    let from = mount.from.as_ref()?;
    let is_empty = from.name.as_literal() == Some("scratch") && mount.source.is_none();
    let is_plain = mount.chmod.is_none() && mount.uid.is_none() && mount.gid.is_none();
    let sharing = mount
        .sharing
        .as_ref()
        .map_or(Sharing::Shared, |it| it.value);
    let path = mount.path.as_literal()?;
    (is_empty && is_plain && path.contains('/')).then_some((path, sharing, mount))
}

/// Leaves out what a bind mount need not say, and says that it is at the working directory.
fn binds(exec: &mut Options<Written>) {
    if exec.binds.is_empty() {
        return;
    }
    let mut changed: Exec<Written> = (**exec).clone();
    for bind in &mut changed.binds {
        bind.writable = bind.writable.filter(|it| it.value);
        if bind.target.as_literal() == Some("") {
            bind.target = Value::Plain(Template::literal(bind.target.span(), "."));
        }
        if bind.from.is_none() && bind.source.as_literal() == Some("/") {
            bind.source = Value::Plain(Template::literal(bind.source.span(), "."));
        }
    }
    *exec = changed.into();
}

fn caches(exec: &mut Options<Written>, moved: &[String], bases: Bases) {
    if exec.caches.is_empty() {
        return;
    }
    let mut changed: Exec<Written> = (**exec).clone();
    for cache in &mut changed.caches {
        if simple(cache).is_some()
            && let CacheUse::Mount(mount) = cache
        {
            mount.from = None;
        }
    }
    for preset in PRESETS.iter().filter(|_| bases != Bases::Unknown) {
        let is_moved = preset
            .paths
            .iter()
            .flat_map(|path| path.moved_by)
            .any(|(name, _)| moved.iter().any(|it| it == name));
        let elsewhere = MOVED.iter().find(|(name, _)| *name == preset.name);
        let root = match elsewhere {
            None => Some(None),
            Some((_, place)) => place.filter(|_| bases == Bases::Official).map(Some),
        };
        if let Some(root) = root.filter(|_| !preset.keeps_apt_downloads && !is_moved) {
            use_preset(preset, root, exec, &mut changed);
        }
    }
    *exec = changed.into();
}

/// Replaces the caches of a preset by its name, if all of them are there; `moved` is where an image
/// moves them.
fn use_preset(
    preset: Preset,
    moved: Option<&str>,
    written: &Exec<Written>,
    changed: &mut Exec<Written>,
) {
    let mut found = Vec::new();
    for path in preset.paths {
        let target = match (moved, path.moved_by) {
            (Some(moved), [(_, below), ..]) => format!("{moved}/{below}"),
            _ => path
                .of_root
                .unwrap_or(path.default)
                .replacen('~', "/root", 1),
        };
        let is_it = |cache: &CacheUse| {
            let simple = simple(cache);
            simple.is_some_and(|(path, sharing, mount)| {
                path == target && sharing == preset.sharing && mount.id.is_none()
            })
        };
        match written.caches.iter().position(is_it) {
            Some(idx) => found.push(idx),
            None => return,
        }
    }
    let Some(first) = found.iter().min().copied() else {
        return;
    };
    let Some(CacheUse::Mount(mount)) = written.caches.get(first) else {
        return;
    };
    let name = CacheUse::Name(Value::Plain(Template::literal(mount.span, preset.name)));
    let targets: Vec<&str> = found
        .iter()
        .filter_map(|idx| simple(&written.caches[*idx]).map(|it| it.0))
        .collect();
    let is_of_preset = |cache: &CacheUse| match cache {
        CacheUse::Mount(mount) => mount
            .path
            .as_literal()
            .is_some_and(|path| targets.contains(&path)),
        CacheUse::Name(_) => false,
    };
    let Some(at) = changed.caches.iter().position(is_of_preset) else {
        return;
    };
    changed.caches.retain(|cache| !is_of_preset(cache));
    changed.caches.insert(at.min(changed.caches.len()), name);
}

/// Declares secrets that every step mounts in the same way.
fn declare(build: &mut Build) {
    let mut secrets: Vec<(String, SecretMount<Written>, bool)> = Vec::new();
    each(build, &mut |exec| {
        for secret in &exec.secrets {
            let SecretUse::Mount(mount) = secret else {
                continue;
            };
            let Some(id) = mount.id.as_ref().and_then(Value::as_literal) else {
                continue;
            };
            let is_plain = mount.chmod.is_none() && mount.uid.is_none() && mount.gid.is_none();
            match secrets.iter_mut().find(|it| it.0 == id) {
                Some(found) => found.2 &= is_plain && is_same(&found.1, mount),
                None => secrets.push((id.to_owned(), mount.clone(), is_plain)),
            }
        }
    });
    secrets.retain(|it| it.2);
    let names: Vec<&str> = secrets.iter().map(|it| it.0.as_str()).collect();
    change(build, &names);
    for (name, mount, _) in &secrets {
        let is_required = mount.required.as_ref().is_none_or(|it| it.value);
        if mount.target.is_none() && mount.env.is_none() && is_required {
            continue;
        }
        let mut mount = mount.clone();
        mount.id = None;
        mount.required = mount.required.filter(|it| !it.value);
        build.secrets.push(NamedSecret {
            name: Spanned::new(name.clone(), mount.span),
            mount,
            description: None,
        });
    }
}

fn is_same(a: &SecretMount<Written>, b: &SecretMount<Written>) -> bool {
    let text = |value: &Option<Value>| value.as_ref().map(|it| it.as_literal().map(str::to_owned));
    let required = |it: &SecretMount<Written>| it.required.as_ref().is_none_or(|it| it.value);
    text(&a.target) == text(&b.target) && text(&a.env) == text(&b.env) && required(a) == required(b)
}

/// Calls `f` with the options of every step that runs something.
fn each(build: &Build, f: &mut impl FnMut(&Exec<Written>)) {
    for step in build
        .stages
        .iter()
        .flat_map(|it| it.body.steps.iter().flatten())
    {
        match &step.verb {
            Verb::Run(run) => f(&run.exec),
            Verb::Script(script) => f(&script.exec),
            _ => {}
        }
    }
}

/// Calls `f` with the options of every step that runs something, to change them.
fn each_mut(build: &mut Build, f: &mut impl FnMut(&mut Options<Written>)) {
    let stages = build.stages.iter_mut();
    for step in stages.flat_map(|it| it.body.steps.iter_mut().flatten()) {
        match &mut step.verb {
            Verb::Run(run) => f(&mut run.exec),
            Verb::Script(script) => f(&mut script.exec),
            _ => {}
        }
    }
}

/// Uses the declared secrets by their names.
fn change(build: &mut Build, names: &[&str]) {
    each_mut(build, &mut |exec| {
        if exec.secrets.is_empty() && exec.ssh.is_empty() {
            return;
        }
        let mut changed: Exec<Written> = (**exec).clone();
        for secret in &mut changed.secrets {
            let SecretUse::Mount(mount) = secret else {
                continue;
            };
            let is_declared = |id: &Value| id.as_literal().is_some_and(|id| names.contains(&id));
            if let Some(id) = mount.id.clone().filter(is_declared) {
                *secret = SecretUse::Name(id);
            }
        }
        for agent in &mut changed.ssh {
            if let SshUse::Mount(mount) = agent {
                mount.required = mount.required.filter(|it| !it.value);
            }
        }
        *exec = changed.into();
    });
}
