ARG TAG=3.20
ARG PLATFORM=linux/arm64
FROM --platform=$BUILDPLATFORM alpine:${TAG} AS Tools
RUN compile for --for=linux/amd64
FROM --platform=${PLATFORM} alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef AS foreign
RUN uname -m
FROM tools AS more
RUN more
FROM scratch
COPY --from=TOOLS /out /
COPY --from=foreign /out /foreign
COPY --from=more /out /more/
COPY --from=0 /first /
