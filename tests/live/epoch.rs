//! The time of a build, wherever it is said or found: in the image, its layers and what steps see.

use windlass_tests::{Build, HttpServer, Live, Reply, SYNTAX};

const LOCAL: &str = "stages: {app: {from: scratch, steps: [copy: foo]}}\n";

/// Builds with layers that have the time of the build, and returns what the image and its last layer
/// say of it.
fn times(build: Build<'_>) -> (String, String) {
    times_with(build, "rewrite-timestamp=true")
}

fn times_with(build: Build<'_>, attributes: &str) -> (String, String) {
    let image = build.file("foo", "bar").oci(attributes).run().image();
    let layers = image.manifest["layers"].as_array().expect("layers");
    let last = layers.last().expect("a layer");
    let rewritten = last["annotations"]["buildkit/rewritten-timestamp"].as_str();
    let created = image.config["created"].as_str().expect("a time");
    (created.to_owned(), rewritten.unwrap_or("none").to_owned())
}

fn said(created: &str, rewritten: &str) -> (String, String) {
    (created.to_owned(), rewritten.to_owned())
}

/// A file and its time in an archive.
type Dated<'a> = (&'a str, &'a str, u64);

fn archive(files: &[Dated<'_>]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text, time) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(*time);
        header.set_cksum();
        builder
            .append_data(&mut header, path, text.as_bytes())
            .expect("an archive in memory");
    }
    builder.into_inner().expect("an archive in memory")
}

/// A step that shows the argument, in a file whose time is that of its layer.
const SHOWS: &str = "
args: {SOURCE_DATE_EPOCH: }
stages:
  app:
    from: busybox
    build-env: {SOURCE_DATE_EPOCH: '${{ args.SOURCE_DATE_EPOCH }}'}
    steps:
      - run: printf %s $SOURCE_DATE_EPOCH > /epoch
";

/// Checks that what was found is everywhere.
#[track_caller]
fn shows(build: Build<'_>, created: &str, epoch: u64) {
    let image = build.oci("rewrite-timestamp=true").run().image();
    assert_eq!(image.config["created"], created);
    let layer = image.layer(image.layers().len() - 1);
    assert_eq!(layer.read("/epoch"), epoch.to_string());
    assert_eq!(layer.entry("/epoch").mtime, epoch);
}

#[test]
fn a_file_may_say_its_time_and_the_command_line_another() {
    let live = Live::new("epoch-default");
    let file = format!("args: {{SOURCE_DATE_EPOCH: '1445412480'}}\n{LOCAL}");
    let own = said("2015-10-21T07:28:00Z", "1445412480");
    assert_eq!(times(live.yaml(&file)), own);
    let given = |value: &str| {
        let arg = format!("--build-arg=SOURCE_DATE_EPOCH={value}");
        live.yaml(&file).arg(arg)
    };
    let other = said("2023-11-14T22:13:22Z", "1700000002");
    assert_eq!(times(given("1700000002")), other);
    assert_eq!(times(given("")).1, "none");
    // The exporter may be told to leave the layers alone.
    let alone = times_with(
        live.yaml(&file),
        "rewrite-timestamp=true,source-date-epoch=",
    );
    assert_eq!(alone, said("2015-10-21T07:28:00Z", "none"));
}

#[test]
fn a_time_that_is_none_is_marked() {
    let live = Live::new("epoch-invalid");
    let file = format!("args: {{SOURCE_DATE_EPOCH: not-a-timestamp}}\n{LOCAL}");
    let out = live.yaml(&file).file("foo", "bar").run();
    out.failure()
        .stderr_contains("   2 | >>> args: {SOURCE_DATE_EPOCH: not-a-timestamp}")
        .stderr_contains("invalid SOURCE_DATE_EPOCH: not-a-timestamp");
}

#[test]
fn a_context_of_the_web_has_the_time_that_its_server_says() {
    let live = Live::new("epoch-modified");
    let server = HttpServer::start();
    let whole = format!("{SYNTAX}stages: {{app: {{from: scratch, steps: [copy: foo]}}}}\n");
    let packed = archive(&[
        ("Dockerfile", &whole, 1_700_000_000),
        ("foo", "bar", 1_700_000_202),
    ]);
    let time = "Tue, 14 Nov 2023 22:16:41 GMT".to_owned();
    server.on("/context.tar", Reply::Dated(time, packed));
    let build = live.build().context(&server.url("/context.tar"));
    let build = build.arg("--build-arg=SOURCE_DATE_EPOCH=context");
    let expected = said("2023-11-14T22:16:41Z", "1700000201");
    assert_eq!(times(build), expected);
    let file = format!("args: {{SOURCE_DATE_EPOCH: mysource}}\n{LOCAL}");
    let build = live.yaml(&file);
    let context = format!("--build-context=mysource={}", server.url("/context.tar"));
    assert_eq!(times(build.arg(context)), expected);
}

#[test]
fn a_context_of_the_web_has_the_time_of_its_newest_file_if_the_server_says_none() {
    let live = Live::new("epoch-newest");
    let server = HttpServer::start();
    let shows_file = format!("{SYNTAX}{}", &SHOWS[1..]);
    let packed = archive(&[
        ("Dockerfile", &shows_file, 1_700_000_000),
        ("foo", "bar", 1_700_000_302),
        ("old", "bar", 1_600_000_000),
    ]);
    server.on("/context.tar", Reply::Body(packed));
    let url = server.url("/context.tar");
    let created = "2023-11-14T22:18:22Z";
    let build = live.build().context(&url);
    let of_context = build.arg("--build-arg=SOURCE_DATE_EPOCH=context");
    shows(of_context, created, 1_700_000_302);
    let by_default = SHOWS.replace("SOURCE_DATE_EPOCH: }\n", "SOURCE_DATE_EPOCH: mysource}\n");
    let build = live.yaml(&by_default);
    let named = build.arg(format!("--build-context=mysource={url}"));
    shows(named, created, 1_700_000_302);
}

#[test]
fn a_directory_of_the_client_has_no_time() {
    let live = Live::new("epoch-local");
    let build = live.yaml(LOCAL);
    let build = build.arg("--build-arg=SOURCE_DATE_EPOCH=context");
    assert_eq!(times(build).1, "none");
}

#[test]
fn the_time_of_a_build_may_be_that_of_an_archive_in_a_stage() {
    let live = Live::new("epoch-archive");
    let server = HttpServer::start();
    let packed = archive(&[("foo", "bar", 1_700_000_402)]);
    server.on("/src.tar", Reply::Body(packed));
    let stage = format!(
        "stages:\n  mysource: {{from: scratch, steps: [{{add: '{}', to: /}}]}}\n",
        server.url("/src.tar")
    );
    let file = SHOWS
        .replace("SOURCE_DATE_EPOCH: }\n", "SOURCE_DATE_EPOCH: mysource}\n")
        .replace("stages:\n", &stage);
    shows(live.yaml(&file), "2023-11-14T22:20:02Z", 1_700_000_402);
    let given = live.yaml(&file);
    let given = given.arg("--build-arg=SOURCE_DATE_EPOCH=1700000502");
    shows(given, "2023-11-14T22:21:42Z", 1_700_000_502);
}

#[test]
fn a_stage_that_is_not_one_download_has_no_time_and_is_marked() {
    let live = Live::new("epoch-stage");
    let file = "
args: {SOURCE_DATE_EPOCH: mysource}
stages:
  mysource: {from: scratch, steps: [copy: foo]}
  app: {from: scratch, steps: [copy: foo]}
";
    let out = live.yaml(file).file("foo", "bar").run();
    out.failure()
        .stderr_contains("   4 | >>>   mysource: {from: scratch, steps: [copy: foo]}")
        .stderr_contains("SOURCE_DATE_EPOCH stage does not meet source-only requirements");
}
