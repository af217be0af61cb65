# --build-arg GIVEN=x
ARG BASE=alpine
ARG EMPTY
ARG GIVEN
FROM $BASE$MISSING AS a
COPY $foo .
ARG foo=bar
COPY $foo ${nope:-d} .
ENV PATH=$PAHT:/x GOOD=$PATH
FROM a
COPY $foo $GIVEN $fooo .
ARG UNSET
LABEL x=$UNSET y=$EMPTY
RUN --mount=type=cache,target=/x$NOTHERE true
WORKDIR ${HOME}
WORKDIR $foo
