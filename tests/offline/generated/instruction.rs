//! Instructions of a stage.

use super::copy::{add, copy};
use super::file::{Instruction, Part};
use super::mount;
use super::random::Random;
use super::setting::{
    arg, env, expose, healthcheck, label, maintainer, shell, stop_signal, user, volume, workdir,
};
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

pub(super) fn of(word: String, rest: impl IntoIterator<Item = String>) -> Instruction {
    Instruction::new(std::iter::once(word).chain(rest))
}

/// Splits at blanks, which become gaps.
pub(super) fn split(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

pub(super) fn json(words: &[String]) -> Vec<String> {
    let words: Vec<String> = words
        .iter()
        .map(|word| serde_json::Value::from(word.as_str()).to_string())
        .collect();
    split(&format!("[{}]", words.join(", ")))
}

/// Returns a command, for a shell or not.
pub(super) fn commands(random: &mut Random, place: &Place) -> Vec<String> {
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
pub(super) fn heredoc(random: &mut Random) -> (String, Vec<String>) {
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

pub(super) fn path(random: &mut Random, place: &Place) -> String {
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

fn command(random: &mut Random, place: &Place) -> Instruction {
    let word = random.of(&["CMD", "ENTRYPOINT"]);
    of(keyword(random, word), commands(random, place))
}

fn onbuild(random: &mut Random, place: &Place) -> Instruction {
    let mut inner = any(random, place);
    let mut word = Part::new(keyword(random, "ONBUILD"));
    std::mem::swap(&mut word.gap, &mut inner.parts[0].gap);
    inner.parts.insert(0, word);
    inner
}
