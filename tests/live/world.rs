//! The world and the harness themselves, through the daemon's built-in Dockerfile frontend.

use std::time::Duration;

use windlass_tests::{GitDaemon, HttpServer, Kind, Live, Reply, SshAgent};

#[test]
fn a_build_is_exported_and_its_files_config_and_history_are_read_back() {
    let live = Live::without_frontend("export");
    let out = live
        .build()
        .file(
            "Dockerfile",
            "FROM busybox\nCOPY --chown=app --chmod=640 a /d/a\nENV X=1\nCMD [\"a\"]",
        )
        .file("a", "text")
        .run();
    let image = out.success().image();
    assert_eq!(image.platform, "linux/amd64");
    assert_eq!(image.setting("Cmd").to_string(), r#"["a"]"#);
    assert_eq!(
        image.history().last().map(String::as_str),
        Some(r#"CMD ["a"] (empty)"#)
    );
    let files = image.rootfs();
    assert_eq!(files.listing("/d"), "640 1000:1000 a");
    assert_eq!(files.read("/d/a"), "text");
    assert_eq!(
        files.entry("/bin/sh").kind,
        Kind::Symlink("/bin/busybox".into())
    );
    assert_eq!(
        image.layer(image.layers().len() - 1).paths("/"),
        ["/d", "/d/a"]
    );
}

#[test]
fn two_platforms_run_their_own_programs() {
    let live = Live::without_frontend("platforms");
    let out = live
        .build()
        .file("Dockerfile", "FROM alpine\nRUN uname -m > /machine")
        .arg("--platform=linux/amd64,linux/arm64")
        .run();
    let layout = out.success().layout();
    assert_eq!(
        layout.platform("linux/amd64").rootfs().read("/machine"),
        "x86_64\n"
    );
    assert_eq!(
        layout.platform("linux/arm64").rootfs().read("/machine"),
        "aarch64\n"
    );
    assert_eq!(layout.attestations.len(), 2, "provenance, as users get it");
}

#[test]
fn steps_show_what_ran_and_what_was_cached() {
    let live = Live::without_frontend("steps");
    let stamp = live.dir().display().to_string();
    let build = live
        .build()
        .file("Dockerfile", format!("FROM busybox\nRUN echo out {stamp}"));
    let first = build.run();
    first.success().not_cached("RUN echo out");
    assert_eq!(first.step("RUN echo out").lines[0], format!("out {stamp}"));
    build.run().success().cached("RUN echo out");
    build.run().stderr_lacks("never said");
}

#[test]
fn a_failure_is_seen_as_a_person_sees_it() {
    let live = Live::without_frontend("failure");
    let out = live
        .build()
        .file("Dockerfile", "FROM busybox\nRUN exit 3\n")
        .run();
    out.failure().stderr_contains("exit code: 3");
    assert!(
        out.error().contains("   2 | >>> RUN exit 3"),
        "{}",
        out.error()
    );
}

#[test]
fn an_empty_builder_has_nothing_cached_and_is_gone_afterwards() {
    let live = Live::without_frontend("empty");
    let build = "FROM busybox\nRUN echo once";
    live.build().file("Dockerfile", build).run().success();
    let empty = live.empty_builder();
    empty
        .build()
        .file("Dockerfile", build)
        .run()
        .success()
        .not_cached("RUN echo once");
    let address = format!("{:?}", empty.buildctl());
    drop(empty);
    let socket = address
        .split("unix://")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    assert!(!std::path::Path::new(socket.expect("an address")).exists());
}

#[test]
fn a_pushed_image_is_in_the_registry() {
    let live = Live::without_frontend("push");
    let name = live.repository();
    let out = live
        .build()
        .file("Dockerfile", "FROM busybox\nRUN touch /pushed")
        .arg(format!("--tag={name}:1"))
        .arg("--push")
        .run();
    out.success();
    let repository = name.split_once('/').expect("host/name").1;
    let index = live
        .registry()
        .manifest(repository, "1")
        .expect("the index");
    assert!(String::from_utf8_lossy(&index).contains("\"manifests\""));
}

#[test]
fn files_come_from_a_server_that_behaves_as_told() {
    let live = Live::without_frontend("http");
    let server = HttpServer::start();
    server.on(
        "/good",
        Reply::Slow(
            Duration::from_millis(50),
            Box::new(Reply::Body(b"hi".into())),
        ),
    );
    let good = format!("FROM scratch\nADD {} /f", server.url("/good"));
    assert_eq!(
        live.build()
            .file("Dockerfile", good)
            .run()
            .rootfs()
            .read("/f"),
        "hi"
    );
    let bad = format!("FROM scratch\nADD {} /f", server.url("/bad"));
    live.build()
        .file("Dockerfile", bad)
        .run()
        .failure()
        .stderr_contains("404");
    assert!(server.requests().contains(&"GET /good".to_owned()));
}

#[test]
fn a_git_daemon_ends_with_its_test() {
    let live = Live::without_frontend("git-daemon");
    let daemon = GitDaemon::start(live.dir());
    let dir = live.dir().display().to_string();
    assert!(live.process_running(&dir), "it serves");
    drop(daemon);
    // What answers its last client may need a moment.
    for _ in 0..500 {
        if !live.process_running(&dir) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it still serves");
}

#[test]
fn a_step_talks_to_the_agent() {
    let live = Live::without_frontend("agent");
    let agent = SshAgent::start("world");
    let out = live
        .build()
        .file(
            "Dockerfile",
            "FROM busybox\nRUN --mount=type=ssh test -S $SSH_AUTH_SOCK",
        )
        .arg(format!("--ssh=default={}", agent.socket().display()))
        .run();
    out.success();
    assert!(agent.public_key().ends_with(" world"));
}

#[test]
fn a_client_that_is_gone_leaves_nothing_running() {
    let live = Live::without_frontend("gone");
    let running = live
        .build()
        .file(
            "Dockerfile",
            "FROM busybox\nRUN echo be''gun && sleep 7654321",
        )
        .spawn();
    running.wait_for("begun");
    assert!(live.process_running("7654321"));
    running.kill();
    for _ in 0..500 {
        if !live.process_running("7654321") {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the step still runs");
}
