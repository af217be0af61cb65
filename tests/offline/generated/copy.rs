//! COPY and ADD.

use super::file::Instruction;
use super::instruction::{commands, heredoc, json, keyword, of, path};
use super::random::Random;
use super::stage::Place;

pub(super) fn copy(random: &mut Random, place: &Place) -> Instruction {
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

pub(super) fn add(random: &mut Random, place: &Place) -> Instruction {
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
