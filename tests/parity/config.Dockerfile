FROM alpine AS parent
ENV OLD=value
ENV PORT=9000 RANGE="7000-7002 7100/udp"
LABEL quoted="two words" version=1 from-variable=$OLD
EXPOSE 80 53/UDP 8000-8002/tcp 36/sctp 127.0.0.1:81:82
EXPOSE $PORT
EXPOSE $RANGE
VOLUME ["/data", "/with space"]
VOLUME /one /two $OLD
STOPSIGNAL 9
USER app:staff
WORKDIR /made/by-app
WORKDIR relative
USER 1000
WORKDIR $OLD
MAINTAINER me@example.com
HEALTHCHECK --interval=1m30s --timeout=5s --start-period=2s --start-interval=500ms --retries=4 CMD ["check", "it"]
FROM parent AS child
HEALTHCHECK NONE
STOPSIGNAL SIGQUIT
LABEL version=2
ENV OLD=new ADDED=yes
USER root
FROM child
HEALTHCHECK CMD check again
CMD serve
WORKDIR /
RUN last
