FROM alpine
ENV "quoted name"=x
ENV OTHER=y
RUN env
