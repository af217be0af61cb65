//! A described graph, built with this crate.

use buildkit_llb as llb;
use llb::file;

use super::description as d;

/// Applies the fields that say how a fetched file is stored.
macro_rules! stored {
    ($source:expr, $stored:expr) => {{
        let stored = &$stored;
        $source
            .filename(&*stored.filename)
            .mode(stored.mode)
            .owner(stored.uid, stored.gid)
    }};
}

/// Applies the fields that actions have in common.
macro_rules! made {
    ($builder:expr, $action:expr, $described:expr) => {{
        let mut action = $action;
        if let Some(owner) = &$described.owner {
            action = action.owner($builder.owner(owner));
        }
        if let Some(time) = $described.time {
            action = action.timestamp(time);
        }
        action
    }};
}

mod source;

use source::{git, http, image, local};

/// Sets an option.
type Set<T> = fn(T, String) -> T;

/// Sets a flag.
type Flag<T> = fn(T) -> T;

/// Returns the definition of what the description wants.
pub(crate) fn build(graph: &d::Graph) -> llb::pb::Definition {
    let platform = platform(&graph.platform);
    let mut builder = Builder {
        graph: llb::Graph::with_platform(platform),
        made: Vec::new(),
    };
    for vertex in &graph.vertices {
        let made = builder.vertex(vertex);
        builder.made.push(made);
    }
    let files = graph.files.iter().map(|file| llb::SourceInfo {
        filename: file.name.clone(),
        data: file.data.clone().into_bytes(),
        language: file.language.clone(),
        definition: None,
    });
    let files: Vec<_> = files.collect();
    builder
        .graph
        .define(builder.output(graph.result.as_ref()), &files)
}

fn platform(p: &d::Platform) -> llb::Platform {
    llb::Platform {
        os: p.os.clone(),
        architecture: p.architecture.clone(),
        variant: p.variant.clone(),
        os_version: p.os_version.clone(),
        os_features: p.os_features.clone(),
    }
}

/// Is what became of a description of a vertex.
enum Made {
    Vertex(llb::VertexId),
    /// It was simplified to an output, or to scratch.
    Output(Option<llb::Output>),
}

struct Builder {
    graph: llb::Graph,
    made: Vec<Made>,
}

impl Builder {
    fn output(&self, wanted: Option<&d::Ref>) -> Option<llb::Output> {
        let wanted = wanted?;
        match &self.made[wanted.vertex] {
            Made::Output(output) => *output,
            Made::Vertex(id) if wanted.mount.is_empty() => Some(id.output(wanted.index)),
            Made::Vertex(id) => self.graph.mount(*id, &wanted.mount),
        }
    }

    fn some(&self, wanted: &d::Ref) -> llb::Output {
        self.output(Some(wanted))
            .expect("the description says that there is an output")
    }

    fn vertex(&mut self, vertex: &d::Vertex) -> Made {
        let op: llb::Op = match &vertex.op {
            d::Op::Nothing => return Made::Output(None),
            d::Op::Merge(inputs) => {
                let inputs: Vec<_> = inputs.iter().map(|i| self.output(i.as_ref())).collect();
                return Made::Output(self.graph.merge(inputs, |v| finish(v, vertex)));
            }
            d::Op::Diff(diff) => {
                let lower = self.output(diff.lower.as_ref());
                let upper = self.output(diff.upper.as_ref());
                return Made::Output(self.graph.diff(lower, upper, |v| finish(v, vertex)));
            }
            d::Op::RawDiff(diff) => {
                let lower = self.output(diff.lower.as_ref());
                llb::Diff::new(lower, self.output(diff.upper.as_ref())).into()
            }
            d::Op::Image(op) => image(op).into(),
            d::Op::ImageBlob(op) => stored!(llb::ImageBlob::new(&*op.name), op.stored).into(),
            d::Op::LayoutBlob(op) => {
                let blob = stored!(llb::LayoutBlob::new(&*op.name), op.stored);
                blob.store(&*op.session, &*op.store).into()
            }
            d::Op::OciLayout(op) => {
                let layout = llb::OciLayout::new(&*op.name).store(&*op.session, &*op.store);
                op.layers
                    .into_iter()
                    .fold(layout, llb::OciLayout::layer_limit)
                    .into()
            }
            d::Op::Local(op) => local(op).into(),
            d::Op::Git(op) => git(op).into(),
            d::Op::Http(op) => http(op).into(),
            d::Op::Source(op) => {
                let source = llb::Source::new(&*op.identifier);
                op.attrs
                    .iter()
                    .fold(source, |source, (key, value)| source.attr(key, value))
                    .into()
            }
            d::Op::Exec(op) => self.exec(op).into(),
            d::Op::File(op) => self.file(op).into(),
            d::Op::Passthrough(op) => self.passthrough(op).into(),
            d::Op::Build(op) => {
                let build = llb::Build::new(self.some(&op.input));
                if op.filename.is_empty() {
                    build
                } else {
                    build.filename(&*op.filename)
                }
                .into()
            }
        };
        Made::Vertex(self.graph.add(finish(llb::Vertex::new(op), vertex)))
    }

    fn passthrough(&self, op: &d::Passthrough) -> llb::Passthrough {
        let start = llb::Passthrough::new(&*op.id);
        op.inputs.iter().fold(start, |op, (input, is_output)| {
            let input = self.some(input);
            if *is_output {
                op.output(input)
            } else {
                op.after(input)
            }
        })
    }

    fn exec(&self, op: &d::Exec) -> llb::Exec {
        let root = llb::Mount::bind("/", self.output(op.root.as_ref()));
        let root = if op.root_read_only {
            root.read_only()
        } else {
            root
        };
        let mut exec = llb::Exec::on(root, &op.args).cwd(&*op.cwd);
        for (name, value) in &op.env {
            exec = exec.env(name, value);
        }
        for (host, ip) in &op.hosts {
            exec = exec.extra_host(host, ip.parse().expect("an address"));
        }
        for (name, soft, hard) in &op.ulimits {
            exec = exec.ulimit(llb::Ulimit {
                name: name.clone(),
                soft: *soft,
                hard: *hard,
            });
        }
        for (name, id, optional) in &op.secret_env {
            let variable = llb::SecretEnv::new(name, id);
            exec = exec.secret_env(if *optional {
                variable.optional()
            } else {
                variable
            });
        }
        for (name, optional) in &op.devices {
            let device = llb::CdiDevice::new(name);
            exec = exec.device(if *optional { device.optional() } else { device });
        }
        for mount in &op.mounts {
            exec = exec.mount(self.mount(mount));
        }
        exec_settings(exec, op)
    }

    fn mount(&self, m: &d::Mount) -> llb::Mount {
        match m.kind.as_str() {
            "bind" => {
                let bind = llb::Mount::bind(&*m.path, self.output(m.input.as_ref()));
                let bind = bind
                    .selector(&*m.selector)
                    .content_cache(match m.content_cache {
                        1 => llb::ContentCache::On,
                        2 => llb::ContentCache::Off,
                        _ => llb::ContentCache::Default,
                    });
                match (m.read_only, m.discard) {
                    (true, _) => bind.read_only(),
                    (_, true) => bind.discard_writes(),
                    _ => bind,
                }
                .into()
            }
            "cache" => {
                let sharing = match m.sharing {
                    1 => llb::Sharing::Private,
                    2 => llb::Sharing::Locked,
                    _ => llb::Sharing::Shared,
                };
                let cache = llb::Mount::cache(&*m.path, &*m.id, sharing).selector(&*m.selector);
                let cache = cache.seed(self.output(m.input.as_ref()));
                if m.read_only {
                    cache.read_only()
                } else {
                    cache
                }
                .into()
            }
            "tmpfs" => llb::Mount::tmpfs(&*m.path).size(m.size).into(),
            "secret" => {
                let secret = llb::Mount::secret(&*m.path, &*m.id)
                    .owner(m.uid, m.gid)
                    .mode(m.mode);
                if m.optional {
                    secret.optional()
                } else {
                    secret
                }
                .into()
            }
            _ => {
                let ssh = llb::Mount::ssh(&*m.id)
                    .path(&*m.path)
                    .owner(m.uid, m.gid)
                    .mode(m.mode);
                if m.optional { ssh.optional() } else { ssh }.into()
            }
        }
    }

    fn file(&self, op: &d::File) -> llb::File {
        let start = llb::File::on(self.output(op.base.as_ref()));
        op.actions.iter().fold(start, |op, action| match action {
            d::Action::Copy(action) => op.copy(self.copy(action)),
            d::Action::Mkdir(action) => {
                let mkdir = made!(self, file::Mkdir::new(&action.path, action.mode), action);
                op.mkdir(if action.parents {
                    mkdir.parents()
                } else {
                    mkdir
                })
            }
            d::Action::Mkfile(action) => {
                let mkfile = file::Mkfile::new(&action.path, action.mode, &*action.data);
                op.mkfile(made!(self, mkfile, action))
            }
            d::Action::Symlink(action) => op.symlink(made!(
                self,
                file::Symlink::new(&*action.data, &*action.path),
                action
            )),
            d::Action::Remove(action) => {
                let remove = file::Remove::new(&action.path);
                let remove = if action.allow_not_found {
                    remove.allow_not_found()
                } else {
                    remove
                };
                op.remove(if action.allow_wildcard {
                    remove.allow_wildcard()
                } else {
                    remove
                })
            }
        })
    }

    fn owner(&self, owner: &d::Owner) -> file::Owner {
        let who = |who: &d::Who| match who.name.as_str() {
            "" => file::Who::Id(who.id),
            name => file::Who::Name(name.to_string()),
        };
        file::Owner {
            user: owner.user.as_ref().map(who),
            group: owner.group.as_ref().map(who),
            known_to: self.output(owner.known_to.as_ref()),
        }
    }

    fn copy(&self, op: &d::Copy) -> file::Copy {
        let from: file::CopyFrom = match &op.from_file {
            Some(file) => self.file(file).into(),
            None => self.output(op.from.as_ref()).into(),
        };
        let mut copy = made!(self, file::Copy::new(from, &op.source, &op.dest), op);
        if let Some(mode) = op.mode {
            copy = copy.mode(mode);
        }
        if !op.symbolic_mode.is_empty() {
            copy = copy.symbolic_mode(&*op.symbolic_mode);
        }
        copy = copy
            .include(&op.include)
            .exclude(&op.exclude)
            .require(&op.require);
        let flags: [Flag<file::Copy>; 7] = [
            file::Copy::follow_symlink,
            file::Copy::dir_contents,
            file::Copy::unpack,
            file::Copy::create_dest_path,
            file::Copy::allow_wildcard,
            file::Copy::allow_empty_wildcard,
            file::Copy::always_replace,
        ];
        let set = flags
            .iter()
            .enumerate()
            .filter(|(bit, _)| op.flags >> bit & 1 == 1);
        set.fold(copy, |copy, (_, flag)| flag(copy))
    }
}

fn finish(mut vertex: llb::Vertex, described: &d::Vertex) -> llb::Vertex {
    if let Some(p) = &described.platform {
        vertex = vertex.platform(platform(p));
    }
    for filter in &described.constraints {
        vertex = vertex.constraint(filter);
    }
    let carried = &described.carried;
    if let Some(name) = &carried.name {
        vertex = vertex.name(name);
    }
    for (key, value) in &carried.description {
        vertex = vertex.describe(key.clone(), value);
    }
    if carried.ignore_cache {
        vertex = vertex.ignore_cache();
    }
    vertex = match carried.export_cache.as_str() {
        "always" => vertex.export_cache(llb::ExportCache::Always),
        "never" => vertex.export_cache(llb::ExportCache::Never),
        _ => vertex,
    };
    if let Some(group) = &carried.group {
        let (weak, full) = (llb::GroupWeight::Weak, llb::GroupWeight::Full);
        vertex = vertex.progress_group(llb::ProgressGroup {
            id: group.id.clone(),
            name: group.name.clone(),
            weight: if group.weak { weak } else { full },
        });
    }
    if let Some(limits) = &carried.limits {
        vertex = vertex.linux_resources(llb::LinuxResources {
            memory: limits.memory,
            memory_swap: limits.memory_swap,
            cpu_shares: limits.cpu_shares,
            cpu_period: limits.cpu_period,
            cpu_quota: limits.cpu_quota,
            cpuset_cpus: limits.cpus.clone(),
            cpuset_mems: limits.mems.clone(),
        });
    }
    let lines = carried
        .locations
        .iter()
        .map(|l| llb::Location::lines(l.file, l.first, l.last));
    lines.fold(vertex, llb::Vertex::location)
}

fn exec_settings(mut exec: llb::Exec, op: &d::Exec) -> llb::Exec {
    let texts: [(&str, Set<llb::Exec>); 3] = [
        (&op.user, llb::Exec::user),
        (&op.hostname, llb::Exec::hostname),
        (&op.cgroup_parent, llb::Exec::cgroup_parent),
    ];
    for (text, set) in texts {
        exec = if text.is_empty() {
            exec
        } else {
            set(exec, text.to_string())
        };
    }
    if let Some([http, https, ftp, none, all]) = op.proxy.as_deref() {
        let [http, https, ftp, none, all] = [http, https, ftp, none, all].map(Clone::clone);
        exec = exec.proxy(llb::Proxy {
            http,
            https,
            ftp,
            none,
            all,
        });
    }
    if op.keep_stubs {
        exec = exec.keep_mount_stubs();
    }
    if op.security == 1 {
        exec = exec.security(llb::Security::Insecure);
    }
    exec.valid_exit_codes(op.exit_codes.iter().copied())
        .network(match op.network {
            1 => llb::Network::Host,
            2 => llb::Network::None,
            _ => llb::Network::Sandbox,
        })
}
