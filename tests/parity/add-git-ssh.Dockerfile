FROM alpine
ADD git@github.com:example/app.git#main /git/ssh
