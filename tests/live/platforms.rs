//! Images for several platforms.

use std::path::Path;

use windlass_tests::{Build, Live, SYNTAX};

#[test]
fn each_platform_has_its_own_content_and_shares_what_the_builder_made() {
    let live = Live::new("platforms");
    let text = r"
platforms: [linux/amd64, linux/arm64]
stages:
  tools:
    platform: build
    from: alpine
    steps:
      - run: echo UNIQUE on $(uname -m) > /tool
  cross:
    platform: build
    from: tools
    steps:
      - run: echo for ${{ target.arch }} on ${{ build.arch }} > /cross
  base:
    from: alpine
    steps: []
    by-platform:
      linux/arm64:
        steps:
          - file: /arm-steps
            content: ''
  app:
    from: base
    env:
      CPU: {by-platform: {linux/amd64: x86_64, '*/arm64': aarch64}}
    by-platform:
      linux/arm64:
        env: {ONLY: arm}
    steps:
      - run: uname -m > /machine
      - copy: /tool
        from: tools
      - copy: /cross
        from: cross
      - run: echo arm > /when
        when: {target.arch: arm64}
      - run: echo not arm > /when
        when: {not: {target.arch: [arm64, s390x]}}
";
    let out = live
        .yaml(text)
        .arg("--platform=linux/amd64,linux/arm64")
        .run();
    out.stderr_lacks("equested platform");
    let layout = out.layout();
    let (amd, arm) = (
        layout.platform("linux/amd64"),
        layout.platform("linux/arm64"),
    );
    let files = amd.rootfs();
    assert_eq!(files.read("/machine"), "x86_64\n");
    assert_eq!(
        files.read("/tool"),
        format!("{} on x86_64\n", live.unique())
    );
    assert_eq!(files.read("/cross"), "for amd64 on amd64\n");
    assert_eq!(files.read("/when"), "not arm\n");
    assert!(!files.has("/arm-steps"));
    assert!(amd.setting("Env").to_string().contains(r#""CPU=x86_64"]"#));
    let files = arm.rootfs();
    assert_eq!(files.read("/machine"), "aarch64\n");
    assert_eq!(
        files.read("/tool"),
        format!("{} on x86_64\n", live.unique())
    );
    assert_eq!(files.read("/cross"), "for arm64 on amd64\n");
    assert_eq!(files.read("/when"), "arm\n");
    assert!(files.has("/arm-steps"));
    assert!(
        arm.setting("Env")
            .to_string()
            .contains(r#""CPU=aarch64","ONLY=arm"]"#)
    );
    let same = format!("echo {} on", live.unique());
    assert_eq!(
        out.steps()
            .iter()
            .filter(|step| step.name.contains(&same))
            .count(),
        1,
        "the builder's stage runs once:\n{}",
        out.stderr
    );
}

const FOREIGN: &str = r"
platforms: [linux/amd64, linux/arm64]
stages:
  tools:
    platform: build
    from: alpine
    steps:
      - run: uname -m > /tool
  cross:
    from: alpine
    steps:
      - run: uname -m > /machine
      - copy: /tool
        from: tools
      - run: echo ${{ target.platform }} ${{ target.os }} ${{ target.arch }} ${{ build.platform }} > /names
";

#[test]
fn one_foreign_platform_is_emulated() {
    let live = Live::new("foreign");
    let out = live.yaml(FOREIGN).arg("--platform=linux/arm64").run();
    out.stderr_lacks("equested platform");
    let image = out.image();
    assert_eq!(image.platform, "linux/arm64");
    let files = image.rootfs();
    assert_eq!(files.read("/machine"), "aarch64\n");
    assert_eq!(files.read("/tool"), "x86_64\n");
    assert_eq!(
        files.read("/names"),
        "linux/arm64 linux arm64 linux/amd64\n"
    );
}

#[test]
fn without_a_request_the_image_is_for_the_builder() {
    let live = Live::new("own-platform");
    let out = live.yaml(FOREIGN).run();
    assert_eq!(out.image().platform, "linux/amd64");
}

#[test]
fn the_only_platform_of_a_file_is_its_default() {
    let live = Live::new("only-platform");
    let text = "
platforms: [linux/arm64]
stages:
  app:
    from: scratch
    steps:
      - file: /arch
        content: ${{ target.arch }}
";
    let out = live.yaml(text).run();
    assert_eq!(out.image().platform, "linux/arm64");
    assert_eq!(out.rootfs().read("/arch"), "arm64");
}

#[test]
fn a_platform_that_the_file_does_not_support_is_refused() {
    let live = Live::new("no-platform");
    let out = live.yaml(FOREIGN).arg("--platform=linux/s390x").run();
    out.failure()
        .stderr_contains("does not support the platform `linux/s390x`")
        .stderr_contains("linux/amd64")
        .stderr_contains("linux/arm64");
}

#[test]
fn a_platform_that_the_base_image_lacks_is_marked() {
    let live = Live::new("base-platform");
    let out = live
        .yaml("stages:\n  app:\n    from: alpine\n")
        .arg("--platform=linux/s390x")
        .run();
    out.failure()
        .stderr_contains("is not made for `linux/s390x`");
    assert!(
        out.error().contains("   4 | >>>     from: alpine"),
        "{}",
        out.error()
    );
}

#[test]
fn a_stage_may_be_of_one_platform_whatever_the_target() {
    let live = Live::new("literal-platform");
    let out = live
        .yaml(
            r"
stages:
  arm:
    platform: linux/arm64
    from: alpine
    steps:
      - run: uname -m > /machine
  app:
    from: scratch
    steps:
      - copy: /machine
        from: arm
",
        )
        .run();
    assert_eq!(out.image().platform, "linux/amd64");
    assert_eq!(out.rootfs().read("/machine"), "aarch64\n");
}

#[test]
fn an_image_without_files_is_made_for_every_platform() {
    let live = Live::new("empty-platforms");
    let out = live
        .yaml("stages:\n  app:\n    from: scratch\n    image: {cmd: [x]}\n")
        .arg("--platform=linux/amd64,linux/arm64")
        .run();
    let layout = out.layout();
    for platform in ["linux/amd64", "linux/arm64"] {
        let image = layout.platform(platform);
        assert_eq!(image.setting("Cmd").to_string(), r#"["x"]"#);
        assert_eq!(image.layers(), Vec::<String>::new());
    }
}

#[test]
fn an_image_for_windows_has_its_paths_and_the_version_of_its_base() {
    let live = Live::new("windows");
    let name = format!("{}:base", live.repository());
    let base = "
platforms: ['windows(10.0.20348.1)/amd64']
stages:
  base:
    from: scratch
    steps:
      - file: /Files/Windows/marker
        content: base
    image: {user: ContainerUser}
";
    // A builder does not unpack what it made itself, so another one makes it.
    let maker = live.empty_builder();
    let push = maker.build().file("build.yaml", format!("{SYNTAX}{base}"));
    let push = push.args(["--push", &format!("--tag={name}")]);
    push.run().success();
    let app = format!(
        "
stages:
  app:
    from: '{name}'
    env: {{A: b}}
    workdir: 'C:\\app'
    steps:
      - copy: ['one.txt', 'sub\\two.txt']
        to: '.\\data\\'
      - copy: 'C:\\Windows\\marker'
        from: {{image: '{name}'}}
    image: {{cmd: serve.exe}}
"
    );
    let build = |platforms: &str| {
        let build = live
            .yaml(&app)
            .file("one.txt", "1")
            .file("sub/two.txt", "2");
        build.arg(format!("--platform={platforms}")).run()
    };
    let out = build("windows/amd64");
    let layout = out.layout();
    let image = &layout.images[0];
    assert_eq!(image.platform, "windows/amd64");
    assert_eq!(image.config["os.version"], "10.0.20348.1");
    assert_eq!(image.setting("WorkingDir"), "\\app");
    assert_eq!(image.setting("User"), "ContainerUser");
    let env = image.setting("Env").to_string();
    assert_eq!(env, r#"["A=b"]"#, "Windows has a PATH of its own");
    let command = image.setting("Cmd").to_string();
    assert_eq!(command, r#"["cmd","/S","/C","serve.exe"]"#);
    let files = image.rootfs();
    let found = ["data/one.txt", "data/two.txt", "marker"];
    let found = found.map(|path| files.read(&format!("/Files/app/{path}")));
    assert_eq!(found, ["1", "2", "base"]);
    build("windows/amd64,linux/amd64")
        .failure()
        .stderr_contains("is not made for `linux/amd64`");
}

#[test]
fn variants_of_a_platform_are_in_the_config_and_the_index() {
    let live = Live::new("variants");
    let text = "
stages:
  app:
    from: scratch
    steps:
      - file: /variant
        content: ${{ target.arch }} ${{ target.variant }}
";
    let platforms = "linux/arm/v6,linux/arm/v7,linux/amd64/v2,linux/arm64/v8";
    let out = live.yaml(text).arg(format!("--platform={platforms}")).run();
    let images = out.layout().images;
    let images = images.iter().map(|image| {
        let variant = image.rootfs().read("/variant");
        format!("{}: {variant}", image.platform)
    });
    assert_eq!(
        images.collect::<Vec<_>>().join("\n"),
        "linux/arm/v6: arm v6\nlinux/arm/v7: arm v7\nlinux/amd64/v2: amd64 v2\nlinux/arm64: arm64 "
    );
}

#[test]
fn platforms_that_nothing_runs_on_are_made_and_come_out_of_every_exporter() {
    let live = Live::new("foreign-systems");
    let text = "
stages:
  for-linux: {from: scratch, steps: [{copy: foo, to: /forlinux}]}
  for-darwin: {from: scratch, steps: [{copy: bar, to: /fordarwin}]}
  app: {from: 'for-${{ target.os }}'}
";
    let dest = live.dir().join("out.tar");
    let build = live.yaml(text).file("foo", "data").file("bar", "data2");
    let build = build.arg(format!("--output=type=tar,dest={}", dest.display()));
    let platforms = "--platform=linux/amd64,darwin/amd64";
    build.arg(platforms).run().success();
    let mut archive = tar::Archive::new(std::fs::File::open(&dest).expect("an archive"));
    let entries = archive.entries().expect("an archive").map(|entry| {
        let entry = entry.expect("an entry");
        entry.path().expect("a name").display().to_string()
    });
    let mut names: Vec<String> = entries.filter(|name| name.contains("/for")).collect();
    names.sort();
    assert_eq!(names, ["darwin_amd64/fordarwin", "linux_amd64/forlinux"]);
    let text = "
stages:
  app:
    from: scratch
    steps: [{copy: 'arch-${{ target.arch }}', to: /whoami}]
    image: {labels: {target: '${{ target.platform }}'}}
";
    let dest = live.dir().join("out");
    let build = ["amd64", "arm", "s390x"]
        .iter()
        .fold(live.yaml(text), |build, arch| {
            build.file(&format!("arch-{arch}"), format!("i am {arch}"))
        });
    let build = build.arg(format!("--output=type=local,dest={}", dest.display()));
    let platforms = "--platform=windows/amd64,linux/arm,linux/s390x";
    build.arg(platforms).run().success();
    let read = |path: &str| std::fs::read_to_string(dest.join(path)).expect("a file");
    assert_eq!(read("windows_amd64/whoami"), "i am amd64");
    assert_eq!(read("linux_arm_v7/whoami"), "i am arm");
    assert_eq!(read("linux_s390x/whoami"), "i am s390x");
}

/// Builds through the gateway directly, which takes every platform, and returns the directory
/// that is made.
#[track_caller]
fn solved(
    live: &Live,
    build: &Build<'_>,
    options: &[&str],
    image: Option<&str>,
) -> std::path::PathBuf {
    let context = build.in_context("x");
    let context = context.parent().expect("a directory").display().to_string();
    let dest = build.beside("made");
    let mut buildctl = live.buildctl();
    buildctl.args(["build", "--progress=plain", "--frontend=gateway.v0"]);
    buildctl.args(["--opt", "source=registry.example.com/windlass:1"]);
    buildctl.args(["--opt", "filename=build.yaml"]);
    for option in options {
        buildctl.args(["--opt", option]);
    }
    buildctl.arg(format!("--local=context={context}"));
    buildctl.arg(format!("--local=dockerfile={context}"));
    buildctl.arg(format!("--output=type=local,dest={}", dest.display()));
    if let Some(name) = image {
        buildctl.arg(format!("--output=type=image,name={name},push=true"));
    }
    let out = buildctl.output().expect("buildctl runs");
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    dest
}

#[test]
fn of_an_image_for_two_versions_of_a_system_the_right_one_is_taken() {
    let live = Live::new("os-versions");
    // Made by another builder: one does not convert layers of Windows that it made itself.
    let text = "
stages:
  app:
    from: scratch
    steps:
      - {file: /version, content: '${{ target.os-version- }}'}
      - {file: /platform, content: '${{ target.platform }}'}
";
    let platforms = ["windows(1.2.3)/bar", "windows(1.1.0)/bar"];
    let name = live.repository();
    let both = format!("platform={}", platforms.join(","));
    let dest = solved(&live, &live.yaml(text), &[&both], Some(&name));
    let read = |dir: &Path, path: &str| std::fs::read_to_string(dir.join(path)).expect("a file");
    for (platform, version) in platforms.iter().zip(["1.2.3", "1.1.0"]) {
        let dir = dest.join(platform.replace('/', "_"));
        assert_eq!(read(&dir, "version"), version);
        assert_eq!(read(&dir, "platform"), *platform);
        let text = format!("stages: {{app: {{from: '{name}'}}}}\n");
        let one = format!("platform={platform}");
        let dir = solved(&live, &live.yaml(&text), &[&one], None);
        assert_eq!(read(&dir, "version"), version);
    }
}

#[test]
fn a_platform_that_is_asked_for_twice_is_made_once() {
    let live = Live::new("platform-twice");
    let text = "
stages:
  for-linux: {from: alpine}
  for-windows: {from: nowhere.example.com/nanoserver}
  app: {from: 'for-${{ target.os }}'}
";
    let options = [
        "platform=linux/amd64,linux/amd64",
        "attest:provenance=mode=max",
    ];
    let dest = solved(&live, &live.yaml(text), &options, None);
    assert!(dest.join("bin/busybox").exists());
}

#[test]
fn a_base_for_another_platform_decides_when_nobody_else_does() {
    let live = Live::new("foreign-base");
    let name = live.repository();
    let base = live
        .yaml("stages: {app: {from: alpine}}\n")
        .arg("--platform=linux/arm64");
    base.args(["--push", &format!("--tag={name}"), "--provenance=false"])
        .run()
        .success();
    let run = "uname -m > /machine";
    let ours = format!("stages: {{app: {{from: '{name}', steps: [run: {run}]}}}}\n");
    let ours = live.yaml(&ours).run().image();
    let theirs = format!("FROM {name}\nRUN {run}\n");
    let theirs = live.build().file("Dockerfile", theirs).run().image();
    assert_eq!(ours.rootfs().read("/machine"), "aarch64\n");
    assert_eq!(ours.platform, "linux/arm64");
    assert_eq!(ours.digest, theirs.digest);
}

#[test]
fn a_named_image_is_of_the_platform_of_its_stage() {
    let live = Live::new("named-platform");
    let name = live.repository();
    let base = live.yaml("stages: {app: {from: alpine}}\n");
    base.args(["--push", &format!("--tag={name}")])
        .run()
        .success();
    let text = "
stages:
  app:
    platform: build
    from: base
    steps: [run: uname -m > /machine]
";
    let build = live.yaml(text).arg("--platform=darwin/ppc64le");
    let image = build
        .arg(format!("--build-context=base=docker-image://{name}"))
        .run()
        .image();
    assert_eq!(image.rootfs().read("/machine"), "x86_64\n");
    assert_eq!(image.platform, "darwin/ppc64le");
}

#[test]
fn the_target_may_be_called_otherwise_by_an_argument() {
    let live = Live::new("target-argument");
    let text = "
stages:
  build:
    platform: build
    from: busybox
    steps:
      - run: echo ${{ target.platform }} ${{ target.os }} > /names
  app: {from: scratch, steps: [{copy: /names, from: build}]}
";
    let build = live.yaml(text).arg("--platform=darwin/ppc64le");
    let image = build.arg("--build-arg=TARGETOS=freebsd").run().image();
    assert_eq!(image.rootfs().read("/names"), "darwin/ppc64le freebsd\n");
}
