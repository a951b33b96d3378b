#!/bin/sh
# Drives a real Neovim (headless, no configuration) against `darkc lsp`: usage run.sh PATH-OF-DARKC
set -eu
darkc=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$here/project" "$work/project"
cd "$work/project"
DARKC=$darkc XDG_STATE_HOME=$work/state XDG_DATA_HOME=$work/data XDG_CACHE_HOME=$work/cache \
  timeout 60 nvim --headless --clean -u NONE -n -S "$here/neovim.lua"
