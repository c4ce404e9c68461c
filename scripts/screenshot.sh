#!/usr/bin/env bash
# Makes the pictures of docs/images: the playground, and what Slack and Teams show. Cards are drawn by Microsoft's own renderer, blocks
# by a drawing of ours.
#
#   ./scripts/screenshot.sh               the pictures of the documentation
#   ./scripts/screenshot.sh FOLDER --all  more of each, to look at while designing it
#
# It needs Node 20 or newer and a program to start: UPSHOT_BIN names it, which is target/release/upshot by default. UPSHOT_URL names a
# started server for the playground alone. Chromium (CHROMIUM names another one) and the npm packages are installed when they are
# missing and the system is Debian or like it.
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
export CHROMIUM=$chromium
node tests/browser/screenshot.mjs "$folder" "$@"
[ -z "${UPSHOT_URL:-}" ] || exit 0
# The renderer of cards is one of the packages there.
install_npm_packages scripts/peers || give_up "no renderer to draw cards with"
node scripts/pictures/pictures.mjs "$folder" "$@"
