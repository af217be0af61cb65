FROM alpine:3 AS files
RUN make files

FROM alpine:3 AS base
ONBUILD RUN echo $LANG
ONBUILD COPY --from=0 /a /b
ONBUILD ENV A=b

FROM base AS middle
ONBUILD CMD ["x"]

FROM middle AS app
ONBUILD COPY . /app
