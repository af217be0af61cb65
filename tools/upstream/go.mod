module windlass/tools/upstream

go 1.26.3

require github.com/moby/buildkit v0.32.2
