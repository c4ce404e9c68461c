#!/usr/bin/env bash
# Sends 50 signed deliveries of Slack a second to a release build for half an hour (rewrites, explanations, dialogs, calls by name, of ten
# workspaces), before a Slack on loopback, and says whether memory or what is owed grows.
#
#   ./scripts/soak.sh                30 minutes, over SQLite
#   ./scripts/soak.sh 10             as many as you like, at least 3
#   ./scripts/soak.sh 30 --postgres  over a PostgreSQL of its own
#
# The exit code is 1 when memory grows by more than 5 MB after the first minutes, a queue grows, or a delivery has no answer. It needs
# Linux and Node 20 or newer; UPSHOT_BIN names the program, which is built when it is not there. Nothing else should run meanwhile.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

give_up() {
  echo "soak.sh: $1" >&2
  exit 2
}

usage="usage: scripts/soak.sh [MINUTES] [--postgres]"
minutes=30
database=sqlite
for argument in "$@"; do
  case $argument in
    --postgres) database=postgres ;;
    '' | *[!0-9]*) give_up "$usage" ;;
    *) minutes=$argument ;;
  esac
done
[ "$minutes" -ge 3 ] || give_up "it takes at least 3 minutes to tell growth from a start"

cd "$root"
# shellcheck source=scripts/browser.sh
. scripts/browser.sh
# shellcheck source=scripts/postgres.sh
. scripts/postgres.sh
is_node_new_enough || give_up "install Node 20 or newer"
if [ -z "${UPSHOT_BIN:-}" ]; then
  cargo build --locked --release --quiet
  UPSHOT_BIN=${CARGO_TARGET_DIR:-$root/target}/release/upshot
fi
program=$(realpath "$UPSHOT_BIN")
[ -x "$program" ] || give_up "$program is no program"
if [ "$database" = postgres ]; then
  start_postgres || give_up "the measurement needs PostgreSQL"
  trap stop_postgres EXIT
  export SOAK_DATABASE_URL=$TEST_POSTGRES_URL
fi

echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1); $database"
# The server is started under the same name by tests/browser/program.mjs.
UPSHOT_BIN=$program node scripts/soak/soak.mjs "$minutes"
