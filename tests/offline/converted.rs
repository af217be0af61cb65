//! Build files that become Dockerfiles: BuildKit's own compiler makes the same of them.

use std::fmt::Write as _;
use std::fs;

use windlass_frontend::convert::to_dockerfile;
use windlass_frontend::diagnostic::Diagnostics;
use windlass_frontend::text::FileId;

use super::compiled::compile;
use super::format::paths;
use super::parity::{Options, differences, request};

#[test]
fn a_dockerfile_that_is_written_builds_the_same() {
    let mut requests = String::new();
    let mut cases = Vec::new();
    let mut wrong = String::new();
    for path in paths() {
        let bytes = fs::read(&path).expect("a build file");
        let mut diags = Diagnostics::new();
        let dockerfile = to_dockerfile(FileId::ROOT, &bytes, &mut diags);
        let Some(dockerfile) = dockerfile.filter(|_| !diags.has_errors()) else {
            continue;
        };
        let options = Options::read(&String::from_utf8_lossy(&bytes));
        let platforms = [options.platform.as_str()];
        let compiled = compile("build.yaml", &bytes, &options.asked, &platforms);
        if compiled.builds.is_empty() {
            continue;
        }
        let _ = writeln!(requests, "{}", request(&dockerfile, &options, &compiled));
        cases.push(format!("{}\n{dockerfile}", path.display()));
    }
    wrong += &differences(&cases, &requests);
    assert!(wrong.is_empty(), "{wrong}");
    assert!(cases.len() > 20, "only {} can be said", cases.len());
}
