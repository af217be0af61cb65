//! Ignore files mean what they mean to BuildKit's clients: generated files and paths, asked of
//! `moby/patternmatcher` too. `tools/ignorediff` holds the other side.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use windlass_frontend::dockerignore::{self, Matcher};

const N_FILES: u64 = 20_000;

/// What lines are made of: what patterns are made of, and what expressions are made of that
/// patterns become. Not `p` after a backslash, which names classes of Unicode.
#[rustfmt::skip]
const PARTS: &[&str] = &[
    "a", "b", "c", "ab", "dir", ".", "..", "/", "/", "/", "*", "*", "**", "**/", "/**", "?", "[",
    "]", "[a-c]", "[^a]", "[!a]", "[]", "[*]", "[?]", "[**]", "[[:alpha:]]", "[:digit:]", "[a-]",
    "[b-a]", "^", "-", "\\", "\\*", "\\[", "\\d", "\\W", "\\s", "\\Q", "\\E", "\\b", "\\B", "\\A",
    "\\z", "\\x61", "\\x{62}", "\\141", "\\1", "\\n", "\\q", "[\\d]", "[^\\w/]", "[\\x61-\\x63]",
    "!", "{1}", "{2,}", "{0,3}", "{2,1}", "{01}", "{1001}", "|a", "#", " ", "\t", "é", "[é-ü]", "$",
    "(", ")", "|", "{", "}", "+", "\u{feff}", "1", "_",
];

/// What paths are made of.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "a", "b", "c", "ab", "abc", "dir", "x.log", "a.b", "é", "1", "_", "*", "[a]", "$", "(", "a b",
    "^", "\\", "-", "dir.d", "!a", "a\nb",
];

/// A small generator of numbers (SplitMix64): the same on every machine.
struct Rng(u64);

impl Rng {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let limit = u64::try_from(limit).expect("a small limit");
        usize::try_from((z ^ (z >> 31)) % limit).expect("below a small limit")
    }

    fn pick(&mut self, items: &[&'static str]) -> &'static str {
        items[self.below(items.len())]
    }

    fn line(&mut self) -> String {
        let mark = if self.below(4) == 0 { "!" } else { "" };
        let parts: Vec<&str> = (0..=self.below(5)).map(|_| self.pick(PARTS)).collect();
        format!("{mark}{}", parts.concat())
    }

    fn path(&mut self) -> String {
        let names: Vec<&str> = (0..=self.below(3)).map(|_| self.pick(NAMES)).collect();
        names.join("/")
    }
}

fn question(seed: u64) -> (String, Vec<String>) {
    let mut rng = Rng(seed);
    let lines: Vec<String> = (0..=rng.below(3)).map(|_| rng.line()).collect();
    let end = rng.pick(&["\n", "\n", "\r\n"]);
    let paths = (0..12).map(|_| rng.path()).collect();
    (lines.join(end), paths)
}

fn ours(file: &str, paths: &[String]) -> Value {
    let patterns = dockerignore::read(file.as_bytes());
    let is_bad = dockerignore::check(&patterns).is_err();
    let matcher = Matcher::new(&patterns);
    let letter = |path: &String| match matcher.ignored_by(path) {
        Ok(Some(_)) => 'y',
        Ok(None) => 'n',
        Err(_) => 'e',
    };
    let answers: String = paths.iter().filter(|_| !is_bad).map(letter).collect();
    let patterns = Some(patterns).filter(|patterns| !patterns.is_empty());
    json!({"patterns": patterns, "bad": is_bad, "paths": answers})
}

#[test]
fn generated_ignore_files_agree_with_go() {
    let questions: Vec<(String, Vec<String>)> = (0..N_FILES).map(question).collect();
    let lines = questions
        .iter()
        .map(|(file, paths)| json!({"file": file, "paths": paths}).to_string());
    let answers = ask_go(lines.collect::<Vec<_>>().join("\n"));
    assert_eq!(answers.lines().count(), questions.len(), "an answer a file");
    let mut wrong = Vec::new();
    let mut letters = String::new();
    for ((file, paths), answer) in questions.iter().zip(answers.lines()) {
        let theirs: Value = serde_json::from_str(answer).expect("an answer");
        letters += theirs["paths"].as_str().unwrap_or_default();
        let ours = ours(file, paths);
        if ours != theirs {
            wrong.push(format!(
                "{file:?} {paths:?}\n  ours:   {ours}\n  theirs: {theirs}"
            ));
        }
    }
    let (n_wrong, shown) = (wrong.len(), wrong.iter().take(10));
    let shown = shown.cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{n_wrong} files differ\n{shown}");
    for letter in ['y', 'n', 'e'] {
        let count = letters.matches(letter).count();
        assert!(count > 1000, "only {count} answers are `{letter}`");
    }
}

/// Runs the other side; Go builds it on the first run.
fn ask_go(questions: String) -> String {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tools");
    let mut child = Command::new("go")
        .args(["run", "./ignorediff"])
        .current_dir(tools)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("go is installed: it builds the other side of the comparison");
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(questions.as_bytes()));
    let output = child.wait_with_output().expect("the comparison runs");
    writer
        .join()
        .expect("the writer ends")
        .expect("every file is read");
    assert!(output.status.success(), "the comparison failed");
    String::from_utf8(output.stdout).expect("JSON is text")
}
