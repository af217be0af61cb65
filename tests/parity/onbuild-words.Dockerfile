FROM example.com/onbuild/words AS app
