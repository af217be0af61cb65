//! ONBUILD triggers of base images and of stages.

use windlass_tests::Live;

/// A base that builds what starts from it.
const BASE: &str = "
stages:
  base:
    from: busybox
    workdir: /app
    image:
      onbuild:
        - ARG FLAVOUR=plain
        - ENV FLAVOUR=$FLAVOUR
        - COPY --chown=7:8 *.txt ./
        - COPY --from=tools /tool /bin/
        - |
          RUN <<EOF
          tool >> made
          echo $FLAVOUR >> made
          EOF
        - 'LABEL \"org.example.flavour\"=\"a $FLAVOUR one\"'
";

#[test]
fn the_triggers_of_an_image_come_before_the_steps() {
    let live = Live::new("onbuild");
    let name = format!("{}:1", live.repository());
    let push = live.yaml(BASE).arg("--push");
    let out = push.arg(format!("--tag={name}")).run();
    out.success();
    let file = format!(
        "
stages:
  tools:
    from: busybox
    steps:
      - run: printf '#!/bin/sh\\necho tool\\n' > /tool; chmod +x /tool
  app:
    from: {name}
    steps:
      - run: echo own >> made
"
    );
    let out = live
        .yaml(&file)
        .file("a.txt", "A")
        .file("b.md", "B")
        .arg("--build-arg=FLAVOUR=vanilla")
        .run();
    let files = out.rootfs();
    assert_eq!(files.read("/app/made"), "tool\nvanilla\nown\n");
    assert_eq!(files.read("/app/a.txt"), "A");
    assert!(!files.has("/app/b.md"));
    let image = out.image();
    assert_eq!(image.setting("OnBuild").to_string(), "null");
    assert_eq!(
        image.setting("Labels")["org.example.flavour"],
        "a vanilla one"
    );
    out.step("ONBUILD COPY --from=tools /tool /bin/");
}

#[test]
fn a_failing_trigger_marks_the_base() {
    let live = Live::new("onbuild-fails");
    let name = format!("{}:1", live.repository());
    let base = "stages: {app: {from: busybox, image: {onbuild: [RUN exit 7]}}}\n";
    let push = live.yaml(base).arg("--push");
    push.arg(format!("--tag={name}")).run().success();
    let file = format!("stages:\n  app:\n    from: {name}\n");
    let out = live.yaml(&file).run();
    let out = out.failure();
    out.stderr_contains("ONBUILD RUN exit 7");
    out.stderr_contains(&format!(">>>     from: {name}"));
    out.stderr_contains("exit code: 7");
}

#[test]
fn a_trigger_that_cannot_be_is_named_with_its_image() {
    let live = Live::new("onbuild-wrong");
    let name = format!("{}:1", live.repository());
    let base = "stages: {app: {from: busybox, env: {A: none}, image: {onbuild: [EXPOSE $A]}}}\n";
    let push = live.yaml(base).arg("--push");
    push.arg(format!("--tag={name}")).run().success();
    let file = format!("stages:\n  app:\n    from: {name}\n");
    let out = live.yaml(&file).run();
    out.failure().stderr_contains(&format!(
        "build.yaml:4:11: `ONBUILD EXPOSE $A` of the base image `{name}`: "
    ));
}

#[test]
fn the_triggers_of_a_stage_are_those_of_its_image() {
    let live = Live::new("onbuild-stage");
    let file = "
stages:
  base:
    from: busybox
    image: {onbuild: [WORKDIR /w, RUN echo one > f]}
  app:
    from: base
    steps: [{run: echo two >> f}]
  last:
    from: app
    steps: [{run: echo three >> f}]
";
    let out = live.yaml(file).run();
    assert_eq!(out.rootfs().read("/w/f"), "one\ntwo\nthree\n");
    assert_eq!(out.image().setting("OnBuild").to_string(), "null");
    let out = live.yaml(file).arg("--target=base").run();
    let triggers = out.image().setting("OnBuild").to_string();
    assert_eq!(triggers, r#"["WORKDIR /w","RUN echo one > f"]"#);
}

#[test]
fn a_trigger_of_a_named_context_takes_files_of_a_stage() {
    let live = Live::new("onbuild-context");
    let layout = live.dir().join("layout");
    let base = "
stages:
  base:
    from: busybox
    image: {onbuild: [COPY --from=otherstage /testfile /out/foo]}
";
    let output = format!("type=oci,tar=false,dest={},name=x/y:1", layout.display());
    let build = live.yaml(base).arg(format!("--output={output}"));
    build.run().success();
    let file = "
stages:
  otherstage: {from: alpine, steps: [run: printf hello > /testfile]}
  inputstage: {from: base}
  app: {from: scratch, steps: [{copy: /out/foo, from: inputstage, to: /bar}]}
";
    let context = format!("--build-context=base=oci-layout://{}:1", layout.display());
    let out = live.yaml(file).arg(context).run();
    assert_eq!(out.rootfs().read("/bar"), "hello");
}

/// Pushes an image with this trigger and returns its name.
fn pushed(live: &Live, tag: &str, trigger: &str) -> String {
    let name = format!("{}:{tag}", live.repository());
    let base = format!("stages: {{base: {{from: busybox, image: {{onbuild: ['{trigger}']}}}}}}\n");
    let build = live.yaml(&base).arg("--push").arg(format!("--tag={name}"));
    build.run().success();
    name
}

#[test]
fn triggers_bring_images_and_stages_that_no_step_mentions() {
    let live = Live::new("onbuild-deps");
    let copies = pushed(
        &live,
        "copies",
        "COPY --from=alpine:3.22 /etc/group /out/group",
    );
    let mounts = pushed(
        &live,
        "mounts",
        "RUN --mount=type=bind,target=/in,from=inputstage mkdir /out && \
         cat /in/foo > /out/bar && cat /in/out/group > /out/bar2",
    );
    let file = format!(
        "
stages:
  inputstage:
    from: '{copies}'
    steps: [run: cp /out/group /out/again && printf foo > /foo]
  base:
    from: '{mounts}'
    steps: [run: printf bar3 > /out/bar3]
  app: {{from: scratch, steps: [{{copy: /out, from: base, to: /}}]}}
"
    );
    let files = live.yaml(&file).run().rootfs();
    assert_eq!(files.paths("/").join(" "), "/bar /bar2 /bar3");
    assert_eq!(files.read("/bar"), "foo");
    assert!(files.read("/bar2").starts_with("root:x:0:"));
    assert_eq!(files.read("/bar3"), "bar3");
}

#[test]
fn the_cache_of_a_trigger_is_that_of_the_steps() {
    let live = Live::new("onbuild-cache");
    let trigger = format!(
        "RUN --mount=type=cache,target=/cache,id={} printf 42 >> /cache/foo && printf 11 >> /bar",
        live.unique()
    );
    let name = pushed(&live, "1", &trigger);
    let file = format!(
        "
stages:
  app:
    from: '{name}'
    steps:
      - run: cat /cache/foo /bar > /seen
        cache: {{path: /cache, id: UNIQUE}}
"
    );
    assert_eq!(live.yaml(&file).run().rootfs().read("/seen"), "4211");
}
