# --target last
FROM alpine AS base
ONBUILD ARG V=1
ONBUILD RUN echo $V
ONBUILD COPY --from=0 /a /b
ONBUILD COPY <<EOF /h
text
EOF
ONBUILD ENV A=b
RUN own
FROM busybox AS middle
FROM base AS last
RUN last
