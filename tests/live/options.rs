//! What the command line says about every step and about the image.

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
    let command = "(grep -w db /etc/hosts; ulimit -S -n; ulimit -H -n; df -k /dev/shm | awk 'END { print $2 }')";
    let out = live
        .yaml(&STEPS.replace("COMMAND", command))
        .arg("--add-host=db:10.0.0.7")
        .arg("--ulimit=nofile=600:700")
        .arg("--shm-size=5m")
        .run();
    assert_eq!(out.rootfs().read("/out"), "10.0.0.7\tdb\n600\n700\n5120\n");
}

#[test]
fn a_step_s_own_limits_win() {
    let live = Live::new("own-limits");
    let text = r"
stages:
  app:
    from: alpine
    steps:
      - run: (ulimit -S -n; df -k /dev/shm | awk 'END { print $2 }'; ls /sys/class/net | grep -vc lo) > /out || true
        ulimits: {nofile: 500}
        shm-size: 2m
        network: default
";
    let out = live
        .yaml(text)
        .arg("--ulimit=nofile=600")
        .arg("--shm-size=5m")
        .run();
    assert!(out.rootfs().read("/out").starts_with("500\n2048\n"));
}

#[test]
fn the_network_of_the_command_line_holds_for_every_step() {
    let live = Live::new("network");
    let out = live
        .yaml(&STEPS.replace("COMMAND", "ls /sys/class/net"))
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
