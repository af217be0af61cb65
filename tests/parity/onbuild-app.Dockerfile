ARG FLAVOUR=fresh
FROM example.com/onbuild/app AS app
RUN echo own
