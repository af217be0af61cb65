//! What an SBOM is made of, and where it stands in the result.

use buildkit_llb::dump;
use windlass_frontend::gateway::{ImageMeta, Ref, SolveRequest};

use super::{Case, case};

const SCANNER: &str = r#"{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"],"Entrypoint":["/scan"],"Cmd":["all"],"WorkingDir":"/work","User":"nobody"},"rootfs":{"type":"layers","diff_ids":["sha256:1"]}}"#;

const FILE: &str = "\
args:
  BUILDKIT_SBOM_SCAN_CONTEXT: true
stages:
  tools:
    from: alpine:3
    args: {BUILDKIT_SBOM_SCAN_STAGE: }
    steps:
      - run: tools
  deps:
    from: alpine:3
    args: {BUILDKIT_SBOM_SCAN_STAGE: 'deps,other'}
    steps:
      - run: deps
  unused:
    from: alpine:3
    args: {BUILDKIT_SBOM_SCAN_STAGE: true}
  app:
    from: deps
    steps:
      - copy: /tool
        from: tools
";

/// A builder that takes attestations, a scanner, and a request for an SBOM.
fn scanned(file: &str) -> Case {
    let mut case = case(file).option("attest:sbom", "generator=scan:1,depth=3,type=sbom");
    let caps = &mut case.gateway.pong.gateway_caps;
    caps.insert("reference.attestations".to_owned());
    let meta = ImageMeta {
        name: "docker.io/library/scan:1@sha256:5".to_owned(),
        digest: "sha256:5".to_owned(),
        config: SCANNER.as_bytes().to_vec(),
    };
    let key = (
        "docker.io/library/scan:1".to_owned(),
        "linux/amd64".to_owned(),
    );
    case.gateway.images.insert(key, meta);
    case
}

fn is_scan(solve: &SolveRequest) -> bool {
    let text = dump(&solve.message());
    text.is_ok_and(|text| text.contains("generating sbom"))
}

/// The vertex of the scan, as text.
fn scan(solve: &SolveRequest) -> String {
    let text = dump(&solve.message()).expect("a definition");
    let start = text
        .find("exec \"/scan\"")
        .unwrap_or_else(|| panic!("no scan in\n{text}"));
    text[start..].to_owned()
}

#[test]
fn a_scan_sees_the_result_and_what_the_file_adds() {
    let record = scanned(FILE).run();
    let [.., result, sbom] = record.solves.as_slice() else {
        panic!("the result and its scan are solved");
    };
    assert!(!result.definition.is_empty());
    assert_eq!(
        scan(sbom),
        r#"exec "/scan" "all"
    env: PATH=/bin
    env: BUILDKIT_SCAN_DESTINATION=/run/out/
    env: BUILDKIT_SCAN_SOURCE=/run/src/core/sbom
    env: BUILDKIT_SCAN_SOURCE_EXTRAS=/run/src/extras
    env: BUILDKIT_SCAN_depth=3
    env: BUILDKIT_SCAN_type=sbom
    cwd: /work
    mount: / [1] -> 0
    mount: /run/out/ scratch -> 1
    mount: /run/src/core/sbom [5] read-only
    mount: /run/src/extras/sbom-context [6] read-only
    mount: /run/src/extras/sbom-deps [3] read-only
    mount: /tmp tmpfs
    platform: linux/amd64
    name: [linux/amd64] generating sbom using docker.io/library/scan:1@sha256:5

result [7].1
"#
    );
    let outcome = record.outcome.expect("an outcome").expect("a result");
    let last = record.solves.len() - 1;
    let sboms: Vec<_> = outcome.sboms.into_iter().collect();
    assert_eq!(
        sboms,
        [("linux/amd64".to_owned(), Some(Ref(last.to_string())))]
    );
}

#[test]
fn the_arguments_of_a_dockerfile_say_what_else_is_scanned() {
    let file = "\
ARG BUILDKIT_SBOM_SCAN_CONTEXT=true
FROM scratch AS file
ARG BUILDKIT_SBOM_SCAN_STAGE=true
COPY <<EOF /file
data
EOF
FROM scratch AS base
ARG BUILDKIT_SBOM_SCAN_STAGE=true
COPY --from=file /file /foo
FROM base
ARG BUILDKIT_SBOM_SCAN_STAGE=true
";
    let record = scanned(file).run();
    let text = scan(record.solves.last().expect("a scan"));
    let mounts = text
        .lines()
        .filter(|line| line.contains("mount: /run/src/"));
    let mounts: Vec<&str> = mounts.map(str::trim).collect();
    assert_eq!(
        mounts,
        [
            "mount: /run/src/core/sbom [4] read-only",
            "mount: /run/src/extras/sbom-base [4] read-only",
            "mount: /run/src/extras/sbom-context [5] read-only",
            "mount: /run/src/extras/sbom-file [3] read-only",
        ]
    );
}

#[test]
fn every_platform_is_scanned_on_the_builder() {
    let case = scanned("stages: {app: {from: alpine:3}}\n")
        .option("platform", "linux/arm64,linux/amd64")
        .option("no-cache", "");
    let record = case.run();
    let fresh = |solve: &SolveRequest| scan(solve).contains("cache: ignored");
    let scans = record.solves.iter().filter(|solve| is_scan(solve));
    assert_eq!(scans.map(fresh).collect::<Vec<_>>(), [true, true]);
    let outcome = record.outcome.expect("an outcome").expect("a result");
    let ids: Vec<&String> = outcome.sboms.keys().collect();
    assert_eq!(ids, ["linux/amd64", "linux/arm64"]);
}

#[test]
fn a_scanner_that_says_nothing_to_run_is_refused() {
    let mut case = scanned("stages: {app: {from: alpine:3}}\n");
    for image in case.gateway.images.values_mut() {
        let config = String::from_utf8_lossy(&image.config);
        image.config = config
            .replace(r#""Entrypoint":["/scan"],"Cmd":["all"],"#, "")
            .into_bytes();
    }
    assert_eq!(
        case.error().message,
        "the SBOM generator `docker.io/library/scan:1` cannot be used: \
         the image says nothing about what to run"
    );
    let mut case = scanned("stages: {app: {from: alpine:3}}\n");
    case.gateway.images.clear();
    assert_eq!(
        case.error().message,
        "the SBOM generator `docker.io/library/scan:1` cannot be used: \
         docker.io/library/scan:1: not found"
    );
}

#[test]
fn for_a_call_and_on_an_old_builder_nothing_is_scanned_here() {
    let mut case = scanned(FILE);
    case.gateway.pong.gateway_caps.clear();
    let outcome = case.outcome();
    assert!(outcome.sboms.is_empty());
    let call = scanned(FILE).option("requestid", "frontend.lint");
    let asked = call.run().lookups.into_iter().map(|it| it.name);
    assert_eq!(asked.collect::<Vec<_>>(), ["docker.io/library/alpine:3"]);
}
