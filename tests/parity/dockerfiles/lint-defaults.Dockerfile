# --build-arg TAG=latest --build-arg IMAGE=alpine
ARG TAG
ARG IMAGE
ARG EMPTY=""
FROM alpine:$TAG AS one
FROM $IMAGE AS two
FROM alpine:stable${EMPTY} AS three
FROM base-${TARGETARCH} AS four
FROM three
