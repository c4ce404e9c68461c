#!/usr/bin/env bash
# Fuzzes the engine and the Slack side, guided by the code that inputs reach.
#
#   ./scripts/fuzz.sh                   every target, ten minutes each
#   ./scripts/fuzz.sh MINUTES [TARGET…] these targets (rewrite verify explain content slack_command slack_delivery)
#
# It needs Rust as rust-toolchain.toml names it (no nightly), a C++ compiler, and Python 3 for the first inputs, which come
# from the tests. What it learns is kept in fuzz/corpus and used by the next run. An input that breaks a promise is written
# to fuzz/artifacts and named at the end; make it a test, then mend the cause. To run one input again, or to make it small:
#
#   ./scripts/fuzz.sh again TARGET FILE
#   ./scripts/fuzz.sh shrink TARGET FILE
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
targets=(rewrite verify explain content slack_command slack_delivery)

give_up() {
  echo "fuzz.sh: $1" >&2
  exit 2
}

is_target() {
  local known
  for known in "${targets[@]}"; do [ "$known" != "$1" ] || return 0; done
  give_up "there is no target '$1', only: ${targets[*]}"
}

command -v python3 >/dev/null || give_up "install Python 3"
host=$(rustc -vV | sed -n 's/^host: //p')
output=${CARGO_TARGET_DIR:-$root/target}/fuzz

build() {
  # Not --locked: what Upshot itself depends on changes with its own manifest. The counters that libFuzzer reads, made by stable rustc. `--target` keeps them out of build scripts and macros.
  RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares" \
    CARGO_TARGET_DIR=$output "${CARGO:-cargo}" build --release --target "$host" --bins --manifest-path "$root/fuzz/Cargo.toml"
}

program() { echo "$output/$host/release/$1"; }

case ${1:-} in
  again | shrink)
    [ $# -eq 3 ] || give_up "usage: scripts/fuzz.sh $1 TARGET FILE"
    is_target "$2"
    build
    [ "$1" = shrink ] || exec "$(program "$2")" "$3"
    exec "$(program "$2")" -minimize_crash=1 -max_total_time=120 -exact_artifact_path="$3.small" "$3"
    ;;
esac

minutes=${1:-10}
[[ $minutes =~ ^[1-9][0-9]*$ ]] || give_up "'$minutes' is no number of minutes"
[ $# -eq 0 ] || shift
chosen=("$@")
[ $# -gt 0 ] || chosen=("${targets[@]}")
for target in "${chosen[@]}"; do is_target "$target"; done

build
python3 "$root/fuzz/seeds.py" "$root/fuzz/seeds"
found=0
for target in "${chosen[@]}"; do
  corpus=$root/fuzz/corpus/$target
  artifacts=$root/fuzz/artifacts/$target
  mkdir -p "$corpus" "$artifacts"
  echo "== $target, $minutes min"
  # An input may take five seconds in this build, which is some hundred times what the longest message takes.
  nice -n 19 "$(program "$target")" -max_total_time=$((minutes * 60)) -timeout=5 -rss_limit_mb=3072 -max_len=4096 \
    -dict="$root/fuzz/words.dict" -artifact_prefix="$artifacts/" -print_final_stats=1 "$corpus" "$root/fuzz/seeds/$target" \
    >"$artifacts/log" 2>&1 || found=1
  grep -E '^(stat::number_of_executed_units|SUMMARY|thread .* panicked)|panicked at|Test unit written' "$artifacts/log" || true
  tail -n 400 "$artifacts/log" | grep -E 'cov: [0-9]+' | tail -n 1 || true
done
exit $found
