//! Scripts: mounted for their step, executed by their `#!` line, in no layer.

use windlass_tests::Live;

#[test]
fn a_script_is_executed_by_its_first_line_and_is_in_no_layer() {
    let live = Live::new("script");
    let out = live
        .yaml(
            r#"
stages:
  app:
    from: alpine
    workdir: /srv
    steps:
      - script:
          content: |
            #!/bin/awk -f
            BEGIN { print "made by awk" > "/awk" }
      - script:
          name: report.sh
          content: |
            #!/bin/sh
            echo $0 in $(pwd) as $(id -un) with $A > /tmp/report
        user: app
        env: {A: 'a $B'}
      - run: ls /dev/pipes > /left 2>&1 || true
"#,
        )
        .run();
    let files = out.rootfs();
    assert_eq!(files.read("/awk"), "made by awk\n");
    assert_eq!(
        files.read("/tmp/report"),
        "/dev/pipes/report.sh in /srv as app with a $B\n"
    );
    assert!(files.read("/left").contains("No such file"));
    assert_eq!(files.containing("made by awk"), ["/awk"]);
}

#[test]
fn a_script_of_the_context_runs_whatever_its_mode() {
    let live = Live::new("script-path");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    steps:
      - script: tools/prepare
      - script: linked
        user: app
",
        )
        .file("tools/prepare", "#!/bin/sh\necho prepared > /prepared\n")
        .file("tools/other", "#!/bin/sh\necho linked > /tmp/linked\n")
        .symlink("linked", "tools/other")
        .file("unused", "x".repeat(1000))
        .run();
    let files = out.rootfs();
    assert_eq!(files.read("/prepared"), "prepared\n");
    assert_eq!(files.read("/tmp/linked"), "linked\n");
}

#[test]
fn without_a_shell_a_script_is_executed_directly() {
    let live = Live::new("script-shell");
    let out = live
        .yaml(
            r"
stages:
  tools:
    from: scratch
    steps:
      - copy: /bin/busybox
        from: busybox
        to: /sh
      - script:
          content: |
            #!/sh
            echo direct > /direct
        shell: []
",
        )
        .run();
    assert_eq!(out.rootfs().read("/direct"), "direct\n");
    let history = out.image().history();
    assert_eq!(
        history.last().map(String::as_str),
        Some("RUN /dev/pipes/EOF # buildkit")
    );
}

#[test]
fn a_script_that_fails_is_marked() {
    let live = Live::new("script-fails");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    steps:
      - script:
          content: |
            #!/bin/sh
            exit 7
",
        )
        .run();
    out.failure().stderr_contains("exit code: 7");
    assert!(
        out.error().contains("   6 | >>>       - script:"),
        "{}",
        out.error()
    );
}

#[test]
fn a_script_that_is_not_there_is_marked() {
    let live = Live::new("no-script");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    steps:
      - script: tools/none
",
        )
        .run();
    out.failure().stderr_contains("tools/none");
    assert!(
        out.error()
            .contains("   6 | >>>       - script: tools/none"),
        "{}",
        out.error()
    );
}
