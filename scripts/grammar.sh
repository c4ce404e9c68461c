#!/usr/bin/env bash
# Does a rewrite make grammar faults that its source does not have? An independent checker reads both.
#
#   ./scripts/grammar.sh MESSAGES [READER…]          counts faults; readers are executive and sales unless named
#   ./scripts/grammar.sh --parse MESSAGES [READER…]  lists sentences that a parser can take apart less well, to be read
#
# MESSAGES is a file of JSON lines with `id` and `text`. The exit code is 1 when there are faults. It needs Node 20 or newer;
# UPSHOT_BIN names the program to ask, which is built when it is not there. The checker is Harper (Apache-2.0, an npm package
# installed below scripts/grammar), the parser Link Grammar (LGPL-2.1 and BSD, a Debian package). Neither is part of the
# product. scripts/grammar/ignored.mjs says what is not counted, and why.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

give_up() {
  echo "grammar.sh: $1" >&2
  exit 2
}

reads_with=check.mjs
if [ "${1:-}" = --parse ]; then
  reads_with=parse.mjs
  shift
fi
[ $# -ge 1 ] || give_up "usage: scripts/grammar.sh [--parse] MESSAGES [READER…]"
[ -r "$1" ] || give_up "$1 cannot be read"
messages=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- executive sales

cd "$root"
# shellcheck source=scripts/browser.sh
. scripts/browser.sh
# shellcheck source=scripts/program.sh
. scripts/program.sh
is_node_new_enough || give_up "install Node 20 or newer"
if [ "$reads_with" = parse.mjs ]; then
  command -v link-parser >/dev/null || install_package link-grammar link-grammar-dictionaries-en ||
    give_up "install Link Grammar (package link-grammar)"
else
  install_npm_packages scripts/grammar
fi
prepare_program

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
faults=0
for reader in "$@"; do
  READER=$reader node -e '
    const lines = require("fs").readFileSync(process.argv[1], "utf8").split("\n").filter(Boolean);
    for (const line of lines) {
      const { id, text } = JSON.parse(line);
      console.log(JSON.stringify({ id, text, for: process.env.READER }));
    }' "$messages" >"$folder/asked.jsonl"
  "$program" rewrite --batch <"$folder/asked.jsonl" >"$folder/rewrites.jsonl"
  node "scripts/grammar/$reads_with" "$messages" "$folder/rewrites.jsonl" || faults=1
done
exit $faults
