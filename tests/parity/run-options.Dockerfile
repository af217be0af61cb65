FROM alpine
WORKDIR /w
ENV DIR=cache/dir SIZE=5m ID=me
RUN --network=none none
RUN --network=host host
RUN --network=default default
RUN --security=insecure insecure
RUN --security=sandbox sandbox
RUN --mount=target=/context everything
RUN --mount=type=bind,target=rel/context,source=src,readonly relative
RUN --mount=type=cache,target=/plain,uid=0,gid=0 plain
RUN --mount=type=cache,target=${DIR},id=named,sharing=shared,uid=0,gid=0 named
RUN --mount=type=cache,target=/private,sharing=private,mode=0777,uid=1,gid=2 private
RUN --mount=type=cache,target=/seeded,from=alpine,source=/etc,sharing=locked,uid=0,gid=0 seeded
RUN --mount=type=secret,id=${ID} default place
RUN --mount=type=secret,id=token,env=TOKEN only a variable
RUN --mount=type=secret,id=a/b.txt,required required
RUN --mount=type=secret,target=/etc/key,id=key,mode=0444,uid=3,gid=4 placed
RUN --mount=type=ssh default agent
RUN --mount=type=ssh,id=github,target=/run/agent.sock,mode=0666,uid=5,gid=6,required named agent
RUN --mount=type=bind,source=a,target=/a --mount=type=bind,source=b,target=/b twice
RUN --mount=type=bind,from=busybox,source=/bin,target=/busybox,rw from an image
