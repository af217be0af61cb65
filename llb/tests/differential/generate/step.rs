//! Execs and files made up by chance.

use super::{Maker, PATHS, PATTERNS, Rng, WORDS};
use crate::description::*;

impl Maker {
    pub(super) fn exec(&mut self) -> Exec {
        let root = self.any_ref();
        let mut paths = vec!["/a", "/b/c", "/a-b", "/a/b", ".x", "rel", "/é", "/z"];
        let mut mounts = Vec::new();
        for _ in 0..self.rng.below(6) {
            let at = self.rng.below(u32::try_from(paths.len()).unwrap_or(1)) as usize;
            mounts.push(self.mount(paths.remove(at)));
        }
        let raw = self.raw;
        let rng = &mut self.rng;
        Exec {
            root,
            root_read_only: rng.once_in(5),
            args: (0..=rng.below(3)).map(|_| rng.text(WORDS)).collect(),
            env: rng.list(5, |rng| {
                (rng.text(&["A", "B", "PATH", "é"]), rng.text(WORDS))
            }),
            cwd: rng.text(&["/", "/work", "/é"]),
            user: rng.maybe_text(&["app", "1:2"]),
            proxy: rng.maybe(|rng| (0..5).map(|_| rng.maybe_text(WORDS)).collect()),
            hosts: rng.list(2, |rng| {
                (
                    rng.text(WORDS),
                    rng.text(&["10.0.0.1", "fe80::1", "::ffff:1.2.3.4", "::"]),
                )
            }),
            hostname: rng.maybe_text(&["host"]),
            ulimits: rng.list(2, |rng| {
                (
                    rng.text(&["nofile", "core"]),
                    i64::from(rng.below(9)),
                    i64::from(rng.below(3)) - 1,
                )
            }),
            cgroup_parent: rng.maybe_text(&["/cg"]),
            keep_stubs: raw && rng.once_in(3),
            exit_codes: rng.list(2, |rng| rng.pick(&[0, 3, -1, 255])),
            network: rng.pick(&[0, 0, 1, 2]),
            security: rng.pick(&[0, 0, 1]),
            secret_env: rng.list(2, |rng| (rng.text(WORDS), rng.text(WORDS), rng.once_in(2))),
            devices: rng.list(2, |rng| (rng.text(WORDS), rng.once_in(2))),
            mounts,
        }
    }

    fn mount(&mut self, path: &str) -> Mount {
        let kind = self
            .rng
            .text(&["bind", "bind", "cache", "cache", "tmpfs", "secret", "ssh"]);
        let takes_input = kind == "bind" || kind == "cache";
        let input = if takes_input { self.any_ref() } else { None };
        let rng = &mut self.rng;
        Mount {
            path: if kind == "ssh" && rng.once_in(2) {
                String::new()
            } else {
                path.to_string()
            },
            input,
            selector: if takes_input {
                rng.maybe_text(&["/sub", "rel"])
            } else {
                String::new()
            },
            read_only: takes_input && rng.once_in(3),
            discard: kind == "bind" && rng.once_in(4),
            content_cache: if kind == "bind" { rng.below(3) } else { 0 },
            id: rng.text(WORDS),
            sharing: rng.below(3),
            size: rng.pick(&[0, 0, 65536]),
            uid: rng.below(3),
            gid: rng.below(3),
            mode: rng.pick(&[0, 0o400, 0o777]),
            optional: rng.once_in(2),
            kind,
        }
    }

    pub(super) fn file(&mut self, depth: u32) -> File {
        let base = self.any_ref();
        let actions = (0..=self.rng.below(3))
            .map(|_| self.action(depth))
            .collect();
        File { base, actions }
    }

    fn action(&mut self, depth: u32) -> Action {
        match self.rng.below(6) {
            0 => Action::Mkdir(self.make()),
            1 => Action::Mkfile(self.make()),
            2 => Action::Symlink(self.make()),
            3 => Action::Remove(Remove {
                path: self.rng.text(PATHS),
                allow_not_found: self.rng.once_in(2),
                allow_wildcard: self.rng.once_in(2),
            }),
            _ => Action::Copy(Box::new(self.copy(depth))),
        }
    }

    fn make(&mut self) -> Make {
        let owner = self.owner();
        let rng = &mut self.rng;
        Make {
            path: rng.text(PATHS),
            mode: rng.below(0o10000),
            data: rng.maybe_text(WORDS),
            parents: rng.once_in(2),
            owner,
            time: rng.maybe(|rng| rng.pick(&[0, -1, 1, 1_700_000_000_123_456_789])),
        }
    }

    fn owner(&mut self) -> Option<Owner> {
        let known_to = if self.raw { self.any_ref() } else { None };
        self.is_beyond |= known_to.is_some();
        let who = |rng: &mut Rng| Who {
            name: rng.text(&["", "", "app"]),
            id: rng.below(3),
        };
        self.rng.maybe(|rng| Owner {
            user: rng.maybe(who),
            group: rng.maybe(who),
            known_to,
        })
    }

    fn copy(&mut self, depth: u32) -> Copy {
        let is_nested = depth < 2 && self.rng.once_in(4);
        let from = self.any_ref();
        let from_file = is_nested.then(|| self.file(depth + 1));
        let owner = self.owner();
        let rng = &mut self.rng;
        let symbolic_mode = rng.maybe_text(&["u+x,g-w"]);
        Copy {
            from: if is_nested { None } else { from },
            from_file,
            source: rng.text(PATHS),
            dest: rng.text(PATHS),
            mode: if symbolic_mode.is_empty() {
                rng.maybe(|rng| rng.below(0o10000))
            } else {
                None
            },
            symbolic_mode,
            owner,
            time: rng.maybe(|rng| rng.pick(&[0, -1, 1_700_000_000_000_000_000])),
            include: rng.list(2, |rng| rng.text(PATTERNS)),
            exclude: rng.list(2, |rng| rng.text(PATTERNS)),
            require: rng.list(1, |rng| rng.text(PATHS)),
            flags: rng.below(128),
        }
    }
}
