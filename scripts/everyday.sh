#!/usr/bin/env bash
# How often is everyday English taken for jargon? Counts what a rewrite replaces in prose that is not about computers.
#
#   ./scripts/everyday.sh            replacements for each 1,000 words, and the worst offenders
#   ./scripts/everyday.sh --all      every replacement with its sentence, to be read
#
# The prose is what Debian packages: fortunes of general subjects (their sections about computers are left out, because
# replacing IT words there is right) and the example sentences of WordNet outside computing. The exit code is 1 when more
# than one word in a thousand is replaced. It needs Node 20 or newer; UPSHOT_BIN names the program to ask, which is built
# when it is not there. Neither package is part of the product.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

give_up() {
  echo "everyday.sh: $1" >&2
  exit 2
}

case ${1:-} in
  '' | --all) ;;
  *) give_up "usage: scripts/everyday.sh [--all]" ;;
esac

cd "$root"
# shellcheck source=scripts/browser.sh
. scripts/browser.sh
# shellcheck source=scripts/program.sh
. scripts/program.sh
is_node_new_enough || give_up "install Node 20 or newer"
fortunes=/usr/share/games/fortunes
wordnet=/usr/share/wordnet
if [ ! -r "$fortunes/wisdom" ] || [ ! -r "$wordnet/data.noun" ]; then
  install_package fortunes fortunes-min wordnet-base || give_up "install the packages fortunes, fortunes-min and wordnet-base"
fi
prepare_program

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
node scripts/everyday/prose.mjs "$fortunes" "$wordnet" >"$folder/prose.jsonl"
"$program" rewrite --batch <"$folder/prose.jsonl" >"$folder/rewrites.jsonl"
node scripts/everyday/count.mjs "$folder/prose.jsonl" "$folder/rewrites.jsonl" "$@"
