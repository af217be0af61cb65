FROM alpine AS base
ENV X=env
ARG X=arg UNSET
RUN in base
ENV PATH=/opt/bin:$PATH
RUN after path
FROM base AS child
RUN in child
ARG Y=${X}-y
COPY a ${Y}/
RUN last
WORKDIR /elsewhere
USER app
ENV ONLY=image
FROM child AS grandchild
RUN in grandchild
WORKDIR sub
WORKDIR /
COPY b .
