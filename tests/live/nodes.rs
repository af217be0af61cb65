//! More than one machine: builders of two nodes, a cache in a registry, a daemon behind mTLS.
//!
//! The commands are those of `docs/remote.md`.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use windlass_tests::{Build, EmptyBuilder, Live, SYNTAX, Variant};

const FILE: &str = "\
stages:
  app:
    from: alpine
    steps:
      - run: uname -m > /machine && echo UNIQUE
";

fn node<'a>(live: &'a Live, platform: &'static str) -> EmptyBuilder<'a> {
    live.builder(Variant {
        platform: Some(platform),
        ..Variant::default()
    })
}

#[track_caller]
fn buildx(live: &Live, args: &[&str]) {
    let out = live.buildx().args(args).output().expect("buildx runs");
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{args:?}: {said}");
}

/// A builder with a node for each platform.
fn two_nodes<'a>(live: &'a Live, name: &str) -> [EmptyBuilder<'a>; 2] {
    let nodes = [node(live, "linux/amd64"), node(live, "linux/arm64")];
    let remote = ["create", "--driver=remote", "--name", name];
    for (node, platform) in nodes.iter().zip(["linux/amd64", "linux/arm64"]) {
        let (platform, address) = (format!("--platform={platform}"), node.address());
        let append: &[&str] = if platform.ends_with("arm64") {
            &["--append"]
        } else {
            &[]
        };
        buildx(
            live,
            &[&remote[..], append, &[&platform, &address]].concat(),
        );
    }
    nodes
}

fn yaml<'a>(live: &'a Live, builder: &str) -> Build<'a> {
    let file = FILE.replace("UNIQUE", live.unique());
    live.build_on(builder)
        .file("build.yaml", format!("{SYNTAX}{file}"))
}

#[test]
fn two_nodes_make_one_image_and_share_a_cache_in_the_registry() {
    let live = Live::new("nodes");
    let (image, cache) = (live.repository(), format!("{}-cache", live.repository()));
    let name = format!("two-{}", live.unique());
    let nodes = two_nodes(&live, &name);
    let both = "--platform=linux/amd64,linux/arm64";
    let out = yaml(&live, &name)
        .args([both, "--push", &format!("--tag={image}:1")])
        .run();
    out.success();
    let pulled = live
        .yaml(&format!(
            "stages: {{a: {{from: scratch, steps: [{{copy: /machine, from: '{image}:1'}}]}}}}\n"
        ))
        .arg(both)
        .run();
    let layout = pulled.success().layout();
    for (platform, machine) in [("linux/amd64", "x86_64\n"), ("linux/arm64", "aarch64\n")] {
        assert_eq!(layout.platform(platform).rootfs().read("/machine"), machine);
    }

    for platform in ["amd64", "arm64"] {
        let to = format!("--cache-to=type=registry,ref={cache}:{platform},mode=max");
        let platform = format!("--platform=linux/{platform}");
        yaml(&live, &name).args([&platform, &to]).run().success();
    }
    buildx(&live, &["rm", "--force", &name]);
    drop(nodes);

    let fresh = format!("fresh-{}", live.unique());
    let nodes = two_nodes(&live, &fresh);
    let out = yaml(&live, &fresh)
        .args(["amd64", "arm64"].map(|it| format!("--cache-from=type=registry,ref={cache}:{it}")))
        .args([both, "--push", &format!("--tag={image}:2")])
        .run();
    for platform in ["linux/amd64", "linux/arm64"] {
        out.success().cached(&format!("[{platform} app 2/2] RUN"));
    }
    buildx(&live, &["rm", "--force", &fresh]);
    drop(nodes);
}

/// Runs openssl in a directory.
#[track_caller]
fn openssl(dir: &Path, args: &str) {
    let mut openssl = Command::new("openssl");
    let out = openssl
        .args(args.split_whitespace())
        .current_dir(dir)
        .output();
    let out = out.expect("openssl runs");
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}

/// A certificate authority, and a certificate of it for the daemon and one for clients.
fn certificates(dir: &Path) {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 7";
    openssl(
        dir,
        &format!("req -x509 {key} -subj /CN=ca -keyout ca-key.pem -out ca.pem"),
    );
    for (name, more) in [
        ("daemon", "-addext subjectAltName=IP:127.0.0.1"),
        ("client", "-addext extendedKeyUsage=clientAuth"),
    ] {
        let files = format!("-keyout {name}-key.pem -out {name}.pem -CA ca.pem -CAkey ca-key.pem");
        openssl(
            dir,
            &format!("req -x509 {key} -subj /CN={name} {more} {files}"),
        );
    }
}

#[test]
fn a_daemon_behind_mutual_tls_builds_for_those_with_a_certificate_only() {
    let live = Live::new("mtls");
    let dir = live.dir();
    certificates(dir);
    let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    let address = format!("tcp://127.0.0.1:{}", port.expect("a port").port());
    let file = |name: &str| dir.join(name).display().to_string();
    let args = ["--addr", &address, "--tlscacert", &file("ca.pem")];
    let pair = [
        "--tlscert",
        &file("daemon.pem"),
        "--tlskey",
        &file("daemon-key.pem"),
    ];
    let daemon = live.builder(Variant {
        args: [args, pair]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        ..Variant::default()
    });

    let name = format!("mtls-{}", live.unique());
    let opt = format!(
        "--driver-opt=cacert={},cert={},key={}",
        file("ca.pem"),
        file("client.pem"),
        file("client-key.pem")
    );
    buildx(
        &live,
        &["create", "--driver=remote", "--name", &name, &opt, &address],
    );
    let out = yaml(&live, &name).run();
    assert_eq!(out.rootfs().read("/machine"), "x86_64\n");

    let stranger = format!("stranger-{}", live.unique());
    let opt = format!("--driver-opt=cacert={}", file("ca.pem"));
    buildx(
        &live,
        &[
            "create",
            "--driver=remote",
            "--name",
            &stranger,
            &opt,
            &address,
        ],
    );
    let out = yaml(&live, &stranger).run();
    out.failure().stderr_contains("context deadline exceeded");
    for name in [&name, &stranger] {
        let _ = live.buildx().args(["rm", "--force", name]).output();
    }
    drop(daemon);
}
