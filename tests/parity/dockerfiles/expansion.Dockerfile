FROM alpine
ENV SET=value EMPTY="" PATHS=a/b/c.tar.gz
ENV A=${SET:-d} B=${EMPTY:-d} C=${EMPTY-d} D=${NONE-d} E=${NONE:-${SET}} F=${SET:+x} G=${EMPTY:+x} H=${EMPTY+x} I=${NONE+x}
ENV J=${PATHS#*/} K=${PATHS##*/} L=${PATHS%.*} M=${PATHS%%.*} N=${PATHS/a/z} O=${PATHS//\//-} P=${PATHS/?/Q}
ENV Q=\$SET R="\$SET" S='$SET' T="a'$SET'b" U=$SET$SET V=${SET}x$NONE W=$1 X=$? Y=$
WORKDIR /x/${SET}
LABEL l="$SET ${EMPTY} ${NONE}"
USER ${SET:?needed}
VOLUME $SET/v
STOPSIGNAL ${NONE:-9}
RUN echo $SET "${SET}" '$SET' ${NONE:-x} \$SET
