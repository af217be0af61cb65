FROM alpine AS alpine
RUN one
FROM alpine AS busybox
COPY --from=alpine /a /b
FROM busybox
RUN two
