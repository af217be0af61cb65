//! Secrets and ssh agents: seen by the step that asks, by nobody else.

use std::process::Command;

use windlass_tests::{Build, Live, SshAgent};

const VALUE: &str = "swordfish-4711-inside";

/// The md5 of [`VALUE`]: a step shows that it knows the value without showing it.
const SUM: &str = "9f373c8dac906d482dfafa7c23165e96  -\n";

#[test]
fn a_secret_is_a_file_a_variable_or_both_and_is_kept_nowhere() {
    let live = Live::new("secrets");
    let build = live
        .yaml(
            r"
secrets:
  token: {env: TOKEN, description: Registry token}
stages:
  app:
    from: alpine
    env: {BOTH: of the image}
    build-env: {RUN: UNIQUE}
    steps:
      - run: md5sum < /run/secrets/file > /file && test -z $file
        secrets: dir/file
      - run: printf %s $TOKEN | md5sum > /variable && ! test -e /run/secrets/token
        secrets: token
      - run: md5sum < /root/both > /both-file; printf %s $BOTH | md5sum > /both-variable
        secrets: {id: token, target: /root/both, env: BOTH}
      - script:
          content: |
            #!/bin/sh
            printf %s $TOKEN | md5sum > /script
        secrets: [token]
      - run: env > /environment
",
        )
        .env("SECRET_VALUE", VALUE)
        .arg("--secret=id=token,env=SECRET_VALUE")
        .arg("--secret=id=dir/file,env=SECRET_VALUE")
        .arg("--attest=type=provenance,mode=max");
    let out = build.run();
    let layout = out.layout();
    let image = &layout.images[0];
    let files = image.rootfs();
    for path in [
        "/file",
        "/variable",
        "/both-file",
        "/both-variable",
        "/script",
    ] {
        assert_eq!(files.read(path), SUM, "{path}");
    }
    assert!(!files.has("/root/both") && !files.has("/run/secrets"));
    assert_eq!(
        files.containing(VALUE),
        Vec::<&str>::new(),
        "the image's files"
    );
    for (number, _) in image.layers().iter().enumerate() {
        let found = image.layer(number).containing(VALUE).len();
        assert_eq!(found, 0, "layer {number}");
    }
    let config = String::from_utf8_lossy(&image.config_bytes);
    assert!(
        config.contains("printf %s $TOKEN | md5sum"),
        "the history: {config}"
    );
    assert!(!config.contains(VALUE), "{config}");
    let provenance = format!("{:?}", layout.attestations);
    assert!(
        provenance.contains("dir/file"),
        "the ids are there: {provenance}"
    );
    assert!(!provenance.contains(VALUE), "{provenance}");
    out.stderr_lacks(VALUE);
}

#[test]
fn a_missing_secret_is_marked_where_it_is_wanted() {
    let live = Live::new("no-secret");
    let out = live
        .yaml(
            r"
secrets:
  token: {env: TOKEN}
stages:
  app:
    from: alpine
    build-env: {RUN: UNIQUE}
    steps:
      - run: echo first
      - run: echo $TOKEN
        secrets: token
",
        )
        .run();
    out.failure()
        .stderr_contains("secret token: not found")
        .stderr_lacks("internal error");
    let error = out.error();
    assert!(
        error.contains("  10 | >>>       - run: echo $TOKEN"),
        "{error}"
    );
    assert!(!error.contains(">>>       - run: echo first"), "{error}");
}

#[test]
fn an_optional_secret_may_be_missing() {
    let live = Live::new("optional-secret");
    let out = live
        .yaml(
            r"
secrets:
  token: {env: TOKEN, required: false}
stages:
  app:
    from: alpine
    build-env: {RUN: UNIQUE}
    steps:
      - run: echo token=${TOKEN-unset} > /seen && ! ls /run/secrets/file
        secrets:
          - token
          - {id: file, required: false}
",
        )
        .run();
    assert_eq!(out.rootfs().read("/seen"), "token=\n");
}

#[test]
fn a_secret_file_has_its_owner_and_mode() {
    let live = Live::new("secret-mode");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    build-env: {RUN: UNIQUE}
    steps:
      - run: stat -c '%a %u:%g' /run/secrets/t > /default
        secrets: t
      - run: stat -c '%a %u:%g' /mine > /tmp/own && cat /mine > /dev/null
        user: app
        secrets: {id: t, target: /mine, chmod: '0440', uid: 1000, gid: 1}
",
        )
        .env("SECRET_VALUE", VALUE)
        .arg("--secret=id=t,env=SECRET_VALUE")
        .run();
    let files = out.rootfs();
    assert_eq!(files.read("/default"), "400 0:0\n");
    assert_eq!(files.read("/tmp/own"), "440 1000:1\n");
}

#[test]
fn a_changed_secret_does_not_run_the_step_again() {
    let live = Live::new("changed-secret");
    let text = r"
stages:
  app:
    from: alpine
    build-env: {RUN: UNIQUE}
    steps:
      - run: echo UNIQUE && wc -c < /run/secrets/t > /size
        secrets: t
";
    let with = |value: &str| {
        let build = live.yaml(text).env("SECRET_VALUE", value);
        build.arg("--secret=id=t,env=SECRET_VALUE").run()
    };
    with("one").success().not_cached("wc -c");
    let again = with("longer");
    again.success().cached("wc -c");
    assert_eq!(again.rootfs().read("/size"), "3\n");
}

/// Adds the machine's `ssh-add` and its libraries, as the base image has none.
fn with_ssh_add<'a>(build: Build<'a>) -> Build<'a> {
    let list = Command::new("ldd").arg("/usr/bin/ssh-add").output();
    let list = list.expect("ldd runs").stdout;
    let list = String::from_utf8_lossy(&list).into_owned();
    let files = list.split_whitespace().filter(|word| word.starts_with('/'));
    files
        .chain(["/usr/bin/ssh-add"])
        .fold(build, |build, path| {
            let name = path.rsplit('/').next().expect("a name");
            let name = if name.starts_with("ld-") { "ld" } else { name };
            let bytes = std::fs::read(path).expect("a library");
            let build = build.program(&format!("ssh/{name}"), "");
            std::fs::write(build.in_context(&format!("ssh/{name}")), bytes).expect("a copy");
            build
        })
}

#[test]
fn a_step_talks_to_the_agent() {
    let live = Live::new("ssh");
    let (one, two) = (SshAgent::start("key-one"), SshAgent::start("key-two"));
    let text = r"
x-add: &add {bind: ssh, target: /ssh}
stages:
  app:
    from: alpine
    build-env: {RUN: UNIQUE}
    steps:
      - run: ADD > /default
        ssh: true
        mounts: [*add]
      - run: ADD > /named
        ssh: other
        mounts: [*add]
      - run: ADD > /tmp/seen && stat -c '%n %a %u:%g' $SSH_AUTH_SOCK > /tmp/mode
        user: app
        ssh: {id: other, target: /tmp/agent, chmod: '0660', uid: 1000, gid: 1000}
        mounts: [*add]
      - run: echo ${SSH_AUTH_SOCK-unset} > /after
";
    let text = text.replace("ADD", "/ssh/ld --library-path /ssh /ssh/ssh-add -L");
    let out = with_ssh_add(live.yaml(&text))
        .arg(format!("--ssh=default={}", one.socket().display()))
        .arg(format!("--ssh=other={}", two.socket().display()))
        .run();
    let files = out.rootfs();
    assert_eq!(files.read("/default").trim(), one.public_key());
    assert_eq!(files.read("/named").trim(), two.public_key());
    assert_eq!(files.read("/tmp/seen").trim(), two.public_key());
    assert_eq!(files.read("/tmp/mode"), "/tmp/agent 660 1000:1000\n");
    assert_eq!(files.read("/after"), "unset\n");
}

#[test]
fn a_missing_agent_is_marked_unless_it_is_optional() {
    let live = Live::new("no-agent");
    let text = r"
ssh:
  other: {required: false}
stages:
  optional:
    from: alpine
    build-env: {RUN: UNIQUE}
    steps:
      - run: echo ${SSH_AUTH_SOCK-unset} > /seen
        ssh: other
  required:
    from: alpine
    build-env: {RUN: UNIQUE}
    steps:
      - run: echo $SSH_AUTH_SOCK
        ssh: true
";
    let out = live.yaml(text).arg("--target=optional").run();
    out.success();
    let out = live.yaml(text).run();
    out.failure().stderr_contains("ssh");
    let marked = "  15 | >>>       - run: echo $SSH_AUTH_SOCK";
    assert!(out.error().contains(marked), "{}", out.error());
}
