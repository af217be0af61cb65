FROM busybox AS files
FROM alpine
WORKDIR /w
ENV DEST=some/where OWNER=app MODE=0600
COPY one .
COPY one two/ three* dir/
COPY ["with space", "also/with space", "to here/"]
COPY . /all
COPY ./dir/ /dir
COPY *.txt [a-c]? /globs/
COPY --chown=1000 one /owned/by-number
COPY --chown=1000:2000 one /owned/by-numbers
COPY --chown=app:staff one /owned/by-names
COPY --chown=${OWNER} one /owned/by-variable
COPY --chmod=755 one /mode/octal
COPY --chmod=u=rwX,go=rX one /mode/symbolic
COPY --chmod=${MODE} one /mode/variable
COPY --link one /link/
COPY --link --chown=1:2 one /link/owned
COPY --link --chmod=0644 one /link/mode
COPY --from=files --link /bin /link/bin
COPY --parents a/b/c d/./e/f /parents/
COPY --parents --exclude=*.o x/** /parents-exclude/
COPY --exclude=*.md --exclude=!README.md src /exclude
COPY --from=files --chown=app /etc/passwd ${DEST}/
COPY <<one <<"two" /several/
$DEST
one
${DEST}
two
