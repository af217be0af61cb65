# escape=`
# syntax=docker/dockerfile:1
FROM alpine
ENV A=c:`$x B="a`"b" C=`"q
RUN echo one `
  # a comment
  two `

  three \n
WORKDIR C:\app\$A
COPY a`
  b /c/
