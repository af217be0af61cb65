//! Commands: what the shell gets, and what surrounds it.

use windlass_tests::Live;

#[test]
fn several_lines_stop_at_the_first_failure() {
    let live = Live::new("errexit");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    steps:
      - run: |
          echo be''fore
          false
          echo af''ter
",
        )
        .run();
    out.failure()
        .stderr_contains("before")
        .stderr_lacks("after")
        .stderr_contains("exit code: 1");
    let error = out.error();
    assert!(error.contains("   6 | >>>       - run: |"), "{error}");
    assert!(
        error.contains("   9 | >>>           echo af''ter"),
        "{error}"
    );
}

#[test]
fn errexit_false_goes_on_after_a_failure() {
    let live = Live::new("no-errexit");
    let out = live
        .yaml(
            r"
stages:
  step:
    from: alpine
    steps:
      - run: |
          false
          echo after > /step
        errexit: false
  stage:
    from: alpine
    errexit: false
    steps:
      - run: |
          false
          echo after > /stage
  all:
    from: scratch
    steps:
      - {copy: /step, from: step}
      - {copy: /stage, from: stage}
",
        )
        .run();
    assert_eq!(out.rootfs().read("/step"), "after\n");
    assert_eq!(out.rootfs().read("/stage"), "after\n");
}

#[test]
fn the_text_of_a_run_reaches_the_shell_as_written() {
    let live = Live::new("run-text");
    let out = live
        .yaml(
            r#"
stages:
  app:
    from: alpine
    steps:
      - run: echo "one line" '$HOME' $HOME "${HOME#/}" > /one
      - run: |
          echo joined \
            by \
            # nobody sees this

            backslash > /joined
      - run: |
          cat > /here <<END
          a "quoted" \$word
            indented
          END
          if true; then
            echo block >> /here
          fi
      - run: |
          cat <<ONE | tr '[:upper:]' '[:lower:]' > /low; \
            cat <<TWO | tr '[:lower:]' '[:upper:]' > /up
          hello WORLD
          ONE
          HELLO world
          TWO
          awk -f - <<END 3<<IN > /third
          BEGIN { while ((getline line < "/proc/self/fd/3") > 0) print tolower(line) }
          END
          From FD
          IN
      - run: >-
          echo folded
          text > /folded
      - run: [sh, -c, 'echo "$0 $1" > /exec', first, "second  word"]
      - run: [touch, '/*']
"#,
        )
        .run();
    let image = out.image();
    let files = image.rootfs();
    assert_eq!(files.read("/one"), "one line $HOME /root root\n");
    assert_eq!(files.read("/joined"), "joined by backslash\n");
    assert_eq!(
        files.read("/here"),
        "a \"quoted\" $word\n  indented\nblock\n"
    );
    assert_eq!(files.read("/low"), "hello world\n");
    assert_eq!(files.read("/up"), "HELLO WORLD\n");
    assert_eq!(files.read("/third"), "from fd\n");
    assert_eq!(files.read("/folded"), "folded text\n");
    assert_eq!(files.read("/exec"), "first second  word\n");
    assert!(files.has("/*"), "no shell, so no glob");
    let history = image.history();
    assert_eq!(
        history[history.len() - 6..history.len() - 4],
        [
            "RUN /bin/sh -c echo joined   by   backslash > /joined # buildkit",
            "RUN /bin/sh -c set -e\ncat > /here <<END\na \"quoted\" \\$word\n  indented\nEND\n\
             if true; then\n  echo block >> /here\nfi\n # buildkit",
        ]
    );
}

#[test]
fn options_hold_for_one_step() {
    let live = Live::new("step-options");
    let out = live
        .yaml(
            r#"
stages:
  app:
    from: alpine
    env: {A: stage, B: stage}
    workdir: /srv
    steps:
      - run: echo $A $B $C > /env
        env: {A: step, C: '${{ env.A }} before'}
      - run: echo $A $C > /env-after
      - run: mkdir sub && pwd > /dir
      - run: pwd > /dir-sub
        workdir: sub
      - run: pwd > /dir-after
      - run: echo $(id -u) $(id -g) > /tmp/user
        user: app
      - run: echo $(id -u) $(id -g) > /tmp/user-group
        user: 1000:1
      - run: id -u > /tmp/user-after
      - run: hello
        shell: [/bin/awk, 'BEGIN { print ARGV[1] > "/shell" }']
      - run: echo $- | grep -c u > /shell-after || true
"#,
        )
        .run();
    let files = out.rootfs();
    assert_eq!(files.read("/env"), "step stage stage before\n");
    assert_eq!(files.read("/env-after"), "stage\n");
    assert_eq!(files.read("/dir"), "/srv\n");
    assert_eq!(files.read("/dir-sub"), "/srv/sub\n");
    assert_eq!(files.read("/dir-after"), "/srv\n");
    assert_eq!(files.read("/tmp/user"), "1000 1000\n");
    assert_eq!(files.read("/tmp/user-group"), "1000 1\n");
    assert_eq!(files.read("/tmp/user-after"), "0\n");
    assert_eq!(files.read("/shell"), "hello\n");
    assert_eq!(files.read("/shell-after"), "0\n");
}

#[test]
fn several_lines_are_one_word_to_any_shell() {
    let live = Live::new("run-awk");
    let file = "
stages:
  app:
    from: alpine
    shell: [/bin/awk]
    errexit: false
    steps:
      - run: |
          BEGIN {
          \tprint \"made by awk\" > \"/made\"
          }
";
    let out = live.yaml(file).run();
    assert_eq!(out.rootfs().read("/made"), "made by awk\n");
}

#[test]
fn network_hosts_limits_and_memory_are_as_asked() {
    let live = Live::new("run-limits");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    build-env: {MARK: UNIQUE}
    steps:
      - run: ls /sys/class/net > /network
        network: none
      - run: grep -w -E 'db|six' /etc/hosts > /hosts
        extra-hosts: {db: 10.0.0.5, six: '2001:db8::1'}
      - run: ulimit -S -n > /soft && ulimit -H -n > /hard && ulimit -c > /core
        ulimits: {nofile: {soft: 512, hard: 1024}, core: 0}
      - run: df -k /dev/shm | tail -1 | awk '{print $2}' > /shm
        shm-size: 3m
      - run: cat /sys/fs/cgroup/memory.max > /memory 2> /dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes > /memory
        resources: {memory: 64m}
",
        )
        .run();
    let files = out.rootfs();
    assert_eq!(files.read("/network"), "lo\n");
    assert_eq!(files.read("/hosts"), "10.0.0.5\tdb\n2001:db8::1\tsix\n");
    assert_eq!(files.read("/soft"), "512\n");
    assert_eq!(files.read("/hard"), "1024\n");
    assert_eq!(files.read("/core"), "0\n");
    assert_eq!(files.read("/shm"), "3072\n");
    assert_eq!(files.read("/memory"), "67108864\n");
}

#[test]
fn other_exit_codes_may_count_as_success() {
    let live = Live::new("exit-codes");
    let text = r"
stages:
  two:
    from: alpine
    steps:
      - run: echo two > /two; exit 2
        exit-codes: [0, 2]
  three:
    from: two
    steps:
      - run: exit 3
        exit-codes: [0, 2]
";
    let out = live.yaml(text).arg("--target=two").run();
    assert_eq!(out.rootfs().read("/two"), "two\n");
    live.yaml(text)
        .run()
        .failure()
        .stderr_contains("exit code: 3");
}

#[test]
fn a_name_is_shown_instead_of_the_command() {
    let live = Live::new("step-name");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    steps:
      - name: say hello
        run: echo hel''lo UNIQUE
",
        )
        .run();
    let step = out.success().step("say hello");
    assert!(step.name.starts_with("[app 2/2] say hello"), "{step:?}");
    assert_eq!(step.lines[0], format!("hello {}", live.unique()));
}

/// The names of the steps that a build shows, in alphabetical order.
fn names(out: &windlass_tests::Outcome) -> Vec<String> {
    let steps = out.success().steps().into_iter().map(|step| step.name);
    let mut names: Vec<String> = steps
        .filter(|name| name.starts_with('[') && !name.contains("build definition"))
        // An image that several builds use has the name that the first of them gave it.
        .filter(|name| !name.contains("] FROM "))
        .collect();
    names.sort();
    names
}

#[test]
fn steps_are_numbered_and_named_as_those_of_a_dockerfile() {
    let live = Live::new("step-names");
    let file = r#"
stages:
  base:
    from: busybox
    env: {WORD: out}
    workdir: /out
    steps:
      - run: echo "base" > base
      - copy: 'a*'
        to: '${{ env.WORD }}/'
        link: true
      - copy: {content: "one\ntwo\n", name: doc}
      - run: [touch, "a b"]
  app:
    from: scratch
    steps:
      - {copy: /out, from: base, to: /out, chmod: '0644'}
"#;
    let theirs = r#"FROM busybox AS base
ENV WORD=out
WORKDIR /out
RUN echo "base" > base
COPY --link a* $WORD/
COPY <<"doc" .
one
two
doc
RUN ["touch", "a b"]
FROM scratch AS app
COPY --from=base --chmod=0644 /out /out
"#;
    let ours = live.yaml(file).file("a1", "x").run();
    let theirs = live
        .build()
        .file("Dockerfile", theirs)
        .file("a1", "x")
        .run();
    assert_eq!(names(&ours).join("\n"), names(&theirs).join("\n"));
    assert!(ours.has_step("[base 3/6] RUN echo \"base\" > base"));
    let platforms = "--platform=linux/amd64,linux/arm64";
    let file = "
stages:
  tools: {platform: build, from: busybox, steps: [run: 'echo ${{ target.arch }} > /f']}
  app: {from: scratch, steps: [{copy: /f, from: tools, to: /}]}
";
    let theirs = "FROM --platform=$BUILDPLATFORM busybox AS tools
ARG TARGETARCH
RUN echo $TARGETARCH > /f
FROM scratch AS app
COPY --from=tools /f /
";
    let shape = |out: &windlass_tests::Outcome| -> Vec<String> {
        let start = |name: &String| name.split("] ").next().unwrap_or_default().to_owned();
        names(out).iter().map(start).collect()
    };
    let ours = live.yaml(file).arg(platforms).run();
    let theirs = live.build().file("Dockerfile", theirs).arg(platforms).run();
    assert_eq!(shape(&ours).join("\n"), shape(&theirs).join("\n"));
}
