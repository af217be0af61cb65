//! Every example, built. Their base images are stand-ins with the tools as small scripts
//! (`tests/images`); everything else is as a reader of the example has it.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use windlass_tests::{Build, Image, Live, OciLayout, Outcome, SshAgent};

const BOTH: &str = "--platform=linux/amd64,linux/arm64";

/// Describes the build of `examples/NAME`.
fn example<'a>(live: &'a Live, name: &str) -> Build<'a> {
    for image in ["node-alpine", "dotnet", "slim-tools", "distroless", "trivy"] {
        live.image(image);
    }
    live.build()
        .directory(&format!("examples/{name}"))
        .named_file("build.yaml")
}

#[track_caller]
fn check(image: &Image, key: &str, expected: &str) {
    assert_eq!(image.setting(key).to_string(), expected, "{key}");
}

#[track_caller]
fn on_both(out: &Outcome, check: impl Fn(&Image)) {
    let layout: OciLayout = out.layout();
    assert_eq!(layout.images.len(), 2);
    for platform in ["linux/amd64", "linux/arm64"] {
        check(layout.platform(platform));
    }
}

#[test]
fn hello_greets_who_it_is_told_to() {
    let live = Live::new("example-hello");
    let image = example(&live, "hello").run().image();
    assert_eq!(image.rootfs().read("/srv/greeting.txt"), "Hello, world!\n");
    check(&image, "User", r#""nobody""#);
    check(&image, "Cmd", r#"["cat","/srv/greeting.txt"]"#);
    let named = example(&live, "hello").arg("--build-arg=NAME=Windlass");
    assert_eq!(
        named.run().rootfs().read("/srv/greeting.txt"),
        "Hello, Windlass!\n"
    );
}

#[test]
fn multi_platform_makes_a_program_for_each_and_the_pages_once() {
    let live = Live::new("example-multi");
    let agent = SshAgent::start("example");
    let build = example(&live, "multi-platform");
    let key = build.beside("site.key");
    std::fs::write(&key, "the key of the site").expect("a key");
    let out = build
        .arg(BOTH)
        .arg(format!("--secret=id=site_key,src={}", key.display()))
        .arg(format!("--ssh=default={}", agent.socket().display()))
        .run();
    let layout = out.layout();
    for (platform, made_for) in [
        ("linux/amd64", "made for linux/amd64 (x86-64-v2)"),
        ("linux/arm64", "made for linux/arm64 (cortex-a72)"),
    ] {
        let image = layout.platform(platform);
        let files = image.rootfs();
        assert!(files.read("/srv/show").contains(made_for));
        assert!(files.read("/srv/pages/about.html").contains("<footer>1.0"));
        assert_eq!(files.read("/srv/pages/pages.sig").trim_end().len(), 64);
        assert_eq!(files.containing("the key of the site"), [""; 0]);
        check(image, "User", r#""nobody""#);
    }
    // Once, not once a platform.
    out.step("render pages theme out");
}

#[test]
fn node_three_stages_has_production_dependencies_and_the_bundle() {
    let live = Live::new("example-node3");
    let out = example(&live, "node-three-stages").arg(BOTH).run();
    on_both(&out, |image| {
        let files = image.rootfs();
        assert_eq!(
            files.read("/app/node_modules/.package-lock.json"),
            "installed --omit=dev\n"
        );
        assert!(files.read("/app/dist/server.js").contains("no orders yet"));
        assert!(files.has("/app/package.json") && !files.has("/app/src"));
        assert!(!files.has("/root/.npm"), "the cache leaves nothing");
        check(image, "User", r#""node""#);
        check(image, "ExposedPorts", r#"{"3000/tcp":{}}"#);
        check(image, "Cmd", r#"["node","dist/server.js"]"#);
    });
}

#[test]
fn node_secure_owns_its_files_and_keeps_the_token_out() {
    let live = Live::new("example-secure");
    let token = "token-3f9a";
    let out = example(&live, "node-secure")
        .arg("--secret=id=npm_token,env=NPM_TOKEN")
        .env("NPM_TOKEN", token)
        .run();
    let image = out.image();
    let files = image.rootfs();
    let owner = files.entry("/app/server.js");
    assert_eq!((owner.uid, owner.gid), (1001, 1001));
    assert!(files.has("/app/node_modules"));
    assert!(
        !files.has("/app/.npmrc"),
        "no file, and no stub of the mount"
    );
    assert_eq!(files.containing(token), [""; 0]);
    out.stderr_lacks(token);
    check(&image, "User", r#""nextjs""#);
    // The token is not required.
    example(&live, "node-secure").run().success();
}

#[test]
fn cache_mounts_are_in_no_layer() {
    let live = Live::new("example-caches");
    let image = example(&live, "cache-mounts").run().image();
    let files = image.rootfs();
    assert!(files.read("/srv/site/index.html").contains("three caches"));
    assert!(files.read("/srv/site.sum").contains("site/index.html"));
    assert!(!files.has("/var/cache/sums") && !files.has("/var/lib/apt/lists/main"));
    assert!(!files.has("/var/cache/apt/archives"));
    assert!(files.read("/var/lib/dpkg/status").contains("Package: git"));
    check(&image, "User", r#""nobody""#);
}

#[test]
fn dotnet_publishes_once_and_runs_as_its_user() {
    let live = Live::new("example-dotnet");
    let out = example(&live, "dotnet").arg(BOTH).run();
    on_both(&out, |image| {
        let files = image.rootfs();
        assert_eq!(
            files.read("/app/Platform.Api.dll"),
            "compiled from Platform.Api\n"
        );
        assert_eq!(files.entry("/app/Platform.Api.dll").uid, 1000);
        assert!(files.read("/lib/apk/db/installed").contains("icu-libs"));
        check(image, "User", r#""appuser""#);
        check(image, "Entrypoint", r#"["dotnet","Platform.Api.dll"]"#);
    });
    // The SDK's stages run on the builder's platform, so once.
    out.step("dotnet restore");
}

#[test]
fn parallel_fan_in_puts_two_chains_together() {
    let live = Live::new("example-fan-in");
    let image = example(&live, "parallel-fan-in").run().image();
    let files = image.rootfs();
    assert!(files.has("/app/wwwroot/index.html"));
    assert!(files.has("/app/Shop.dll") && !files.has("/app/bin"));
    check(&image, "User", r#""app""#);
    check(&image, "Entrypoint", r#"["dotnet","Shop.dll"]"#);
}

#[test]
fn inline_script_and_file_need_no_other_file() {
    let live = Live::new("example-inline");
    let out = example(&live, "inline-script-and-file")
        .arg("--build-arg=ENVIRONMENT=staging")
        .run();
    let files = out.rootfs();
    assert_eq!(
        files.read("/app/config.json"),
        "{\n  \"environment\": \"staging\",\n  \"debug\": false\n}\n"
    );
    assert!(files.read("/app/report/config.sum").contains("config.json"));
    assert_eq!(files.read("/app/report/lines"), "4\n");
    assert!(!files.has("/dev/pipes") && !files.has("/report"));
}

#[test]
fn rust_python_runs_what_was_made_for_the_platform() {
    let live = Live::new("example-rust-python");
    let out = example(&live, "rust-python").arg(BOTH).run();
    let layout = out.layout();
    for (platform, triple) in [
        ("linux/amd64", "x86_64-unknown-linux-musl"),
        ("linux/arm64", "aarch64-unknown-linux-musl"),
    ] {
        let image = layout.platform(platform);
        let files = image.rootfs();
        assert_eq!(
            files.read("/app/bin/engine"),
            format!("engine for {triple}\n")
        );
        assert!(files.has("/opt/venv/bin/uvicorn"));
        assert_eq!(files.entry("/app/cift/api.py").uid, 1000);
        check(image, "User", r#""cift""#);
    }
    assert!(!out.has_step("trivy"), "the scan is not reached");
}

#[test]
fn rust_python_scans_when_asked() {
    let live = Live::new("example-scan");
    let out = example(&live, "rust-python")
        .arg("--target=security-scan")
        .run();
    out.success();
    assert!(out.has_step("trivy filesystem"));
    assert!(!out.has_step("cargo build"));
}

#[test]
fn rust_python_has_an_image_without_a_shell() {
    let live = Live::new("example-distroless");
    let out = example(&live, "rust-python")
        .arg("--target=runtime-distroless")
        .arg(BOTH)
        .run();
    on_both(&out, |image| {
        let files = image.rootfs();
        assert!(!files.has("/bin/sh"));
        assert!(files.has("/app/cift/__pycache__/api.cpython-311.pyc"));
        check(image, "User", r#""65532""#);
        check(
            image,
            "Entrypoint",
            r#"["/usr/bin/python3","-m","uvicorn","cift.api:app"]"#,
        );
    });
}

#[test]
fn poetry_deploys_what_production_needs() {
    let live = Live::new("example-poetry");
    let out = example(&live, "poetry")
        .arg(BOTH)
        .arg("--build-arg=VERSION=1.2.3")
        .run();
    on_both(&out, |image| {
        let files = image.rootfs();
        assert!(files.has("/app/.venv/bin/uvicorn"));
        assert!(!files.has("/app/.venv/bin/pytest") && !files.has("/usr/local/bin/poetry"));
        assert_eq!(files.entry("/app/prism/app.py").uid, 1001);
        assert_eq!(
            image.setting("Labels")["org.opencontainers.image.version"],
            "1.2.3"
        );
        check(image, "User", r#""prism""#);
    });
}

#[test]
fn poetry_tests_and_develops_when_asked() {
    let live = Live::new("example-poetry-targets");
    let tested = example(&live, "poetry").arg("--target=test").run();
    tested.success();
    assert!(tested.has_step("poetry run pytest -q"));
    let image = example(&live, "poetry")
        .arg("--target=development")
        .run()
        .image();
    let files = image.rootfs();
    assert!(files.read("/app/.venv/installed").contains("--with=dev"));
    assert_eq!(files.entry("/app/prism/app.py").uid, 1001);
    check(&image, "User", r#""prism""#);
}

/// Runs `docker buildx bake` on the example; returns the directory in which it ran.
fn bake(live: &Live, args: &[&str]) -> PathBuf {
    let build = example(live, "bake-and-compose");
    let directory = build.in_context("").with_file_name("context");
    let out = live
        .buildx()
        .args(["bake", "--progress=plain"])
        .args(args)
        .current_dir(&directory)
        .env("BUILDX_GIT_INFO", "false")
        .output()
        .expect("bake runs");
    let stderr = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{stderr}");
    directory
}

#[test]
fn bake_and_compose_build_the_same_pages() {
    let live = Live::new("example-bake");
    for files in [
        &["-f", "docker-bake.hcl"][..],
        &["-f", "compose.yaml"],
        &["-f", "compose.yaml", "-f", "docker-bake.hcl"],
    ] {
        let to = "--set=web.output=type=oci,dest=web.tar";
        let args = [files, &["web", to]].concat();
        let image = OciLayout::read(&bake(&live, &args).join("web.tar")).only();
        let files = image.rootfs();
        assert_eq!(files.read("/srv/index.html"), "<h1>The shop</h1>\n");
        assert_eq!(files.entry("/srv").uid, 1000, "it starts from the base");
        check(
            &image,
            "Labels",
            r#"{"org.opencontainers.image.vendor":"The shop"}"#,
        );
    }
    // Its default group also runs the check of the pages.
    bake(&live, &["-f", "docker-bake.hcl"]);
    let both = "--set=*.platform=linux/amd64,linux/arm64";
    let to = "--set=web.output=type=oci,dest=web.tar";
    let made = bake(&live, &["-f", "docker-bake.hcl", both, to, "web"]);
    let layout = OciLayout::read(&made.join("web.tar"));
    for platform in ["linux/amd64", "linux/arm64"] {
        let files = layout.platform(platform).rootfs();
        assert_eq!(files.entry("/srv").uid, 1000, "{platform}");
    }
}

/// Compose hands what it builds to a Docker Engine, or pushes it, as here.
#[test]
fn compose_itself_builds_the_pages() {
    let live = Live::new("example-compose");
    let build = example(&live, "bake-and-compose");
    let directory = build.in_context("").with_file_name("context");
    let image = live.repository();
    let names =
        format!("services: {{base: {{image: '{image}:base'}}, web: {{image: '{image}:web'}}}}\n");
    std::fs::write(directory.join("names.yaml"), names).expect("a file");
    let out = live
        .compose()
        .args(["-f", "compose.yaml", "-f", "names.yaml"])
        .args(["--progress=plain", "build", "--push", "web"])
        .current_dir(&directory)
        .output()
        .expect("Compose runs");
    let stderr = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{stderr}");
    let pulled = live.yaml(&format!("stages: {{a: {{from: '{image}:web'}}}}\n"));
    let image = pulled.run().image();
    let files = image.rootfs();
    assert_eq!(files.read("/srv/index.html"), "<h1>The shop</h1>\n");
    assert_eq!(files.entry("/srv").uid, 1000, "it starts from the base");
    let labels = image.setting("Labels");
    assert_eq!(labels["org.opencontainers.image.vendor"], "The shop");
    assert_eq!(labels["com.docker.compose.service"], "web");
}

#[test]
fn self_is_built_from_this_very_checkout() {
    let live = Live::new("example-self");
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    live.image("slim-tools");
    let out = live
        .build()
        .context(root)
        .named_file(&format!("{root}/examples/self/build.yaml"))
        .arg(BOTH)
        .run();
    let layout = out.layout();
    for (platform, triple) in [
        ("linux/amd64", "x86_64-unknown-linux-musl"),
        ("linux/arm64", "aarch64-unknown-linux-musl"),
    ] {
        let image = layout.platform(platform);
        assert_eq!(image.rootfs().paths("/"), ["/frontend"]);
        assert_eq!(
            image.rootfs().read("/frontend"),
            format!("frontend for {triple}\n")
        );
        let labels = image.setting("Labels");
        assert_eq!(labels["moby.buildkit.frontend.network.none"], "true");
        check(image, "Entrypoint", r#"["/frontend"]"#);
    }
}

#[test]
fn a_definition_of_the_llb_crate_is_piped_into_buildctl() {
    let live = Live::new("example-llb");
    let mut hello = Command::new(env!("CARGO"));
    hello.args(["run", "--quiet", "--package", "buildkit-llb"]);
    hello.args(["--example", "hello"]);
    hello.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let mut hello = hello.stdout(Stdio::piped()).spawn().expect("cargo runs");
    let definition = hello.stdout.take().expect("it was asked for");
    let made = live.dir().join("made");
    let out = live
        .buildctl()
        .args(["build", "--progress=plain"])
        .arg(format!("--output=type=local,dest={}", made.display()))
        .stdin(definition)
        .output()
        .expect("buildctl runs");
    assert!(hello.wait().expect("it ends").success());
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}");
    assert!(said.contains(" say hello\n"), "{said}");
    let hello = std::fs::read_to_string(made.join("hello")).expect("a file");
    assert_eq!(hello, "hello from LLB\n");
}
