//! What the command line says about every step and about the image.

use std::path::Path;

use windlass_tests::Live;

const STEPS: &str = r"
stages:
  app:
    from: alpine
    steps:
      - run: COMMAND > /out
    image:
      labels: {kept: file, both: file}
";

#[test]
fn labels_of_the_command_line_have_the_last_word() {
    let live = Live::new("labels");
    let out = live
        .yaml(&STEPS.replace("COMMAND", "true"))
        .arg("--label=both=command")
        .arg("--label=new=a=b")
        .run();
    assert_eq!(
        out.image().setting("Labels").to_string(),
        r#"{"both":"command","kept":"file","new":"a=b"}"#
    );
}

#[test]
fn annotations_of_the_command_line_are_in_the_manifest() {
    let live = Live::new("annotations");
    let out = live
        .yaml(&STEPS.replace("COMMAND", "true"))
        .arg("--annotation=who=me")
        .run();
    assert_eq!(out.image().manifest["annotations"]["who"], "me");
}

#[test]
fn hosts_limits_and_shared_memory_hold_for_every_step() {
    let live = Live::new("limits");
    // They are in no key of the cache: only a step that never ran shows them.
    let text = "
stages:
  base:
    from: busybox
    steps:
      - run: (true UNIQUE; COMMAND) > /first
      - run: (true UNIQUE; COMMAND) > /second
  app:
    from: alpine
    steps:
      - run: (true UNIQUE app; COMMAND) > /third
      - {copy: [/first, /second], from: base, to: /}
";
    let command = "grep -w db /etc/hosts; ulimit -S -n; ulimit -H -n; df -k /dev/shm | awk 'END { print $2 }'";
    let out = live
        .yaml(&text.replace("COMMAND", command))
        .arg("--add-host=db:10.0.0.7")
        .arg("--ulimit=nofile=600:700")
        .arg("--shm-size=5m")
        .run();
    let files = out.rootfs();
    for path in ["/first", "/second", "/third"] {
        let seen = files.read(path);
        assert_eq!(seen, "10.0.0.7\tdb\n600\n700\n5120\n", "{path}");
    }
}

#[test]
fn a_step_s_own_limits_win() {
    let live = Live::new("own-limits");
    let text = r"
stages:
  app:
    from: alpine
    steps:
      - run: (true UNIQUE; ulimit -S -n; df -k /dev/shm | awk 'END { print $2 }'; grep -w db /etc/hosts) > /out
        ulimits: {nofile: 500}
        shm-size: 2m
        extra-hosts: {db: 10.0.0.8}
";
    let out = live
        .yaml(text)
        .arg("--ulimit=nofile=600")
        .arg("--shm-size=5m")
        .arg("--add-host=db:10.0.0.7")
        .run();
    let seen = out.rootfs().read("/out");
    assert!(seen.starts_with("500\n2048\n"), "{seen}");
    assert!(seen.contains("10.0.0.8\tdb\n"), "{seen}");
}

#[test]
fn the_network_of_the_command_line_holds_for_every_step() {
    let live = Live::new("network");
    let out = live
        .yaml(&STEPS.replace("COMMAND", "(true UNIQUE; ls /sys/class/net)"))
        .arg("--network=none")
        .run();
    assert_eq!(out.rootfs().read("/out"), "lo\n");
}

#[test]
fn an_option_with_a_bad_value_is_refused() {
    let live = Live::new("bad-option");
    let out = live
        .yaml(&STEPS.replace("COMMAND", "true"))
        .env("SOURCE_DATE_EPOCH", "yesterday")
        .run();
    out.failure().stderr_contains("SOURCE_DATE_EPOCH");
}

#[test]
fn the_name_of_the_host_may_be_an_argument_which_wins_over_the_option() {
    let live = Live::new("hostname");
    // The name is in no key of the cache.
    let build = |mark: &str| {
        let command = format!("(true UNIQUE {mark}; hostname; grep -cw foo /etc/hosts)");
        live.yaml(&STEPS.replace("COMMAND", &command))
    };
    let out = build("argument")
        .arg("--build-arg=BUILDKIT_SANDBOX_HOSTNAME=foo")
        .run();
    assert_eq!(out.rootfs().read("/out"), "foo\n1\n");
    out.stderr_lacks("unknown-build-arg");
    let solved = |options: &[&str]| {
        let build = build(options[0]);
        let context = build.in_context("").display().to_string();
        let dest = build.beside("made");
        let mut buildctl = live.buildctl();
        buildctl.args(["build", "--progress=plain", "--frontend=gateway.v0"]);
        for option in options {
            buildctl.args(["--opt", option]);
        }
        buildctl.args(["--opt", "source=registry.example.com/windlass:1"]);
        buildctl.args(["--opt", "filename=build.yaml"]);
        buildctl.arg(format!("--local=dockerfile={context}"));
        buildctl.arg(format!("--output=type=local,dest={}", dest.display()));
        let out = buildctl.output().expect("buildctl runs");
        let stderr = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success(), "{stderr}");
        std::fs::read_to_string(dest.join("out")).expect("a file")
    };
    assert_eq!(solved(&["hostname=foo"]), "foo\n1\n");
    let both = ["hostname=bar", "build-arg:BUILDKIT_SANDBOX_HOSTNAME=foo"];
    assert_eq!(solved(&both), "foo\n1\n");
}

#[test]
fn proxies_are_there_without_being_asked_for_and_change_no_cache() {
    let live = Live::new("proxies");
    let text = "
args: {FOO: , BAR: '', BAZ: bazcontent}
stages:
  app:
    from: busybox
    build-env: {UNIQUE: x, FOO: '${{ args.FOO }}', BAZ: '${{ args.BAZ }}'}
    steps:
      - run: printf %s $HTTP_PROXY::$NO_PROXY::$no_proxy::$FOO::$BAR::$BAZ > /out
";
    let text = text.replace("UNIQUE", &live.unique().replace('-', "_"));
    let built = |args: &[&str]| {
        let args = args.iter().map(|arg| format!("--build-arg={arg}"));
        let out = live.yaml(&text).args(args).run();
        assert!(!String::from_utf8_lossy(&out.image().config_bytes).contains("hpvalue"));
        out.success().stderr_lacks("unknown-build-arg");
        out.rootfs().read("/out")
    };
    let first = "hpvalue::npvalue::npvalue::foo::::bazcontent";
    assert_eq!(
        built(&["FOO=foo", "http_proxy=hpvalue", "NO_PROXY=npvalue"]),
        first
    );
    assert_eq!(built(&["FOO=foo", "http_proxy=hpvalue2"]), first);
    let changed = built(&["FOO=foo2", "http_proxy=hpvalue2"]);
    assert_eq!(changed, "hpvalue2::::::foo2::::bazcontent");
}

#[test]
fn memory_and_processors_are_as_much_as_the_command_line_says() {
    let live = Live::new("resources");
    // They are in no key of the cache.
    let command = "(true UNIQUE; cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max 2> /dev/null \
                   || cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/cpu/cpu.cfs_quota_us)";
    let out = live
        .yaml(&STEPS.replace("COMMAND", command))
        .arg("--resource=memory=64m")
        .arg("--resource=cpu-quota=50000")
        .arg("--resource=cpu-period=100000")
        .run();
    let said = out.rootfs().read("/out");
    assert!(said.starts_with("67108864\n50000"), "{said}");
}

#[test]
fn steps_are_below_the_control_group_that_is_asked_for() {
    let live = Live::new("cgroup");
    let name = live.unique();
    let step = STEPS.replace("COMMAND", "echo UNIQUE");
    let build = live.yaml(&step).arg(format!("--cgroup-parent=/{name}"));
    build.run().success();
    // With one hierarchy of groups or several: the daemon leaves the parent behind.
    let parents = ["", "memory", "pids"].map(|it| Path::new("/sys/fs/cgroup").join(it).join(name));
    assert!(parents.iter().any(|it| it.exists()), "{parents:?}");
}
