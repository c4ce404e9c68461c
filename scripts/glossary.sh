#!/usr/bin/env bash
# Measures what the glossary does under load, and how it does when it is large.
#
#   ./scripts/glossary.sh                 everything, which takes some minutes
#   ./scripts/glossary.sh import pages    some of it: edits, race, import, rewrite, pages
#
#   edits    how soon an approved edit is in answers, in one process on SQLite and in three on PostgreSQL, while all are asked
#   race     200 edits of the same 20 entries at once: what is stored, what is refused, whether the histories agree
#   import   a table of 50,000 terms: seconds, memory, and what answers notice when they are taken over
#   rewrite  the time of a rewrite with 50,000 more terms against without
#   pages    each page in Chromium over 10,000 entries of your own: time of the server, weight, and what axe-core finds
#
# UPSHOT_BIN names the program, a release build of which is made when there is none. It needs Node 20 or newer, Chromium and
# PostgreSQL, which are installed where that is possible. Memory is read from /proc, so it needs Linux. Nothing else should run
# meanwhile.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

give_up() {
  echo "glossary.sh: $1" >&2
  exit 2
}

cd "$root"
# shellcheck source=scripts/browser.sh
. scripts/browser.sh
# shellcheck source=scripts/postgres.sh
. scripts/postgres.sh

parts=("$@")
[ $# -gt 0 ] || parts=(edits race import rewrite pages)
for part in "${parts[@]}"; do
  case $part in
    edits | race | import | rewrite | pages) ;;
    *) give_up "usage: scripts/glossary.sh [edits] [race] [import] [rewrite] [pages]" ;;
  esac
done

prepare_browser || give_up "the measurement is made with Node and Chromium"
start_postgres || give_up "the measurement needs PostgreSQL"
trap stop_postgres EXIT
if [ -z "${UPSHOT_BIN:-}" ]; then
  cargo build --locked --release --quiet
  UPSHOT_BIN=${CARGO_TARGET_DIR:-$root/target}/release/upshot
fi
program=$(realpath "$UPSHOT_BIN")
[ -x "$program" ] || give_up "$program is no program"

echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
# The server is started under the same name by tests/browser/program.mjs.
UPSHOT_BIN=$program CHROMIUM=$chromium node scripts/glossary/measure.mjs "${parts[@]}"
