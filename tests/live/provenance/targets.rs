//! Targets of a bake file that are contexts of others.

use serde_json::Value;
use windlass_tests::{Build, Live, OciLayout, SYNTAX};

use super::predicates;

/// The daemon knows a context's build for as long as it lasts, and buildx ends it as soon as the other
/// is done (`solver/llbsolver/provenance_store.go:releaseProvenanceRefs`, v0.32.2): whichever is
/// first. So this is tried more than once.
#[test]
fn the_build_that_made_a_context_is_in_the_provenance_of_the_one_that_uses_it() {
    let live = Live::new("provenance-input");
    let mut request = Value::Null;
    for turn in 0..5 {
        let text = format!("from-{}-{turn}", live.unique());
        request = linked(&live, &text);
        let value = request["args"]["context:linked"].as_str().expect("a link");
        let input = value.strip_prefix("input:").expect("an input");
        let producer = &request["inputs"][input]["request"];
        if producer.is_null() {
            continue;
        }
        assert_eq!(producer["frontend"], "gateway.v0", "{request:#}");
        assert_eq!(producer["args"]["target"], "base");
        assert_eq!(producer["args"]["build-arg:BASE_TEXT"], text);
        assert_eq!(producer["args"]["label:input"], "from-input");
        return;
    }
    panic!("nothing is known of the input:\n{request:#}");
}

/// Returns the request in the provenance of a target whose context is another one.
fn linked(live: &Live, text: &str) -> Value {
    let base = "
args: {BASE_TEXT: ''}
stages:
  base:
    from: busybox
    steps: [run: 'printf %s ${{ args.BASE_TEXT }} > /foo']
  other: {from: base}
";
    let app = "stages: {app: {from: scratch, steps: [{copy: /foo, from: linked, to: /foo}]}}\n";
    let targets = r#"
target "base" {
  dockerfile = "base.yaml"
  target = "base"
  args = { BASE_TEXT = "TEXT" }
  labels = { input = "from-input" }
}
target "app" {
  dockerfile = "app.yaml"
  contexts = { linked = "target:base" }
  attest = ["type=provenance,mode=max"]
  output = ["type=oci,dest=app.tar"]
}
"#;
    let targets = targets.replace("TEXT\"", &format!("{text}\""));
    let build = live.build().file("docker-bake.hcl", targets);
    let build = build.file("base.yaml", format!("{SYNTAX}{}", &base[1..]));
    let build = build.file("app.yaml", format!("{SYNTAX}{app}"));
    let layout = bake(live, &build);
    assert_eq!(layout.images[0].rootfs().read("/foo"), text);
    predicates(&layout)[0]["buildDefinition"]["externalParameters"]["request"].clone()
}

#[test]
fn a_file_that_makes_a_context_and_uses_it_is_there_once() {
    let live = Live::new("provenance-once");
    let file = "
stages:
  base: {from: scratch, steps: [{copy: foo, to: /foo2}]}
  app: {from: linked, steps: [{copy: bar, to: /bar2}]}
";
    let targets = r#"
target "base" {
  dockerfile = "build.yaml"
  target = "base"
}
target "app" {
  dockerfile = "build.yaml"
  contexts = { linked = "target:base" }
  attest = ["type=provenance,mode=max"]
  output = ["type=oci,dest=app.tar"]
}
"#;
    let build = live.yaml(file).file("docker-bake.hcl", targets);
    let build = build.file("foo", "data").file("bar", "data2");
    let layout = bake(&live, &build);
    assert_eq!(
        layout.images[0].rootfs().paths("/").join(" "),
        "/bar2 /foo2"
    );
    let metadata = &predicates(&layout)[0]["runDetails"]["metadata"]["buildkit_metadata"];
    let infos = metadata["source"]["infos"].as_array().expect("a list");
    let names: Vec<&str> = infos
        .iter()
        .filter_map(|it| it["filename"].as_str())
        .collect();
    assert_eq!(names, ["build.yaml"]);
    assert_eq!(infos[0]["language"], "YAML");
}

/// Bakes the target `app` and returns what it exported.
fn bake(live: &Live, build: &Build) -> OciLayout {
    let mut command = live.buildx();
    command.args(["bake", "--progress=plain", "app", "--allow=fs=*"]);
    let out = command.current_dir(build.in_context("")).output();
    let out = out.expect("bake runs");
    let stderr = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{stderr}");
    OciLayout::read(&build.in_context("app.tar"))
}
