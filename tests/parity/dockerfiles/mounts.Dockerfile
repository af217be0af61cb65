FROM alpine AS other
FROM alpine
ENV DIR=/cache ID=my-id
WORKDIR /w
RUN --mount=target=/src one
RUN --mount=type=bind,source=a,target=rel,rw two
RUN --mount=type=cache,target=$DIR three
RUN --mount=type=cache,target=$DIR,sharing=locked four
RUN --mount=type=cache,id=$ID,dst=/x,uid=1,gid=2,mode=0700 --mount=type=cache,target=/y,from=other,source=/z five
RUN --mount=type=cache,target=/ro,readonly six
RUN --mount=type=cache,target=/g,gid=5 seven
RUN --mount=type=tmpfs,target=/t,size=64m eight
RUN --mount=type=secret,id=s nine
RUN --mount=type=secret,id=s,env=TOKEN ten $TOKEN
RUN --mount=type=secret,source=dir/s2,target=/etc/s2,mode=0444,uid=7,required eleven
RUN --mount=type=secret,target=/etc/only twelve
RUN --mount=type=ssh thirteen
RUN --mount=type=ssh,id=key,target=/sock,required=true,mode=0666 fourteen
RUN --network=none --security=sandbox fifteen
RUN --network=host sixteen
RUN --mount=type=cache,target=/a --mount=type=bind,target=/b --mount=type=tmpfs,target=/c seventeen
RUN --mount=type=cache,target=/u,uid=1000 eighteen
