//! Graphs made up from a seed: every op, every option, in every combination that chance gives.

mod source;
mod step;

use super::description::*;

/// Is a small generator of numbers (SplitMix64): the same on every machine.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u32) -> u32 {
        u32::try_from(self.next() % u64::from(limit.max(1))).expect("below a limit")
    }

    /// Returns true once in `n` times.
    fn once_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        let n = u32::try_from(items.len()).expect("a short list");
        items[self.below(n) as usize].clone()
    }

    fn text(&mut self, items: &[&str]) -> String {
        self.pick(items).to_string()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.once_in(3) {
            Some(make(self))
        } else {
            None
        }
    }

    fn list<T>(&mut self, longest: u32, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(longest + 1)).map(|_| make(self)).collect()
    }

    /// Returns a text, or nothing two times in three.
    fn maybe_text(&mut self, items: &[&str]) -> String {
        self.maybe(|rng| rng.text(items)).unwrap_or_default()
    }
}

const WORDS: &[&str] = &[
    "a",
    "b c",
    "é✓",
    "x=y",
    "\"q\"",
    "two\nlines",
    "<tag>&",
    " ",
    "\\",
    "%s",
];
const PATHS: &[&str] = &[
    "/",
    "/a",
    "/a/b/",
    "/a/./b/../c",
    "d",
    "d/.",
    "../up",
    "/sp ace",
    ".",
    "/é/.",
    "a//b",
];
const PATTERNS: &[&str] = &[
    "*.o",
    "!keep",
    "**/x",
    "<&>",
    "é",
    "a\u{2028}b",
    "tab\t",
    "\"",
    "\u{7f}",
];
const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const OTHER_DIGEST: &str =
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Returns the graph of a seed, with at most `longest` vertices.
pub(crate) fn graph(seed: u64, longest: u32) -> Graph {
    let mut maker = Maker {
        rng: Rng(seed),
        raw: false,
        is_beyond: false,
        any: Vec::new(),
        solid: Vec::new(),
    };
    maker.raw = maker.rng.once_in(6);
    let mut graph = Graph {
        platform: maker.platform(),
        ..Graph::default()
    };
    graph.files = maker.rng.list(2, |rng| SourceFile {
        name: rng.text(&["build.yaml", "Dockerfile", "a/b"]),
        data: rng.text(WORDS),
        language: rng.text(&["YAML", "Dockerfile", ""]),
    });
    let mut raw = false;
    for number in 0..=maker.rng.below(longest) {
        let op = maker.op();
        raw |= is_raw(&op);
        maker.offer(number as usize, &op);
        // An exec without one would get that of its root file system in BuildKit's builder.
        let needs_platform = matches!(op, Op::Exec(_)) || maker.rng.once_in(3);
        let vertex = Vertex {
            platform: needs_platform.then(|| maker.platform()),
            constraints: if maker.rng.once_in(5) {
                vec!["a==b".to_string()]
            } else {
                Vec::new()
            },
            carried: carried(seed, &op, graph.files.len()),
            op,
        };
        graph.vertices.push(vertex);
    }
    if maker.rng.once_in(2) && !maker.any.is_empty() {
        let op = Op::Merge(maker.any.iter().cloned().map(Some).collect());
        maker.offer(graph.vertices.len(), &op);
        let carried = carried(seed, &op, graph.files.len());
        graph.vertices.push(Vertex {
            op,
            carried,
            ..Vertex::default()
        });
    }
    graph.raw = raw || maker.is_beyond;
    graph.result = match maker.any.last() {
        Some(last) if !maker.rng.once_in(5) => Some(last.clone()),
        _ => maker.any_ref(),
    };
    graph
}

/// Returns texts that are platforms, or nearly.
pub(crate) fn platforms(n: usize) -> Vec<String> {
    let os = [
        "linux",
        "Linux",
        "windows",
        "macos",
        "made-up",
        "",
        "arm",
        "windows(10.0.1)",
        "linux()",
        "windows(1+b+a+b)",
        "windows(+x)",
        "linux(a%2Fb+c%2Bd)",
        "linux(%zz)",
        "linux(1",
        "x y",
        "windows(1++a)",
        "linux(1)x",
        "linux(%25)",
        "a.b",
        "386",
    ];
    let architecture = [
        "amd64", "x86_64", "X86-64", "arm64", "aarch64", "arm", "armhf", "armel", "i386", "386",
        "riscv64", "thing", "", "*", "a(b)", "..", ".",
    ];
    let variant = [
        "v1", "v2", "8", "v8", "v8.0", "9", "v9.0", "7", "6", "5", "v7", "V8", "", "x",
    ];
    let rng = &mut Rng(7);
    let mut make = || match rng.below(8) {
        0 => rng.text(&os),
        1 => rng.text(&architecture),
        2..=4 => format!("{}/{}", rng.text(&os), rng.text(&architecture)),
        5 | 6 => {
            format!(
                "{}/{}/{}",
                rng.text(&os),
                rng.text(&architecture),
                rng.text(&variant)
            )
        }
        _ => format!(
            "{}/{}/{}/x",
            rng.text(&os),
            rng.text(&architecture),
            rng.text(&variant)
        ),
    };
    (0..n).map(|_| make()).collect()
}

fn is_raw(op: &Op) -> bool {
    match op {
        Op::Source(_) | Op::RawDiff(_) => true,
        Op::Git(git) => !git.public_key.is_empty(),
        Op::Exec(exec) => exec.keep_stubs,
        _ => false,
    }
}

/// Returns what a vertex carries: in one graph always the same for the same kind of op, so that
/// equal vertices carry the same and no order of joining matters.
fn carried(seed: u64, op: &Op, n_files: usize) -> Carried {
    let kind = to_json(op)
        .as_object()
        .and_then(|op| op.keys().next().cloned());
    let kind = kind.unwrap_or_default().bytes().fold(seed, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let rng = &mut Rng(kind);
    let location = |rng: &mut Rng| {
        let first = 1 + rng.below(9);
        let file = rng.below(u32::try_from(n_files).unwrap_or(1)) as usize;
        Location {
            file,
            first,
            last: first + rng.below(3),
        }
    };
    Carried {
        name: rng.maybe(|rng| rng.text(WORDS)),
        description: rng.list(1, |rng| (rng.text(WORDS), rng.text(WORDS))),
        ignore_cache: rng.once_in(4),
        export_cache: rng.maybe_text(&["always", "never"]),
        group: rng.maybe(|rng| Group {
            id: rng.text(WORDS),
            name: rng.text(WORDS),
            weak: rng.once_in(2),
        }),
        limits: rng.maybe(|rng| Limits {
            memory: i64::from(rng.below(3)),
            memory_swap: i64::from(rng.below(3)) - 1,
            cpu_shares: u64::from(rng.below(3)),
            cpu_period: u64::from(rng.below(3)),
            cpu_quota: i64::from(rng.below(3)),
            cpus: rng.maybe_text(&["0-3"]),
            mems: rng.maybe_text(&["0"]),
        }),
        locations: if n_files == 0 {
            Vec::new()
        } else {
            rng.list(2, location)
        },
    }
}

struct Maker {
    rng: Rng,
    /// Things that BuildKit's builder cannot make are allowed.
    raw: bool,
    /// One was made.
    is_beyond: bool,
    any: Vec<Ref>,
    /// Outputs that are certainly there.
    solid: Vec<Ref>,
}

impl Maker {
    fn any_ref(&mut self) -> Option<Ref> {
        if self.any.is_empty() || self.rng.once_in(6) {
            return None;
        }
        Some(self.rng.pick(&self.any))
    }

    fn offer(&mut self, vertex: usize, op: &Op) {
        let at = |mount: &str| Ref {
            vertex,
            mount: mount.to_string(),
            index: 0,
        };
        match op {
            Op::Nothing => {}
            Op::Merge(_) | Op::Diff(_) => self.any.push(at("")),
            Op::Exec(exec) => {
                let mounts = exec.mounts.iter().filter(|m| m.kind == "bind");
                for mount in mounts.filter(|m| m.read_only || !m.discard) {
                    self.any.push(at(&mount.path));
                    if !mount.read_only {
                        self.solid.push(at(&mount.path));
                    }
                }
                self.any.push(at("/"));
                if !exec.root_read_only {
                    self.solid.push(at("/"));
                }
            }
            Op::Passthrough(op) => {
                let outputs = op.inputs.iter().filter(|(_, is_output)| *is_output);
                for index in 0..u32::try_from(outputs.count()).unwrap_or_default() {
                    let output = Ref {
                        vertex,
                        mount: String::new(),
                        index,
                    };
                    self.any.push(output.clone());
                    self.solid.push(output);
                }
            }
            _ => {
                self.any.push(at(""));
                self.solid.push(at(""));
            }
        }
    }

    fn platform(&mut self) -> Platform {
        let rng = &mut self.rng;
        let (os, architecture, variant) = rng.pick(&[
            ("linux", "amd64", ""),
            ("linux", "arm64", ""),
            ("linux", "arm", "v7"),
            ("linux", "amd64", "v3"),
            ("windows", "amd64", ""),
        ]);
        Platform {
            os: os.to_string(),
            architecture: architecture.to_string(),
            variant: variant.to_string(),
            os_version: if os == "windows" {
                rng.maybe_text(&["10.0.17763"])
            } else {
                String::new()
            },
            os_features: if os == "windows" {
                rng.list(2, |rng| rng.text(&["win32k", "x"]))
            } else {
                Vec::new()
            },
        }
    }

    fn op(&mut self) -> Op {
        let has_solid = !self.solid.is_empty();
        match self.rng.below(if self.raw { 18 } else { 16 }) {
            0 => Op::Image(self.image()),
            1 => match self.rng.below(2) {
                0 => Op::ImageBlob(Blob {
                    session: String::new(),
                    store: String::new(),
                    ..self.blob()
                }),
                _ => Op::LayoutBlob(self.blob()),
            },
            2 => Op::OciLayout(OciLayout {
                name: format!("layout@{DIGEST}"),
                session: self.rng.maybe_text(&["s"]),
                store: self.rng.maybe_text(&["st"]),
                layers: self.rng.maybe(|rng| rng.below(4)),
            }),
            3 => Op::Local(self.local()),
            4 => Op::Git(self.git()),
            5 => Op::Http(self.http()),
            6..=8 => Op::Exec(Box::new(self.exec())),
            9..=11 => Op::File(self.file(0)),
            12 => Op::Merge((0..=self.rng.below(4)).map(|_| self.any_ref()).collect()),
            13 => Op::Diff(Diff {
                lower: self.any_ref(),
                upper: self.any_ref(),
            }),
            14 if has_solid => Op::Passthrough(self.passthrough()),
            15 if has_solid => Op::Build(Build {
                input: self.rng.pick(&self.solid),
                filename: self.rng.maybe_text(&["x.pb"]),
            }),
            16 => Op::RawDiff(Diff {
                lower: self.any_ref(),
                upper: self.any_ref(),
            }),
            17 => Op::Source(Source {
                identifier: self
                    .rng
                    .text(&["local://x", "docker-image://x", "made-up://x", "x"]),
                attrs: self.rng.list(4, |rng| {
                    (rng.text(&["", "a", "b", "é"]), rng.text(&["", "", "v"]))
                }),
            }),
            _ => Op::Image(self.image()),
        }
    }

    fn passthrough(&mut self) -> Passthrough {
        let first = (self.rng.pick(&self.solid), true);
        let more = 0..self.rng.below(4);
        let more = more.map(|_| (self.rng.pick(&self.solid), self.rng.once_in(2)));
        let mut inputs: Vec<_> = more.collect();
        inputs.push(first);
        Passthrough {
            id: self.rng.text(WORDS),
            inputs,
        }
    }
}
