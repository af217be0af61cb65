//! Instructions of a stage.

use super::file::{Instruction, Part};
use super::mount;
use super::random::Random;
use super::stage::Place;
use super::word;

type Maker = fn(&mut Random, &Place) -> Instruction;

/// The makers; those that matter more are there more often.
const MAKERS: &[Maker] = &[
    run,
    run,
    run,
    run,
    copy,
    copy,
    copy,
    add,
    add,
    env,
    env,
    env,
    arg,
    arg,
    label,
    label,
    workdir,
    workdir,
    user,
    expose,
    volume,
    command,
    command,
    healthcheck,
    shell,
    stop_signal,
    onbuild,
    maintainer,
];

/// Returns an instruction of a stage.
pub(super) fn any(random: &mut Random, place: &Place) -> Instruction {
    MAKERS[random.below(MAKERS.len())](random, place)
}

/// Returns a keyword, which is mostly upper case.
pub(super) fn keyword(random: &mut Random, word: &str) -> String {
    match random.below(24) {
        0 => word.to_lowercase(),
        1 => {
            let lower = word.to_lowercase();
            format!("{}{}", &word[..1], &lower[1..])
        }
        _ => word.to_owned(),
    }
}

/// Adds comments, empty lines and continuations.
pub(super) fn dressed(random: &mut Random, place: &Place, it: &mut Instruction) {
    if random.one_in(10) {
        let above = [
            "# A about it",
            "#",
            "",
            "  # far",
            "# s0 the stage",
            "#  ",
            "\t",
            "# check=skip=all",
            "# check=skip=JSONArgsRecommended",
            "# escape=`",
        ];
        it.above.push(random.of(&above).to_owned());
    }
    let escape = place.escape;
    let all = random.one_in(12);
    for (at, part) in it.parts.iter_mut().enumerate() {
        let often = if all { 2 } else { 30 };
        if !random.one_in(often) {
            continue;
        }
        part.gap = match (at, random.below(20)) {
            (0, _) => random.or(&["  ", "\t", " \t "], &["\u{a0}"]).to_owned(),
            (_, 0) => "\t".to_owned(),
            (_, 1) => "   ".to_owned(),
            (_, 2) => format!(" {escape}\n# comment\n  "),
            (_, 3) => format!(" {escape}\n\n  "),
            (_, 4) => format!(" {escape}  \n\t"),
            (_, 5) => format!("{escape}\n"),
            (_, 6) => format!(" {escape}\n   # far {escape}\n"),
            (_, 7) => format!(" {escape}{escape}\n"),
            (_, 8) => "\u{a0}".to_owned(),
            _ => format!(" {escape}\n    "),
        };
    }
    if random.one_in(40) {
        let end = random.of(&["  ", "\t", "\\", " \\", " # no comment", "\u{a0}"]);
        it.parts.push(Part {
            gap: String::new(),
            text: end.to_owned(),
        });
    }
}

fn of(word: String, rest: impl IntoIterator<Item = String>) -> Instruction {
    Instruction::new(std::iter::once(word).chain(rest))
}

/// Splits at blanks, which become gaps.
fn split(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

fn json(words: &[String]) -> Vec<String> {
    let words: Vec<String> = words
        .iter()
        .map(|word| serde_json::Value::from(word.as_str()).to_string())
        .collect();
    split(&format!("[{}]", words.join(", ")))
}

/// Returns a command, for a shell or not.
fn commands(random: &mut Random, place: &Place) -> Vec<String> {
    match random.below(12) {
        0..4 => {
            let n = random.below(3);
            let mut words = vec![random.of(&["echo", "/bin/sh", "", "a b"]).to_owned()];
            words.extend((0..n).map(|_| word::any(random, '\\')));
            json(&words)
        }
        4 if random.one_in(3) => split(random.of(&[
            "[]",
            "[ \"a\" ,\"b\" ]",
            "[\"a\" \"b\"]",
            "['a']",
            "[\"\\u00e4\\t\\/\"]",
            "[1]",
            "[\"a\"] b",
            "[ -f /a ] && b",
            "[\"a\", null]",
            "[\"\\q\"]",
            "[\"a\",]",
            "[[\"a\"]]",
        ])),
        _ => {
            let n = 1 + random.below(3);
            let mut words = vec![
                random
                    .of(&[
                        "echo",
                        "make",
                        "a",
                        "set -e;",
                        "cat",
                        "export A=b &&",
                        "Echo",
                    ])
                    .to_owned(),
            ];
            words.extend((0..n).map(|_| {
                match random.below(3) {
                    0 => word::any(random, place.escape),
                    1 => random
                        .of(&[
                            "&&",
                            "|",
                            ";",
                            "> /x",
                            "2>&1",
                            "$(b)",
                            "`b`",
                            "\\;",
                            "#c",
                            "$((1<<2))",
                            "<<<w",
                        ])
                        .to_owned(),
                    _ => word::word(random, place.escape),
                }
            }));
            words
        }
    }
}

/// Returns what opens a heredoc, and its lines.
fn heredoc(random: &mut Random) -> (String, Vec<String>) {
    let name = random.of(&["EOF", "EOF", "E", "file.txt", "a.sh", "E_1", "ä"]);
    let chomp = random.of(&["", "", "-"]);
    let opened = match random.below(20) {
        0 => format!("<<{chomp}\"{name}\""),
        1 => format!("<<{chomp}'{name}'"),
        2 => format!("<<{chomp} {name}"),
        3 => format!("3<<{chomp}{name}"),
        4 => format!("<<{chomp}\"\"{name}"),
        5 => format!("<<{chomp}\\{name}"),
        6 => format!("<<{chomp}$A"),
        _ => format!("<<{chomp}{name}"),
    };
    let n = random.below(4);
    let mut lines: Vec<String> = (0..n)
        .map(|_| {
            let words = [
                "a $A ${B:-x}",
                "\ttab",
                "\t\ttwo",
                "  echo \\$A",
                "#!/bin/sh",
                "# c",
                "",
                "a \\",
                "FROM x",
                "EOFX",
                " EOF",
                "$$ `b` \"q' r",
                "${A",
                "'$A' \"$B\"",
                "\\",
                "é\\é",
                "${A#a\\*}",
                "a\\\\b",
            ];
            random.of(&words).to_owned()
        })
        .collect();
    let tabs = if chomp == "-" {
        random.of(&["", "\t", "\t\t"])
    } else {
        ""
    };
    let end = match random.below(150) {
        0 => "",
        1 => " EOF",
        _ => name,
    };
    lines.push(format!("{tabs}{end}"));
    (opened, lines)
}

fn run(random: &mut Random, place: &Place) -> Instruction {
    let mut words = mount::flags(random, place);
    let mut below = Vec::new();
    match random.below(6) {
        0 => {
            let n = 1 + random.below(2).min(random.below(3));
            if random.one_in(2) {
                words.extend(commands(random, place));
            }
            for _ in 0..n {
                let (opened, lines) = heredoc(random);
                words.push(opened);
                below.extend(lines);
            }
            if random.one_in(5) {
                words.extend(split(random.of(&["> /x", "&& b", "cat", "sh -x"])));
            }
        }
        _ => words.extend(commands(random, place)),
    }
    let mut it = of(keyword(random, "RUN"), words);
    it.below = below;
    it
}

fn copy(random: &mut Random, place: &Place) -> Instruction {
    let mut flags = copy_flags(random);
    if random.one_in(3) {
        flags.push(format!("--from={}", place.input(random)));
    }
    if random.one_in(10) {
        flags.push(
            random
                .of(&["--parents", "--parents=false", "--parents=true"])
                .to_owned(),
        );
    }
    copied(random, place, "COPY", flags)
}

fn copy_flags(random: &mut Random) -> Vec<String> {
    let mut flags = Vec::new();
    if random.one_in(5) {
        let owner = random.or(
            &[
                "1",
                "1:2",
                "user",
                "user:group",
                "0:group",
                "$A",
                "$LANG",
                "root",
                "",
            ],
            &["$A:$B", "\"a b\"", ":1", "1:", "-1", "4294967296", "ä"],
        );
        flags.push(format!("--chown={owner}"));
    }
    if random.one_in(6) {
        let mode = random.or(
            &[
                "755",
                "0644",
                "u=rwX,go=rX",
                "+x",
                "a-w",
                "${MODE:-600}",
                "1777",
                "go=u",
            ],
            &["$A", "", "8", "77777", "rwx", "0", "u+x,g", "="],
        );
        flags.push(format!("--chmod={mode}"));
    }
    if random.one_in(5) {
        flags.push(
            random
                .or(
                    &["--link", "--link=true", "--link=false"],
                    &["--link=True", "--link=", "--link=1"],
                )
                .to_owned(),
        );
    }
    while random.one_in(12) {
        let pattern = random.of(&["*.md", "a/**", "!keep", "$A", "\"a b\"", "", "[", "a\\*"]);
        flags.push(format!("--exclude={pattern}"));
    }
    let first = random.below(flags.len() + 1);
    flags.rotate_left(first);
    if random.one_in(150) {
        flags.push(
            random
                .of(&[
                    "--",
                    "--form=x",
                    "--chown",
                    "-x",
                    "--chown=1 --chown=2",
                    "--mount=a",
                    "--Chown=1",
                ])
                .to_owned(),
        );
    }
    flags
}

fn copied(random: &mut Random, place: &Place, word: &str, mut words: Vec<String>) -> Instruction {
    let mut below = Vec::new();
    let n = 1 + random.below(3).min(random.below(3));
    let mut paths = Vec::new();
    for _ in 0..n {
        if random.one_in(8) {
            let (opened, lines) = heredoc(random);
            paths.push(opened);
            below.extend(lines);
        } else {
            paths.push(path(random, place));
        }
    }
    paths.push(path(random, place));
    match random.below(10) {
        0 => words.extend(json(&paths)),
        1 if random.one_in(12) => words.extend(commands(random, place)),
        _ => words.extend(paths),
    }
    let mut it = of(keyword(random, word), words);
    it.below = below;
    it
}

fn path(random: &mut Random, place: &Place) -> String {
    match random.below(16) {
        0 => word::any(random, place.escape),
        1..4 => word::word(random, place.escape),
        _ => random
            .of(&[
                "a", ".", "./", "/", "a/", "/a", "/b/", "a/./b", "a/../b", "../a", "*.txt", "a?b",
                "[ab]/c", "dir//x", "a\\*b", "..", "a b", "/x/./y/*", "~", "C:\\x", "c:/x", "-a",
            ])
            .to_owned(),
    }
}

fn add(random: &mut Random, place: &Place) -> Instruction {
    let mut flags = copy_flags(random);
    if random.one_in(20) {
        let sum = random.or(
            &[
                "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "0123456789abcdef0123456789abcdef01234567",
            ],
            &["$A", "sha256:0", "", "md5:0123456789abcdef0123456789abcdef"],
        );
        flags.push(format!("--checksum={sum}"));
    }
    if random.one_in(8) {
        flags.push(
            random
                .of(&[
                    "--keep-git-dir",
                    "--keep-git-dir=true",
                    "--keep-git-dir=false",
                ])
                .to_owned(),
        );
    }
    if random.one_in(8) {
        flags.push(
            random
                .of(&["--unpack", "--unpack=true", "--unpack=false"])
                .to_owned(),
        );
    }
    if random.one_in(2) {
        return copied(random, place, "ADD", flags);
    }
    let urls = [
        "https://example.com/a.txt",
        "http://example.com/",
        "https://example.com/a/b.tgz?x=y#z",
        "https://example.com/$LANG/b",
        "https://example.com/%20a",
        "https://example.com/ä",
        "https://github.com/moby/buildkit.git",
        "https://github.com/moby/buildkit.git#v1:docs",
        "git@github.com:moby/buildkit.git#main",
        "ssh://git@example.com/r.git",
        "git://example.com/r",
        "https://example.com/r.git?branch=b&subdir=d",
        "https://example.com/r.git?ref=x&keep-git-dir=1",
        "github.com/a/b",
        "https://example.com/r.git?submodules=0",
    ];
    let odd = [
        "HTTPS://example.com/a",
        "https://",
        "https://example.com/r.git?other=1",
        "http://[::1]/a",
        "https://example.com/r.git#$A",
        "https://example.com/r.git?checksum=0123456&tag=t",
        "https://example.com/a b",
        "https://example.com/r.git?submodules=maybe",
    ];
    let mut words = flags;
    let n = 1 + random.below(3) / 2;
    words.extend((0..n).map(|_| random.or(&urls, &odd).to_owned()));
    words.push(path(random, place));
    of(keyword(random, "ADD"), words)
}

fn pairs(random: &mut Random, place: &Place, word: &str) -> Instruction {
    let name = |random: &mut Random| match random.below(24) {
        0 => random
            .of(&[
                "com.example.a-b",
                "\"a b\"",
                "'q'",
                "$A",
                "a$B",
                "${A}",
                "\\$x",
                "ä",
                "",
                "a\\ b",
            ])
            .to_owned(),
        _ => word::name(random).to_owned(),
    };
    if random.one_in(6) {
        let n = 1 + random.below(3);
        let mut words = vec![name(random)];
        words.extend((0..n).map(|_| word::word(random, place.escape)));
        return of(keyword(random, word), words);
    }
    let n = 1 + random.below(3);
    let words = (0..n).map(|_| format!("{}={}", name(random), word::word(random, place.escape)));
    let words: Vec<String> = words.collect();
    of(keyword(random, word), words)
}

fn env(random: &mut Random, place: &Place) -> Instruction {
    pairs(random, place, "ENV")
}

fn label(random: &mut Random, place: &Place) -> Instruction {
    pairs(random, place, "LABEL")
}

/// Returns an `ARG`.
pub(super) fn arg(random: &mut Random, place: &Place) -> Instruction {
    let n = 1 + random.below(4) / 3;
    let mut words = Vec::new();
    for _ in 0..n {
        let name = match random.below(60) {
            0 => random.of(&["$A", "\"A\"", "A-b", "", "'A", "BUILDKIT_SBOM_SCAN_STAGE"]),
            _ => word::name(random),
        };
        words.push(match random.below(4) {
            0 => name.to_owned(),
            _ => format!("{name}={}", word::word(random, place.escape)),
        });
    }
    of(keyword(random, "ARG"), words)
}

fn words(random: &mut Random, place: &Place, most: usize) -> Vec<String> {
    let n = 1 + random.below(most).min(random.below(most));
    (0..n).map(|_| word::word(random, place.escape)).collect()
}

fn workdir(random: &mut Random, place: &Place) -> Instruction {
    let dir = match random.below(3) {
        0 => words(random, place, 3),
        _ => vec![path(random, place)],
    };
    of(keyword(random, "WORKDIR"), dir)
}

fn user(random: &mut Random, place: &Place) -> Instruction {
    let user = match random.below(3) {
        0 => words(random, place, 2),
        _ => vec![
            random
                .of(&["app", "1000", "0:0", "app:$A", "", "1:", "ä"])
                .to_owned(),
        ],
    };
    of(keyword(random, "USER"), user)
}

fn expose(random: &mut Random, place: &Place) -> Instruction {
    let n = 1 + random.below(3);
    let ports = (0..n).map(|_| match random.below(30) {
        0 => word::word(random, place.escape),
        1..4 => format!(
            "${{{}:-{}}}",
            word::name(random),
            random.of(&["80", "80 81", "90-92", ""])
        ),
        _ => random
            .or(
                &[
                    "80",
                    "443/tcp",
                    "53/udp",
                    "53/UDP",
                    "1-3",
                    "1-3/sctp",
                    "8080:80",
                    "127.0.0.1:80:81",
                    "80-80",
                ],
                &[
                    "[::1]:80:81",
                    "70000",
                    "a",
                    "3-1",
                    "80/x",
                    "1:2-3",
                    "",
                    "+80",
                    "080",
                    "-1",
                    "80/",
                ],
            )
            .to_owned(),
    });
    let ports: Vec<String> = ports.collect();
    of(keyword(random, "EXPOSE"), ports)
}

fn volume(random: &mut Random, place: &Place) -> Instruction {
    let volumes: Vec<String> = (0..=random.below(2)).map(|_| path(random, place)).collect();
    let volumes = match random.below(3) {
        0 => json(&volumes),
        _ => volumes,
    };
    of(keyword(random, "VOLUME"), volumes)
}

fn command(random: &mut Random, place: &Place) -> Instruction {
    let word = random.of(&["CMD", "ENTRYPOINT"]);
    of(keyword(random, word), commands(random, place))
}

fn healthcheck(random: &mut Random, place: &Place) -> Instruction {
    let mut words = Vec::new();
    for flag in ["interval", "timeout", "start-period", "start-interval"] {
        if random.one_in(5) {
            let time = random.or(
                &["30s", "1m30s", "0", "500ms", "1.5h", "", ".5s", "1h1h"],
                &["1us", "-1s", "5", "1d", "$A", "2562047h48m"],
            );
            words.push(format!("--{flag}={time}"));
        }
    }
    if random.one_in(4) {
        words.push(format!(
            "--retries={}",
            random.or(&["3", "0", "+3", "03"], &["", "-1", "x", "2147483648"])
        ));
    }
    match random.below(20) {
        0 => words.push(
            random
                .of(&["NONE", "none", "NONE x", "TEST x", "", "CMD", "$A b"])
                .to_owned(),
        ),
        _ => {
            words.push(keyword(random, "CMD"));
            words.extend(commands(random, place));
        }
    }
    of(keyword(random, "HEALTHCHECK"), words)
}

fn shell(random: &mut Random, place: &Place) -> Instruction {
    let words = match random.below(40) {
        0 => commands(random, place),
        _ => split(random.of(&[
            "[\"/bin/bash\", \"-c\"]",
            "[\"sh\"]",
            "[\"a b\", \"\"]",
            "[\"$A\"]",
            "[\"python3\",\"-c\"]",
        ])),
    };
    of(keyword(random, "SHELL"), words)
}

fn stop_signal(random: &mut Random, place: &Place) -> Instruction {
    let signal = match random.below(20) {
        0 => word::word(random, place.escape),
        _ => random
            .or(
                &["SIGINT", "9", "INT", "sigterm", "SIGRTMIN+3", "RTMAX-1"],
                &["0", "99", "SIGFOO", "", "SIGRTMIN+99"],
            )
            .to_owned(),
    };
    of(keyword(random, "STOPSIGNAL"), [signal])
}

fn onbuild(random: &mut Random, place: &Place) -> Instruction {
    let mut inner = any(random, place);
    let mut word = Part::new(keyword(random, "ONBUILD"));
    std::mem::swap(&mut word.gap, &mut inner.parts[0].gap);
    inner.parts.insert(0, word);
    inner
}

fn maintainer(random: &mut Random, place: &Place) -> Instruction {
    let who = match random.below(3) {
        0 => words(random, place, 3),
        _ => split(random.of(&["me", "me <me@example.com>", "\"me\"", "", "$A"])),
    };
    of(keyword(random, "MAINTAINER"), who)
}
