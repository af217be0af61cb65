//! Caches, secrets and ssh agents by name.

use crate::diagnostic::suggest::nearest;
use crate::diagnostic::{Code, Diagnostics};
use crate::expr::{Found, Name, Scope as _, Text, predefined};
use crate::model::map::{self, MapPhase};
use crate::model::{Arg, CacheMount, CacheUse, SecretMount, SecretUse, SshMount, SshUse};
use crate::preset::{self, PRESETS};
use crate::text::{Span, Spanned};

use super::args::{State, TOP, given_value};
use super::steps::Mapper;
use super::{Cache, Expanded, UsedArg};

impl Mapper<'_, '_> {
    /// Returns the mount of a `cache`. Reports `unknown-cache`.
    pub(super) fn cache_use(&mut self, cache: &CacheUse) -> Option<Cache> {
        let value = match cache {
            CacheUse::Mount(mount) => return Some(Cache::Mount(map::cache_mount(mount, self))),
            CacheUse::Name(value) => value,
        };
        let text = self.expander.text(value, &self.names, self.diags)?;
        let literal = text.as_literal().filter(|name| !name.contains('/'));
        let Some(name) = literal.map(|name| Spanned::new(name.to_owned(), text.span)) else {
            return Some(Cache::Mount(at_path(text)));
        };
        let caches = &self.expander.build.caches;
        if let Some(named) = self.expander.caches.find(&name.value, caches) {
            let mount = map::cache_mount(&named.mount, &mut self.outside());
            return Some(Cache::Mount(mount));
        }
        if let Some(preset) = preset::find(&name.value) {
            return Some(Cache::Preset(preset, name.span));
        }
        unknown_cache(&name, self.expander.caches.names(), self.diags);
        None
    }

    /// Returns the mount of a `secrets` entry.
    pub(super) fn secret_use(&mut self, secret: &SecretUse) -> SecretMount<Expanded> {
        let own = match secret {
            SecretUse::Mount(mount) => map::secret_mount(mount, self),
            SecretUse::Name(value) => SecretMount {
                id: Some(self.text(value)),
                ..no_secret(value.span())
            },
        };
        let id = own
            .id
            .as_ref()
            .and_then(Text::as_literal)
            .unwrap_or_default();
        let secrets = &self.expander.build.secrets;
        let Some(named) = self.expander.secrets.find(id, secrets) else {
            return own;
        };
        let theirs = map::secret_mount(&named.mount, &mut self.outside());
        SecretMount {
            span: own.span,
            id: theirs.id.or(own.id),
            target: own.target.or(theirs.target),
            env: own.env.or(theirs.env),
            required: own.required.or(theirs.required),
            chmod: own.chmod.or(theirs.chmod),
            uid: own.uid.or(theirs.uid),
            gid: own.gid.or(theirs.gid),
        }
    }

    /// Returns the mount of an `ssh` entry.
    pub(super) fn ssh_use(&mut self, ssh: &SshUse) -> SshMount<Expanded> {
        let mut own = match ssh {
            SshUse::Mount(mount) => map::ssh_mount(mount, self),
            SshUse::Default(span) => no_ssh(*span),
            SshUse::Name(value) => SshMount {
                id: Some(self.text(value)),
                ..no_ssh(value.span())
            },
        };
        let id = match &own.id {
            Some(id) => id.as_literal().unwrap_or_default(),
            None => "default",
        };
        let named = self.expander.ssh.find(id, &self.expander.build.ssh);
        own.required = own.required.or(named.and_then(|named| named.required));
        own
    }

    /// Returns the value of an argument that a step declares: the request's, its default, or that
    /// of the file's argument of the same name (`dockerfile2llb/convert.go:dispatchArg`, v0.32.2).
    pub(super) fn declared(&mut self, arg: &Arg) -> Option<Text> {
        let value = self.value_of(arg);
        let is_given = self.expander.asked.args.contains_key(&arg.name.value);
        // One that is the file's is listed there.
        let is_of_file = !is_given && arg.default.is_none() && value.is_some();
        if !is_of_file {
            let value = value.as_ref().and_then(Text::as_literal);
            self.expander.declared.borrow_mut().push(UsedArg {
                arg: arg.clone(),
                value: value.map(str::to_owned),
            });
        }
        value
    }

    fn value_of(&mut self, arg: &Arg) -> Option<Text> {
        let expander = self.expander;
        let name = &arg.name;
        let literal = |state: State| match state {
            State::Set(value) => Some(Text::literal(name.span, value)),
            State::Unset | State::Failed => None,
        };
        if let Some(given) = expander.asked.args.get(&name.value) {
            return literal(given_value(arg, given, expander.asked.purpose, self.diags));
        }
        if let Some(default) = &arg.default {
            return Some(self.text(default));
        }
        let found = expander.sets.find(TOP, &name.value);
        if let Some(found) = found {
            found.is_mentioned.set(true);
        }
        if let Some(State::Set(value)) = found.map(|found| &found.state) {
            return Some(Text::literal(name.span, value.clone()));
        }
        match self.names.find(&predefined(&name.value)?) {
            Found::Set(value) => Some(Text::literal(name.span, value)),
            _ => None,
        }
    }

    /// Returns the value of the argument that a `build-env` without a value names: that of the
    /// argument which is declared here, else the request's.
    pub(super) fn value_of_arg(&mut self, name: &Spanned<String>) -> Option<Text> {
        let arg = Name::Arg(name.value.clone());
        if self.names.sets.find(self.names.set, &name.value).is_some() {
            self.names.mention(&arg, name.span, self.diags);
        }
        let found = match self.names.find(&arg) {
            Found::Set(value) => Some(value),
            _ => None,
        };
        let found = found.or_else(|| {
            self.expander
                .asked
                .args
                .get(&name.value)
                .map(String::as_str)
        });
        let found = found.or_else(|| match self.names.find(&predefined(&name.value)?) {
            Found::Set(value) => Some(value),
            _ => None,
        });
        found.map(|value| Text::literal(name.span, value))
    }

    /// Returns the mapper for what stands outside of stages: no stage's arguments are there.
    fn outside(&mut self) -> Mapper<'_, '_> {
        let mut names = self.names;
        names.set = TOP;
        Mapper {
            expander: self.expander,
            idx: self.idx,
            names,
            diags: self.diags,
        }
    }
}

/// Reports `unknown-cache`, given the caches that the file declares.
pub(super) fn unknown_cache<'a>(
    name: &Spanned<String>,
    declared: impl IntoIterator<Item = &'a str>,
    diags: &mut Diagnostics,
) {
    let message = format!("there is no cache or preset `{}`", name.value);
    let presets = PRESETS.iter().map(|preset| preset.name);
    let near = nearest(&name.value, declared.into_iter().chain(presets.clone()));
    let several: Vec<&str> = name
        .value
        .split([',', ' '])
        .filter(|it| !it.is_empty())
        .collect();
    let diagnostic = diags.report(Code::UnknownCache, name.span, message);
    match near {
        _ if several.len() > 1 => {
            let list = several.join(", ");
            diagnostic.help(format!("write a list: `cache: [{list}]`"));
        }
        Some(near) => {
            diagnostic.suggest(near, format!("did you mean `{near}`?"));
        }
        None => {
            let list: Vec<&str> = presets.collect();
            diagnostic.help(format!(
                "write a path such as `/{}`, declare it under `caches`, or use a preset: {}",
                name.value,
                list.join(", ")
            ));
        }
    }
}

fn at_path(path: Text) -> CacheMount<Expanded> {
    CacheMount {
        span: path.span,
        path,
        id: None,
        sharing: None,
        from: None,
        source: None,
        chmod: None,
        uid: None,
        gid: None,
        writable: None,
    }
}

fn no_secret(span: Span) -> SecretMount<Expanded> {
    SecretMount {
        span,
        id: None,
        target: None,
        env: None,
        required: None,
        chmod: None,
        uid: None,
        gid: None,
    }
}

fn no_ssh(span: Span) -> SshMount<Expanded> {
    SshMount {
        span,
        id: None,
        target: None,
        required: None,
        chmod: None,
        uid: None,
        gid: None,
    }
}
