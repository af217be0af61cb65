FROM alpine:3 AS tools
RUN make tools

FROM example.com/onbuild/mounts AS app
WORKDIR /own
