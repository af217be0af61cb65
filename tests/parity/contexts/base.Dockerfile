FROM base
RUN one
COPY --from=assets --link . /assets
LABEL lang=$LANG
