//! A whole file: directives, arguments, stages, and what is asked of the build.

use super::file::{File, Form, Instruction};
use super::instruction;
use super::mistake;
use super::random::Random;
use super::setting;
use super::word;

/// What is known where an instruction stands.
pub(super) struct Place {
    pub(super) escape: char,
    /// Names of the stages before.
    pub(super) stages: Vec<String>,
    /// How many stages there are before.
    pub(super) n_stages: usize,
}

impl Place {
    /// Returns a stage, an image or a number.
    pub(super) fn input(&self, random: &mut Random) -> String {
        match random.below(12) {
            0 => random.below(self.n_stages.max(1)).to_string(),
            1..7 if !self.stages.is_empty() => {
                let name = &self.stages[random.below(self.stages.len())];
                match random.below(8) {
                    0 => name.to_uppercase(),
                    _ => name.clone(),
                }
            }
            7 => random
                .or(
                    &["scratch", "stage-0", "alpine"],
                    &["later", "$A", "context", "Upper", "-1", "a:b:c", ""],
                )
                .to_owned(),
            _ => image(random),
        }
    }
}

fn image(random: &mut Random) -> String {
    const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    match random.below(12) {
        0 => format!("alpine@sha256:{DIGEST}"),
        1 => format!("alpine:3@sha256:{DIGEST}"),
        _ => random
            .of(&[
                "alpine",
                "busybox:1",
                "docker.io/library/alpine",
                "registry.example.com:5000/a/b:c",
                "localhost/x",
                "amd64-only",
                "debian:bookworm-slim",
            ])
            .to_owned(),
    }
}

/// Returns the file of a seed.
pub(super) fn file(random: &mut Random) -> File {
    let mut file = File::default();
    let escape = head(random, &mut file);
    let mut place = Place {
        escape,
        stages: Vec::new(),
        n_stages: 0,
    };
    while random.one_in(3) {
        let mut arg = setting::arg(random, &place);
        instruction::dressed(random, &place, &mut arg);
        file.instructions.push(arg);
    }
    let n_stages = 1 + random.below(4).min(random.below(4));
    for _ in 0..n_stages {
        let from = from(random, &mut place);
        file.instructions.push(from);
        let most = 2 + random.below(6);
        let n = random.below(most);
        for _ in 0..n {
            let mut one = instruction::any(random, &place);
            instruction::dressed(random, &place, &mut one);
            file.instructions.push(one);
        }
    }
    file.options = options(random, &place);
    file.form = Form {
        crlf: random.one_in(25),
        bom: random.one_in(60),
        no_end: random.one_in(20),
    };
    if random.one_in(20) {
        file.tail
            .push(random.of(&["# end", "", "   ", "\\"]).to_owned());
    }
    if random.one_in(8) {
        mistake::make(random, &mut file);
    }
    file
}

/// Adds directives; returns the escape character.
fn head(random: &mut Random, file: &mut File) -> char {
    if random.one_in(15) {
        file.head.push(
            random
                .of(&[
                    "# syntax=docker/dockerfile:1",
                    "#syntax = x",
                    "# Syntax=docker/dockerfile:1.4",
                ])
                .to_owned(),
        );
    }
    if random.one_in(15) {
        let check = random.or(
            &[
                "skip=all",
                "skip=StageNameCasing,FromAsCasing",
                "error=false;skip=all",
                "experimental=all",
                "skip=JSONArgsRecommended",
            ],
            &["error=true", "skip", "error=maybe", "other=1", "skip=all x"],
        );
        file.head.push(format!("# check={check}"));
    }
    let mut escape = '\\';
    if random.one_in(12) {
        let directive = random.of(&[
            "# escape=`",
            "#escape = `",
            "# ESCAPE=`",
            "# escape=\\",
            " # escape=`",
            "#\tescape=`\t",
        ]);
        if directive.contains('`') {
            escape = '`';
        }
        file.head.push(directive.to_owned());
    }
    if random.one_in(100) {
        file.head.push(
            random
                .of(&[
                    "# escape=x",
                    "# escape=`",
                    "# syntax=y",
                    "# note=1",
                    "",
                    "#!/bin/x",
                ])
                .to_owned(),
        );
    }
    if random.one_in(12) {
        file.head
            .push(random.of(&["# about", "", "#", "#about"]).to_owned());
    }
    escape
}

fn from(random: &mut Random, place: &mut Place) -> Instruction {
    let mut words = vec![instruction::keyword(random, "FROM")];
    if random.one_in(8) {
        let platform = random.or(
            &[
                "$BUILDPLATFORM",
                "$TARGETPLATFORM",
                "linux/amd64",
                "linux/arm64",
                "${BUILDPLATFORM}",
                "linux/$TARGETARCH",
                "arm64",
                "linux/arm/v7",
            ],
            &[
                "linux",
                "$A",
                "${A:-linux/amd64}",
                "",
                "target",
                "build",
                "\"linux/arm64\"",
                "linux/ä",
                "$UNSET",
            ],
        );
        words.push(format!("--platform={platform}"));
    }
    words.push(match random.below(60) {
        0 => format!("busybox:{}", word::variable(random, place.escape, 1)),
        1 => format!(
            "{}busybox",
            random.of(&["$A", "${A:-x}/", "\"\"", "${UNSET}"])
        ),
        2 => random
            .of(&[
                "\"busybox\"",
                "busy'box'",
                "scratch",
                "Scratch",
                "$A",
                "${A:-busybox}",
                "busybox:${B-1}",
                "$A$B",
            ])
            .to_owned(),
        3..9 => "scratch".to_owned(),
        9..30 if !place.stages.is_empty() => place.stages[random.below(place.stages.len())].clone(),
        _ => image(random),
    });
    if random.below(3) > 0 {
        let name = match random.below(40) {
            0 => random
                .of(&[
                    "Upper", "a.b", "x_y-z", "0a", "a/b", "$A", "context", "ä", "stage-0",
                ])
                .to_owned(),
            1 if !place.stages.is_empty() => place.stages[0].clone(),
            _ => format!("s{}", place.n_stages),
        };
        words.push(random.of(&["AS", "AS", "AS", "as", "As"]).to_owned());
        words.push(name.clone());
        place.stages.push(name.to_lowercase());
    }
    place.n_stages += 1;
    let mut from = Instruction::new(words);
    instruction::dressed(random, place, &mut from);
    from
}

fn options(random: &mut Random, place: &Place) -> Vec<String> {
    let mut options = Vec::new();
    if random.one_in(6) {
        let target = match place.stages.is_empty() {
            true => "0".to_owned(),
            false => place.stages[random.below(place.stages.len())].clone(),
        };
        let target = match random.below(20) {
            0 => random.below(3).to_string(),
            1 => target.to_uppercase(),
            2 => "absent".to_owned(),
            _ => target,
        };
        options.push(format!("--target {target}"));
    }
    if random.one_in(6) {
        let platform = random.of(&[
            "linux/arm64",
            "linux/arm/v7",
            "linux/arm64/v8",
            "linux/386",
            "linux/amd64",
        ]);
        options.push(format!("--platform {platform}"));
    }
    while random.one_in(4) {
        let name = random.of(&[
            "A",
            "B",
            "C",
            "A",
            "B",
            "UNSET",
            "PATH",
            "TARGETARCH",
            "TARGETPLATFORM",
            "HTTP_PROXY",
            "no_proxy",
            "BUILDKIT_INLINE_CACHE",
        ]);
        let value = random.or(
            &["", "x", "1", "linux/arm64", "a/b", "amd64"],
            &["a b", "$B", "'q'", "a/b:c", "\\"],
        );
        if options
            .iter()
            .all(|known: &String| !known.contains(&format!(" {name}=")))
        {
            options.push(format!("--build-arg {name}={value}"));
        }
    }
    options
}
