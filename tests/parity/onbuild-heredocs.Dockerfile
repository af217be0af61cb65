FROM example.com/onbuild/heredocs AS app
