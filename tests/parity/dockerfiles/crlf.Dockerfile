# comment
FROM alpine AS build
RUN echo a \
  b
COPY <<EOF /x
line $PATH
EOF
RUN <<EOF
echo one
echo two
EOF
