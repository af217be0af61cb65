FROM alpine AS first
CMD ["inherited"]
ENTRYPOINT echo shell form
FROM first AS second
SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
RUN one | two
ENTRYPOINT ["/init"]
CMD echo $HOME
FROM second AS third
ENTRYPOINT ["/other"]
FROM third AS fourth
ENTRYPOINT []
CMD ["a", "b c"]
CMD ["only", "the", "last"]
RUN ["exec", "form", "$HOME"]
RUN <<EOF
first line
second line
EOF
RUN <<EOF
one line
EOF
