#!/usr/bin/env bash
# Do Slack's and Microsoft's own programs agree with Upshot? They sign what it takes, read what it reads, and judge what it shows.
#
#   ./scripts/peers.sh             with the messages of scripts/peers/messages.json
#   ./scripts/peers.sh MESSAGES    and with those of a file of JSON lines with `text` (and `for`, the reader)
#
# The exit code is 1 when they find anything, 3 when they cannot be installed. It needs Node 20 or newer and Python 3.10 or newer;
# UPSHOT_BIN names the program to judge, which is built when it is not there. The peers are installed below scripts/peers and are no
# part of the product: Slack's Bolt and slack_sdk, Microsoft's adaptivecards, botbuilder and teams.api, Ajv and TypeScript. Once they
# are there, its own 15 messages take half a minute and 75 messages take two to three.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

give_up() {
  echo "peers.sh: $1" >&2
  exit 2
}

[ $# -le 1 ] || give_up "usage: scripts/peers.sh [MESSAGES]"
messages=()
if [ $# -eq 1 ]; then
  [ -r "$1" ] || give_up "$1 cannot be read"
  messages=("$(realpath "$1")")
fi

cd "$root"
# shellcheck source=scripts/browser.sh
. scripts/browser.sh
# shellcheck source=scripts/program.sh
. scripts/program.sh
is_node_new_enough || give_up "install Node 20 or newer"
peers=scripts/peers

without_them() {
  echo "peers.sh: $1, so nobody judges" >&2
  exit 3
}

install_npm_packages "$peers" || without_them "npm does not install the packages of scripts/peers"
python=$peers/.python/bin/python
if ! cmp -s "$peers/requirements.txt" "$peers/.python/installed.txt"; then
  command -v python3 >/dev/null || install_package python3 || give_up "install Python 3.10 or newer"
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || give_up "install Python 3.10 or newer"
  python3 -c 'import ensurepip' 2>/dev/null || install_package python3-venv || give_up "install Python's venv (package python3-venv)"
  python3 -m venv --clear "$peers/.python"
  "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$peers/requirements.txt" ||
    without_them "pip does not install slack_sdk"
  cp "$peers/requirements.txt" "$peers/.python/installed.txt"
fi
prepare_program
program=$(realpath "$program")

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# The server is started under the same name by tests/browser/program.mjs.
UPSHOT_BIN=$program PEERS_PYTHON=$root/$python node "$peers/run.mjs" "$program" "$folder" "${messages[@]}"
