FROM --platform=$BUILDPLATFORM alpine AS build
ARG TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT BUILDPLATFORM TARGETSTAGE
RUN cross
FROM alpine AS other
RUN not reached
FROM alpine AS wanted
COPY --from=build /out/program /
RUN on arm
FROM wanted
RUN not reached either
