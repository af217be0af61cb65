FROM --platform=$TARGETPLATFORM alpine AS a
FROM --platform=linux/amd64 alpine AS b
FROM --platform=linux/amd64 alpine AS build-amd64
FROM --platform=linux/${BUILDARCH} alpine AS d
FROM --platform=linux/amd64 alpine
SHELL ["/bin/sh", "-c"]
CMD shell form
