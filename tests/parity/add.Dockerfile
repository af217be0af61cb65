FROM alpine
WORKDIR /w
ADD archive.tar.gz /opt/
ADD --unpack=false archive.tar.gz /kept/
ADD https://example.com/dir/file.txt /web/
ADD https://example.com/ /unnamed/
ADD https://example.com/file.txt /web/renamed
ADD --unpack https://example.com/a.tgz /unpacked/
ADD --checksum=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef https://example.com/checked /web/
ADD --chown=1:2 --chmod=0644 https://example.com/owned /web/
ADD --link https://example.com/linked /web/
ADD --chown=app --chmod=0600 local /local
ADD --link local /linked
ADD --exclude=*.o src /src
ADD https://github.com/example/app.git /git/default
ADD https://github.com/example/app.git#v1.0:sub /git/fragment
ADD --keep-git-dir=true https://github.com/example/app.git#main /git/kept
ADD --checksum=0123456789abcdef0123456789abcdef01234567 https://github.com/example/app.git#v2 /git/checked
ADD https://github.com/example/app.git?ref=v3&subdir=docs /git/query
ADD <<EOF /inline
text
EOF
ADD one two https://example.com/three /several/
