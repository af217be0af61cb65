//! An upgrade keeps caches warm: the digests of the ops of every example are those on record.
//!
//! BuildKit finds a step in a cache by the digest of its op and of what it stands on. A release that
//! changes one makes everybody's caches cold, so it says why: `digests/<example>.txt` changes only
//! with an entry under *LLB changes* in the changelog, or with the build file itself.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use buildkit_llb::{Digest, pb, read};
use windlass_frontend::expand::Asked;

use super::compiled::{Compiled, compile};
use super::examples::{examples, platforms, targets};

const ADVICE: &str = "\
Everybody's cache of these steps is cold after an upgrade. If that is not meant, undo it. If it is,
say why in CHANGELOG.md under `### LLB changes`, one entry more, then run the test again with
UPDATE_GOLDEN=1, which rewrites tests/digests/.";

#[test]
fn the_ops_of_examples_have_the_digests_on_record() {
    let entries = entries(&changelog());
    let mut changed = String::new();
    let mut stale = String::new();
    for example in examples() {
        let path = record_of(&example);
        let before = fs::read_to_string(&path).unwrap_or_default();
        let after = record(&example, entries);
        match verdict(&before, &after) {
            Verdict::Same => {}
            Verdict::Allowed if std::env::var_os("UPDATE_GOLDEN").is_some() => {
                fs::write(&path, &after).expect("write the record");
            }
            Verdict::Allowed => {
                let _ = writeln!(stale, "{}", path.display());
            }
            Verdict::Unexplained(ops) => {
                let _ = writeln!(changed, "{}:\n{ops}", path.display());
            }
        }
    }
    assert!(
        changed.is_empty(),
        "ops of examples have other digests than before:\n{changed}{ADVICE}"
    );
    assert!(
        stale.is_empty(),
        "UPDATE_GOLDEN=1 brings these up to date:\n{stale}"
    );
}

/// What a record and what is found come to.
#[derive(Debug, PartialEq)]
enum Verdict {
    Same,
    /// The build file changed, or the changelog says why; or no digest changed.
    Allowed,
    /// The ops that are new.
    Unexplained(String),
}

fn verdict(before: &str, after: &str) -> Verdict {
    if before == after {
        return Verdict::Same;
    }
    let known: Vec<&str> = ops(before).map(|(digest, _)| digest).collect();
    let is_explained = !same_file(before, after) || number(before) < number(after);
    let found: Vec<&str> = ops(after).map(|(digest, _)| digest).collect();
    if is_explained || known == found {
        return Verdict::Allowed;
    }
    let new = ops(after).filter(|(digest, _)| !known.contains(digest));
    Verdict::Unexplained(new.map(|(_, name)| format!("  {name}\n")).collect())
}

/// Returns the digests of a record, with what the ops are called.
fn ops(record: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = record.lines().filter(|line| line.starts_with("sha256:"));
    lines.map(|line| line.split_once(' ').unwrap_or((line, "")))
}

fn same_file(before: &str, after: &str) -> bool {
    before.lines().next() == after.lines().next()
}

/// Returns how many entries the changelog had when a record was written.
fn number(record: &str) -> usize {
    let line = record.lines().nth(1).unwrap_or_default();
    let digits = line.rsplit(' ').next().unwrap_or_default();
    digits.parse().unwrap_or_default()
}

fn changelog() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../CHANGELOG.md");
    fs::read_to_string(path).expect("the changelog")
}

/// Counts the entries under `### LLB changes`, those of all releases.
fn entries(changelog: &str) -> usize {
    let sections = changelog.split("\n### LLB changes\n").skip(1);
    let own = sections.map(|text| text.split("\n#").next().unwrap_or_default());
    own.map(|text| text.lines().filter(|line| line.starts_with("- ")).count())
        .sum()
}

fn record_of(example: &Path) -> PathBuf {
    let name = example.file_name().expect("a name").to_string_lossy();
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("digests/{name}.txt"))
}

/// Returns the record of an example: every target and platform, every op in order.
fn record(example: &Path, entries: usize) -> String {
    let bytes = fs::read(example.join("build.yaml")).expect("an example has a build file");
    let mut text = format!("build file {}\nLLB changes {entries}\n", Digest::of(&bytes));
    for target in targets(example) {
        let asked = Asked {
            target: target.map(str::to_owned),
            ..Asked::default()
        };
        let platforms = platforms(&bytes);
        let compiled = compile("build.yaml", &bytes, &asked, platforms);
        let Compiled { builds, .. } = compiled;
        assert_eq!(builds.len(), platforms.len(), "{}", example.display());
        for (built, platform) in builds.iter().zip(platforms) {
            let _ = writeln!(text, "\n{} {platform}", target.unwrap_or("(default)"));
            text.push_str(&named(&built.definition));
        }
    }
    text
}

fn named(definition: &pb::Definition) -> String {
    let read = read(definition).expect("a definition").expect("a result");
    let line = |vertex: &buildkit_llb::ReadVertex<'_>| {
        let description = vertex
            .metadata
            .map(|it| it.description.iter().collect::<BTreeMap<_, _>>());
        let name = description.and_then(|it| it.get(&"llb.customname".to_owned()).copied());
        format!("{} {}\n", vertex.digest, name.map_or("-", String::as_str))
    };
    read.vertices.iter().map(line).collect()
}

const BEFORE: &str = "build file a\nLLB changes 1\n\nsha256:1 one\nsha256:2 two\n";

#[test]
fn a_changed_digest_needs_an_entry() {
    let after = BEFORE.replace("sha256:2", "sha256:3");
    let said = Verdict::Unexplained("  two\n".to_owned());
    assert_eq!(verdict(BEFORE, &after), said);
    let explained = after.replace("changes 1", "changes 2");
    assert_eq!(verdict(BEFORE, &explained), Verdict::Allowed);
}

#[test]
fn another_build_file_or_name_needs_none() {
    let edited = BEFORE.replace("file a", "file b").replace(":2", ":3");
    assert_eq!(verdict(BEFORE, &edited), Verdict::Allowed);
    let renamed = BEFORE.replace("two", "second");
    assert_eq!(verdict(BEFORE, &renamed), Verdict::Allowed);
    assert_eq!(verdict(BEFORE, BEFORE), Verdict::Same);
}

#[test]
fn the_entries_of_all_releases_count() {
    let text = "## [Unreleased]\n\n### LLB changes\n\n- One,\n  longer.\n\n### Fixed\n\n- No.\n\n\
                ## [0.1.0]\n\n### LLB changes\n\n- Two.\n";
    assert_eq!(entries(text), 2);
}
