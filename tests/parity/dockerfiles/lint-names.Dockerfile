from alpine AS Upper
FROM alpine as lower
Run true
FROM alpine AS scratch
FROM alpine AS lower
RUN last
