FROM alpine AS tools
ENV WORD=out
WORKDIR /out
RUN echo "base" > base
RUN ["touch", "a b"]
COPY --link a* $WORD/
COPY --chown=1:2 --chmod=0644 a b dir/
COPY --exclude=*.o --exclude=docs src /src
COPY --parents a/b/c /parents/
COPY <<"doc" .
one
two
doc
ADD --unpack local.tar /unpacked/
ADD --checksum=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef https://example.com/file /web/
ADD --keep-git-dir https://github.com/example/app.git#main /git
WORKDIR sub
RUN <<EOF
#!/bin/sh
echo script
EOF
FROM tools AS middle
RUN true
FROM scratch AS app
COPY --from=middle --chmod=0644 /out /out
COPY --from=busybox --link /bin /bin
