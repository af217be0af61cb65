# check=experimental=all
# not about the argument
ARG VERSION=1
# VERSION says so
ARG VERSION
# base is described
FROM alpine AS base
MAINTAINER me
RUN one \

  two
ENV LEGACY value
LABEL also legacy
# nothing here
ARG API_KEY PUBLIC_KEY TOKEN=x
ENV MY_PASSWORD=x AUTHOR=y SECRET_FILE=z
CMD one
CMD two
ENTRYPOINT three
ENTRYPOINT ["four"]
HEALTHCHECK CMD a
HEALTHCHECK NONE
EXPOSE 80/TCP 1.2.3.4:80:80 81:82/udp 5/sctp
WORKDIR relative
WORKDIR again
