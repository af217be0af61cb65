//! `windlass convert`.

use super::shown;

#[test]
fn a_build_file_becomes_a_dockerfile() {
    let file = "\
# syntax=registry.example.com/windlass:1
# escape=`
description: The shop
args:
  # which Alpine
  TAG: \"3.22\"
caches:
  next: {path: /app/.next, sharing: locked}
stages:
  # what runs
  app:
    description: The server
    from: alpine:${{ args.TAG }}
    env: {PORT: \"80\", WORDS: two words}
    workdir: /app
    steps:
      - copy: /out/app
        from: build # below
        to: /app/${{ env.PORT }}/
      - run: |
          echo one
          echo two
        # both caches
        cache: [npm, next]
    image:
      cmd: [/app/app, \"${PORT}\"]
  build:
    from: scratch
    steps:
      - file: /out/app
        content: |
          #!/bin/sh
          echo $0
        chmod: \"0755\"
default: app
# the end
";
    assert_eq!(
        shown(&["convert", "--to=dockerfile", "-"], file),
        "\
# syntax=docker/dockerfile:1

# The shop
# escape=`
# which Alpine
ARG TAG=3.22

FROM scratch AS build
COPY --chmod=0755 <<\"EOF\" /out/app
#!/bin/sh
echo $0
EOF

# what runs
# app The server
FROM alpine:$TAG AS app
ENV PORT=80 WORDS=\"two words\"
WORKDIR /app
# below
COPY --from=build /out/app /app/$PORT/
# both caches
RUN --mount=type=cache,target=/root/.npm --mount=type=cache,target=/app/.next,sharing=locked <<EOF
set -e
echo one
echo two
EOF
CMD [\"/app/app\", \"${PORT}\"]
# the end
exit 0"
    );
}

#[test]
fn what_no_dockerfile_says_is_named_at_its_line() {
    let file = "\
stages:
  app:
    from: alpine:3.22
    steps:
      - symlink: /bin/sh2
        target: sh
      - run: make ${{ args.GOAL }}
args: {GOAL: all}
";
    assert_eq!(
        shown(&["convert", "--to=dockerfile", "-"], file),
        "\
error[not-in-dockerfile]: a Dockerfile has no `symlink`
 --> <stdin>:5:9
  |
5 |         - symlink: /bin/sh2
  |  _________^
6 | |         target: sh
  | |__________________^
  |
  = in: stages.app.steps[0].symlink
  = help: say it another way, or build it from the build file

error[not-in-dockerfile]: a Dockerfile has no variable in this place
 --> <stdin>:7:14
  |
7 |       - run: make ${{ args.GOAL }}
  |              ^^^^^^^^^^^^^^^^^^^^^
  |
  = in: stages.app.steps[1].run
  = help: say it another way, or build it from the build file
exit 1"
    );
}

const DOCKERFILE: &str = "\
# syntax=docker/dockerfile:1
# check=skip=ConsistentInstructionCasing,CopyIgnoredFile;error=true
# The shop.

# VERSION which Node
ARG VERSION=20

# deps installs what the manifests name
FROM node:${VERSION}-alpine AS deps
WORKDIR /app
# manifests first
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \\
    --mount=type=secret,id=npm_token,env=NPM_TOKEN \\
    npm ci && \\
    # left behind
    rm -rf /tmp/*

FROM node:${VERSION}-alpine
ARG MODE=production
ARG COMMIT
ENV PORT=3000 PATH=/app/bin:$PATH

COPY --from=0 /app/node_modules ./node_modules
RUN <<EOF
addgroup -S app
EOF
# who runs it
USER app
EXPOSE 3000
HEALTHCHECK --interval=30s CMD wget -q localhost:$PORT || exit 1
# what runs
CMD [\"node\", \"server.js\"]
# the end
";

#[test]
fn a_dockerfile_becomes_a_build_file() {
    assert_eq!(
        shown(
            &["convert", "--syntax=example.com/windlass:1", "-"],
            DOCKERFILE
        ),
        "\
# syntax=example.com/windlass:1
# The shop.

check: {skip: [copy-ignored], error: true}

args:
  VERSION:
    default: \"20\"
    description: which Node
  MODE: production

secrets:
  npm_token:
    env: NPM_TOKEN
    required: false

stages:
  deps:
    description: installs what the manifests name
    from: node:${{ args.VERSION }}-alpine
    workdir: /app
    steps:
      # manifests first
      - copy: [package.json, package-lock.json]
        to: ./
      - run: |
          npm ci && \\
              # left behind
              rm -rf /tmp/*
        cache: npm
        secrets: npm_token

  final:
    from: node:${{ args.VERSION }}-alpine
    build-env:
      MODE: ${{ args.MODE }}
    steps:
      - build-env:
          COMMIT:
      - env:
          PORT: \"3000\"
          PATH: /app/bin:${{ env.PATH }}

      - copy: /app/node_modules
        from: deps
        to: ./node_modules
      - run: |
          addgroup -S app
        errexit: false
      # who runs it
      - user: app
      - expose: [3000]
      - healthcheck:
          run: wget -q localhost:$PORT || exit 1
          interval: 30s
    image:
      # what runs
      cmd: [node, server.js]
# the end
exit 0"
    );
}

#[test]
fn both_forms_are_compared_by_our_own_reading() {
    assert_eq!(
        shown(
            &["convert", "--verify", "--build-arg=COMMIT=1", "-"],
            DOCKERFILE
        ),
        "<stdin>: the converted file gives the same vertices and image config, by our own reading \
         of both; the Dockerfile frontend itself was not asked\nexit 0"
    );
}

#[test]
fn a_file_is_not_converted_to_its_own_form() {
    assert_eq!(
        shown(&["convert", "--to=dockerfile", "-"], DOCKERFILE),
        "windlass: <stdin> is a Dockerfile\nexit 2"
    );
}

#[test]
fn what_no_build_file_says_is_named_at_its_line() {
    let file = "FROM alpine AS a\nENV B=1 \"a b\"=c\nRUN make\n";
    assert_eq!(
        shown(&["convert", "-"], file),
        "\
error[not-in-build-file]: a build file cannot say all of it: `a b` cannot be the name of a variable
 --> <stdin>:2:9
  |
2 | ENV B=1 \"a b\"=c
  |         ^^^^^
  |
  = help: use letters, digits and `_`
exit 1"
    );
}

#[test]
fn values_of_arguments_that_others_replace_have_names_of_their_own() {
    let file = "\
ARG TAG=3
ARG BASE=alpine:$TAG
ARG TAG=4
ARG DEBUG=${TARGETARCH#arm64}
ARG DEBUG=${DEBUG:+on}
FROM $BASE AS one
ARG MODE=fast TAG
RUN make
FROM alpine:$TAG
ARG MODE=slow
RUN make
";
    assert_eq!(
        shown(&["convert", "-"], file),
        "\
# syntax=registry.example.com/windlass:1
args:
  TAG:
  TAG_1: ${{ args.TAG-3 }}
  BASE: alpine:${{ args.TAG_1 }}
  TAG_2: ${{ args.TAG-4 }}
  DEBUG_1: ${{ target.arch#arm64 }}
  DEBUG: ${{ args.DEBUG_1:+on }}

stages:
  one:
    from: ${{ args.BASE }}
    steps:
      - arg:
          MODE: fast
          TAG: ${{ args.TAG_2 }}
      - run: make

  final:
    from: alpine:${{ args.TAG_2 }}
    steps:
      - arg:
          MODE: slow
      - run: make
exit 0"
    );
}

#[test]
fn what_a_dockerfile_reads_as_something_else_is_no_dockerfile() {
    let file = "\
stages:
  app:
    platform: windows/amd64
    from: mcr.microsoft.com/windows/nanoserver:ltsc2022
    steps:
      - run: dir C:\\
        errexit: false
      - run: make
        cache: {path: C:\\c}
      - copy: a
        chown: \u{e4}
";
    let found = shown(&["convert", "--to=dockerfile", "-"], file);
    let errors: Vec<&str> = found.lines().filter(|it| it.starts_with("error")).collect();
    assert_eq!(
        errors,
        [
            "error[not-in-dockerfile]: a Dockerfile has no such command for the shell of Windows",
            "error[not-in-dockerfile]: a Dockerfile has no commas, blanks and backslashes in mounts",
            "error[not-in-dockerfile]: a Dockerfile has no characters beyond ASCII in the options of \
             a step",
        ]
    );
}

#[test]
fn settings_and_descriptions_that_no_instruction_has_are_comments() {
    let file = "\
check: {skip: [copy-ignored, unused-secret], error: true}
secrets:
  token: {description: Token for the registry}
ssh:
  default: {description: The key of the forge}
stages:
  app:
    from: alpine:3.22
    check: {experimental: [all]}
    steps:
      - run: make
        check: {skip: [shell-form-command, unpinned-image]}
";
    assert_eq!(
        shown(&["convert", "--to=dockerfile", "-"], file),
        "\
# syntax=docker/dockerfile:1
# check=skip=CopyIgnoredFile;error=true

# check: skip: [unused-secret]
# secret token: Token for the registry
# ssh default: The key of the forge

# check=experimental=all
FROM alpine:3.22 AS app
# check: skip: [unpinned-image]
# check=skip=JSONArgsRecommended
RUN make
exit 0"
    );
}
