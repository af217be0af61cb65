//! Daemons in a Kubernetes cluster: what buildx makes there of the commands of `docs/remote.md`, and
//! builds through its driver.
//!
//! There is no cluster: `tools/cluster` answers as an API server, and daemons of this machine stand in
//! for those of its pods.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use windlass_tests::{EmptyBuilder, Live, SYNTAX, Variant};

const TOOL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/cluster");
const PAGE: &str = include_str!("../../docs/remote.md");

/// The page's `buildkitd.toml`, as buildx writes it again.
const CONFIG: &str = "[registry]
[registry.'docker.io']
mirrors = ['mirror.builds.svc:5000']

[worker]
[worker.oci]
maxUsedSpace = '40GB'
reservedSpace = '10GB'
";

struct Cluster<'a> {
    live: &'a Live,
    dir: PathBuf,
    server: Child,
}

impl<'a> Cluster<'a> {
    /// Starts the API server; pods of a platform are the daemon beside it.
    fn start(live: &'a Live, daemons: &[(&str, &EmptyBuilder<'_>)]) -> Cluster<'a> {
        let dir = live.dir().join("cluster");
        std::fs::create_dir_all(&dir).expect("a directory");
        let program = dir.join("cluster");
        let mut go = Command::new("go");
        go.args(["build", "-o"]).arg(&program).arg(".");
        go.current_dir(TOOL).env("CGO_ENABLED", "0");
        assert!(go.status().expect("go runs").success(), "no API server");
        let mut server = Command::new(&program);
        server.arg(&dir).stdin(Stdio::null());
        server.env("BUILDCTL", live.buildctl().get_program());
        for (platform, daemon) in daemons {
            server.arg(format!("{platform}={}", daemon.address()));
        }
        let server = server.spawn().expect("the API server starts");
        let cluster = Cluster { live, dir, server };
        let start = Instant::now();
        while !cluster.config().exists() {
            assert!(start.elapsed() < Duration::from_secs(30), "no API server");
            std::thread::sleep(Duration::from_millis(20));
        }
        let toml = blocks("toml").remove(0);
        std::fs::write(cluster.dir.join("buildkitd.toml"), toml).expect("a file");
        cluster
    }

    fn config(&self) -> PathBuf {
        self.dir.join("kubeconfig")
    }

    /// Runs one of the page's commands, for a builder of this test.
    #[track_caller]
    fn run(&self, line: &str) {
        let line = line.replace("--name cluster", &format!("--name {}", self.builder()));
        let mut buildx = self.live.buildx();
        buildx.args(line.split_whitespace().skip(2));
        buildx
            .current_dir(&self.dir)
            .env("KUBECONFIG", self.config());
        let out = buildx.output().expect("buildx runs");
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{line}: {said}");
    }

    fn builder(&self) -> String {
        format!("cluster-{}", self.live.unique())
    }

    /// Reads an object that was made.
    #[track_caller]
    fn object(&self, name: &str) -> Value {
        let file = self.dir.join(format!("{name}.json"));
        let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        serde_json::from_slice(&text).expect("JSON")
    }

    fn made(&self, name: &str) -> bool {
        Path::new(&self.dir.join(format!("{name}.json"))).exists()
    }
}

impl Drop for Cluster<'_> {
    fn drop(&mut self) {
        let mut remove = self.live.buildx();
        remove.args(["rm", "--force", &self.builder()]);
        let _ = remove.env("KUBECONFIG", self.config()).output();
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Returns the page's fenced blocks of a language below `## Kubernetes`.
fn blocks(language: &str) -> Vec<String> {
    let (_, section) = PAGE.split_once("## Kubernetes").expect("a section");
    let fence = format!("```{language}\n");
    let blocks = section.split(&fence).skip(1);
    let blocks = blocks.filter_map(|rest| rest.split_once("```"));
    blocks.map(|(block, _)| block.to_owned()).collect()
}

/// Returns the commands of the page, each on one line.
fn commands() -> Vec<String> {
    let text = blocks("console").concat().replace("\\\n", " ");
    let lines = text.lines().filter_map(|line| line.strip_prefix("$ "));
    lines.map(str::to_owned).collect()
}

fn node<'a>(live: &'a Live, platform: &'static str) -> EmptyBuilder<'a> {
    live.builder(Variant {
        platform: Some(platform),
        ..Variant::default()
    })
}

#[test]
fn the_daemons_of_a_cluster_build_one_image() {
    let live = Live::new("cluster");
    let (amd, arm) = (node(&live, "linux/amd64"), node(&live, "linux/arm64"));
    let cluster = Cluster::start(&live, &[("linux/amd64", &amd), ("linux/arm64", &arm)]);
    let commands = commands();
    let [amd_node, arm_node, build] = &commands[..] else {
        panic!("three commands: {commands:?}");
    };
    assert!(build.starts_with("docker buildx build --builder cluster"));
    cluster.run(amd_node);
    cluster.run(arm_node);
    let image = live.repository();
    let text = format!(
        "{SYNTAX}stages: {{a: {{from: alpine, steps: [{{run: uname -m > /machine && echo {}}}]}}}}\n",
        live.unique()
    );
    let both = "--platform=linux/amd64,linux/arm64";
    let out = live
        .build_on(&cluster.builder())
        .file("build.yaml", text)
        .env("KUBECONFIG", &cluster.config().display().to_string())
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
    what_was_made(&cluster);
}

/// The objects are what the page's options say.
fn what_was_made(cluster: &Cluster<'_>) {
    for (node, replicas) in [("amd", 2), ("arm", 1)] {
        let made = cluster.object(&format!("deployments-{node}"));
        assert_eq!(made["metadata"]["namespace"], "builds");
        assert_eq!(made["spec"]["replicas"], replicas);
        let pod = &made["spec"]["template"]["spec"];
        let arch = &pod["nodeSelector"]["kubernetes.io/arch"];
        assert_eq!(arch, &format!("{node}64"));
        let daemon = &pod["containers"][0];
        assert_eq!(daemon["image"], "moby/buildkit:v0.32.2");
        let wanted = r#"{"limits":{"memory":"8Gi"},"requests":{"cpu":"2","memory":"4Gi"}}"#;
        assert_eq!(daemon["resources"].to_string(), wanted);
        assert_eq!(daemon["volumeMounts"][0]["mountPath"], "/etc/buildkit");
        let config = cluster.object(&format!("configmaps-{node}-config"));
        assert_eq!(config["data"]["buildkitd.toml"], CONFIG);
    }
}

/// As buildx 0.36 has it: the page warns of it.
#[test]
fn a_persistent_volume_takes_the_place_of_the_configuration() {
    let live = Live::without_frontend("volume");
    let cluster = Cluster::start(&live, &[]);
    let with_volume = commands()[0].replace(
        "loadbalance=sticky",
        "persistent-volume-claim.requests.storage=50Gi",
    );
    cluster.run(&(with_volume + " --bootstrap"));
    assert!(!cluster.made("deployments-amd"));
    let made = cluster.object("statefulsets-amd");
    let mounts = &made["spec"]["template"]["spec"]["containers"][0]["volumeMounts"];
    let only = r#"[{"mountPath":"/var/lib/buildkit","name":"buildkitd"}]"#;
    assert_eq!(mounts.to_string(), only);
    assert!(cluster.made("configmaps-amd-config"));
}
