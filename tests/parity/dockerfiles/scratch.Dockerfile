FROM scratch
COPY a /a
ENV X=1
WORKDIR /
WORKDIR /w
CMD ["/a"]
