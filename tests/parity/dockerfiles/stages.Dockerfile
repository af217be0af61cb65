# --target final
FROM alpine AS Build
RUN one
FROM busybox
RUN two
FROM build as other
RUN three
FROM alpine AS build
RUN four
FROM build AS final
COPY --from=0 /a /b
COPY --from=1 /a /c
COPY --from=Other /a /d
COPY --from=alpine /a /e
COPY --from=build /a /f
RUN --mount=from=other,source=/x,target=/y five
