#!/usr/bin/env bash
# Measures the figures that the README names, on this machine.
#
#   ./scripts/bench.sh           time per message, cold start, memory, signed slash commands, searches from Teams
#   ./scripts/bench.sh --build   also the time of a clean release build (dependencies are downloaded before)
#
# Memory is read from /proc, so it needs Linux. Nothing else should run meanwhile. BENCH_CORE=1 keeps the measured program to that core.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}

case ${1:-} in
  '' | --build) ;;
  *) echo "usage: scripts/bench.sh [--build]" >&2; exit 2 ;;
esac

echo "machine: $(nproc) cores, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(rustc --version)"

cargo build --locked --release --quiet
cargo bench --locked --quiet --bench rewrite
cargo bench --locked --quiet --bench program -- "$target/release/upshot"
echo "size of the program: $(($(stat -c %s "$target/release/upshot") / 1000)) kB"

if [ "${1:-}" = --build ]; then
  cargo fetch --locked --quiet
  clean=$(mktemp -d)
  trap 'rm -rf "$clean"' EXIT
  start=$SECONDS
  CARGO_TARGET_DIR=$clean cargo build --locked --release --offline --quiet
  echo "clean release build: $((SECONDS - start)) s"
fi
