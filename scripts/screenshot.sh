#!/bin/sh
# Makes docs/images/playground.png and docs/images/playground-phone-dark.png.
#
# Needs Node 20 and Chromium (CHROMIUM names it, /usr/bin/chromium by default) and a server:
# UPSHOT_URL names a started one, UPSHOT_BIN a program to start; target/release/upshot by default.
# An argument replaces the folder that the pictures are written to.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
folder=${1:-"$root/docs/images"}
[ $# -eq 0 ] || shift
case $folder in /*) ;; *) folder=$PWD/$folder ;; esac

if [ -z "${UPSHOT_URL:-}" ] && [ ! -x "${UPSHOT_BIN:-$root/target/release/upshot}" ]; then
  echo "screenshot.sh: no server to picture; run 'cargo build --release' or set UPSHOT_BIN or UPSHOT_URL" >&2
  exit 1
fi

cd "$root/tests/browser"
[ -d node_modules/playwright-core ] || npm ci
exec node screenshot.mjs "$folder" "$@"
