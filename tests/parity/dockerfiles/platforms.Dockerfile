# --platform linux/arm64
ARG P=linux/arm/v7
FROM --platform=$BUILDPLATFORM alpine AS cross
ARG TARGETPLATFORM
RUN cross $TARGETPLATFORM
FROM --platform=${P} alpine AS fixed
RUN fixed
FROM --platform=linux/amd64 cross AS child
RUN child
FROM --platform=$TARGETPLATFORM alpine
COPY --from=cross /a /a
COPY --from=fixed /b /b
COPY --from=child /c /c
RUN target
