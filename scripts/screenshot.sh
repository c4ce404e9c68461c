#!/usr/bin/env bash
# Makes docs/images/playground.png and docs/images/playground-phone-dark.png.
#
#   ./scripts/screenshot.sh               the pictures of the documentation
#   ./scripts/screenshot.sh FOLDER --all  more states of the page, to look at while designing it
#
# It needs Node 20 or newer and a server: UPSHOT_URL names a started one, UPSHOT_BIN a program to start, which is
# target/release/upshot by default. Chromium (CHROMIUM names another one) and the npm packages are installed when they
# are missing and the system is Debian or like it.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
folder=${1:-"$root/docs/images"}
[ $# -eq 0 ] || shift
case $folder in /*) ;; *) folder=$PWD/$folder ;; esac

give_up() {
  echo "screenshot.sh: $1" >&2
  exit 1
}

cd "$root"
program=${UPSHOT_BIN:-target/release/upshot}
[ -n "${UPSHOT_URL:-}" ] || [ -x "$program" ] ||
  give_up "no server to picture; run 'cargo build --release' or set UPSHOT_BIN or UPSHOT_URL"

# shellcheck source=scripts/browser.sh
. scripts/browser.sh
prepare_browser || give_up "no browser to picture it with"
CHROMIUM=$chromium exec node tests/browser/screenshot.mjs "$folder" "$@"
