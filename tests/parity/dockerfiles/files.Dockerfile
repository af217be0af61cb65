FROM alpine AS src
FROM alpine
ENV DEST=/d OWNER=app MODE=644 PAT=x
COPY a .
COPY a b* c/ $DEST/
COPY ["a b", "c", "/json/"]
COPY --chown=$OWNER --chmod=$MODE a /e
COPY --chmod=u=rwX,go=rX a /f
COPY --link a /g
COPY --link=false a /h
COPY --link --chmod=644 a /i
COPY --parents a/./b c/d /j/
COPY --exclude=*.md --exclude=$PAT . /k/
COPY --from=src --chown=1:2 /x /y /l/
ADD a.tar /m/
ADD --unpack=false a.tar /n/
ADD --checksum=sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 https://example.com/a /o
ADD https://example.com/dir/b.tar.gz?x=1 /p/
ADD --unpack https://example.com/b.tar /q/
ADD --keep-git-dir=true https://github.com/example/app.git#main:sub /r
ADD --exclude=$PAT --chown=3 a https://example.com/c /s/
COPY "quoted" /t
COPY a /u/.
COPY ./ ./
COPY / /root-of-context
