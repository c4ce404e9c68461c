#!/usr/bin/env bash
# Does Upshot work in a client that is not ours? Microsoft 365 Agents Playground shows what Teams shows; a browser uses it: a chat, a
# channel, Explain this on a post, the search, buttons of cards, the glossary. Every delivery goes through a proxy that signs it as the
# bot service does, so that the shipped check of tokens is what lets it in.
#
#   ./scripts/playground.sh           a picture of each step goes to target/playground
#   ./scripts/playground.sh FOLDER    or to this folder
#
# The exit code is 1 when something is wrong, 3 when the playground cannot be installed. It needs Node 20 or newer, Chromium and a
# program to start: UPSHOT_BIN names it, which is target/release/upshot by default. A build that is not optimised needs longer to check
# an entry of the glossary than Teams waits for the answer to a button. The playground is Microsoft's, under terms for pre-release software
# (evaluation and feedback): it is installed below scripts/playground when this runs, is no part of the product, and its telemetry is
# switched off. It is a second opinion: what must pass is tests/service/teams, which enforces the limits that Microsoft documents.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
folder=${1:-$root/target/playground}
case $folder in /*) ;; *) folder=$PWD/$folder ;; esac

give_up() {
  echo "playground.sh: $1" >&2
  exit 2
}

[ $# -le 1 ] || give_up "usage: scripts/playground.sh [FOLDER]"

cd "$root"
# shellcheck source=scripts/browser.sh
. scripts/browser.sh
program=${UPSHOT_BIN:-target/release/upshot}
[ -x "$program" ] || give_up "no program to use; run 'cargo build --release' or set UPSHOT_BIN"
prepare_browser || give_up "no browser to use it in"
install_npm_packages scripts/playground || {
  echo "playground.sh: npm does not install the playground, so nobody looks" >&2
  exit 3
}
mkdir -p "$folder"
# The server is started under the same name by tests/browser/program.mjs.
UPSHOT_BIN=$(realpath "$program") CHROMIUM=$chromium PLAYGROUND_PICTURES=$folder \
  node --test scripts/playground/playground.test.mjs
