//! What the image says about itself: config, annotations, history.

use serde_json::json;
use windlass_tests::Live;

const EVERYTHING: &str = r#"
stages:
  app:
    from: alpine
    env: {STEPS: both}
    steps:
      - run: env | grep -c ONLY > /only || true
    image:
      entrypoint: [/init, --]
      cmd: serve --port 80
      user: app:daemon
      workdir: /srv/app
      env: {ONLY: image, STEPS: replaced}
      expose: [8080, 53/udp, 6000-6001]
      volumes: [/data, /var/lib/app]
      labels: {org.opencontainers.image.title: shop, b: '2'}
      annotations: {org.opencontainers.image.title: annotated}
      healthcheck:
        run: wget -q localhost || exit 1
        interval: 1m30s
        timeout: 2s
        start-period: 500ms
        start-interval: 1s
        retries: 3
      stop-signal: SIGINT
      shell: [/bin/ash, -ec]
      author: me@example.com
"#;

#[test]
fn every_key_of_image_is_in_the_config() {
    let live = Live::new("image");
    let image = live.yaml(EVERYTHING).run().image();
    let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    assert_eq!(
        image.config["config"],
        json!({
            "User": "app:daemon",
            "ExposedPorts": {"8080/tcp": {}, "53/udp": {}, "6000/tcp": {}, "6001/tcp": {}},
            "Env": [path, "STEPS=replaced", "ONLY=image"],
            "Entrypoint": ["/init", "--"],
            "Cmd": ["/bin/sh", "-c", "serve --port 80"],
            "Volumes": {"/data": {}, "/var/lib/app": {}},
            "WorkingDir": "/srv/app",
            "Labels": {"org.opencontainers.image.title": "shop", "b": "2"},
            "StopSignal": "SIGINT",
            "ArgsEscaped": true,
            "Healthcheck": {
                "Test": ["CMD-SHELL", "wget -q localhost || exit 1"],
                "Interval": 90_000_000_000_i64,
                "Timeout": 2_000_000_000_i64,
                "StartPeriod": 500_000_000,
                "StartInterval": 1_000_000_000,
                "Retries": 3,
            },
            "Shell": ["/bin/ash", "-ec"],
        })
    );
    assert_eq!(image.config["author"], "me@example.com");
    assert_eq!(
        image.manifest["annotations"],
        json!({"org.opencontainers.image.title": "annotated"})
    );
    assert_eq!(image.rootfs().read("/only"), "0\n");
    assert!(
        !image.rootfs().has("/srv/app"),
        "`image.workdir` makes no directory"
    );
}

#[test]
fn the_history_reads_as_that_of_a_dockerfile() {
    let live = Live::new("history");
    let image = live.yaml(EVERYTHING).run().image();
    let history = image.history();
    let own = history
        .iter()
        .position(|line| line.starts_with("ENV STEPS"));
    assert_eq!(
        history[own.expect("the first own entry")..].join("\n"),
        "ENV STEPS=both (empty)\n\
         RUN /bin/sh -c env | grep -c ONLY > /only || true # buildkit\n\
         ENTRYPOINT [\"/init\" \"--\"] (empty)\n\
         CMD [\"/bin/sh\" \"-c\" \"serve --port 80\"] (empty)\n\
         USER app:daemon (empty)\n\
         WORKDIR /srv/app (empty)\n\
         ENV ONLY=image STEPS=replaced (empty)\n\
         EXPOSE [53/udp 6000/tcp 6001/tcp 8080/tcp] (empty)\n\
         VOLUME [/data /var/lib/app] (empty)\n\
         LABEL org.opencontainers.image.title=shop b=2 (empty)\n\
         HEALTHCHECK {Test:[CMD-SHELL wget -q localhost || exit 1] Interval:1m30s Timeout:2s \
         StartPeriod:500ms StartInterval:1s Retries:3} (empty)\n\
         STOPSIGNAL SIGINT (empty)\n\
         SHELL [/bin/ash -ec] (empty)\n\
         MAINTAINER me@example.com (empty)"
    );
}

#[test]
fn the_verbs_take_effect_where_they_stand() {
    let live = Live::new("verbs");
    let out = live
        .yaml(
            r#"
stages:
  app:
    from: alpine
    steps:
      - env: {A: one}
      - run: echo $A > /tmp/first
      - env: {A: two, B: '${{ env.A }}'}
      - build-env: {C: three, D: null}
      - workdir: /srv
      - workdir: app
      - user: app
      - shell: [/bin/sh, -uc]
      - run: echo $A $B $C > /tmp/second; pwd >> /tmp/second; id -un >> /tmp/second; echo $NOPE || true
        exit-codes: [1, 2]
      - label: {a: b}
      - expose: [80]
      - volume: [/v]
      - cmd: run it
      - entrypoint: [/e]
      - healthcheck: none
      - stop-signal: '9'
      - author: you
"#,
        )
        .run();
    let image = out.image();
    let files = image.rootfs();
    assert_eq!(files.read("/tmp/first"), "one\n");
    assert_eq!(files.read("/tmp/second"), "two one three\n/srv/app\napp\n");
    assert_eq!(
        files.entry("/srv/app").uid,
        0,
        "made before the user is set"
    );
    let setting = |key| image.setting(key).to_string();
    assert!(setting("Env").ends_with(r#""A=two","B=one"]"#));
    assert_eq!(setting("Cmd"), r#"["/bin/sh","-uc","run it"]"#);
    assert_eq!(setting("Healthcheck"), r#"{"Test":["NONE"]}"#);
    assert_eq!(setting("StopSignal"), r#""9""#);
    assert_eq!(image.config["author"], "you");
    let history = image.history();
    let prefixed = |line: &String| line.starts_with("RUN |2 C=three D= /bin/sh -uc echo $A");
    assert!(history.iter().any(prefixed), "{history:#?}");
}

#[test]
fn an_entrypoint_clears_an_inherited_command() {
    let live = Live::new("entrypoint");
    let text = r"
stages:
  base:
    from: scratch
    steps:
      - {file: /f, content: ''}
    image: {cmd: [inherited]}
  app:
    from: base
    image: {entrypoint: [/e]}
  both:
    from: base
    image: {entrypoint: [/e], cmd: [own]}
";
    let image = live.yaml(text).arg("--target=app").run().image();
    assert_eq!(image.setting("Entrypoint").to_string(), r#"["/e"]"#);
    assert!(image.setting("Cmd").is_null());
    let image = live.yaml(text).run().image();
    assert_eq!(image.setting("Cmd").to_string(), r#"["own"]"#);
}

#[test]
fn a_directory_of_workdir_belongs_to_the_user_beside_it() {
    let live = Live::new("workdir");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    user: app
    workdir: /srv/app
    steps:
      - run: touch mine
",
        )
        .run();
    assert_eq!(
        out.rootfs().listing("/srv"),
        "755 1000:1000 app/\n644 1000:1000 app/mine"
    );
}

#[test]
fn the_time_of_an_epoch_is_in_config_and_history() {
    let live = Live::new("epoch");
    let text = r"
stages:
  app:
    from: scratch
    workdir: /srv
    steps:
      - file: f
        content: x
    image: {cmd: [x]}
";
    let build = live.yaml(text).env("SOURCE_DATE_EPOCH", "1700000000");
    // The exporter is not to help.
    let image = build.oci("source-date-epoch=").run().image();
    let time = "2023-11-14T22:13:20Z";
    assert_eq!(image.config["created"], time);
    let history = image.config["history"].as_array().expect("a history");
    assert_eq!(history.len(), 3, "{history:?}");
    for entry in history {
        assert_eq!(entry["created"], time, "{entry}");
        assert_eq!(entry["comment"], "buildkit.dockerfile.v0");
    }
}

#[test]
fn a_user_has_the_groups_that_the_image_says() {
    let live = Live::new("user-groups");
    let users = [
        ("", "uid=0(root) gid=0(root) groups=0(root)"),
        ("root", "uid=0(root) gid=0(root) groups=0(root)"),
        (
            "who",
            "uid=1001(who) gid=1001(who) groups=1001(who),1002(more)",
        ),
        (
            "1001",
            "uid=1001(who) gid=1001(who) groups=1001(who),1002(more)",
        ),
        ("who:who", "uid=1001(who) gid=1001(who) groups=1001(who)"),
        (
            "1001:more",
            "uid=1001(who) gid=1002(more) groups=1002(more)",
        ),
        ("who:1002", "uid=1001(who) gid=1002(more) groups=1002(more)"),
        ("1042:1043", "uid=1042 gid=1043 groups=1043"),
        ("1234", "uid=1234 gid=0(root) groups=0(root)"),
    ];
    let mut file = "stages:
  base:
    from: busybox
    steps:
      - run: |
          mkdir -m 0777 /out
          echo 'who:x:1001:1001::/:/bin/sh' >> /etc/passwd
          printf 'who:x:1001:\\nmore:x:1002:who\\n' >> /etc/group
"
    .to_owned();
    for (number, (user, _)) in users.iter().enumerate() {
        file += &format!("      - run: id > /out/{number}\n");
        if !user.is_empty() {
            file += &format!("        user: '{user}'\n");
        }
    }
    file += "  app: {from: base, user: daemon, steps: [run: id -un > /out/last]}\n";
    let image = live.yaml(&file).run().image();
    let files = image.rootfs();
    for (number, (user, expected)) in users.iter().enumerate() {
        let seen = files.read(&format!("/out/{number}"));
        assert_eq!(seen.trim_end(), *expected, "user `{user}`");
    }
    assert_eq!(files.read("/out/last"), "daemon\n");
    assert_eq!(image.setting("User"), "daemon");
}
