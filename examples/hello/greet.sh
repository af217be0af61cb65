#!/bin/sh
set -e
echo "Hello, ${NAME:?}!"
