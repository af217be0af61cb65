//! What is attested of an image: its SBOM, and what made it.

use serde_json::Value;
use windlass_tests::{Live, OciLayout};

/// A scanner that writes down what it was given, as one statement for each filesystem.
const SCANNER: &str = r#"
stages:
  scanner:
    from: busybox
    steps:
      - file: /scan
        chmod: '0755'
        content: |
          #!/bin/sh
          set -e
          scan() {
            files=$(cd "$1" && find . -type f | sort | tr '\n' ' ')
            printf '{"_type":"https://in-toto.io/Statement/v1",' > "$BUILDKIT_SCAN_DESTINATION/$2.spdx.json"
            printf '"predicateType":"https://spdx.dev/Document","predicate":{"name":"%s","files":"%s","said":"%s"}}' \
              "$2" "$files" "$BUILDKIT_SCAN_depth $PWD $1" >> "$BUILDKIT_SCAN_DESTINATION/$2.spdx.json"
          }
          scan "$BUILDKIT_SCAN_SOURCE" "$(basename $BUILDKIT_SCAN_SOURCE)"
          for extra in ${BUILDKIT_SCAN_SOURCE_EXTRAS:+$BUILDKIT_SCAN_SOURCE_EXTRAS/*}; do
            scan "$extra" "$(basename $extra)"
          done
    image:
      workdir: /work
      entrypoint: [/scan]
"#;

/// Pushes the scanner and returns what asks for it.
fn scanner(live: &Live) -> String {
    let name = format!("{}:scanner", live.repository());
    let build = live.yaml(SCANNER).arg("--push");
    build.arg(format!("--tag={name}")).run().success();
    format!("--attest=type=sbom,generator={name},depth=3")
}

/// The SBOMs of an exported image, one a line.
fn sboms(layout: &OciLayout) -> String {
    let sboms = layout
        .attestations
        .iter()
        .filter(|it| it["predicateType"] == "https://spdx.dev/Document");
    let line = |it: &Value| {
        let text = |key: &str| {
            it["predicate"][key]
                .as_str()
                .unwrap_or("-")
                .trim()
                .to_owned()
        };
        format!("{}: {} | {}", text("name"), text("files"), text("said"))
    };
    sboms.map(line).collect::<Vec<_>>().join("\n")
}

const FILE: &str = "
stages:
  deps:
    from: scratch
    args: {BUILDKIT_SBOM_SCAN_STAGE: true}
    steps:
      - copy: lock
      - file: /deps
        content: UNIQUE
  quiet:
    from: deps
    args: {BUILDKIT_SBOM_SCAN_STAGE: false}
  app:
    from: scratch
    args: {BUILDKIT_SBOM_SCAN_CONTEXT: true}
    steps:
      - copy: /deps
        from: quiet
";

#[test]
fn the_scanner_sees_the_image_the_stages_and_the_context_that_the_file_names() {
    let live = Live::new("sbom");
    let sbom = scanner(&live);
    let build = || {
        live.yaml(FILE)
            .file("lock", "x")
            .file("unused", "y")
            .arg(&sbom)
    };
    let layout = build().run().layout();
    assert_eq!(
        sboms(&layout),
        "sbom: ./deps | 3 /work /run/src/core/sbom\n\
         sbom-context: ./lock | 3 /work /run/src/extras/sbom-context\n\
         sbom-deps: ./deps ./lock | 3 /work /run/src/extras/sbom-deps"
    );
    let off = build().arg("--build-arg=BUILDKIT_SBOM_SCAN_CONTEXT=0");
    let layout = off
        .arg("--build-arg=BUILDKIT_SBOM_SCAN_STAGE=quiet")
        .run()
        .layout();
    assert_eq!(
        sboms(&layout),
        "sbom: ./deps | 3 /work /run/src/core/sbom\n\
         sbom-quiet: ./deps ./lock | 3 /work /run/src/extras/sbom-quiet"
    );
}

#[test]
fn every_platform_has_its_own_sbom() {
    let live = Live::new("sbom-platforms");
    let sbom = scanner(&live);
    let file =
        "stages: {app: {from: scratch, steps: [{file: '/${{ target.arch }}', content: x}]}}\n";
    let out = live
        .yaml(file)
        .arg(&sbom)
        .arg("--platform=linux/amd64,linux/arm64")
        .run();
    assert_eq!(
        sboms(&out.layout()),
        "sbom: ./amd64 | 3 /work /run/src/core/sbom\nsbom: ./arm64 | 3 /work /run/src/core/sbom"
    );
    let empty = live.yaml("stages: {app: {from: scratch, image: {cmd: [x]}}}\n");
    assert_eq!(
        sboms(&empty.arg(&sbom).run().layout()),
        "sbom:  | 3 /work /run/src/core/sbom"
    );
}

#[test]
fn a_scanner_that_is_not_there_is_named() {
    let live = Live::new("no-scanner");
    let build = live.yaml(FILE).file("lock", "x");
    let out = build
        .arg(format!("--sbom=generator={}:nothing", live.repository()))
        .run();
    out.failure().stderr_contains("the SBOM generator `");
}

#[test]
fn provenance_names_the_build_file_and_the_lines_of_every_step() {
    let live = Live::new("provenance");
    let build = live.yaml(
        "
stages:
  app:
    from: busybox
    steps:
      - run: |
          echo UNIQUE > /f
          echo more >> /f
",
    );
    let layout = build.arg("--provenance=mode=max").run().layout();
    let predicate = &layout.attestations[0]["predicate"];
    let definition = &predicate["buildDefinition"];
    let parameters = &definition["externalParameters"];
    assert_eq!(parameters["configSource"]["path"], "build.yaml");
    let uses = definition["resolvedDependencies"].as_array();
    let uses = uses.into_iter().flatten().map(|it| it["uri"].to_string());
    assert_eq!(
        uses.collect::<Vec<_>>(),
        [
            "\"pkg:docker/busybox@latest?platform=linux%2Famd64\"",
            "\"pkg:docker/registry.example.com/windlass@1\"",
        ]
    );
    let source = &predicate["runDetails"]["metadata"]["buildkit_metadata"]["source"];
    assert_eq!(source["infos"][0]["filename"], "build.yaml");
    assert_eq!(source["infos"][0]["language"], "YAML");
    let lines = |step: &str| {
        let range = &source["locations"][step]["locations"][0]["ranges"][0];
        (&range["start"]["line"], &range["end"]["line"])
    };
    assert_eq!(lines("step0"), (&4.into(), &4.into()));
    assert_eq!(lines("step1"), (&6.into(), &8.into()));
}

#[test]
fn annotations_of_the_file_win_over_those_of_the_command_line() {
    let live = Live::new("annotation-order");
    let file =
        "stages: {app: {from: scratch, image: {cmd: [x], annotations: {a: file, b: file}}}}\n";
    let build = || {
        let build = live.yaml(file).arg("--annotation=a=line");
        build.arg("--annotation=c=line")
    };
    let expected = |found: &Value| {
        assert_eq!(
            *found,
            serde_json::json!({"a": "file", "b": "file", "c": "line"})
        );
    };
    expected(&build().run().image().manifest["annotations"]);
    let both = build().arg("--platform=linux/amd64,linux/arm64");
    let both = both.arg("--annotation=index:a=index").run();
    for image in both.layout().images {
        expected(&image.manifest["annotations"]);
    }
}
