//! Cache mounts: kept from build to build, in no layer, owned by who runs the step.

use windlass_tests::Live;

#[test]
fn a_cache_is_kept_from_build_to_build_and_is_in_no_layer() {
    let live = Live::new("cache-kept");
    let text = r"
args: {ROUND: }
stages:
  app:
    from: alpine
    steps:
      - run: echo ${{ args.ROUND }} >> /cache/log && cat /cache/log > /UNIQUE
        cache: {path: /cache, id: UNIQUE}
";
    let round = |round: &str| {
        let build = live.yaml(text).arg(format!("--build-arg=ROUND={round}"));
        let files = build.run().rootfs();
        assert!(!files.has("/cache"), "no stub is left");
        files.read(&format!("/{}", live.unique()))
    };
    assert_eq!(round("one"), "one\n");
    assert_eq!(round("two"), "one\ntwo\n");
}

#[test]
fn a_cache_is_known_by_its_path_or_an_id() {
    let live = Live::new("cache-ids");
    let text = r"
caches:
  by-path: /UNIQUE-named
  by-id: {path: /other, id: UNIQUE-id}
stages:
  write:
    from: alpine
    steps:
      - run: echo path > /UNIQUE/f && echo named > /UNIQUE-named/f && echo id > /other/f
        cache: [/UNIQUE/, by-path, by-id]
  read:
    from: write
    steps:
      - run: cat /UNIQUE/f /x/f /y/f > /seen
        cache:
          - /UNIQUE
          - {path: /x, id: /UNIQUE-named}
          - {path: /y, id: UNIQUE-id}
";
    let files = live.yaml(text).run().rootfs();
    assert_eq!(files.read("/seen"), "path\nnamed\nid\n");
}

/// Two stages whose steps run at the same time, each with the cache `/cache`.
fn at_the_same_time(live: &Live, sharing: &str, command: &str) -> [String; 2] {
    let text = r"
caches:
  tested: {path: /cache, id: UNIQUE-tested, sharing: SHARING}
  meeting: {path: /meeting, id: UNIQUE-meeting}
x-meet: &meet
  file: /bin/meet
  chmod: '0755'
  content: |
    #!/bin/sh
    touch /meeting/$1
    n=0
    while ! [ -f /meeting/$2 ]; do n=$((n+1)); [ $n -lt 600 ] || exit 1; sleep 0.1; done
stages:
  a:
    from: alpine
    steps:
      - *meet
      - run: 'OWN=a OTHER=b; COMMAND > /seen # UNIQUE'
        cache: [tested, meeting]
  b:
    from: alpine
    steps:
      - *meet
      - run: 'OWN=b OTHER=a; COMMAND > /seen # UNIQUE'
        cache: [tested, meeting]
  both:
    from: scratch
    steps:
      - {copy: /seen, from: a, to: /a}
      - {copy: /seen, from: b, to: /b}
";
    let text = text.replace("SHARING", sharing).replace("COMMAND", command);
    let files = live.yaml(&text).run().rootfs();
    [files.read("/a"), files.read("/b")]
}

#[test]
fn a_shared_cache_is_used_by_several_steps_at_once() {
    let live = Live::new("cache-shared");
    let seen = at_the_same_time(
        &live,
        "shared",
        "touch /cache/$OWN && meet $OWN $OTHER && ls /cache",
    );
    assert_eq!(seen, ["a\nb\n", "a\nb\n"]);
}

#[test]
fn a_private_cache_is_each_step_s_own() {
    let live = Live::new("cache-private");
    let seen = at_the_same_time(
        &live,
        "private",
        "touch /cache/$OWN && meet $OWN $OTHER && ls /cache",
    );
    assert_eq!(seen, ["a\n", "b\n"]);
}

#[test]
fn a_locked_cache_is_used_by_one_step_after_the_other() {
    let live = Live::new("cache-locked");
    let mut seen = at_the_same_time(
        &live,
        "locked",
        "echo in >> /cache/log && sleep 0.5 && echo out >> /cache/log && cat /cache/log",
    );
    seen.sort_by_key(String::len);
    assert_eq!(seen, ["in\nout\n", "in\nout\nin\nout\n"]);
}

#[test]
fn a_cache_belongs_to_its_owner() {
    let live = Live::new("cache-owner");
    let text = r"
stages:
  app:
    from: alpine
    build-env: {RUN: UNIQUE}
    steps:
      - run: stat -c '%u:%g %a' /cache > /tmp/root
        cache: {path: /cache, id: UNIQUE-root}
      - run: stat -c '%u:%g %a' /cache > /tmp/written
        cache: {path: /cache, id: UNIQUE-written, uid: 1234, gid: 5678, chmod: '0770'}
      - run: stat -c '%u:%g %a' /cache > /tmp/number && touch /cache/mine
        user: '1000'
        cache: {path: /cache, id: UNIQUE-number}
      - run: stat -c '%u:%g %a' /cache > /tmp/name && touch /cache/mine
        user: app
        cache: {path: /cache, id: UNIQUE-name}
      - run: stat -c '%u:%g %a' /cache > /tmp/group && touch /cache/mine
        user: app:daemon
        cache: {path: /cache, id: UNIQUE-group}
";
    let files = live.yaml(text).run().rootfs();
    assert_eq!(files.read("/tmp/root"), "0:0 755\n");
    assert_eq!(files.read("/tmp/written"), "1234:5678 770\n");
    assert_eq!(files.read("/tmp/number"), "1000:1000 755\n");
    assert_eq!(files.read("/tmp/name"), "1000:1000 755\n");
    assert_eq!(files.read("/tmp/group"), "1000:1 755\n");
}

#[test]
fn a_named_user_s_cache_survives_changed_layers_below() {
    let live = Live::new("cache-user");
    let text = r"
args: {ROUND: }
stages:
  app:
    from: alpine
    steps:
      - run: echo ${{ args.ROUND }} > /below
      - run: cat /below >> /cache/log && cat /cache/log > /tmp/UNIQUE
        user: app
        cache: {path: /cache, id: UNIQUE}
";
    let round = |round: &str| {
        let build = live.yaml(text).arg(format!("--build-arg=ROUND={round}"));
        let files = build.run().rootfs();
        files.read(&format!("/tmp/{}", live.unique()))
    };
    assert_eq!(round("one"), "one\n");
    assert_eq!(round("two"), "one\ntwo\n");
}

#[test]
fn a_cache_starts_with_what_seeds_it() {
    let live = Live::new("cache-seed");
    let text = r"
stages:
  seed:
    from: scratch
    steps:
      - file: /all
        content: everything
      - file: /deep/down/some
        content: a part
  app:
    from: alpine
    build-env: {RUN: UNIQUE}
    steps:
      - run: cat /cache/all > /whole && echo more > /cache/more
        cache: {path: /cache, id: UNIQUE-whole, from: seed}
      - run: cat /cache/some > /part && ls /cache > /list
        cache: {path: /cache, id: UNIQUE-part, from: seed, source: /deep/down}
      - run: ls /cache > /image
        cache: {path: /cache, id: UNIQUE-image, from: {image: busybox}, source: /etc}
";
    let files = live.yaml(text).run().rootfs();
    assert_eq!(files.read("/whole"), "everything");
    assert_eq!(files.read("/part"), "a part");
    assert_eq!(files.read("/list"), "some\n");
    assert_eq!(files.read("/image"), "group\npasswd\n");
}

#[test]
fn passing_over_the_build_cache_empties_the_cache_of_the_step() {
    let live = Live::new("cache-emptied");
    let text = r"
args: {ROUND: }
stages:
  app:
    from: alpine
    steps:
      - run: echo ${{ args.ROUND }} >> /cache/log && cat /cache/log > /UNIQUE
        cache: {path: /cache, id: UNIQUE}
OPTION
";
    let round = |round: &str, option: &str, flags: &[&str]| {
        let build = live.yaml(&text.replace("OPTION", option)).args(flags);
        let out = build.arg(format!("--build-arg=ROUND={round}")).run();
        let log = out.rootfs().read(&format!("/{}", live.unique()));
        let warning = "no-cache-empties-cache: `no-cache` empties the step's cache mounts too";
        (log.replace('\n', " "), out.stderr.contains(warning))
    };
    let log = |log: &str| (log.to_owned(), false);
    assert_eq!(round("one", "", &[]), log("one "));
    assert_eq!(round("two", "", &[]), log("one two "));
    assert_eq!(round("three", "", &["--no-cache"]), log("three "));
    assert_eq!(round("four", "", &[]), log("three four "));
    let filter = ["--no-cache-filter=app"];
    assert_eq!(round("five", "", &filter), log("five "));
    assert_eq!(round("six", "", &[]), log("five six "));
    let step = "        no-cache: true";
    assert_eq!(round("seven", step, &[]), ("seven ".to_owned(), true));
    assert_eq!(round("eight", "", &[]), log("seven eight "));
}

#[test]
fn a_preset_mounts_what_its_tool_keeps() {
    let live = Live::new("cache-preset");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    env: {GOCACHE: /go-cache, HOME: /home/app}
    steps:
      - run: grep -oE ' (/root/go/pkg|/go-cache|/root/.npm) ' /proc/mounts | sort > /root-mounts
        cache: [go, npm]
      - run: grep -oE ' /home/app/.npm ' /proc/mounts > /tmp/mounts && touch /home/app/.npm/mine
        user: app
        cache: npm
",
        )
        .run();
    let files = out.rootfs();
    assert_eq!(
        files.read("/root-mounts"),
        " /go-cache \n /root/.npm \n /root/go/pkg \n"
    );
    assert_eq!(files.read("/tmp/mounts"), " /home/app/.npm \n");
}

#[test]
fn an_id_may_be_a_variable_that_an_earlier_stage_has_set() {
    let live = Live::new("cache-variable");
    let file = "
stages:
  base:
    from: busybox
    env: {MNT_ID: UNIQUE}
    steps:
      - run: touch /abcabc/foo
        cache: {path: /abcabc, id: UNIQUE}
      - run: test -f /cbacba/foo
        cache: {path: /cbacba, id: '${{ env.MNT_ID }}'}
  app:
    from: base
    steps:
      - run: ls /whatever > /listing
        cache: {path: /whatever, id: '${{ env.MNT_ID }}'}
";
    assert_eq!(live.yaml(file).run().rootfs().read("/listing"), "foo\n");
}

#[test]
fn a_path_may_be_an_argument() {
    let live = Live::new("cache-argument");
    let file = "
args: {META_PATH: /tmp/meta}
stages:
  app:
    from: busybox
    steps:
      - run: touch /tmp/meta/foo
        cache: {path: /tmp/meta, id: UNIQUE}
      - run: ls /tmp/meta > /listing
        cache: {path: '${{ args.META_PATH }}', id: UNIQUE}
      - run: ls /elsewhere >> /listing
        cache: /elsewhere/UNIQUE
";
    let expected = format!("foo\n{}\n", live.unique());
    assert_eq!(live.yaml(file).run().rootfs().read("/listing"), expected);
}

#[test]
fn a_cache_may_be_in_another_in_steps_at_the_same_time() {
    let live = Live::new("cache-nested");
    let text = r"
caches:
  outer: {path: /foo/bar, id: UNIQUE-outer}
  inner: {path: /foo/bar/baz, id: UNIQUE-inner}
stages:
  a:
    from: alpine
    steps:
      - run: touch /foo/bar/baz/a && ls /foo/bar > /seen
        cache: [outer, inner]
  b:
    from: alpine
    steps:
      - run: touch /foo/bar/baz/b && ls /foo/bar > /seen
        cache: [outer, inner]
  both:
    from: scratch
    steps:
      - {copy: /seen, from: a, to: /a}
      - {copy: /seen, from: b, to: /b}
";
    for round in 0..3 {
        let files = live.yaml(text).arg("--no-cache").run().rootfs();
        for path in ["/a", "/b"] {
            assert_eq!(files.read(path), "baz\n", "{path} in round {round}");
        }
    }
}
