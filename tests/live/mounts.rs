//! Bind and tmpfs mounts.

use windlass_tests::Live;

#[test]
fn a_bind_shows_the_context_a_stage_or_an_image() {
    let live = Live::new("bind");
    let out = live
        .yaml(
            r"
stages:
  made:
    from: alpine
    steps:
      - run: mkdir /out && echo made > /out/f
  app:
    from: alpine
    workdir: /app
    steps:
      - run: cat src/a one > /context
        mounts:
          - {bind: src, target: src}
          - {bind: src/a, target: /app/one}
      - run: cat /m/f > /stage
        mounts: [{bind: out, from: made, target: /m}]
      - run: cat /m/group | head -1 > /image
        mounts: [{bind: /etc, from: busybox, target: /m}]
      - run: ls / /app > /left
",
        )
        .file("src/a", "from the context\n")
        .run();
    let files = out.rootfs();
    assert_eq!(
        files.read("/context"),
        "from the context\nfrom the context\n"
    );
    assert_eq!(files.read("/stage"), "made\n");
    assert_eq!(files.read("/image"), "root:x:0:\n");
    assert!(!files.has("/app/src") && !files.has("/app/one") && !files.has("/m"));
}

#[test]
fn a_bind_is_read_only_unless_it_says_otherwise() {
    let live = Live::new("bind-write");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    steps:
      - run: (echo x > /m/a) 2> /refused; cat /m/a > /still
        mounts: [{bind: src, target: /m}]
      - run: echo changed > /m/a && touch /m/new && cat /m/a > /written
        mounts: [{bind: src, target: /m, writable: true}]
      - run: ls /m > /dropped && cat /m/a >> /dropped
        mounts: [{bind: src, target: /m}]
",
        )
        .file("src/a", "old\n")
        .run();
    let files = out.rootfs();
    assert!(files.read("/refused").contains("Read-only file system"));
    assert_eq!(files.read("/still"), "old\n");
    assert_eq!(files.read("/written"), "changed\n");
    assert_eq!(files.read("/dropped"), "a\nold\n");
    assert!(!files.has("/m"));
}

#[test]
fn only_changes_to_what_is_bound_run_the_step_again() {
    let live = Live::new("bind-key");
    let text = r"
stages:
  app:
    from: alpine
    steps:
      - run: cat /m/a
        mounts: [{bind: src, target: /m}]
";
    let with = |bound: &str, other: &str| {
        let build = live.yaml(text).file("src/a", bound).file("other", other);
        build.run()
    };
    let own = live.unique();
    with(own, "one").success().not_cached("cat /m/a");
    with(own, "two").success().cached("cat /m/a");
    let changed = format!("{own} changed");
    with(&changed, "two").success().not_cached("cat /m/a");
}

#[test]
fn two_binds_of_one_context_both_see_its_changes() {
    let live = Live::new("bind-twice");
    let text = "
stages:
  app:
    from: busybox
    steps:
      - run: cat /m/a.txt /m/sub/b.txt > /combined
        mounts: [{bind: ., target: /m}, {bind: b.txt, target: /m/sub/b.txt}]
";
    let built = |text_of_a: &str| {
        let build = live
            .yaml(text)
            .file("a.txt", text_of_a)
            .file("b.txt", "bar\n");
        build
            .file("sub/b.txt", "hidden\n")
            .run()
            .rootfs()
            .read("/combined")
    };
    assert_eq!(built("foo\n"), "foo\nbar\n");
    assert_eq!(built("updated\n"), "updated\nbar\n");
}

#[test]
fn a_writable_bind_is_known_by_what_is_in_it() {
    let live = Live::new("bind-content");
    let text = "
stages:
  build:
    from: busybox
    steps:
      - copy: cachebust
      - run: mkdir /out && echo UNIQUE > /out/foo
  app:
    from: busybox
    steps:
      - run: touch /out/bar && head -c 100 /dev/urandom | md5sum > /unique
        mounts: [{bind: /out, from: build, target: /out, writable: true}]
";
    let built = |other: &str| {
        live.yaml(text)
            .file("cachebust", other)
            .run()
            .rootfs()
            .read("/unique")
    };
    let first = built("0");
    assert_eq!(built("1"), first, "what is bound is the same");
}

#[test]
fn a_tmpfs_is_memory_of_its_size() {
    let live = Live::new("tmpfs");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    steps:
      - run: |
          grep ' /scratch ' /proc/mounts | tr ' ,' '\n\n' | grep -E '^(tmpfs|size=.*)$' | uniq > /sized
          dd if=/dev/zero of=/scratch/f bs=1M count=3 2>> /refused || true
        mounts: [{tmpfs: /scratch, size: 2m}]
      - run: dd if=/dev/zero of=/scratch/f bs=1M count=3 && ls /scratch > /free
        mounts: [{tmpfs: /scratch}]
",
        )
        .run();
    let files = out.rootfs();
    assert_eq!(files.read("/sized"), "tmpfs\nsize=2048k\n");
    assert!(files.read("/refused").contains("No space left on device"));
    assert_eq!(files.read("/free"), "f\n");
    assert!(!files.has("/scratch"));
}

#[test]
fn a_bind_of_what_is_not_there_is_marked() {
    let live = Live::new("bind-missing");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    steps:
      - run: ls /m
        mounts: [{bind: no/such, target: /m}]
",
        )
        .run();
    out.failure().stderr_contains("no/such");
    let marked = "   6 | >>>       - run: ls /m";
    assert!(out.error().contains(marked), "{}", out.error());
}
