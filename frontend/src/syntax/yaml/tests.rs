//! Texts of every kind, read by two readers that must say the same; and, in words, what YAML is.

use super::oracle::{check, ours};

/// What texts are put together from: the signs of YAML, and what stands around them.
const WORDS: &[&str] = &[
    "a",
    "b",
    "key",
    "-",
    "- ",
    "-\n",
    "? ",
    "?\n",
    ": ",
    ":\n",
    ":",
    "a: ",
    "b: c",
    "\n",
    "\n",
    "\n ",
    "\n  ",
    "\n    ",
    " ",
    "  ",
    "\t",
    "\n\t",
    "[",
    "]",
    "{",
    "}",
    ",",
    ", ",
    "&a ",
    "&b\n",
    "*a",
    "*a ",
    "!t ",
    "!!str ",
    "!!map\n",
    "!",
    "!!",
    "!<x>",
    "'",
    "''",
    "'x'",
    "\"",
    "\"x\"",
    "\\",
    "\\n",
    "\\u00e5",
    "\\\n",
    "|",
    "|\n",
    "|-\n",
    "|+\n",
    "|2\n",
    ">\n",
    ">-\n  ",
    ">+\n",
    ">1-\n",
    "#",
    " #",
    " # c\n",
    "#c\n",
    "---\n",
    "--- ",
    "---",
    "...\n",
    "%",
    "@",
    "`",
    "é",
    "\r\n",
    "<<: ",
    "*.md",
    "${{ a }}",
    "https://x",
    "0",
    "a b",
    "x\n  y",
    "- - ",
    "- a: b\n",
];

/// How many texts are made of words, and how many of each file.
const N_TEXTS: usize = 5_000;
const N_MUTATIONS: usize = 8;

/// Numbers that look random (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len())]
    }

    /// Returns a place between two characters.
    fn place(&mut self, text: &str) -> usize {
        let at = self.below(text.len() + 1);
        (0..=at)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0)
    }
}

#[test]
fn words_in_any_order() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..N_TEXTS {
        let n_words = 1 + random.below(14);
        let text: String = (0..n_words).map(|_| random.word()).collect();
        check(&text);
    }
}

#[test]
fn every_file_of_the_project_and_changes_to_each() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut texts = Vec::new();
    for dir in ["examples", "tests/cases", "tests/parity", "fuzz"] {
        collect(&format!("{root}/{dir}").into(), &mut texts);
    }
    assert!(texts.len() > 200, "{}", texts.len());
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for text in &texts {
        check(text);
        for _ in 0..N_MUTATIONS {
            let mut text = text.clone();
            for _ in 0..=random.below(3) {
                let (one, other) = (random.place(&text), random.place(&text));
                match random.below(3) {
                    0 => text.insert_str(one, random.word()),
                    1 => text.truncate(one.max(other)),
                    _ => {
                        let len = text[one..].chars().take(random.below(9));
                        let len: usize = len.map(char::len_utf8).sum();
                        text.replace_range(one..one + len, "");
                    }
                }
            }
            check(&text);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the texts are files of the project"
)]
fn collect(dir: &std::path::PathBuf, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).expect("a directory of the project") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, texts);
        } else if path
            .extension()
            .is_some_and(|ext| ext == "yaml" || ext == "yml")
        {
            texts.extend(std::fs::read_to_string(path));
        }
    }
}

/// What tests of YAML readers are made of: each of these has gone wrong in one of them.
const ODD: &[&str] = &[
    "? a\n: b\n? - c\n  - d\n: - e\n",
    "? |\n  a\n: >-\n  b\n",
    "- - - a\n    - b\n  - c\n- d\n",
    "- ? a\n  : - b\n- : c\n",
    "a:\n- b\n-\n- - c\nd: &x\n- e\n",
    "a: - b\n",
    "a: b: c\n",
    "a:\n  b: c\n d: e\n",
    "a: 'b\n  c'\n'd\n  e': f\n",
    "a: \"b\nc\"\n",
    "a: \"b \\\n  c\"\nd: \"\\ud83d\\ude00\"\ne: \"\\ud83d\"\n",
    "[a, b: c, ? d : e, ? f, : g, 'h':i, {j: k}:l]\n",
    "{a, b:, c: , ? d, ? e : f, 'g':h, : i}\n",
    "[a,\n b\n: c]\n",
    "{a\n  b: c,\n# d\n  e: [f\n]}\n",
    "a: [b,\nc]\n",
    "[a]: b\n{c: d}: e\n[f\n]: g\n",
    "[a, , b]\n",
    "[a, b,]\n{a: b,}\n",
    "&a : &b\n*a : *b\n",
    "&a a: &b\n  c: d\n",
    "&a\na: b\n",
    "&a &b c\n",
    "&a *b\n",
    "!!map {a: !!seq [!!str , !x, !<tag:yaml.org,2002:str> b]}\n",
    "!!%73tr a\n",
    "!a!b c\n",
    "a: |2\n    b\n   c\n",
    "a: |\n   b\n  c\n",
    "a: |\n\n    \n   b\n",
    "a: >\n  b\n  c\n\n  d\n    e\n  f\n\n\n",
    "- |+\n  a\n\n- |-\n  b\n\n- |\n\n- >+\n\n",
    "a: |+\n  ",
    "a: |+",
    "a: |\n  b",
    "|\na\n--- \n",
    "--- |\na\n...\n# b\n---\nc\n",
    "--- a: b\n",
    "---\n---\n",
    "a\n...\nb\n",
    "a # b\nc\n",
    "a # b\n# c\nd: e\n",
    "a\n  b\n\n  c: d\n",
    "a: b\n\tc: d\n",
    "a:\n\t- b\n",
    "-\ta\n-\t- b\n",
    "a:\tb\n \t\nc: d\t# e\n",
    "?\ta\n:\tb\n",
    "a: b\n\n\t\n  c\n",
    "a: b#c #d\n",
    "'a'#b\n",
    "a: @b\n",
    "a:: b\n:a: b\n-a: b\n?a: b\n",
    "[-, -a, -]\n",
    "[a\n---\n]\n",
    "'a\n---\nb'\n",
    "%YAML 1.2\n---\na\n",
    "a: %b\n%c\n",
    "\u{e5}: [\u{e5}, \u{1f600} : \u{e5}]\n\u{e5}\n",
];

#[test]
fn odd_texts() {
    for text in ODD {
        check(text);
        check(&text.replace('\n', "\r\n"));
        check(text.trim_end());
        check(&format!("a:\n  {}", text.replace('\n', "\n  ")));
        check(&format!("- {}", text.replace('\n', "\n  ")));
        check(&format!("[{text}]"));
        check(&format!("{{a: {text}}}"));
    }
}

#[test]
fn a_key_has_at_most_1024_characters() {
    for n in [1020, 1022, 1023, 1024, 1025, 1026, 4090, 4096, 4097] {
        for letter in ["a", "\u{e5}", "\u{1f600}"] {
            let key = letter.repeat(n);
            check(&format!("{key}: b\n"));
            check(&format!("{key} : b\n"));
            check(&format!("'{key}': b\n"));
            check(&format!("a: b\n{key}\n"));
            check(&format!("[{key}: b]\n"));
            check(&format!("{{{key}: b}}\n"));
            check(&format!("[{key}]: b\n"));
        }
    }
}

#[test]
fn nesting_ends_at_the_same_depth() {
    for n in [126, 127, 128, 129, 130] {
        check(&"[".repeat(n));
        check(&format!("{}{}", "[".repeat(n), "]".repeat(n)));
        check(&format!("{}a", "- ".repeat(n.min(127))));
        check(&format!("{}a", "? ".repeat(n.min(127))));
    }
}

#[test]
fn an_event_has_its_bytes_and_what_stands_before_it() {
    assert_eq!(
        ours("a: &b !!str 'c'\nd:\n- |\n  e\n- *b # f\n"),
        "0..0 DocumentStart\n\
         0..0 MappingStart(Block)\n\
         0..1 Plain \"a\"\n\
         12..15 Single \"c\" !6..11 Some(Text) &3..5\n\
         16..17 Plain \"d\"\n\
         21..21 SequenceStart(Block)\n\
         25..27 Literal \"e\\n\"\n\
         29..31 Alias\n\
         36..36 End\n\
         36..36 End\n\
         # 32..35"
    );
}
