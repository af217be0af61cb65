//! Words: literals, quotes, escapes, and variables with all their modifiers.

use super::random::Random;

const NAMES: &[&str] = &[
    "A",
    "B",
    "C",
    "PATH",
    "LANG",
    "UNSET",
    "_x1",
    "TARGETARCH",
    "TARGETPLATFORM",
    "BUILDPLATFORM",
    "TARGETVARIANT",
    "TARGETSTAGE",
    "HTTP_PROXY",
    "no_proxy",
];

const LITERALS: &[&str] = &[
    "a", "b", "abc", "x.y", "a-b", "1", "80", "0", "/", "/a", "a/b", "./c", "*", "?", "=", ":",
    ",", "#", "~", "@", "%", "+", "ä", "日本", "<", ">", "<<", "&&", "[", "]", "{", "}", "(", ")",
    "!", ";", "|", "latest", "v1.2.3", "true", "..", "--", "-",
];

/// Returns the name of a variable.
pub(super) fn name(random: &mut Random) -> &'static str {
    random.of(NAMES)
}

/// Returns a text without blanks, quotes and variables.
pub(super) fn literal(random: &mut Random) -> String {
    let n = 1 + random.below(3);
    (0..n).map(|_| random.of(LITERALS)).collect()
}

/// Returns text of letters, digits and slashes.
pub(super) fn plain(random: &mut Random) -> String {
    let words = [
        "a",
        "b",
        "abc",
        "x.y",
        "a-b",
        "v1",
        "dir/file",
        "/abs",
        "/srv/app/",
        "./here",
        ".",
        "*.md",
    ];
    random.of(&words).to_owned()
}

/// Returns a variable with or without a modifier.
pub(super) fn variable(random: &mut Random, escape: char, depth: usize) -> String {
    let name = match random.below(24) {
        0 => random.of(&[
            "1", "12", "?", "@", "*", "-", "$", "!", "0", "0a", "1a", "ä",
        ]),
        _ => self::name(random),
    };
    let word = |random: &mut Random| match depth {
        0 => literal(random),
        _ => inner(random, escape, depth - 1),
    };
    match random.below(60) {
        0..20 => format!("${name}"),
        20..32 => format!("${{{name}}}"),
        32..44 => {
            let sign = random.of(&[":-", "-", ":+", "+"]);
            format!("${{{name}{sign}{}}}", word(random))
        }
        44 | 45 => {
            let sign = random.of(&[":?", "?"]);
            format!(
                "${{{}{sign}{}}}",
                random.or(&["PATH", "LANG"], &["A", "UNSET"]),
                word(random)
            )
        }
        46..53 => {
            let sign = random.of(&["#", "##", "%", "%%"]);
            format!("${{{name}{sign}{}}}", pattern(random, escape, depth))
        }
        53..58 => {
            let sign = random.of(&["/", "//"]);
            let by = pattern(random, escape, depth);
            format!("${{{name}{sign}{}/{by}}}", pattern(random, escape, depth))
        }
        58 => random.of(&["$", "$.", "$/"]).to_owned(),
        _ if !random.one_in(4) => "$".to_owned(),
        _ => random
            .of(&[
                "$", "$.", "${", "${}", "${A", "${A:", "${A:x}", "${A/b}", "${:-x}", "${A:#x}",
                "${A^}", "${{A}}", "${A }",
            ])
            .to_owned(),
    }
}

/// Returns the word of a modifier.
fn inner(random: &mut Random, escape: char, depth: usize) -> String {
    let n = random.below(3);
    (0..n).map(|_| piece(random, escape, depth)).collect()
}

/// Returns a pattern of a modifier.
fn pattern(random: &mut Random, escape: char, depth: usize) -> String {
    let pieces = [
        "*", "?", "/", "*/", ":", ".", "a", "b", "bin", "usr", "8", "C", "", "\\*", "\\?", "\\/",
        "\\}", "\\\\", "[a]", "(", "+", "^", "ä", "\"*\"", "'a'",
    ];
    let n = random.below(4);
    let mut out = String::new();
    for _ in 0..n {
        match random.below(40) {
            0..4 if depth > 0 => out += &variable(random, escape, depth - 1),
            4 => out.push(escape),
            _ => out += random.of(&pieces),
        }
    }
    out
}

fn piece(random: &mut Random, escape: char, depth: usize) -> String {
    match random.below(26) {
        0..12 => literal(random),
        12..19 => variable(random, escape, depth),
        19 | 20 => format!("'{}'", random.of(&["", "a b", "$A", "x\"y", "\\", "ä"])),
        21 | 22 => {
            let (left, right) = (literal(random), variable(random, escape, depth));
            let middle = random.of(&[
                "", " ", "'", "  ", "\\", "\\\"", "\\$", "\\a", "\\\\", "`", "``",
            ]);
            format!("\"{left}{middle}{right}\"")
        }
        23 | 24 => {
            let next = random.of(&["$A", " ", "\"", "'", "a", "n", "$", "{", "}", ""]);
            format!("{escape}{next}{}", literal(random))
        }
        _ => random
            .or(&["\"a b\"", "\"\"", "''", "`"], &["\"", "'", "\\"])
            .to_owned(),
    }
}

/// Returns a word of any kind.
pub(super) fn any(random: &mut Random, escape: char) -> String {
    let n = 1 + random.below(3);
    (0..n).map(|_| piece(random, escape, 2)).collect()
}

/// Returns a word: most are simple.
pub(super) fn word(random: &mut Random, escape: char) -> String {
    match random.below(10) {
        0..4 => plain(random),
        4..7 => format!("{}{}", plain(random), variable(random, escape, 1)),
        7 => variable(random, escape, 2),
        _ => any(random, escape),
    }
}
