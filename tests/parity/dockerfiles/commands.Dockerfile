FROM alpine AS a
CMD ["a", "b"]
HEALTHCHECK CMD ["x"]
FROM a
ENTRYPOINT echo hi
FROM a AS none
ENTRYPOINT []
CMD []
HEALTHCHECK NONE
FROM none
CMD
ENTRYPOINT
RUN   ["a", "b\t\u00e9"]
RUN ["not json]
CMD [ "spaces" , "more" ]
ENTRYPOINT ["x"]
CMD ["y"]
