FROM nowhere.example.com/golang:1 AS stage
RUN never
FROM stage AS child
RUN child
FROM whole AS of-directory
COPY added /added
FROM alpine:latest
ENV A=$LANG
WORKDIR /w
COPY --from=dir a /a
COPY --from=other-dir b/ c* /b/
RUN --mount=from=mounted,source=m,target=/m mounted
RUN --mount=type=cache,target=/cache,from=seed,source=seed seeded
COPY --from=repo f /f
COPY --from=file context /tool
COPY --from=layout /x /x
COPY --from=child /y /y
COPY --from=of-directory / /whole
COPY --from=nothing / /nothing
COPY --from=one /bin /bin
COPY local .
