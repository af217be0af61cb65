//! The frontend's own image, as the daemon reads it before it starts anything.

use serde_json::Value;
use windlass_tests::Live;

#[test]
fn the_image_says_what_to_start_and_what_it_can() {
    let live = Live::new("frontend-image");
    let read = |reference: &str| -> Value {
        let manifest = live.registry().manifest("windlass", reference);
        serde_json::from_slice(&manifest.expect("the frontend's image")).expect("JSON")
    };
    let index = read("dev");
    let digest = index["manifests"][0]["digest"].as_str();
    let manifest = digest.map_or_else(|| index.clone(), read);
    let config = manifest["config"]["digest"].as_str().expect("a digest");
    let config = live.registry().blob("windlass", config).expect("a config");
    let config: Value = serde_json::from_slice(&config).expect("JSON");
    let labels = &config["config"]["Labels"];
    assert_eq!(labels["moby.buildkit.frontend.network.none"], "true");
    assert_eq!(
        labels["moby.buildkit.frontend.caps"],
        "moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,\
         moby.buildkit.frontend.contexts,moby.buildkit.frontend.gitquerystring"
    );
    let entrypoint = config["config"]["Entrypoint"][0].as_str();
    assert!(entrypoint.is_some_and(|it| it.starts_with('/')), "{config}");
    assert_eq!(manifest["layers"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_named_context_may_take_the_place_of_the_image() {
    let live = Live::new("frontend-context");
    let file = "# syntax=nowhere.example.com/windlass:7\n\
                stages: {app: {from: scratch, steps: [{file: /f, content: made}]}}\n";
    let build = live.build().file("build.yaml", file);
    let image = format!("docker-image://{}/windlass:dev", live.registry().host());
    let context = format!("--build-context=nowhere.example.com/windlass:7={image}");
    assert_eq!(build.arg(context).run().rootfs().read("/f"), "made");
}
