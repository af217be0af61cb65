//! A seed becomes another input: some bytes, lines or words of it are changed.

use crate::random::Random;

/// No input is longer: time is better spent on many small ones.
const MAX_LEN: usize = 16 << 10;

/// Words of the language, and what parsers trip over.
const WORDS: &[&str] = &[
    "${{ ",
    " }}",
    "$${{",
    "args.",
    "env.",
    "target.arch",
    "build.",
    "stage.name",
    ":-",
    ":?",
    ":+",
    "##",
    "%%",
    "//",
    "/",
    "\\",
    "\\}",
    "'",
    "\"",
    "*",
    "**",
    "?",
    "[",
    "]",
    "[!",
    "^",
    "{",
    "}",
    ":",
    ": ",
    "- ",
    "#",
    " #",
    "&a ",
    "*a",
    "<<: ",
    "|\n",
    ">-\n",
    "---\n",
    "...\n",
    "!",
    "!!str ",
    "%YAML",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\0",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "é",
    "한",
    "\u{1f6e0}",
    "~",
    "null",
    "true",
    "0x1F",
    "1e999",
    "-1",
    "18446744073709551616",
    "9223372036854775807",
    "0777",
    "65535",
    "by-platform",
    "default",
    "stages",
    "steps",
    "run",
    "copy",
    "from",
    "cache",
    "secrets",
    "when",
    "not",
    "parallel",
    "add",
    "script",
    "content",
    "mounts",
    "bind",
    "tmpfs",
    "size",
    "image",
    "expose",
    "linux/amd64",
    "linux/arm/v7",
    "windows/amd64",
    "linux/*",
    "*/arm64",
    "@",
    "sha256:",
    "latest",
    "docker.io",
    "localhost:5000",
    "git@",
    "ssh://",
    "https://",
    ".git",
    "?ref=",
    "&subdir=",
    "%zz",
    "..",
    "./",
    "\u{0}",
    "scratch",
    "context",
];

/// Returns an input made from `seed`; `other` is what may be mixed in.
pub(crate) fn mutate(seed: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut input = seed.to_vec();
    for _ in 0..=random.below(6) {
        change(&mut input, other, random);
    }
    input.truncate(MAX_LEN);
    input
}

fn change(input: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let at = random.below(input.len() + 1);
    match random.below(10) {
        0 => flip(input, at, random),
        1 => {
            let end = (at + 1 + random.below(12)).min(input.len());
            input.drain(at.min(end)..end);
        }
        2..=4 => {
            let word = random.of(WORDS).copied().unwrap_or_default();
            insert(input, at, word.as_bytes());
        }
        5 => {
            let piece = piece(input, random).to_vec();
            insert(input, at, &piece);
        }
        6 => insert(input, at, piece(other, random)),
        7 => lines(input, other, random),
        8 => {
            let piece = piece(input, random).to_vec();
            let n_times = 1 << random.below(9);
            insert(input, at, &piece.repeat(n_times));
        }
        _ => input.truncate(at),
    }
}

fn flip(input: &mut [u8], at: usize, random: &mut Random) {
    if let Some(byte) = input.get_mut(at) {
        *byte ^= 1 << random.below(8);
    }
}

/// Puts a line of one in the place of a line of the other, or between two.
fn lines(input: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let donor: Vec<&[u8]> = other.split_inclusive(|byte| *byte == b'\n').collect();
    let mut kept: Vec<&[u8]> = input.split_inclusive(|byte| *byte == b'\n').collect();
    let at = random.below(kept.len() + 1);
    let Some(line) = random.of(&donor).copied() else {
        return;
    };
    match kept.get_mut(at) {
        Some(place) if random.below(2) == 0 => *place = line,
        _ => kept.insert(at, line),
    }
    *input = kept.concat();
}

fn piece<'a>(from: &'a [u8], random: &mut Random) -> &'a [u8] {
    let start = random.below(from.len() + 1);
    let end = (start + 1 + random.below(24)).min(from.len());
    from.get(start..end).unwrap_or_default()
}

fn insert(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    input.splice(at..at, piece.iter().copied());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_input() {
        let made = |seed| {
            mutate(
                b"stages: {a: {from: b}}",
                b"- run: c\n",
                &mut Random::new(seed),
            )
        };
        let all: Vec<Vec<u8>> = (0..100).map(made).collect();
        assert_eq!(all, (0..100).map(made).collect::<Vec<_>>());
        let mut different = all;
        different.sort();
        different.dedup();
        assert!(different.len() > 80, "{}", different.len());
    }
}
