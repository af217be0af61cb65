//! What a builder gives only when asked: all rights, its own network, devices.

use windlass_tests::{Live, Outcome};

/// Shows whether a step may mount.
const MOUNTS: &str =
    "mkdir /m && mount -t tmpfs tmpfs /m && echo mounted > /out || echo refused > /out";

fn build(live: &Live, command: &str, option: &str, args: &[&str]) -> Outcome {
    let text = "
stages:
  app:
    from: alpine
    steps:
      - run: 'COMMAND # UNIQUE'
        OPTION
";
    let text = text.replace("COMMAND", command).replace("OPTION", option);
    live.yaml(&text).args(args).run()
}

#[track_caller]
fn refused(out: &Outcome, expected: &str) {
    let error = out.failure().error();
    assert_eq!(
        error.trim_end().lines().last(),
        Some(format!(
            "ERROR: failed to build: failed to solve: failed to load LLB: {expected}"
        ))
        .as_deref()
    );
}

#[test]
fn an_insecure_step_may_mount_if_the_client_allows_it() {
    let live = Live::new("insecure");
    let insecure = "security: insecure";
    let out = build(&live, MOUNTS, insecure, &[]);
    refused(&out, "security.insecure is not allowed");
    let out = build(&live, MOUNTS, insecure, &["--allow=security.insecure"]);
    assert_eq!(out.rootfs().read("/out"), "mounted\n");
    let sandbox = "security: sandbox";
    let out = build(&live, MOUNTS, sandbox, &["--allow=security.insecure"]);
    assert_eq!(out.rootfs().read("/out"), "refused\n");
}

#[test]
fn the_builder_s_network_is_there_if_the_client_allows_it() {
    let live = Live::new("host-network");
    let listed = "ls /sys/class/net > /out";
    let host = "network: host";
    let out = build(&live, listed, host, &[]);
    refused(&out, "network.host is not allowed");
    let own = std::fs::read_dir("/sys/class/net").expect("the daemon runs on this machine");
    let own = own.map(|entry| entry.expect("an entry").file_name());
    let mut own: Vec<String> = own.map(|name| name.display().to_string()).collect();
    own.sort();
    let out = build(&live, listed, host, &["--allow=network.host"]);
    let seen = out.rootfs().read("/out");
    assert_eq!(seen.lines().collect::<Vec<_>>(), own);
    // The flag for all steps allows it by itself, and a step's own option is stronger.
    let flag = ["--network=host"];
    let out = build(&live, listed, "network: default", &flag);
    assert_eq!(out.rootfs().read("/out"), seen);
    let out = build(&live, listed, "network: none", &flag);
    assert_eq!(out.rootfs().read("/out"), "lo\n");
}

#[test]
fn a_device_is_given_to_its_step() {
    let live = Live::new("device");
    let free = "devices: {name: example.com/device=free, required: true}";
    let out = build(&live, "echo $FREE > /out", free, &[]);
    assert_eq!(out.rootfs().read("/out"), "given\n");
    let out = build(&live, "echo $FREE > /out", "name: no device", &[]);
    assert_eq!(out.rootfs().read("/out"), "\n");
}

#[test]
fn a_guarded_device_is_given_if_the_client_allows_it() {
    let live = Live::new("guarded-device");
    let guarded = "devices: example.com/device=guarded";
    let command = "echo $GUARDED > /out";
    let out = build(&live, command, guarded, &[]);
    refused(
        &out,
        "device example.com/device=guarded is requested by the build but not allowed",
    );
    for allow in [
        "--allow=device",
        "--allow=device=example.com/device=guarded",
    ] {
        let out = build(&live, command, guarded, &[allow]);
        assert_eq!(out.rootfs().read("/out"), "given\n");
    }
}

#[test]
fn a_device_that_the_builder_lacks_fails_the_build_if_it_is_required() {
    let live = Live::new("no-device");
    let command = "echo ran > /out";
    let optional = "devices: [example.com/device=none, other.example.com/gpu=all]";
    let out = build(&live, command, optional, &[]);
    assert_eq!(out.rootfs().read("/out"), "ran\n");
    let required = "devices: [{name: example.com/device=none, required: true}]";
    let out = build(&live, command, required, &[]);
    refused(
        &out,
        "required device \"example.com/device=none\" is not registered",
    );
}
