//! Documentation says what is so: build files in it compile, paths in it exist, every rule has its
//! page, and the reference names every key and every preset.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use windlass_frontend::diagnostic::Code;
use windlass_frontend::expand::{Asked, Purpose};
use windlass_frontend::lint;
use windlass_frontend::preset::PRESETS;

use super::compiled::{compile, linted};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The Markdown files of the project, sorted.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for directory in [".", "docs", "docs/diagnostics", "docs/rules"] {
        let Ok(entries) = fs::read_dir(root().join(directory)) else {
            continue;
        };
        let files = entries.map(|entry| entry.expect("a directory entry").path());
        pages.extend(files.filter(|path| path.extension().is_some_and(|found| found == "md")));
    }
    pages.sort();
    pages
}

/// Returns the fenced blocks of a page whose fence line is exactly `fence`, with their lines.
fn blocks(text: &str, fence: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String, bool)> = None;
    for (n, line) in text.lines().enumerate() {
        match &mut open {
            Some((start, block, is_wanted)) if line.trim_start().starts_with("```") => {
                if *is_wanted {
                    found.push((*start, std::mem::take(block)));
                }
                open = None;
            }
            Some((_, block, _)) => {
                block.push_str(line);
                block.push('\n');
            }
            None if line.starts_with("```") => {
                open = Some((n + 2, String::new(), line == fence));
            }
            None => {}
        }
    }
    found
}

/// Returns the YAML of every page, parts of build files included, with its place.
pub(crate) fn build_files() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        for fence in ["```yaml", "```yaml warns", "```yaml fragment"] {
            let blocks = blocks(&text, fence).into_iter();
            found.extend(blocks.map(|(line, block)| (format!("{}:{line}", page.display()), block)));
        }
    }
    found
}

#[test]
fn every_build_file_in_the_docs_compiles() {
    let mut wrong = String::new();
    let mut n_blocks = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        for (line, block) in blocks(&text, "```yaml") {
            if !block.lines().any(|line| line.starts_with("stages:")) {
                continue;
            }
            n_blocks += 1;
            let compiled = linted("build.yaml", block.as_bytes(), &[]);
            if !compiled.diags.is_empty() {
                let place = format!("{}:{line}\n", page.display());
                wrong.push_str(&place);
                wrong.push_str(&compiled.rendered());
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(
        n_blocks > 20,
        "only {n_blocks} build files found in the docs"
    );
}

/// A build file that is fenced as `yaml warns` works, and the rules find something in it.
#[test]
fn every_build_file_that_is_to_warn_does() {
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        let is_rule = page.parent().is_some_and(|it| it.ends_with("rules"));
        for (line, block) in blocks(&text, "```yaml warns") {
            if !is_rule {
                let compiled = linted("build.yaml", block.as_bytes(), &[]);
                let place = format!("{}:{line}\n{}", page.display(), compiled.rendered());
                assert!(!compiled.diags.has_errors(), "{place}");
                assert!(!compiled.diags.is_empty(), "{place}");
            }
        }
    }
}

/// Returns the findings in a block, the rule of this name asked for.
fn findings(name: &str, block: &str, rule: &str) -> BTreeSet<&'static str> {
    let setting = format!("experimental={rule}");
    let version = block.contains("ARG VERSION\n");
    let version = version.then(|| ("VERSION".to_owned(), "12".to_owned()));
    let setting = (lint::CHECK_ARG.to_owned(), setting);
    let asked = Asked {
        args: version.into_iter().chain([setting]).collect(),
        purpose: Purpose::Check,
        ..Asked::default()
    };
    let compiled = compile(name, block.as_bytes(), &asked, &["linux/amd64"]);
    assert!(!compiled.diags.has_errors(), "{}", compiled.rendered());
    compiled.diags.iter().map(|it| it.code.name()).collect()
}

/// Checks the two examples of a rule's page.
#[track_caller]
fn check_examples(page: &str, file: &str, fence: &str, rule: &str) {
    let wrong = blocks(page, &format!("```{fence} warns"));
    let right = blocks(page, &format!("```{fence}"));
    assert_eq!((wrong.len(), right.len()), (1, 1), "{rule}");
    assert_eq!(findings(file, &wrong[0].1, rule), [rule].into(), "{rule}");
    assert_eq!(findings(file, &right[0].1, rule), [].into(), "{rule}");
}

/// The pages of the rules, and the index.
fn rule_pages() -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("docs/rules")).expect("the pages");
    let files = entries.map(|it| it.expect("a page").file_name());
    files.map(|it| it.to_string_lossy().into_owned()).collect()
}

#[test]
fn every_rule_has_its_page() {
    let directory = root().join("docs/rules");
    let index = fs::read_to_string(directory.join("README.md")).expect("the index");
    for rule in lint::RULES {
        let name = rule.code.name();
        let page = fs::read_to_string(directory.join(format!("{name}.md"))).unwrap_or_default();
        let start = format!("# {name}\n\n{}\n\n", rule.code.title());
        assert!(page.starts_with(&start), "{name}: {start}");
        let is_on = rule.state == lint::State::Default;
        assert_eq!(page.contains("\nOn by default."), is_on, "{name}");
        let upstream = rule.upstream.map(|it| format!("`{it}`"));
        assert!(upstream.iter().all(|it| page.contains(it)), "{name}");
        let state = if is_on { "on" } else { "off" };
        let title = rule.code.title().trim_end_matches('.');
        let row = format!("| [{name}]({name}.md) | {title} | {state} | ");
        let row = row + &upstream.unwrap_or_default();
        assert!(index.contains(row.trim_end()), "{row}");
        check_examples(&page, "build.yaml", "yaml", name);
    }
}

#[test]
fn every_rule_of_dockerfiles_has_its_page() {
    let directory = root().join("docs/rules");
    let index = fs::read_to_string(directory.join("README.md")).expect("the index");
    for code in Code::ALL.iter().filter(|code| code.is_of_dockerfile()) {
        let name = code.name();
        let page = fs::read_to_string(directory.join(format!("{name}.md"))).unwrap_or_default();
        let (state, sentence) = match lint::state(*code) {
            lint::State::Default => ("on", "On by default."),
            lint::State::Experimental => ("off", "Off by default."),
        };
        let ours = lint::RULES.iter().find(|it| it.upstream == Some(name));
        let ours = ours.map(|rule| rule.code.name());
        let like = ours.map(|ours| format!(" `{ours}` in build files."));
        let like = like.unwrap_or_default();
        let finds = page.lines().nth(2).unwrap_or_default();
        let start = format!("# {name}\n\n{finds}\n\n{sentence}{like}\n\n## Why\n");
        assert!(page.starts_with(&start), "{name}: {start}");
        let finds = finds.trim_end_matches('.');
        let row = format!("| [{name}]({name}.md) | {finds} | {state} | ");
        let row = row + &ours.map_or_else(String::new, |it| format!("[{it}]({it}.md) |"));
        assert!(index.contains(row.trim_end()), "{row}");
        check_examples(&page, "Dockerfile", "dockerfile", name);
    }
}

#[test]
fn every_page_of_a_rule_has_its_rule() {
    let ours = lint::RULES.iter().map(|rule| rule.code);
    let theirs = Code::ALL.iter().filter(|code| code.is_of_dockerfile());
    let pages = ours.chain(theirs.copied());
    let pages = pages.map(|code| format!("{}.md", code.name()));
    let pages: BTreeSet<String> = pages.chain(["README.md".to_owned()]).collect();
    assert_eq!(rule_pages(), pages);
}

#[test]
fn every_path_on_the_map_exists() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map");
    let mut missing = Vec::new();
    for word in text.split('`').skip(1).step_by(2) {
        let is_path = word.contains('/') && !word.contains(' ') && !word.contains("://");
        let is_concrete = !word.contains(['*', '<', '{', '$', ':', '(']);
        let starts_here = [
            "cli/",
            "docs/",
            "examples/",
            "frontend/",
            "fuzz/",
            "llb/",
            "proto/",
            "tests/",
            "tools/",
            "xtask/",
        ];
        let is_ours = starts_here.iter().any(|start| word.starts_with(start));
        if is_path && is_concrete && is_ours && !root().join(word).exists() {
            missing.push(word.to_owned());
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_reference_names_every_preset() {
    let text = fs::read_to_string(root().join("docs/reference.md")).expect("the reference");
    let missing: Vec<&str> = PRESETS
        .iter()
        .filter(|preset| !text.contains(&format!("`{}`", preset.name)))
        .map(|preset| preset.name)
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}
