FROM alpine
ENV DIR=/cache KIND=cache HOW=locked
WORKDIR /w
RUN --mount=type=$KIND,target=$DIR,sharing=$HOW four
