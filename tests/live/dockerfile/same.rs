//! Every feature of Dockerfiles, built by both frontends: the same steps, each found in the cache,
//! and the same image.

use windlass_tests::{Live, SshAgent};

use super::Both;

const EPOCH: &str = "--build-arg=SOURCE_DATE_EPOCH=1700000000";

#[test]
fn every_instruction_is_the_same_step() {
    let live = Live::new("dockerfile-instructions");
    let text = r#"
# syntax is a word of this comment
ARG TAG=3.22
FROM --platform=$TARGETPLATFORM alpine:${TAG} AS build
ARG WHO=nobody TIMES
ENV GREETING="hello $WHO" TARGET=/srv
SHELL ["/bin/sh", "-ec"]
WORKDIR ${TARGET}/app
USER 7:8
COPY --chown=7:8 --chmod=640 a.txt b*.txt ./
ADD --link dir /link/
USER root
RUN echo "$GREETING" > greeting && \
  # UNIQUE
  cat a.txt >> greeting
RUN ["/bin/sh", "-c", "echo exec > exec"]
RUN --network=none ls /sys/class/net > net

FROM scratch
MAINTAINER somebody
COPY --from=build --parents /srv/./app/g* /srv/./app/*.txt /
COPY --from=build /srv/app/e[x]ec /srv/app/net /
LABEL one=1 "two words"='a "quoted" text'
EXPOSE 80 53/udp
VOLUME ["/data", "/more data"]
STOPSIGNAL SIGINT
HEALTHCHECK --interval=5s --retries=2 CMD ["/check"]
ONBUILD COPY . /app
ENTRYPOINT ["/app"]
CMD ["--help"]
"#;
    let both = Both::build(&live, text, |build| {
        build
            .file("a.txt", "A\n")
            .file("b1.txt", "B\n")
            .file("dir/c", "C\n")
            .arg("--build-arg=WHO=you")
            .arg(EPOCH)
    });
    let steps = r#"
[build 2/7] WORKDIR /srv/app
[build 3/7] COPY --chown=7:8 --chmod=640 a.txt b*.txt ./
[build 4/7] ADD --link dir /link/
[build 5/7] RUN echo "hello you" > greeting &&   cat a.txt >> greeting
[build 6/7] RUN ["/bin/sh", "-c", "echo exec > exec"]
[build 7/7] RUN --network=none ls /sys/class/net > net
[stage-1 1/2] COPY --from=build --parents /srv/./app/g* /srv/./app/*.txt /
[stage-1 2/2] COPY --from=build /srv/app/e[x]ec /srv/app/net /"#;
    both.steps(steps.trim_start()).images();
    let image = both.ours.image();
    let files = image.rootfs();
    assert_eq!(files.read("/app/greeting"), "hello you\nA\n");
    assert_eq!(files.read("/exec"), "exec\n");
    assert_eq!(files.read("/net"), "lo\n");
}

#[test]
fn heredocs_are_the_same_steps() {
    let live = Live::new("dockerfile-heredocs");
    let text = r#"
FROM alpine:3.22
ARG WHO=UNIQUE
RUN <<EOF
echo one > /out
false
echo $WHO >> /out
EOF
RUN <<-"TABS" cat >> /out
	a $WHO
	TABS
RUN <<SCRIPT
#!/bin/sh -e
echo script >> /out
SCRIPT
COPY <<one <<'two' plain.txt /etc/made/
expanded $PATH
one
verbatim $PATH
two
COPY --chmod=755 <<EOF /run.sh
#!/bin/sh
echo "\$1"
EOF
"#;
    let both = Both::build(&live, text, |build| {
        build.file("plain.txt", "plain\n").arg(EPOCH)
    });
    let steps = r#"
[2/6] RUN <<EOF (echo one > /out...)
[3/6] RUN <<-"TABS" cat >> /out
[4/6] RUN <<SCRIPT (#!/bin/sh -e...)
[5/6] COPY <<one <<two plain.txt /etc/made/
[6/6] COPY --chmod=755 <<EOF /run.sh"#;
    both.steps(steps.trim_start()).images();
    let files = both.ours.rootfs();
    let out = format!("one\n{}\na $WHO\nscript\n", live.unique());
    assert_eq!(files.read("/out"), out);
    let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    assert_eq!(files.read("/etc/made/one"), format!("expanded {path}\n"));
    assert_eq!(files.read("/etc/made/two"), "verbatim $PATH\n");
    assert_eq!(files.read("/run.sh"), "#!/bin/sh\necho \"$1\"\n");
}

#[test]
fn mounts_are_the_same_and_secrets_are_kept_nowhere() {
    const VALUE: &str = "swordfish-4712-inside";
    let live = Live::new("dockerfile-mounts");
    let agent = SshAgent::start("dockerfile");
    let text = r#"
FROM alpine:3.22 AS tools
RUN echo tool UNIQUE > /tool

FROM alpine:3.22
ARG DIR=/var/cache/made ID=UNIQUE
RUN --mount=type=cache,target=$DIR,sharing=locked,id=$ID echo kept > $DIR/kept
RUN --mount=type=cache,target=/c,id=$ID --mount=type=tmpfs,target=/t,size=1m \
    cp /c/kept /seen && touch /t/gone
RUN --mount=target=/src,rw --mount=from=tools,source=/tool,target=/tool \
    cat /src/a.txt /tool >> /seen && echo x > /src/a.txt
RUN --mount=type=secret,id=token,env=TOKEN,required \
    --mount=type=secret,id=token,target=/root/token,mode=0440 \
    printf %s "$TOKEN" | cmp - /root/token && echo secret >> /seen
RUN --mount=type=ssh test -S $SSH_AUTH_SOCK && echo ssh >> /seen
"#;
    let both = Both::build(&live, text, |build| {
        build
            .file("a.txt", "A\n")
            .env("TOKEN_HERE", VALUE)
            .arg("--secret=id=token,env=TOKEN_HERE")
            .arg(format!("--ssh=default={}", agent.socket().display()))
            .arg(EPOCH)
    });
    let steps = r#"
[stage-1 2/6] RUN --mount=type=cache,target=/var/cache/made,sharing=locked,id=UNIQUE echo kept > /var/cache/made/kept
[stage-1 3/6] RUN --mount=type=cache,target=/c,id=UNIQUE --mount=type=tmpfs,target=/t,size=1m     cp /c/kept /seen && touch /t/gone
[stage-1 4/6] RUN --mount=target=/src,rw --mount=from=tools,source=/tool,target=/tool     cat /src/a.txt /tool >> /seen && echo x > /src/a.txt
[stage-1 5/6] RUN --mount=type=secret,id=token,env=TOKEN,required     --mount=type=secret,id=token,target=/root/token,mode=0440     printf %s "****" | cmp - /root/token && echo secret >> /seen
[stage-1 6/6] RUN --mount=type=ssh test -S $SSH_AUTH_SOCK && echo ssh >> /seen
[tools 2/2] RUN echo tool UNIQUE > /tool"#;
    both.steps(steps.trim_start()).images();
    let image = both.ours.image();
    let files = image.rootfs();
    let seen = format!("kept\nA\ntool {}\nsecret\nssh\n", live.unique());
    assert_eq!(files.read("/seen"), seen);
    assert_eq!(files.containing(VALUE), [""; 0], "the image's files");
    for (number, _) in image.layers().iter().enumerate() {
        let found = image.layer(number).containing(VALUE).len();
        assert_eq!(found, 0, "layer {number}");
    }
    let config = String::from_utf8_lossy(&image.config_bytes);
    assert!(config.contains("printf %s"), "the history: {config}");
    assert!(!config.contains(VALUE), "{config}");
    both.ours.stderr_lacks(VALUE);
}

#[test]
fn triggers_of_a_base_are_the_same_steps() {
    let live = Live::new("dockerfile-onbuild");
    let name = format!("{}:1", live.repository());
    let base = "
FROM alpine:3.22
WORKDIR /app
ONBUILD ARG FLAVOUR=plain
ONBUILD COPY --from=tools /tool ./
ONBUILD RUN cat tool > made && echo $FLAVOUR >> made
";
    let push = super::dockerfile(&live, base).arg("--push");
    push.arg(format!("--tag={name}")).run().success();
    let text = format!(
        "
FROM alpine:3.22 AS tools
RUN echo tool UNIQUE > /tool
FROM {name}
RUN echo own >> made
"
    );
    let both = Both::build(&live, &text, |build| {
        build.arg("--build-arg=FLAVOUR=vanilla").arg(EPOCH)
    });
    let steps = r#"
[stage-1 2/5] ONBUILD COPY --from=tools /tool ./
[stage-1 3/5] ONBUILD RUN cat tool > made && echo vanilla >> made
[stage-1 4/5] RUN echo own >> made
[tools 2/2] RUN echo tool UNIQUE > /tool"#;
    // The other counts the steps of `tools` once more when it has seen the triggers.
    assert_eq!(super::steps(&live, &both.ours), steps.trim_start());
    both.cached().images();
    let made = format!("tool {}\nvanilla\nown\n", live.unique());
    assert_eq!(both.ours.rootfs().read("/app/made"), made);
}

#[test]
fn several_platforms_are_one_image() {
    let live = Live::new("dockerfile-platforms");
    let text = r#"
FROM --platform=$BUILDPLATFORM alpine:3.22 AS cross
ARG TARGETARCH
RUN echo "for $TARGETARCH UNIQUE" > /made
FROM alpine:3.22
ARG TARGETPLATFORM
COPY --from=cross /made /made
RUN echo "on $TARGETPLATFORM $(uname -m)" >> /made
"#;
    let both = Both::build(&live, text, |build| {
        build.arg("--platform=linux/amd64,linux/arm64").arg(EPOCH)
    });
    let steps = r#"
[linux/amd64 cross 2/2] RUN echo "for amd64 UNIQUE" > /made
[linux/amd64 stage-1 2/3] COPY --from=cross /made /made
[linux/amd64 stage-1 3/3] RUN echo "on linux/amd64 $(uname -m)" >> /made
[linux/amd64->arm64 cross 2/2] RUN echo "for arm64 UNIQUE" > /made
[linux/arm64 stage-1 2/3] COPY --from=cross /made /made
[linux/arm64 stage-1 3/3] RUN echo "on linux/arm64 $(uname -m)" >> /made"#;
    both.steps(steps.trim_start()).images();
    let layout = both.ours.layout();
    for (platform, arch, machine) in [
        ("linux/amd64", "amd64", "x86_64"),
        ("linux/arm64", "arm64", "aarch64"),
    ] {
        let files = layout.platform(platform).rootfs();
        let made = format!("for {arch} {}\non {platform} {machine}\n", live.unique());
        assert_eq!(files.read("/made"), made);
    }
}

#[test]
fn a_target_stops_at_its_stage() {
    let live = Live::new("dockerfile-target");
    let text = "
FROM alpine:3.22 AS One
RUN echo one UNIQUE > /one
FROM one AS two
RUN echo two > /two
FROM two
RUN echo three > /three
";
    for (target, last) in [("ONE", "/one"), ("two", "/two")] {
        let both = Both::build(&live, text, |build| {
            build.arg(format!("--target={target}")).arg(EPOCH)
        });
        both.images();
        let files = both.ours.rootfs();
        let made = ["/one", "/two", "/three"];
        let mut made = made.iter().filter(|path| files.has(path));
        assert_eq!(made.next_back(), Some(&last), "{target}");
    }
    let both = Both::build(&live, text, |build| build.arg("--target=twoo"));
    let told = "target stage \"twoo\" could not be found (did you mean two?)\n";
    for out in [&both.theirs, &both.ours] {
        let error = out.failure().error();
        assert!(error.ends_with(told), "{error}");
    }
}

#[test]
fn ignore_files_count() {
    let live = Live::new("dockerfile-ignore");
    let text = "FROM scratch\nCOPY . /\n";
    let build = || {
        super::dockerfile(&live, text)
            .file("kept.txt", "kept")
            .file("secret.key", "key")
            .file("dir/a.log", "log")
            .file(".dockerignore", "**/*.log\nDockerfile*\n.dockerignore\n")
    };
    let paths = |out: &windlass_tests::Outcome| out.rootfs().paths("/").join(" ");
    let out = build().run();
    assert_eq!(paths(&out), "/dir /kept.txt /secret.key");
    let own = build().file("Dockerfile.dockerignore", "*\n!kept.txt\n");
    assert_eq!(paths(&own.run()), "/kept.txt");
}

#[test]
fn carriage_returns_a_byte_order_mark_and_another_escape_are_the_same() {
    let live = Live::new("dockerfile-windows");
    let text = "\
# escape=`
FROM alpine:3.22
WORKDIR /app
COPY a.txt `
     b.txt ./
RUN echo one UNIQUE `
    # between
    && echo 'a\\b' > out
RUN <<EOF
echo two >> out
EOF
";
    let text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let both = Both::build(&live, &text, |build| {
        build.file("a.txt", "A").file("b.txt", "B").arg(EPOCH)
    });
    let steps = r#"
[2/5] WORKDIR /app
[3/5] COPY a.txt      b.txt ./
[4/5] RUN echo one UNIQUE     && echo 'a\b' > out
[5/5] RUN <<EOF (echo two >> out)"#;
    both.steps(steps.trim_start()).images();
    let files = both.ours.rootfs();
    assert_eq!(files.read("/app/b.txt"), "B");
}
