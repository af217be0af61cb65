FROM alpine
RUN --mount=type=tmpfs,target=/tmp/x,size=64m one
