//! What an older daemon lacks is done another way, or is one sentence with the version it needs.

use super::{Case, case};

/// A builder without `cap` says this of a step.
#[track_caller]
fn refused(cap: &str, step: &str, expected: &str) {
    let file = format!("stages: {{a: {{from: alpine:3, steps: [{step}]}}}}\n");
    let all = case(&file).run().outcome.expect("an outcome");
    assert!(all.is_ok(), "on a new builder: {all:?}");
    let error = case(&file).without(cap).error();
    assert_eq!(error.message, expected);
}

#[test]
fn a_link_in_the_image() {
    refused(
        "file.symlink.create",
        "{symlink: /a, target: /b}",
        "build.yaml:1:38: this builder cannot make a symbolic link \
         (use BuildKit 0.19 or later, or make it with `run`)",
    );
}

#[test]
fn a_mode_in_letters() {
    refused(
        "exec.validexitcode",
        "{copy: x, chmod: 'u+x'}",
        "build.yaml:1:38: this builder cannot set a mode in letters \
         (use BuildKit 0.17 or later, or write it in digits)",
    );
}

#[test]
fn exit_codes() {
    refused(
        "exec.validexitcode",
        "{run: x, exit-codes: [0, 3]}",
        "build.yaml:1:38: this builder cannot let a step end with another exit code than 0 \
         (use BuildKit 0.17 or later)",
    );
}

#[test]
fn limits_of_a_step() {
    refused(
        "exec.meta.linux.resources",
        "{run: x, resources: {memory: 64MB}}",
        "build.yaml:1:38: this builder cannot limit the memory or the processors of a step \
         (use BuildKit 0.31 or later)",
    );
}

#[test]
fn a_device_is_left_out_unless_it_is_required() {
    let optional = "stages: {a: {from: alpine:3, steps: [{run: x, devices: gpu}]}}\n";
    assert_eq!(case(optional).without("exec.meta.cdi").ops().0, "x");
    refused(
        "exec.meta.cdi",
        "{run: x, devices: {name: gpu, required: true}}",
        "build.yaml:1:63: this builder cannot give a step the device it requires \
         (use BuildKit 0.20 or later, or leave out `required`)",
    );
}

#[test]
fn a_commit_that_is_checked() {
    refused(
        "source.git.checksum",
        "{add: 'https://h.org/r.git?checksum=ab12&ref=main', to: /r}",
        "build.yaml:1:38: this builder cannot check the commit of a repository \
         (use BuildKit 0.22 or later)",
    );
}

#[test]
fn a_repository_without_its_submodules() {
    refused(
        "source.git.skipsubmodules",
        "{add: 'https://h.org/r.git?submodules=false&ref=main', to: /r}",
        "build.yaml:1:38: this builder cannot leave out the submodules of a repository \
         (use BuildKit 0.24 or later)",
    );
}

#[test]
fn a_repository_as_the_build_context() {
    let file = "stages: {a: {from: scratch, steps: [{copy: x}]}}\n";
    let case = |name: &str, address: &str| -> Case {
        let case = case(file).option(name, address);
        case.without("source.git.fetchbycommit")
    };
    let address = "https://h.org/r.git?commit=ab12&fetch-by-commit=1";
    assert_eq!(
        case("context", address).error().message,
        "build context: this builder cannot fetch a repository by its commit \
         (use BuildKit 0.30 or later)"
    );
}

#[test]
fn a_missing_path_that_is_not_noticed_is_a_warning() {
    let file = "stages: {a: {from: alpine:3, steps: [{copy: /a/b, parents: true}]}}\n";
    assert_eq!(case(file).ops().1, "");
    assert_eq!(
        case(file).without("file.copy.requiredpaths").ops().1,
        "unchecked-paths: this builder does not notice if the path is missing \
         (use BuildKit 0.26 or later, or write `required: false`) (line 1)"
    );
}
