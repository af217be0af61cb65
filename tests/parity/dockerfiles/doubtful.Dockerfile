FROM alpine
RUN echo ${#arr[@]} && echo ${x}
RUN echo "unclosed
COPY --from=scratch /a /b
RUN --mount=type=cache,target=/c,from=scratch x
RUN -- --not-a-flag
RUN echo <<
RUN echo <<< "here string"
ENV X=a#b Y="a # b"
RUN echo a # not a comment
EXPOSE 53/udp 53
VOLUME [ "/x" ]
