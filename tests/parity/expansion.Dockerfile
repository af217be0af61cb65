FROM alpine
ENV SET=value EMPTY= URL=https://example.com/a/b.tar.gz DOTS=a.b.c
ENV A=${SET:-other} B=${EMPTY:-other} C=${EMPTY-other} D=${UNSET-other} E=${UNSET:-${SET}}
ENV F=${SET:+other} G=${EMPTY:+other} H=${EMPTY+other} I=${UNSET+other}
ENV J=${SET:?needed} K=${EMPTY?needed}
ENV L=${URL#*/} M=${URL##*/} N=${URL%/*} O=${URL%%/*} P=${DOTS%.?}
ENV Q=${DOTS/./-} R=${DOTS//./-} S=${DOTS//[.]/-}
ENV T=\$SET U='$SET' V="$SET"
RUN echo $SET "${SET}"
CMD echo ${SET}
