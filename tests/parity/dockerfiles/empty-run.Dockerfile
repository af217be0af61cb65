FROM alpine
RUN
RUN one
