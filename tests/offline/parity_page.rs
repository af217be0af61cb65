//! `docs/parity.md` and `docs/contract.md` say what is so: every test of the Dockerfile frontend and
//! every pair has its row, and what rows name is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use windlass_tests::golden::inputs;

use super::corpus;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page() -> String {
    read("docs/parity.md")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("the page")
}

/// The headings of the page of what BuildKit expects.
const CONTRACT: [&str; 6] = [
    "\n## Process\n",
    "\n## Calls\n",
    "\n## LLB\n",
    "\n## Options and sources\n",
    "\n## Subrequests\n",
    "\n## Results\n",
];

/// Returns the cells of the rows below a heading, without the heads of tables.
fn rows<'a>(page: &'a str, heading: &str) -> Vec<Vec<&'a str>> {
    let from = page.split(heading).nth(1).expect("the heading");
    let text = from.split("\n## ").next().unwrap_or_default();
    let lines = text.lines().filter(|line| line.starts_with("| "));
    lines
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect()
}

fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Returns the sources of upstream's tests.
fn upstream_sources() -> Vec<String> {
    let module = "github.com/moby/buildkit";
    let output = Command::new("go")
        .args(["list", "-m", "-f", "{{.Dir}}", module])
        .current_dir(root().join("tools"))
        .output()
        .expect("go is installed");
    let directory = String::from_utf8(output.stdout).expect("a path");
    let directory = Path::new(directory.trim()).join("frontend/dockerfile");
    let entries = fs::read_dir(&directory).expect("the module is downloaded");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let tests = paths.filter(|path| path.to_string_lossy().ends_with("_test.go"));
    tests
        .map(|path| fs::read_to_string(path).expect("a test file"))
        .collect()
}

/// Returns the names of the functions that upstream's tests are made of.
fn upstream() -> BTreeSet<String> {
    let sources = upstream_sources();
    let lines = sources.iter().flat_map(|text| text.lines());
    let names = lines.filter_map(|line| line.strip_prefix("func test"));
    let tests = names.filter(|rest| rest.contains("*testing.T"));
    tests
        .filter_map(|rest| Some(format!("test{}", rest.split_once('(')?.0)))
        .collect()
}

/// What keeps one of upstream's tests from running against an image, or on our kind of daemon.
const SKIPS: [&str; 4] = [
    "(*clientFrontend); !ok",
    "if !isClient {",
    "(*builtinFrontend); !ok",
    "t.Skip(\"test is only for containerd worker\")",
];

/// Returns the tests that run against an image, ours as well: those that upstream's own program
/// lists and that do not ask for another frontend. The ones that the page says are not passed are
/// none of them.
fn upstream_against_ours() -> BTreeSet<String> {
    let page = page();
    let exceptions = rows(&page, "\n## Its tests, run against our image\n");
    let exceptions: Vec<&str> = exceptions.iter().flat_map(|row| words(row[0])).collect();
    let sources = upstream_sources();
    let runs = |name: &String| {
        let listed = format!("\t{name},\n");
        let start = format!("\nfunc {name}(");
        let body = sources.iter().find_map(|text| text.split(&start).nth(1));
        let body = body.and_then(|rest| rest.split("\nfunc ").next());
        let body = body.unwrap_or_default();
        sources.iter().any(|text| text.contains(&listed))
            && SKIPS.iter().all(|skip| !body.contains(skip))
            && !exceptions.contains(&name.as_str())
    };
    upstream().into_iter().filter(runs).collect()
}

#[test]
fn every_upstream_test_has_one_row() {
    let page = page();
    let mut listed = BTreeSet::new();
    for row in rows(&page, "\n## The tests of the Dockerfile frontend\n") {
        if let Some(name) = words(row[0]).next() {
            assert!(listed.insert(name.to_owned()), "{name} stands twice");
            assert!(row.len() == 2 && !row[1].is_empty(), "{name} says nothing");
        }
    }
    let upstream = upstream();
    let missing: Vec<_> = upstream.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&upstream).collect();
    assert!(
        missing.is_empty() && gone.is_empty(),
        "{missing:?}\n{gone:?}"
    );
    assert_eq!(listed.len(), 261);
}

/// Returns where a test must be, from what `cargo test` calls it.
fn file_of(test: &str) -> Option<(PathBuf, &str)> {
    let (path, name) = test.rsplit_once("::")?;
    let crates = [
        ("windlass_frontend::", "frontend/src/"),
        ("buildkit_llb::", "llb/src/"),
        ("", "tests/"),
    ];
    let (path, directory) = crates
        .iter()
        .find_map(|(prefix, directory)| Some((path.strip_prefix(prefix)?, directory)))?;
    let file = |path: &str| root().join(format!("{directory}{}.rs", path.replace("::", "/")));
    // Some are in the file of what they test.
    let outer = path.strip_suffix("::tests").map(file);
    let own = file(path);
    Some((outer.filter(|_| !own.exists()).unwrap_or(own), name))
}

fn is_case(word: &str) -> bool {
    let places = ["parity/", "cases/", "dockerfiles/"];
    places.iter().any(|place| word.starts_with(place))
}

/// What a page may name beside tests.
struct Known {
    /// Upstream's tests that run against our image.
    upstream: BTreeSet<String>,
    /// The cases of `tests/dockerfiles`: `FILE: NAME`.
    dockerfiles: BTreeSet<String>,
}

impl Known {
    fn new() -> Self {
        Self {
            upstream: upstream_against_ours(),
            dockerfiles: corpus::names(),
        }
    }

    fn exists(&self, word: &str) -> bool {
        if let Some(name) = word.strip_prefix("upstream::") {
            return self.upstream.contains(name);
        }
        if let Some(name) = word.strip_prefix("dockerfiles/") {
            return self.dockerfiles.contains(name);
        }
        if word.starts_with("parity/dockerfiles/") {
            return root().join(format!("tests/{word}.Dockerfile")).exists();
        }
        exists(word)
    }
}

/// Returns whether a word is a file of tests as a whole.
fn is_suite(word: &str) -> bool {
    word.contains("/tests/") && !word.starts_with("client/")
}

fn exists(word: &str) -> bool {
    if let Some((path, name)) = file_of(word) {
        let text = fs::read_to_string(path).unwrap_or_default();
        return text.contains(&format!("fn {name}("));
    }
    match word {
        word if is_case(word) => root().join(format!("tests/{word}.yaml")).exists(),
        word if is_suite(word) => root().join(word).exists(),
        _ => true,
    }
}

#[test]
fn what_the_page_names_is_there() {
    let page = page();
    let names = [
        "\n## Instructions and flags\n",
        "\n## The tests of the Dockerfile frontend\n",
        "\n## The tests of other frontends and clients\n",
    ];
    let contract = read("docs/contract.md");
    let theirs = CONTRACT.iter().flat_map(|name| rows(&contract, name));
    let rows = names.iter().flat_map(|name| rows(&page, name));
    let cells: Vec<&str> = rows
        .chain(theirs)
        .filter_map(|row| row.last().copied())
        .collect();
    let known = Known::new();
    let named = cells.iter().flat_map(|cell| words(cell));
    let missing: Vec<&str> = named.filter(|word| !known.exists(word)).collect();
    assert_eq!(missing, [""; 0]);
    for word in [
        "live::args::no_such_test",
        "parity/none",
        "parity/dockerfiles/none",
        "dockerfiles/copy: none",
        "upstream::testNone",
        // Its one exception is on the page, the next asks for another frontend.
        "upstream::testErrorsSourceMap",
        "upstream::testOutlineArgs",
    ] {
        assert!(!known.exists(word), "{word}");
    }
}

#[test]
fn every_pair_is_on_the_page() {
    let page = page();
    for directory in ["parity", "parity/contexts"] {
        for path in inputs(directory, "yaml") {
            let name = path.file_stem().expect("a name").to_string_lossy();
            let named = format!("`{directory}/{name}`");
            assert!(page.contains(&named), "{named}");
        }
    }
}

/// Returns whether a cell names a test, a pair or a case.
fn shows(cell: &str) -> bool {
    words(cell).any(|word| word.contains("::") || is_case(word) || is_suite(word))
}

/// A row says what shows it, or why nothing has to.
#[test]
fn every_row_is_shown_or_says_why_not() {
    let page = page();
    for row in rows(&page, "\n## Instructions and flags\n") {
        let says = row[1].starts_with("does not apply: ");
        let shown = row.get(2).is_some_and(|cell| shows(cell));
        assert!(says || shown || row[2] == "shown by", "{row:?}");
    }
    let suites = [
        "\n## The tests of the Dockerfile frontend\n",
        "\n## The tests of other frontends and clients\n",
    ];
    for row in suites.iter().flat_map(|heading| rows(&page, heading)) {
        let whys = ["does not apply: ", "the helper of "];
        let says = whys.iter().any(|why| row[1].starts_with(why));
        assert!(says || shows(row[1]) || row[1] == "ours", "{row:?}");
    }
}

#[test]
fn everything_that_is_expected_is_shown_or_does_not_apply() {
    let page = read("docs/contract.md");
    let headings = page.lines().filter(|line| line.starts_with("## ")).count();
    assert_eq!(headings, CONTRACT.len());
    for heading in CONTRACT {
        let rows = rows(&page, heading);
        assert!(rows.len() > 10, "{heading}");
        for row in rows.iter().filter(|row| row[0] != "what is expected") {
            let says = row.len() == 2 && row[1].starts_with("does not apply: ");
            assert!(says || row.len() == 2 && shows(row[1]), "{row:?}");
        }
    }
}
