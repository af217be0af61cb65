//! Stages: what they start from, what they give each other, and which of them are built.

use windlass_tests::Live;

#[test]
fn files_are_copied_from_stages_and_images() {
    let live = Live::new("copy-from");
    let out = live
        .yaml(
            r"
stages:
  build:
    from: alpine:3.22
    steps:
      - run: mkdir /out && echo built > /out/app
  busybox:
    from: scratch
    steps:
      - file: /who
        content: a stage
  final:
    from: scratch
    steps:
      - copy: /out/app
        from: build
        to: /by-name
      - copy: /out/app
        from: {stage: Build}
        to: /outright
      - copy: /who
        from: busybox
        to: /stages-come-before-images
      - copy: /etc/group
        from: {image: busybox}
        to: /image-outright
      - copy: /etc/group
        from: alpine:3.22
        to: /image-by-name
",
        )
        .run();
    let files = out.rootfs();
    assert_eq!(files.read("/by-name"), "built\n");
    assert_eq!(files.read("/outright"), "built\n");
    assert_eq!(files.read("/stages-come-before-images"), "a stage");
    assert!(files.read("/image-outright").starts_with("root:x:0:"));
    assert!(files.read("/image-by-name").starts_with("root:x:0:"));
}

#[test]
fn a_stage_may_have_the_name_of_its_own_image() {
    let live = Live::new("own-name");
    let out = live
        .yaml(
            r"
stages:
  busybox:
    from: busybox
    steps:
      - run: echo made > /made
  app:
    from: busybox
",
        )
        .run();
    assert_eq!(out.rootfs().read("/made"), "made\n");
}

const UNREACHED: &str = r"
default: app
stages:
  broken:
    from: HOST/no/such:image
    steps:
      - run: exit 9
  app:
    from: alpine
    steps:
      - run: echo reached > /reached
  after:
    from: broken
    steps:
      - copy: /reached
        from: app
";

#[test]
fn an_unreached_stage_is_neither_resolved_nor_run() {
    let live = Live::new("unreached");
    let text = UNREACHED.replace("HOST", &live.registry().host());
    let out = live.yaml(&text).run();
    assert_eq!(out.rootfs().read("/reached"), "reached\n");
    out.stderr_lacks("no/such").stderr_lacks("exit 9");
}

#[test]
fn a_base_image_that_does_not_exist_is_marked_when_it_is_reached() {
    let live = Live::new("no-such-image");
    let text = UNREACHED.replace("HOST", &live.registry().host());
    let out = live.yaml(&text).arg("--target=after").run();
    out.failure().stderr_contains("no/such:image");
    let marked = format!(
        "   5 | >>>     from: {}/no/such:image",
        live.registry().host()
    );
    assert!(out.error().contains(&marked), "{}", out.error());
    assert_eq!(out.error().matches(">>>").count(), 1, "{}", out.error());
}

const TARGETS: &str = r"
default: app
stages:
  base:
    from: alpine
    steps:
      - run: echo base > /base
  test:
    from: base
    steps:
      - run: echo tested > /tested
  app:
    from: base
    steps:
      - run: echo app > /app
  extra:
    from: app
";

#[test]
fn the_default_stage_is_the_result() {
    let live = Live::new("default");
    let files = live.yaml(TARGETS).run().rootfs();
    assert!(files.has("/app") && !files.has("/tested"));
}

#[test]
fn a_target_is_the_result_and_its_name_matches_without_case() {
    let live = Live::new("target");
    let out = live.yaml(TARGETS).arg("--target=TEST").run();
    let files = out.rootfs();
    assert!(files.has("/tested") && !files.has("/app"));
    out.stderr_lacks("echo app");
}

#[test]
fn an_unknown_target_suggests_the_nearest() {
    let live = Live::new("no-target");
    let out = live.yaml(TARGETS).arg("--target=tets").run();
    out.failure()
        .stderr_contains("target stage \"tets\" could not be found (did you mean test?)");
    assert!(!out.stderr.contains(">>>"), "{}", out.stderr);
}

#[test]
fn the_last_stage_is_the_result_when_nothing_says_otherwise() {
    let live = Live::new("last");
    let out = live
        .yaml(
            r"
stages:
  one:
    from: scratch
    steps:
      - file: /one
        content: '1'
  two:
    from: scratch
    steps:
      - file: /two
        content: '2'
",
        )
        .run();
    assert_eq!(out.rootfs().listing("/"), "644 0:0 two");
}

#[test]
fn a_stage_from_a_stage_gets_its_image_and_its_build_env() {
    let live = Live::new("inherit");
    let out = live
        .yaml(
            r"
stages:
  parent:
    from: alpine
    env: {A: image, B: image}
    build-env: {A: steps, TOOL: gcc}
    workdir: /srv
    user: app
    steps:
      - run: env | grep -E '^(A|B|ONLY|TOOL)=' | sort > /tmp/parent
    image:
      env: {ONLY: image}
      cmd: [parent]
      labels: {who: parent}
  child:
    from: parent
    steps:
      - run: env | grep -E '^(A|B|ONLY|TOOL)=' | sort > /tmp/child
      - run: echo $(id -un) in $(pwd) > /tmp/where
",
        )
        .run();
    let image = out.image();
    let files = image.rootfs();
    assert_eq!(files.read("/tmp/parent"), "A=steps\nB=image\nTOOL=gcc\n");
    assert_eq!(
        files.read("/tmp/child"),
        "A=image\nB=image\nONLY=image\nTOOL=gcc\n",
        "the image's variables are applied again"
    );
    assert_eq!(files.read("/tmp/where"), "app in /srv\n");
    assert_eq!(
        image.setting("Env").to_string(),
        r#"["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","A=image","B=image","ONLY=image"]"#
    );
    assert_eq!(image.setting("Cmd").to_string(), r#"["parent"]"#);
    assert_eq!(image.setting("Labels").to_string(), r#"{"who":"parent"}"#);
}

#[test]
fn the_base_image_s_environment_is_known() {
    let live = Live::new("base-env");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    env: {PATH: '/opt/bin:${{ env.PATH }}'}
    steps:
      - run: echo $PATH > /path
      - run: echo '${{ env.NOPE:-nothing }}' > /unset
",
        )
        .run();
    let path = "/opt/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    assert_eq!(out.rootfs().read("/path"), format!("{path}\n"));
    assert_eq!(out.rootfs().read("/unset"), "nothing\n");
}

#[test]
fn an_unset_variable_is_marked() {
    let live = Live::new("unset-env");
    let out = live
        .yaml(
            r"
stages:
  app:
    from: alpine
    steps:
      - run: echo ${{ env.NOPE }}
",
        )
        .run();
    out.failure().stderr_contains("NOPE");
    let marked = "   6 | >>>       - run: echo ${{ env.NOPE }}";
    assert!(out.error().contains(marked), "{}", out.error());
}

#[test]
fn an_image_without_layers_is_a_base_that_has_a_config_and_nothing_else() {
    let live = Live::new("no-layers");
    let name = format!("{}:empty", live.repository());
    let base = "stages: {app: {from: scratch, image: {labels: {foo: bar}, env: {A: a}}}}\n";
    let push = live.yaml(base).arg("--push").arg(format!("--tag={name}"));
    push.arg("--provenance=false").run().success();
    let file = format!(
        "
stages:
  app:
    from: '{name}'
    steps:
      - copy: foo
    image: {{labels: {{bar: '${{{{ env.A }}}}'}}}}
  mounted:
    from: busybox
    steps:
      - run: ls /empty > /seen; echo foo > /empty/foo; cat /empty/foo >> /seen; true UNIQUE
        mounts: [{{bind: /, from: {{image: '{name}'}}, target: /empty, writable: true}}]
"
    );
    let image = live
        .yaml(&file)
        .file("foo", "foo-contents")
        .arg("--target=app")
        .run()
        .image();
    assert_eq!(image.layers().len(), 1);
    assert_eq!(image.rootfs().listing("/"), "644 0:0 foo");
    let labels = image.setting("Labels").to_string();
    assert_eq!(labels, r#"{"bar":"a","foo":"bar"}"#);
    assert_eq!(live.yaml(&file).run().rootfs().read("/seen"), "foo\n");
}
