FROM example.com/no-layers:1 AS base
ENV A=$LANG
FROM base
COPY --from=example.com/no-layers:1 /bin/tool /tool
COPY file .
RUN --mount=from=example.com/no-layers:1,target=/empty,rw mounted
CMD ["/tool"]
