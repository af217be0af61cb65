//! The names of the tests, from their sources: `integration.TestFuncs(testA, testB)` lists those
//! that run as `TestIntegration/TestA` and `TestIntegration/TestB`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::dirs::read;
use crate::error::{Context as _, Error, Result};

/// Returns every name, sorted.
pub(super) fn all(sources: &Path) -> Result<BTreeSet<String>> {
    let what = || format!("cannot list `{}`", sources.display());
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(sources).context(what)? {
        let path = entry.context(what)?.path();
        if path.to_string_lossy().ends_with("_test.go") {
            found.extend(listed(&read(&path)?));
        }
    }
    Ok(found)
}

/// Returns those that have one of `parts` in their names.
pub(super) fn chosen(all: BTreeSet<String>, parts: &[String]) -> Result<Vec<String>> {
    let wanted = |name: &String| {
        let name = name.to_lowercase();
        let mut parts = parts.iter().map(|part| part.to_lowercase());
        parts.len() == 0 || parts.any(|part| name.contains(&part))
    };
    let chosen: Vec<String> = all.into_iter().filter(wanted).collect();
    if chosen.is_empty() {
        return Err(Error::new("no test has such a name"));
    }
    Ok(chosen)
}

/// Returns the names that one file lists.
fn listed(source: &str) -> Vec<String> {
    let lists = source.split("integration.TestFuncs(").skip(1);
    let lists = lists.filter_map(|rest| rest.split(')').next());
    let lines = lists.flat_map(str::lines);
    let lines = lines.map(|line| line.split("//").next().unwrap_or_default());
    let words = lines.flat_map(|line| line.split([',', ' ', '\t']));
    let names = words.filter_map(|word| word.strip_prefix("test"));
    names.map(|rest| format!("Test{rest}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{chosen, listed};

    #[test]
    fn lists_of_several_lines_and_comments_are_read() {
        let source = "var all = integration.TestFuncs(\n\
                      \t// a_test.go has testNone\n\
                      \ttestCopy,\n\
                      \ttestAdd,\n\
                      )\n\
                      func run() { testOther(1) }\n\
                      integration.Run(t, integration.TestFuncs(testLast), opts)";
        assert_eq!(listed(source), ["TestCopy", "TestAdd", "TestLast"]);
    }

    #[test]
    fn a_part_of_a_name_chooses_in_any_case() {
        let all = ["TestCopyChmod", "TestEnv"].map(str::to_owned);
        let some = chosen(all.clone().into(), &["chmod".to_owned()]);
        assert_eq!(some.expect("one"), ["TestCopyChmod"]);
        assert_eq!(chosen(all.into(), &[]).expect("all").len(), 2);
    }
}
