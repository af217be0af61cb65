FROM alpine AS build
ENV A=b
WORKDIR /app
RUN dir
COPY a.txt .
COPY b c sub/
COPY d C:\\data\\
WORKDIR C:\\work
COPY f .
WORKDIR deeper\\still
RUN ["cmd.exe", "/c", "ver"]
FROM scratch AS app
COPY --from=build /app/a.txt C:/x/
COPY --from=build C:\\data\\d \\y\\
ENTRYPOINT ["x.exe"]
CMD serve
USER ContainerUser
