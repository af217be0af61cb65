FROM alpine
RUN --device=vendor1.com/device=foo one
RUN --device=vendor1.com/device=foo,required required
RUN --device=vendor1.com/device=foo,required --network=none --device=name=vendor2.com/device=bar several
RUN --device=vendor3.com/gpu of a class
