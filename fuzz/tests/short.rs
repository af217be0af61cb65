//! Some seconds of every target, with the same inputs each time.

use windlass_fuzz::{Limit, TARGETS, run};

#[track_caller]
fn check(name: &str, n_inputs: usize) {
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.expect("a target");
    if let Err(broken) = run(target, 1, Limit::Inputs(n_inputs)) {
        let shown = String::from_utf8_lossy(&broken.input);
        panic!(
            "{name}: {}\n{shown}\n{}",
            broken.message,
            broken.path.display()
        );
    }
}

#[test]
fn decode() {
    check("decode", 3_000);
}

#[test]
fn formatting() {
    check("format", 5_000);
}

#[test]
fn conversions() {
    check("convert", 3_000);
}

#[test]
fn expressions() {
    check("expression", 20_000);
}

#[test]
fn ignore_patterns() {
    check("ignore", 5_000);
}

#[test]
fn image_names() {
    check("image-name", 50_000);
}

#[test]
fn platforms() {
    check("platform", 50_000);
}

#[test]
fn git_addresses() {
    check("git-url", 50_000);
}

#[test]
fn triggers() {
    check("trigger", 30_000);
}

#[test]
fn whole_files() {
    check("file", 2_000);
}
