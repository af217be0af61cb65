//! File operations, which need no shell, and parallel branches.

use windlass_tests::Live;

/// Directories made on the way have the owner and the octal mode of what is in them: it is
/// BuildKit that makes them, for COPY as well.
#[test]
fn files_are_made_on_scratch() {
    let live = Live::new("scratch");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: scratch
    workdir: /app
    steps:
      - mkdir: [data, /var/log/app]
        chmod: '0750'
        chown: 1000:1000
      - file: etc/config.json
        content: |
          {}
        chmod: '0600'
        chown: 5:6
      - symlink: /etc/config
        target: ../app/etc/config.json
      - copy: {content: '#!/x', name: tool}
        to: bin/
        chmod: u=rwx,go=rx
",
        )
        .run();
    let files = out.rootfs();
    assert_eq!(
        files.listing("/"),
        "755 0:0 app/\n\
         755 0:0 app/bin/\n\
         755 0:0 app/bin/tool\n\
         750 1000:1000 app/data/\n\
         600 5:6 app/etc/\n\
         600 5:6 app/etc/config.json\n\
         755 0:0 etc/\n\
         777 0:0 etc/config -> ../app/etc/config.json\n\
         750 1000:1000 var/\n\
         750 1000:1000 var/log/\n\
         750 1000:1000 var/log/app/"
    );
    assert_eq!(files.read("/etc/config"), "{}\n");
    assert_eq!(files.read("/app/bin/tool"), "#!/x");
    let history = out.image().history();
    assert_eq!(
        history,
        [
            "WORKDIR /app",
            "MKDIR --chown=1000:1000 --chmod=0750 data /var/log/app # buildkit",
            "COPY --chown=5:6 --chmod=0600 <<EOF etc/config.json # buildkit",
            "SYMLINK ../app/etc/config.json /etc/config # buildkit",
            "COPY --chmod=u=rwx,go=rx <<tool bin/ # buildkit",
        ]
    );
}

#[test]
fn files_are_removed() {
    let live = Live::new("remove");
    let text = r"
stages:
  made:
    from: alpine
    workdir: /srv
    steps:
      - run: mkdir a b && touch a/x a/y b/x b/y one two
  app:
    from: made
    steps:
      - remove: [a, b/x, /srv/t*]
      - remove: [none, b/n*]
        optional: true
  missing:
    from: made
    steps:
      - remove: none
";
    let out = live.yaml(text).arg("--target=app").run();
    assert_eq!(
        out.rootfs().listing("/srv"),
        "755 0:0 b/\n644 0:0 b/y\n644 0:0 one"
    );
    let out = live.yaml(text).run();
    out.failure();
    assert!(
        out.error().contains("  17 | >>>       - remove: none"),
        "{}",
        out.error()
    );
}

#[test]
fn a_symlink_does_not_replace_what_is_there() {
    let live = Live::new("symlink");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    steps:
      - symlink: /etc/passwd
        target: /dev/null
",
        )
        .run();
    out.failure().stderr_contains("/etc/passwd");
    assert!(
        out.error()
            .contains("   6 | >>>       - symlink: /etc/passwd"),
        "{}",
        out.error()
    );
}

#[test]
fn branches_start_from_the_same_files_and_are_merged_in_order() {
    let live = Live::new("parallel");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    workdir: /srv
    steps:
      - run: echo old > kept && echo old > gone && echo old > both
      - parallel:
          - - run: echo one >> both && echo one > one && rm gone
            - run: cp one one-again
          - - run: ls > seen-by-two && echo two >> both
            - file: two
              content: two
      - run: ls > seen-after
",
        )
        .run();
    let files = out.rootfs();
    assert_eq!(
        files.paths("/srv"),
        [
            "both",
            "kept",
            "one",
            "one-again",
            "seen-after",
            "seen-by-two",
            "two"
        ]
        .map(|name| format!("/srv/{name}"))
    );
    assert_eq!(
        files.read("/srv/both"),
        "old\ntwo\n",
        "the last branch's whole file"
    );
    assert_eq!(
        files.read("/srv/seen-by-two"),
        "both\ngone\nkept\nseen-by-two\n"
    );
    assert_eq!(
        files.read("/srv/seen-after"),
        "both\nkept\none\none-again\nseen-after\nseen-by-two\ntwo\n"
    );
}

#[test]
fn branches_run_at_the_same_time() {
    let live = Live::new("parallel-time");
    let text = r"
caches:
  meeting: {path: /meeting, id: UNIQUE}
x-meet: &meet |
  #!/bin/sh
  touch /meeting/$OWN
  n=0
  while ! [ -f /meeting/$OTHER ]; do n=$((n+1)); [ $n -lt 600 ] || exit 1; sleep 0.1; done
  echo met > /$OWN
stages:
  app:
    from: alpine
    steps:
      - parallel:
          - - script: {content: *meet}
              env: {OWN: a, OTHER: b, RUN: UNIQUE}
              cache: meeting
          - - script: {content: *meet}
              env: {OWN: b, OTHER: a, RUN: UNIQUE}
              cache: meeting
";
    let out = live.yaml(text).run();
    assert_eq!(out.rootfs().read("/a"), "met\n");
    assert_eq!(out.rootfs().read("/b"), "met\n");
}

#[test]
fn a_changed_branch_does_not_run_the_others_again() {
    let live = Live::new("parallel-key");
    let text = r"
args: {ROUND: }
stages:
  app:
    from: alpine
    steps:
      - parallel:
          - - run: echo UNIQUE ${{ args.ROUND }} > /changed
          - - run: echo UNIQUE > /same
      - run: cat /changed /same > /all
";
    let round = |round: &str| {
        let build = live.yaml(text);
        build.arg(format!("--build-arg=ROUND={round}")).run()
    };
    round("one").success().not_cached("> /same");
    let two = round("two");
    two.success()
        .not_cached("> /changed")
        .cached("> /same")
        .not_cached("> /all");
    let own = live.unique();
    assert_eq!(two.rootfs().read("/all"), format!("{own} two\n{own}\n"));
}
