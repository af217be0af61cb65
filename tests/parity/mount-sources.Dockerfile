FROM alpine AS build
RUN make
FROM alpine
ENV SRC=sub OWNER=app:staff SIG=SIGTERM
WORKDIR /w
RUN --mount=from=build,source=/out,target=/in from a stage
RUN --mount=from=build,target=/all,rw all of a stage
RUN --mount=type=bind,source=${SRC}/file,target=/x/${SRC} variables
RUN --mount=type=cache,target=/seeded,from=build,source=/seed,uid=0,gid=0 seeded
RUN --mount=type=cache,target=/whole,from=build,uid=0,gid=0 seeded with all
RUN --mount=type=secret,id=s,target=rel/secret relative
RUN --mount=type=secret,id=two --mount=type=secret,id=one,env=ONE,target=/one secrets
RUN --mount=type=ssh --mount=type=ssh,id=other agents
RUN --network=none --mount=from=build,source=/out,target=/in --mount=type=bind,target=/context together
USER ${OWNER}
STOPSIGNAL $SIG
RUN cat <<EOF > /f
hello $X
EOF
ADD --unpack local.tar /unpacked/
