//! Instructions that set something: variables, labels, arguments, and what the image says.

use super::file::Instruction;
use super::instruction::{commands, json, keyword, of, path, split};
use super::random::Random;
use super::stage::Place;
use super::word;

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

pub(super) fn env(random: &mut Random, place: &Place) -> Instruction {
    pairs(random, place, "ENV")
}

pub(super) fn label(random: &mut Random, place: &Place) -> Instruction {
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

pub(super) fn workdir(random: &mut Random, place: &Place) -> Instruction {
    let dir = match random.below(3) {
        0 => words(random, place, 3),
        _ => vec![path(random, place)],
    };
    of(keyword(random, "WORKDIR"), dir)
}

pub(super) fn user(random: &mut Random, place: &Place) -> Instruction {
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

pub(super) fn expose(random: &mut Random, place: &Place) -> Instruction {
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

pub(super) fn volume(random: &mut Random, place: &Place) -> Instruction {
    let volumes: Vec<String> = (0..=random.below(2)).map(|_| path(random, place)).collect();
    let volumes = match random.below(3) {
        0 => json(&volumes),
        _ => volumes,
    };
    of(keyword(random, "VOLUME"), volumes)
}

pub(super) fn healthcheck(random: &mut Random, place: &Place) -> Instruction {
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

pub(super) fn stop_signal(random: &mut Random, place: &Place) -> Instruction {
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

pub(super) fn maintainer(random: &mut Random, place: &Place) -> Instruction {
    let who = match random.below(3) {
        0 => words(random, place, 3),
        _ => split(random.of(&["me", "me <me@example.com>", "\"me\"", "", "$A"])),
    };
    of(keyword(random, "MAINTAINER"), who)
}

pub(super) fn shell(random: &mut Random, place: &Place) -> Instruction {
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
