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
