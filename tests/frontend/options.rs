//! What the command line says about every step, as it reaches the daemon.

use buildkit_llb::dump;

use super::{Case, TWO_STAGES, case};

/// A stage whose step has nothing of its own, and one that stands on it.
const STEPS: &str = "\
stages:
  deps:
    from: alpine
    steps:
      - run: one
        cache: /cache
  web:
    from: deps
    steps:
      - run: two
";

/// The lines of the result's LLB that start with one of these words.
#[track_caller]
fn check(case: &Case, words: &[&str], expected: &[&str]) {
    let record = case.run();
    let result = record.solves.last().expect("a solve of the result");
    let text = dump(&result.message()).expect("a definition");
    let lines = text.lines().map(str::trim);
    let lines: Vec<&str> = lines
        .filter(|line| words.iter().any(|word| line.starts_with(word)))
        .collect();
    assert_eq!(lines, expected, "{text}");
}

#[test]
fn hosts_limits_and_proxies_hold_for_every_run() {
    let case = case(STEPS)
        .option("add-hosts", "db=10.0.0.7")
        .option("ulimit", "nofile=600:700")
        .option("shm-size", "5242880")
        .option("cgroup-parent", "/builds")
        .option("hostname", "builder")
        .option("force-network-mode", "none")
        .option("memory", "1048576")
        .option("build-arg:http_proxy", "http://proxy:3128")
        .option("build-arg:no_proxy", "localhost");
    let words = [
        "host",
        "cgroup",
        "http",
        "no ",
        "ulimit",
        "network",
        "mount: /dev",
        "memory",
    ];
    let every = [
        "hostname: builder",
        "cgroup parent: /builds",
        "http proxy: http://proxy:3128",
        "no proxy: localhost",
        "host: db 10.0.0.7",
        "ulimit: nofile 600:700",
        "network: none",
        "mount: /dev/shm tmpfs of 5242880 bytes",
        "memory: 1048576",
    ];
    check(&case, &words, &[every, every].concat());
}

#[test]
fn no_cache_passes_over_the_cache_for_all_stages_or_those_it_names() {
    let words = ["name: [deps 2", "name: [web", "cache: ignored"];
    let (one, two) = ("name: [deps 2/2] RUN one", "name: [web 1/1] RUN two");
    let again = "cache: ignored";
    check(&case(STEPS), &words, &[one, two]);
    let all = case(STEPS).option("no-cache", "");
    check(&all, &words, &[one, again, two, again]);
    let web = case(STEPS).option("no-cache", "Web");
    check(&web, &words, &[one, two, again]);
    let step = STEPS.replace("run: one", "run: one\n        no-cache: true");
    check(&case(&step), &words, &[one, again, two]);
}

#[test]
fn a_namespace_comes_before_the_id_of_a_cache() {
    let words = ["mount: /cache"];
    check(
        &case(STEPS),
        &words,
        &["mount: /cache cache \"//cache\" shared"],
    );
    let case = case(STEPS).option("build-arg:BUILDKIT_CACHE_MOUNT_NS", "mine");
    check(
        &case,
        &words,
        &["mount: /cache cache \"mine//cache\" shared"],
    );
}

#[test]
fn an_image_without_a_path_gets_one() {
    let config = r#"{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:1"]}}"#;
    let mut case = case(TWO_STAGES);
    for image in case.gateway.images.values_mut() {
        image.config = config.as_bytes().to_vec();
    }
    let path = "env: PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    check(&case, &["env"], &[path]);
}

#[test]
fn a_path_that_no_image_of_windows_has_is_refused() {
    let file = "\
stages:
  app:
    from: scratch
    workdir: 'D:\\app'
    steps:
      - copy: '\\\\host\\share'
      - mkdir: 'C:'
      - copy: 'C:\\a'
        to: '\\b'
    image: {workdir: x:y}
";
    let linux = case(file);
    assert!(linux.run().outcome.is_some_and(|outcome| outcome.is_ok()));
    let windows = case(file).option("platform", "windows/amd64");
    let help = r"(write a path of the drive C:, such as `C:\app` or `/app`)";
    let expected = format!(
        r"4 mistakes in build.yaml
4:14: `D:\app` is not on the drive C: {help}
6:15: `\\host\share` is of another machine {help}
7:16: `C:` names a drive, and no path on it {help}
10:22: `x:y` is not on the drive C: {help}"
    );
    assert_eq!(windows.error().message, expected);
}
