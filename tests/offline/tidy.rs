//! What no compiler holds: module headers, file lengths, module order, words and names.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust file of the workspace that a person wrote, with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut todo = [
        "cli", "frontend", "fuzz", "llb", "mem", "proto", "tests", "xtask",
    ]
    .map(|name| root().join(name))
    .to_vec();
    while let Some(directory) = todo.pop() {
        for entry in fs::read_dir(&directory).expect("a directory") {
            let path = entry.expect("a directory entry").path();
            if path.is_dir() && !path.ends_with("proto/src/generated") {
                todo.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

#[track_caller]
fn check(what: &str, is_wrong: impl Fn(&Path, &str) -> bool) {
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|(path, text)| is_wrong(path, text))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}

#[test]
fn every_file_opens_with_its_contract() {
    check("no `//!` on the first line", |_, text| {
        !text.starts_with("//!")
    });
}

#[test]
fn no_file_is_two_ideas_long() {
    check("more than 500 lines", |_, text| text.lines().count() > 500);
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    const NAMES: &[&str] = &["utils", "helpers", "common", "misc", "types", "manager"];
    check("a name that says nothing", |path, _| {
        path.file_stem()
            .is_some_and(|stem| NAMES.contains(&stem.to_string_lossy().as_ref()))
    });
}

#[test]
fn no_work_is_left_behind() {
    // Written apart, so that this file does not find itself.
    let words = [
        ["to", "do!("].concat(),
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
    ];
    check("a word for work that is left", |_, text| {
        words.iter().any(|word| text.contains(word))
    });
}

/// The modules of the frontend in the order in which they may use each other.
fn modules() -> Vec<String> {
    let text = fs::read_to_string(root().join("frontend/src/lib.rs")).expect("the crate");
    let name = |line: &str| {
        line.strip_prefix("pub mod ")?
            .strip_suffix(';')
            .map(str::to_owned)
    };
    text.lines().filter_map(name).collect()
}

#[test]
fn a_module_uses_only_modules_before_it() {
    let modules = modules();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Ok(inside) = path.strip_prefix(root().join("frontend/src")) else {
            continue;
        };
        let own = inside
            .components()
            .next()
            .expect("a name")
            .as_os_str()
            .to_string_lossy();
        let own = own.trim_end_matches(".rs");
        let Some(rank) = modules.iter().position(|name| name == own) else {
            continue;
        };
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        if inside.ends_with("tests.rs")
            || inside.components().any(|part| part.as_os_str() == "tests")
        {
            continue;
        }
        for later in &modules[rank + 1..] {
            if code.contains(&format!("crate::{later}::"))
                || code.contains(&format!("crate::{later};"))
            {
                wrong.push(format!(
                    "{own} uses {later}, which comes after it ({})",
                    path.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
