#!/usr/bin/env bash
# Kills the program (`kill -9`) at random moments while it answers Slack and Teams, on SQLite and on PostgreSQL, and says whether anything
# that it had acknowledged was lost, what was sent twice, and how soon all was sent after the last start. A quarter of the kills falls on
# deliveries that come several times to as many programs as share the database: 20 events to a kill. Where it took longer than two
# seconds and a millisecond for each that waited, it says MISSED and ends with 1.
#
#   ./scripts/kill.sh        200 times on each, and 50 times on 1,000 repeated events
#   ./scripts/kill.sh 1000   as many as you like
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=scripts/browser.sh
. scripts/browser.sh
# shellcheck source=scripts/postgres.sh
. scripts/postgres.sh

case ${1:-200} in
  *[!0-9]*) echo "usage: scripts/kill.sh [NUMBER]" >&2; exit 2 ;;
esac

start_postgres
log=$(mktemp)
trap 'stop_postgres; rm -f "$log"' EXIT
TEST_KILLS=${1:-200} cargo test --locked --quiet --test service nothing_acknowledged_is_lost 2>&1 | tee "$log"
# The tests themselves measure and do not judge: beside other work no time is kept. What waited for the last start is sent at a thousand a
# second on top of the time that taking it up may take.
awk -v most=2000 '
  match($0, /all was sent [0-9]+ ms/) {
    split(substr($0, RSTART, RLENGTH), words, " ")
    allowed = most
    if (match($0, /for which [0-9]+ waited/)) { split(substr($0, RSTART, RLENGTH), backlog, " "); allowed += backlog[3] }
    measured++
    if (words[4] > allowed) { printf "MISSED: all was sent %d ms after the last start, at most %d are wanted\n", words[4], allowed; missed = 1 }
  }
  END { if (!measured) print "MISSED: nothing was measured"; exit missed || !measured }' "$log"
