FROM alpine:3.20 AS base
WORKDIR /app
RUN apk add --no-cache git
ENV A=1 B="two words"
RUN ["echo", "hello"]
FROM base AS build
COPY package.json package-*.json ./
ARG VERSION=1.0
RUN make \
  all
COPY --chown=1000:1000 --chmod=0644 --exclude=node_modules . /src/
FROM alpine:3.20 AS final
COPY --from=build --chown=nobody:nobody /app /app
COPY --from=busybox --link /etc/os-release /os
USER nobody
WORKDIR data
LABEL a=b
EXPOSE 80 53/udp 8000-8002
VOLUME /data
STOPSIGNAL SIGINT
SHELL ["/bin/sh", "-ec"]
ENTRYPOINT ["/bin/app"]
CMD serve --port 80
HEALTHCHECK --interval=30s --retries=3 CMD wget -q localhost
