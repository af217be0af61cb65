FROM alpine AS build
USER 1000
WORKDIR /w
RUN --mount=type=cache,target=/root/.npm,uid=0,gid=0 --mount=type=secret,id=token --mount=type=ssh one
RUN --mount=type=cache,target=rel,id=mine,sharing=locked,uid=5,gid=6,mode=0700 --mount=type=bind,source=go.mod,target=go.mod --mount=type=bind,from=alpine,target=/mnt,rw --mount=type=secret,id=key,env=KEY,target=/k,mode=0440,uid=1,gid=2,required --network=none --security=insecure two
RUN <<EOF
#!/bin/sh
echo hi
EOF
COPY <<NAME /etc/file
text
NAME
ADD --checksum=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef https://example.com/a/b.tar.gz /opt/
ADD --keep-git-dir https://example.com/x.git#main:sub /git
ADD local.tar.gz /opt/
COPY --parents src/./a/b.txt /p/
COPY --parents src/**/c.txt /p/
