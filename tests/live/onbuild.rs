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
