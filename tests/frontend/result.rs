//! What is handed back and how it was asked for, where exporters and clients read it to the letter.

use buildkit_llb::{Platform, dump};
use buildkit_proto::{errdefs, pb};
use prost::Message;
use windlass_frontend::gateway::Worker;
use windlass_frontend::request::ResolveMode;

use super::{CONFIG, Case, TWO_STAGES, case};

/// The text under a key of the result.
fn metadata(case: &Case, key: &str) -> String {
    let outcome = case.outcome();
    let value = outcome.metadata.get(key).cloned();
    let value = value.unwrap_or_else(|| panic!("no {key}"));
    String::from_utf8(value).expect("text")
}

#[test]
fn platforms_are_listed_in_the_order_in_which_they_are_asked_for() {
    let case = case(TWO_STAGES).option("platform", "linux/arm64,linux/amd64");
    assert_eq!(
        metadata(&case, "refs.platforms"),
        "{\"Platforms\":[\
         {\"ID\":\"linux/arm64\",\"Platform\":{\"architecture\":\"arm64\",\"os\":\"linux\"}},\
         {\"ID\":\"linux/amd64\",\"Platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"}}]}"
    );
}

#[test]
fn one_platform_is_a_result_by_platform_if_that_is_asked_for() {
    let case = case(TWO_STAGES).option("multi-platform", "true");
    let keys = super::keys(&case.outcome().metadata);
    assert_eq!(
        keys,
        "containerimage.base.config/linux/amd64\ncontainerimage.config/linux/amd64\nrefs.platforms"
    );
}

#[test]
fn the_builder_is_the_first_platform_of_the_first_worker() {
    let worker = |arch: &[&str]| Worker {
        id: "w".to_owned(),
        platforms: arch.iter().map(|it| Platform::new("linux", it)).collect(),
    };
    let mut case = case(TWO_STAGES);
    case.gateway.pong.workers = vec![worker(&["arm64", "amd64"]), worker(&["amd64"])];
    let platforms = metadata(&case, "refs.platforms");
    assert!(platforms.contains("\"ID\":\"linux/arm64\""), "{platforms}");
}

#[test]
fn the_config_of_the_base_travels_as_it_is() {
    let dated = CONFIG.replacen('{', r#"{"created":"2001-02-03T04:05:06Z","x-new":1,"#, 1);
    let metadata = |key: &str| {
        let mut case = case(TWO_STAGES);
        for image in case.gateway.images.values_mut() {
            image.config = dated.as_bytes().to_vec();
        }
        metadata(&case, key)
    };
    assert_eq!(metadata("containerimage.base.config"), dated);
    let config = metadata("containerimage.config");
    assert!(!config.contains("\"created\":\"2001"), "{config}");
    assert!(config.contains("\"x-new\":1"), "{config}");
}

#[test]
fn a_base_without_a_config_has_a_path_and_the_root_as_its_directory() {
    let case =
        case("stages: {app: {from: {context: files}}}\n").option("context:files", "local:files");
    assert_eq!(
        metadata(&case, "containerimage.config"),
        r#"{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"WorkingDir":"/"},"rootfs":{"type":"layers","diff_ids":[]}}"#
    );
}

#[test]
fn images_are_looked_up_as_the_request_says() {
    let modes = |value: Option<&str>| -> Vec<ResolveMode> {
        let case = case(TWO_STAGES);
        let case = match value {
            Some(value) => case.option("image-resolve-mode", value),
            None => case,
        };
        case.run().lookups.iter().map(|it| it.mode).collect()
    };
    assert_eq!(modes(None), [ResolveMode::Default]);
    assert_eq!(modes(Some("pull")), [ResolveMode::Pull]);
    assert_eq!(modes(Some("local")), [ResolveMode::Local]);
}

#[test]
fn warnings_stand_below_the_step_that_loaded_the_file() {
    let record = case(TWO_STAGES).option("build-arg:NOPE", "1").run();
    let load = record.solves[0].message();
    let result = load.def.last().expect("a definition ends with its result");
    let result = pb::Op::decode(&result[..]).expect("an op");
    assert_eq!(record.warnings[0].digest, result.inputs[0].digest);
    let text = dump(&load).expect("a definition");
    assert!(text.contains("name: [internal] load build definition from build.yaml"));
}

#[test]
fn an_error_has_one_source_with_the_file_and_how_it_was_loaded() {
    let file = TWO_STAGES.replacen("steps", "stesp", 1);
    let error = case(&file).error();
    assert_eq!((error.code, error.details.len()), (2, 1));
    let source = errdefs::Source::decode(&error.details[0].value[..]).expect("a Source");
    let info = source.info.expect("a file");
    assert_eq!(info.filename, "build.yaml");
    assert_eq!(info.language, "YAML");
    assert_eq!(info.data, file.as_bytes());
    assert!(info.definition.is_some_and(|it| it.def.len() == 2));
}

#[test]
fn no_cache_is_for_steps_and_not_for_what_they_stand_on() {
    let file = "\
stages:
  app:
    from: alpine:3
    workdir: /w
    steps: [run: x, copy: a, add: b, mkdir: d]
";
    let record = case(file).option("no-cache", "").run();
    let result = record.solves.last().expect("a solve of the result");
    let text = dump(&result.message()).expect("a definition");
    let lines = text.lines().map(str::trim);
    let shown = lines.filter_map(|line| match line {
        "cache: ignored" => Some("ignored".to_owned()),
        line => line.strip_prefix("name: ").map(str::to_owned),
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "[app 1/6] FROM docker.io/library/alpine:3@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "[app 2/6] WORKDIR /w",
            "[app 3/6] RUN x",
            "ignored",
            "[internal] load build context",
            "[app 4/6] COPY a .",
            "ignored",
            "[app 5/6] ADD b .",
            "ignored",
            "[app 6/6] MKDIR d",
            "ignored",
        ]
    );
}

#[test]
fn warnings_about_a_dockerfile_are_those_of_its_first_platform() {
    let warnings = |first: &str, second: &str| {
        let case = case("FROM single\nCMD [\"a\"]\n")
            .option("platform", &format!("{first},{second}"))
            .image("docker.io/library/single:latest", "linux/amd64");
        let mut case = case;
        let key = |arch: &str| {
            (
                "docker.io/library/single:latest".to_owned(),
                arch.to_owned(),
            )
        };
        let meta = case.gateway.images[&key("linux/amd64")].clone();
        case.gateway.images.insert(key("linux/arm64"), meta);
        case.run().warnings.len()
    };
    assert_eq!(warnings("linux/amd64", "linux/arm64"), 0);
    assert_eq!(warnings("linux/arm64", "linux/amd64"), 1);
}

#[test]
fn the_arguments_of_a_dockerfile_are_evaluated_if_nobody_mentions_them() {
    let file = "ARG A=${A:?missing}\nFROM alpine:3\n";
    let message = case(file).error().message;
    assert!(message.contains("A: missing"), "{message}");
    let given = case(file).option("build-arg:A", "b");
    assert!(
        given
            .outcome()
            .metadata
            .contains_key("containerimage.config")
    );
}
