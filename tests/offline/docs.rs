//! Documentation says what is so: build files in it compile, paths in it exist, and the
//! reference names every key, every preset and every code that has a page.

use std::fs;
use std::path::{Path, PathBuf};

use windlass_frontend::expand::Asked;
use windlass_frontend::preset::PRESETS;

use super::compiled::compile;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The Markdown files of the project, sorted.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for directory in [".", "docs", "docs/diagnostics"] {
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
            let compiled = compile("build.yaml", block.as_bytes(), &Asked::default(), &[]);
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
