FROM alpine
MAINTAINER Somebody <a@example.com>
env LEGACY one  two "three"
ENV A=1 B='two words' C="x $A" D=e\ f $A=g X${A}Y=h
LABEL one two three
LABEL "a b"=c d="multi \
line" $A-x=$A
EXPOSE 80 443/TCP 8000-8002 $A
VOLUME /a /b
VOLUME ["/c d", "/e"]
USER app:1000
WORKDIR rel
WORKDIR /abs/$A
WORKDIR ..
STOPSIGNAL SIGTERM
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN shell form | cat
CMD shell $A
ENTRYPOINT ["exec", "$A"]
HEALTHCHECK --interval=5m --timeout=3s --start-period=1s --start-interval=2s --retries=3 CMD curl "x" || exit 1
