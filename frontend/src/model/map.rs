//! Steps from one phase to the next.
//!
//! A [`MapPhase`] says what becomes of a phase's own types; the rest of a step is carried over
//! here, once for every pass. Nothing is checked and nothing is reported here.

use crate::text::Spanned;

use super::{
    Add, Bind, CacheMount, Command, Content, Copy, Device, Exec, Healthcheck, Mkdir, OpenMount,
    Phase, Remove, Resources, Run, Script, SecretMount, Source, SshMount, Step, Symlink, Tmpfs,
    Ulimit, Verb,
};

/// What becomes of the types in which two phases differ.
pub trait MapPhase<P: Phase, Q: Phase> {
    /// A string.
    fn text(&mut self, text: &P::Text) -> Q::Text;

    /// What `from` names.
    fn input(&mut self, input: &P::Input) -> Q::Input;

    /// The condition of a step; `None` if the step is not there.
    fn when(&mut self, when: &P::When) -> Option<Q::When>;

    /// A cache of a run: none, one or several mounts.
    fn cache(&mut self, cache: &P::Cache) -> Vec<Q::Cache>;

    /// A secret of a run.
    fn secret(&mut self, secret: &P::Secret) -> Option<Q::Secret>;

    /// An ssh agent of a run.
    fn ssh(&mut self, ssh: &P::Ssh) -> Option<Q::Ssh>;

    /// Arguments that a step declares.
    fn args(&mut self, args: &[P::Arg]) -> Verb<Q>;

    /// The value of a `build-env` that has none: that of the argument of its name, as of ARG.
    fn of_arg(&mut self, _name: &Spanned<String>) -> Option<Q::Text> {
        None
    }
}

/// Returns the steps whose condition holds, mapped.
pub fn steps<P: Phase, Q: Phase>(steps: &[Step<P>], m: &mut impl MapPhase<P, Q>) -> Vec<Step<Q>> {
    steps.iter().filter_map(|s| step(s, m)).collect()
}

/// Returns the step, mapped, if its condition holds.
pub fn step<P: Phase, Q: Phase>(step: &Step<P>, m: &mut impl MapPhase<P, Q>) -> Option<Step<Q>> {
    let when = m.when(&step.when)?;
    Some(Step {
        span: step.span,
        name: optional(&step.name, m),
        when,
        no_cache: step.no_cache,
        check: step.check.clone(),
        instruction: step.instruction.clone(),
        verb: verb(&step.verb, m),
    })
}

/// Returns the verb, mapped.
pub fn verb<P: Phase, Q: Phase>(verb: &Verb<P>, m: &mut impl MapPhase<P, Q>) -> Verb<Q> {
    match verb {
        Verb::Run(run) => Verb::Run(Run {
            command: command(&run.command, m),
            exec: run.exec.map(|it| exec(it, m)),
        }),
        Verb::Script(script) => Verb::Script(Box::new(Script {
            source: source(&script.source, m),
            exec: script.exec.map(|it| exec(it, m)),
        })),
        Verb::Copy(it) => Verb::Copy(Box::new(copy(it, m))),
        Verb::Add(it) => Verb::Add(Box::new(add(it, m))),
        Verb::File(it) => Verb::File(Box::new(copy(it, m))),
        Verb::Mkdir(it) => Verb::Mkdir(Box::new(mkdir(it, m))),
        Verb::Symlink(link) => Verb::Symlink(Box::new(Symlink {
            path: m.text(&link.path),
            target: m.text(&link.target),
        })),
        Verb::Remove(remove) => Verb::Remove(Remove {
            paths: texts(&remove.paths, m),
            optional: remove.optional,
        }),
        Verb::Env(entries) => Verb::Env(pairs(entries, m)),
        Verb::Named(kind, entries) => {
            let pair = |(name, value): &(P::Text, P::Text)| (m.text(name), m.text(value));
            Verb::Named(*kind, entries.iter().map(pair).collect())
        }
        Verb::ImageEnv(entries) => Verb::ImageEnv(pairs(entries, m)),
        Verb::BuildEnv(entries) => Verb::BuildEnv(optional_pairs(entries, m)),
        Verb::Arg(args) => m.args(args),
        Verb::Workdir(path) => Verb::Workdir(m.text(path)),
        Verb::ImageWorkdir(path) => Verb::ImageWorkdir(m.text(path)),
        Verb::User(user) => Verb::User(m.text(user)),
        Verb::Shell(words) => Verb::Shell(texts(words, m)),
        Verb::Label(entries) => Verb::Label(pairs(entries, m)),
        Verb::Annotations(entries) => Verb::Annotations(pairs(entries, m)),
        Verb::Cmd(it) => Verb::Cmd(command(it, m)),
        Verb::Entrypoint(it) => Verb::Entrypoint(command(it, m)),
        Verb::Expose(ports) => Verb::Expose(texts(ports, m)),
        Verb::Volume(paths) => Verb::Volume(texts(paths, m)),
        Verb::Healthcheck(it) => Verb::Healthcheck(Box::new(healthcheck(it, m))),
        Verb::StopSignal(signal) => Verb::StopSignal(m.text(signal)),
        Verb::Onbuild(triggers) => Verb::Onbuild(triggers.clone()),
        Verb::Author(author) => Verb::Author(m.text(author)),
        Verb::Parallel(branches) => {
            Verb::Parallel(branches.iter().map(|branch| steps(branch, m)).collect())
        }
    }
}

/// Returns the list, mapped.
pub fn texts<P: Phase, Q: Phase>(list: &[P::Text], m: &mut impl MapPhase<P, Q>) -> Vec<Q::Text> {
    list.iter().map(|text| m.text(text)).collect()
}

/// Returns the map, its values mapped.
pub fn pairs<P: Phase, Q: Phase>(
    entries: &[(Spanned<String>, P::Text)],
    m: &mut impl MapPhase<P, Q>,
) -> Vec<(Spanned<String>, Q::Text)> {
    let pair = |(key, value): &(Spanned<String>, P::Text)| (key.clone(), m.text(value));
    entries.iter().map(pair).collect()
}

/// Returns the map, its values mapped where there are any.
pub fn optional_pairs<P: Phase, Q: Phase>(
    entries: &[(Spanned<String>, Option<P::Text>)],
    m: &mut impl MapPhase<P, Q>,
) -> Vec<(Spanned<String>, Option<Q::Text>)> {
    let mut out = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let value = match value {
            Some(value) => Some(m.text(value)),
            None => m.of_arg(key),
        };
        out.push((key.clone(), value));
    }
    out
}

/// Returns the command, mapped.
pub fn command<P: Phase, Q: Phase>(
    command: &Command<P>,
    m: &mut impl MapPhase<P, Q>,
) -> Command<Q> {
    match command {
        Command::Shell(text) => Command::Shell(m.text(text)),
        Command::Verbatim(text) => Command::Verbatim(m.text(text)),
        Command::Exec(words) => Command::Exec(texts(words, m)),
    }
}

/// Returns the health check, mapped.
pub fn healthcheck<P: Phase, Q: Phase>(
    check: &Healthcheck<P>,
    m: &mut impl MapPhase<P, Q>,
) -> Healthcheck<Q> {
    match check {
        Healthcheck::None => Healthcheck::None,
        Healthcheck::Check {
            run,
            interval,
            timeout,
            start_period,
            start_interval,
            retries,
        } => Healthcheck::Check {
            run: command(run, m),
            interval: optional(interval, m),
            timeout: optional(timeout, m),
            start_period: optional(start_period, m),
            start_interval: optional(start_interval, m),
            retries: optional(retries, m),
        },
    }
}

/// Returns the cache mount, mapped.
pub fn cache_mount<P: Phase, Q: Phase>(
    mount: &CacheMount<P>,
    m: &mut impl MapPhase<P, Q>,
) -> CacheMount<Q> {
    CacheMount {
        span: mount.span,
        path: m.text(&mount.path),
        id: optional(&mount.id, m),
        sharing: mount.sharing,
        from: mount.from.as_ref().map(|from| m.input(from)),
        source: optional(&mount.source, m),
        chmod: optional(&mount.chmod, m),
        uid: optional(&mount.uid, m),
        gid: optional(&mount.gid, m),
        writable: mount.writable,
    }
}

/// Returns the secret mount, mapped.
pub fn secret_mount<P: Phase, Q: Phase>(
    mount: &SecretMount<P>,
    m: &mut impl MapPhase<P, Q>,
) -> SecretMount<Q> {
    SecretMount {
        span: mount.span,
        id: optional(&mount.id, m),
        target: optional(&mount.target, m),
        env: optional(&mount.env, m),
        required: mount.required,
        chmod: optional(&mount.chmod, m),
        uid: optional(&mount.uid, m),
        gid: optional(&mount.gid, m),
    }
}

/// Returns the ssh mount, mapped.
pub fn ssh_mount<P: Phase, Q: Phase>(
    mount: &SshMount<P>,
    m: &mut impl MapPhase<P, Q>,
) -> SshMount<Q> {
    SshMount {
        span: mount.span,
        id: optional(&mount.id, m),
        target: optional(&mount.target, m),
        required: mount.required,
        chmod: optional(&mount.chmod, m),
        uid: optional(&mount.uid, m),
        gid: optional(&mount.gid, m),
    }
}

fn optional<P: Phase, Q: Phase>(
    text: &Option<P::Text>,
    m: &mut impl MapPhase<P, Q>,
) -> Option<Q::Text> {
    text.as_ref().map(|text| m.text(text))
}

fn exec<P: Phase, Q: Phase>(exec: &Exec<P>, m: &mut impl MapPhase<P, Q>) -> Exec<Q> {
    Exec {
        caches: exec
            .caches
            .iter()
            .flat_map(|cache| m.cache(cache))
            .collect(),
        secrets: exec.secrets.iter().filter_map(|s| m.secret(s)).collect(),
        ssh: exec.ssh.iter().filter_map(|s| m.ssh(s)).collect(),
        binds: exec.binds.iter().map(|mount| bind(mount, m)).collect(),
        tmpfs: exec.tmpfs.iter().map(|mount| tmpfs(mount, m)).collect(),
        open: exec.open.iter().map(|mount| open_mount(mount, m)).collect(),
        env: pairs(&exec.env, m),
        workdir: optional(&exec.workdir, m),
        user: optional(&exec.user, m),
        shell: exec.shell.as_ref().map(|shell| Spanned {
            value: texts(&shell.value, m),
            span: shell.span,
        }),
        errexit: exec.errexit,
        network: exec.network,
        security: exec.security,
        devices: exec.devices.iter().map(|it| device(it, m)).collect(),
        extra_hosts: pairs(&exec.extra_hosts, m),
        ulimits: exec.ulimits.iter().map(|it| ulimit(it, m)).collect(),
        shm_size: optional(&exec.shm_size, m),
        exit_codes: exec.exit_codes.clone(),
        resources: exec.resources.as_ref().map(|it| Box::new(resources(it, m))),
    }
}

fn bind<P: Phase, Q: Phase>(mount: &Bind<P>, m: &mut impl MapPhase<P, Q>) -> Bind<Q> {
    Bind {
        span: mount.span,
        source: m.text(&mount.source),
        from: mount.from.as_ref().map(|from| m.input(from)),
        target: m.text(&mount.target),
        writable: mount.writable,
    }
}

fn open_mount<P: Phase, Q: Phase>(
    mount: &OpenMount<P>,
    m: &mut impl MapPhase<P, Q>,
) -> OpenMount<Q> {
    let mut fields = Vec::with_capacity(mount.fields.len());
    for (key, value) in &mount.fields {
        fields.push((key.clone(), optional(value, m)));
    }
    OpenMount {
        span: mount.span,
        from: mount.from.as_ref().map(|from| m.input(from)),
        fields,
    }
}

fn tmpfs<P: Phase, Q: Phase>(mount: &Tmpfs<P>, m: &mut impl MapPhase<P, Q>) -> Tmpfs<Q> {
    Tmpfs {
        span: mount.span,
        target: m.text(&mount.target),
        size: optional(&mount.size, m),
        writable: mount.writable,
    }
}

fn device<P: Phase, Q: Phase>(device: &Device<P>, m: &mut impl MapPhase<P, Q>) -> Device<Q> {
    Device {
        name: m.text(&device.name),
        required: device.required,
    }
}

fn ulimit<P: Phase, Q: Phase>(ulimit: &Ulimit<P>, m: &mut impl MapPhase<P, Q>) -> Ulimit<Q> {
    Ulimit {
        name: ulimit.name.clone(),
        soft: m.text(&ulimit.soft),
        hard: optional(&ulimit.hard, m),
    }
}

fn resources<P: Phase, Q: Phase>(
    limits: &Resources<P>,
    m: &mut impl MapPhase<P, Q>,
) -> Resources<Q> {
    Resources {
        memory: optional(&limits.memory, m),
        memory_swap: optional(&limits.memory_swap, m),
        cpu_shares: optional(&limits.cpu_shares, m),
        cpu_period: optional(&limits.cpu_period, m),
        cpu_quota: optional(&limits.cpu_quota, m),
        cpuset_cpus: optional(&limits.cpuset_cpus, m),
        cpuset_mems: optional(&limits.cpuset_mems, m),
    }
}

fn source<P: Phase, Q: Phase>(source: &Source<P>, m: &mut impl MapPhase<P, Q>) -> Source<Q> {
    match source {
        Source::Path(path) => Source::Path(m.text(path)),
        Source::Content(content) => Source::Content(Content {
            span: content.span,
            content: m.text(&content.content),
            name: optional(&content.name, m),
        }),
    }
}

fn copy<P: Phase, Q: Phase>(copy: &Copy<P>, m: &mut impl MapPhase<P, Q>) -> Copy<Q> {
    Copy {
        sources: copy.sources.iter().map(|it| source(it, m)).collect(),
        from: copy.from.as_ref().map(|from| m.input(from)),
        to: optional(&copy.to, m),
        chown: optional(&copy.chown, m),
        chmod: optional(&copy.chmod, m),
        link: copy.link,
        parents: copy.parents,
        exclude: texts(&copy.exclude, m),
        optional: copy.optional,
    }
}

fn add<P: Phase, Q: Phase>(add: &Add<P>, m: &mut impl MapPhase<P, Q>) -> Add<Q> {
    Add {
        sources: add.sources.iter().map(|it| source(it, m)).collect(),
        to: optional(&add.to, m),
        checksum: optional(&add.checksum, m),
        unpack: add.unpack,
        keep_git_dir: add.keep_git_dir,
        chown: optional(&add.chown, m),
        chmod: optional(&add.chmod, m),
        link: add.link,
        exclude: texts(&add.exclude, m),
    }
}

fn mkdir<P: Phase, Q: Phase>(mkdir: &Mkdir<P>, m: &mut impl MapPhase<P, Q>) -> Mkdir<Q> {
    Mkdir {
        paths: texts(&mkdir.paths, m),
        chmod: optional(&mkdir.chmod, m),
        chown: optional(&mkdir.chown, m),
        parents: mkdir.parents,
    }
}
