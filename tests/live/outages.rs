//! The world fails: registries, images, clients.

use std::net::TcpListener;
use std::time::Duration;

use windlass_tests::{HttpServer, Live, Reply, SYNTAX};

/// Builds two stages, the second from `image`, and returns the error with the image as `IMAGE`.
#[track_caller]
fn failed_base(live: &Live, image: &str, args: &[&str], limit: Duration) -> String {
    let file = format!(
        "{SYNTAX}stages:
  deps:
    from: busybox
  app:
    from: {image}
    steps:
      - {{copy: /etc/passwd, from: deps}}
"
    );
    let out = live.build().file("build.yaml", file).args(args).run();
    out.failure().within(limit);
    let host = image.split('/').next().unwrap_or(image);
    let error = out.error().replace(image, "IMAGE").replace(host, "HOST");
    error.trim_end().to_owned()
}

#[test]
fn an_image_that_does_not_exist() {
    let live = Live::new("no-image");
    let image = format!("{}/nothing/here:1", live.registry().host());
    let error = failed_base(&live, &image, &[], Duration::from_secs(10));
    assert_eq!(error, "\
------
 > [internal] load metadata for IMAGE:
------
build.yaml:6
--------------------
   4 |         from: busybox
   5 |       app:
   6 | >>>     from: IMAGE
   7 |         steps:
   8 |           - {copy: /etc/passwd, from: deps}
--------------------
ERROR: failed to build: failed to solve: build.yaml:6:11: stage `app`: image `IMAGE` cannot be resolved: IMAGE: not found");
}

#[test]
fn a_registry_that_is_down() {
    let live = Live::new("down");
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port();
    let image = format!("127.0.0.1:{port}/x:1");
    let error = failed_base(&live, &image, &[], Duration::from_secs(10));
    assert_eq!(error, "\
------
 > [internal] load metadata for IMAGE:
------
build.yaml:6
--------------------
   4 |         from: busybox
   5 |       app:
   6 | >>>     from: IMAGE
   7 |         steps:
   8 |           - {copy: /etc/passwd, from: deps}
--------------------
ERROR: failed to build: failed to solve: build.yaml:6:11: stage `app`: image `IMAGE` cannot be resolved: failed to do request: Head \"http://HOST/v2/x/manifests/1\": dial tcp HOST: connect: connection refused");
}

#[test]
fn a_registry_that_fails() {
    let live = Live::new("fails");
    let server = HttpServer::start();
    server.on("*", Reply::Status(500));
    let image = format!("{}/x:1", server.host());
    let error = failed_base(&live, &image, &[], Duration::from_secs(60));
    assert_eq!(error, "\
------
 > [internal] load metadata for IMAGE:
------
build.yaml:6
--------------------
   4 |         from: busybox
   5 |       app:
   6 | >>>     from: IMAGE
   7 |         steps:
   8 |           - {copy: /etc/passwd, from: deps}
--------------------
ERROR: failed to build: failed to solve: build.yaml:6:11: stage `app`: image `IMAGE` cannot be resolved: unexpected status from HEAD request to http://HOST/v2/x/manifests/1: 500 Told");
}

#[test]
fn a_registry_that_is_slow() {
    let live = Live::new("slow");
    let server = HttpServer::start();
    let slow = Reply::Slow(Duration::from_millis(1500), Box::new(Reply::Status(404)));
    server.on("*", slow);
    let image = format!("{}/x:1", server.host());
    let error = failed_base(&live, &image, &[], Duration::from_secs(30));
    assert_eq!(error, "\
------
 > [internal] load metadata for IMAGE:
------
build.yaml:6
--------------------
   4 |         from: busybox
   5 |       app:
   6 | >>>     from: IMAGE
   7 |         steps:
   8 |           - {copy: /etc/passwd, from: deps}
--------------------
ERROR: failed to build: failed to solve: build.yaml:6:11: stage `app`: image `IMAGE` cannot be resolved: IMAGE: not found");
}

#[test]
fn an_image_without_the_platform() {
    let live = Live::new("no-platform");
    let error = failed_base(
        &live,
        "busybox",
        &["--platform=linux/riscv64"],
        Duration::from_secs(10),
    );
    assert_eq!(error, "\
------
 > [internal] load metadata for docker.io/library/IMAGE:latest:
------
build.yaml:4
--------------------
   2 |     stages:
   3 |       deps:
   4 | >>>     from: IMAGE
   5 |       app:
   6 |         from: IMAGE
--------------------
ERROR: failed to build: failed to solve: build.yaml:4:11: stage `deps`: image `docker.io/library/IMAGE:latest` is not made for `linux/riscv64`: no match for platform in manifest: not found");
}

#[test]
fn an_image_that_a_copy_names() {
    let live = Live::new("copied-image");
    let image = format!("{}/nothing/here:1", live.registry().host());
    let file = format!(
        "{SYNTAX}stages:
  app:
    from: scratch
    steps:
      - copy: /x
        from: {image}
"
    );
    let out = live.build().file("build.yaml", file).run();
    let error = out.failure().error().replace(&image, "IMAGE");
    assert_eq!(error.trim_end(), "\
------
 > [internal] load metadata for IMAGE:
------
build.yaml:7
--------------------
   5 |         steps:
   6 |           - copy: /x
   7 | >>>         from: IMAGE
   8 |     
--------------------
ERROR: failed to build: failed to solve: build.yaml:7:15: stage `app`: image `IMAGE` cannot be resolved: IMAGE: not found");
}

const SLEEPING: &str = "stages:
  app:
    from: busybox
    steps:
      - run: echo be''gun && sleep NUMBER
";

#[track_caller]
fn is_gone(live: &Live, number: &str) {
    for _ in 0..1000 {
        if !live.process_running(number) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the step still runs");
}

#[test]
fn a_client_that_is_gone_leaves_nothing_running_and_the_next_build_works() {
    let live = Live::new("gone");
    let file = format!("{SYNTAX}{}", SLEEPING.replace("NUMBER", "7654322"));
    let running = live.build().file("build.yaml", file).spawn();
    running.wait_for("begun");
    assert!(live.process_running("7654322"));
    running.kill();
    is_gone(&live, "7654322");
    let file = format!("{SYNTAX}{}", SLEEPING.replace("NUMBER", "0"));
    live.build().file("build.yaml", file).run().success();
}

#[test]
fn an_interrupted_build_leaves_nothing_running() {
    let live = Live::new("interrupted");
    let file = format!("{SYNTAX}{}", SLEEPING.replace("NUMBER", "7654323"));
    let running = live.build().file("build.yaml", file).spawn();
    running.wait_for("begun");
    running.interrupt();
    let out = running.wait();
    out.failure().stderr_contains("CANCELED");
    is_gone(&live, "7654323");
}

#[test]
fn a_client_that_is_gone_while_images_are_looked_up_leaves_no_frontend() {
    let live = Live::new("gone-early");
    let server = HttpServer::start();
    server.on("*", Reply::Silence);
    let image = format!("{}/x:1", server.host());
    let file = format!("{SYNTAX}stages: {{app: {{from: '{image}'}}}}\n");
    let running = live.build().file("build.yaml", file).spawn();
    running.wait_for("load metadata for");
    running.kill();
    for _ in 0..1000 {
        if !live.process_running("/frontend") {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("the frontend still runs");
}
