variable "TAG" {
  default = "dev"
}

group "default" {
  targets = ["web", "check"]
}

# `alpine:3.22` in build.yaml is the image that base.yaml makes.
target "_shop" {
  dockerfile = "build.yaml"
  contexts = {
    "alpine:3.22" = "target:base"
  }
}

target "base" {
  dockerfile = "base.yaml"
}

target "web" {
  inherits = ["_shop"]
  target   = "web"
  tags     = ["shop/web:${TAG}"]
  args = {
    TITLE = "The shop"
  }
}

target "check" {
  inherits = ["_shop"]
  target   = "check"
  output   = ["type=cacheonly"]
}
