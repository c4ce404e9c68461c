#!/usr/bin/env bash
# Runs every check of the project and says at the end how many passed: format, clippy with and without the server, tests,
# documentation, browser tests and other people's programs as judges. Continuous integration runs this same script.
#
#   ./scripts/test.sh              everything
#   ./scripts/test.sh --no-browser everything but the browser tests, scripts/peers.sh, scripts/playground.sh and
#                                  scripts/schemathesis.sh
#
# It needs Rust (rust-toolchain.toml names the version), a C compiler, Node 20 or newer and Python 3.11 or newer (both only without
# --no-browser). Chromium, the C compiler, Python, PostgreSQL (a throw-away server is started for the tests) and the packages of the
# browser tests, of scripts/peers, scripts/playground and scripts/schemathesis are installed when they are missing and the system is
# Debian or like it.
# Every check runs even when an earlier one failed. What each one printed is kept in target/test-logs.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=scripts/browser.sh
. scripts/browser.sh
# shellcheck source=scripts/postgres.sh
. scripts/postgres.sh

with_browser=true
case ${1:-} in
  '') ;;
  --no-browser) with_browser=false ;;
  *) echo "usage: scripts/test.sh [--no-browser]" >&2; exit 2 ;;
esac

target=${CARGO_TARGET_DIR:-$root/target}
logs=$target/test-logs
mkdir -p "$logs"
rm -f "$logs"/*.log

# Colours off: the summaries are read below. Nothing is compiled twice here, so keeping its parts is only work.
export CARGO_TERM_COLOR=never CARGO_INCREMENTAL=0

passed=0
failed=0
broken=()

heading() { printf '\n== %4d s  %s\n' "$SECONDS" "$1"; }

# Runs a command, shows and keeps its output, and gives its exit code in `status`. A test that hangs must not hang
# everything: whatever lasts longer than a slow machine needs to build it is ended, with all that it started.
step_limit=15m
run() {
  local name=$1
  shift
  log=$logs/$name.log
  status=0
  timeout --kill-after=10s "$step_limit" "$@" 2>&1 | tee "$log" || status=${PIPESTATUS[0]}
  [ "$status" -ne 124 ] || echo "ended after $step_limit" | tee -a "$log"
}

note_failure() {
  broken+=("$1 ($log)")
}

# A check that is one thing: it counts as one.
check() {
  local name=$1 title=$2
  shift 2
  heading "$title"
  run "$name" "$@"
  if [ "$status" -eq 0 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    note_failure "$title"
  fi
}

# Adds the counts that the tests themselves printed. A run that failed without a failing test (it did not compile, or
# it crashed), or in which nothing ran at all, counts as one failure.
count() {
  local title=$1 ran_passed=$2 ran_failed=$3
  if [ "$ran_failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$ran_passed" -eq 0 ]; }; then
    ran_failed=1
  fi
  passed=$((passed + ran_passed))
  failed=$((failed + ran_failed))
  [ "$ran_failed" -eq 0 ] || note_failure "$title"
}

# What programs of others say, counted by these lines of awk. They come from registries, and where these do not answer nobody judges.
others() {
  local name=$1 title=$2 counted=$3
  heading "$title"
  run "$name" env UPSHOT_BIN="$program" "./scripts/$name.sh"
  if [ "$status" -eq 3 ]; then
    echo "not run: what it needs cannot be installed"
    return
  fi
  # shellcheck disable=SC2046 # two numbers
  count "$title" $(awk "$counted"' END { print p + 0, f + 0 }' "$log")
}

cargo_tests() {
  local name=$1 title=$2
  shift 2
  heading "$title"
  run "$name" cargo test --locked --no-fail-fast "$@"
  local sums
  sums=$(awk '/^test result: / { for (i = 2; i <= NF; i++) { if ($i == "passed;") p += $(i - 1); if ($i == "failed;") f += $(i - 1) } }
              END { print p + 0, f + 0 }' "$log")
  # shellcheck disable=SC2086 # two numbers
  count "$title" $sums
}

browser_tests() {
  local title=$1
  heading "$title"
  # Tests that were skipped or cancelled have not passed.
  run browser env CHROMIUM="$chromium" UPSHOT_BIN="$program" \
    node --test --test-reporter=tap tests/browser/*.test.mjs
  local sums
  sums=$(awk '$1 == "#" && $2 == "pass" { p = $3 } $1 == "#" && ($2 == "fail" || $2 == "cancelled") { f += $3 }
              END { print p + 0, f + 0 }' "$log")
  # shellcheck disable=SC2086 # two numbers
  count "$title" $sums
}

give_up() {
  echo "test.sh: $1" >&2
  exit 1
}

heading "What the tests need"
command -v cargo >/dev/null || give_up "install Rust first: https://rustup.rs"
if ! command -v cc >/dev/null; then
  install_package gcc libc6-dev || give_up "install a C compiler: the database and the TLS library are built with it"
fi
if $with_browser; then
  prepare_browser || give_up "mend this, or leave the browser tests out with --no-browser"
  echo "Node $(node --version), $("$chromium" --version)"
fi
start_postgres || give_up "the tests run on both databases"
trap stop_postgres EXIT
"$postgres_bin/postgres" --version
rustc --version
cargo fetch --locked

check format "Format" cargo fmt --all --check
check clippy "Clippy, everything" cargo clippy --locked --all-targets -- -D warnings
# This compiles the engine's tests without the server, too. They say the same as below: the feature only adds modules.
check clippy-engine "Clippy, engine alone" cargo clippy --locked --all-targets --no-default-features -- -D warnings
# Of a package of its own, which nothing else here compiles. The dependencies are mostly those that clippy has just looked at.
check fuzz-targets "Fuzz targets compile" cargo check --bins --manifest-path fuzz/Cargo.toml --target-dir "$target"
# Unit tests take the whole program once more as it is under test; unoptimised that is a minute and not six. The others want an
# optimised program: they rewrite thousands of messages.
cargo_tests unit "Unit tests" --lib --config 'profile.dev.package.upshot.opt-level=0'
heading "Other tests are built"
run build-tests cargo test --locked --no-run --test '*'
cargo_tests tests "Other tests" --test '*'
check docs "Documentation" env RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items
# The program as it was built for the tests. A release differs from it in its optimisations, and in that it does not look for
# overflows; it takes long to build, and the Dockerfile builds it.
program=$target/debug/upshot
if $with_browser; then
  if [ -x "$program" ]; then
    browser_tests "Browser tests"
  else
    heading "Browser tests"
    echo "not run: there is no program to test"
    log=$logs/build-tests.log
    status=1
    count "Browser tests" 0 0
  fi
fi

if $with_browser && [ -x "$program" ]; then
  # What others make of our signatures and cards.
  others peers "Peers as judges" '/ [0-9]+ findings$/ { if ($(NF - 1) == 0) p += 1; else f += 1 }'
  # Microsoft's stand-in for the Teams client.
  others playground "Microsoft's own client" 'NF == 3 && $2 == "pass" { p = $3 }
    NF == 3 && ($2 == "fail" || $2 == "cancelled") { f += $3 }'
fi

# The API against its own description, with a few of the cases that scripts/schemathesis.sh sends.
if $with_browser && [ -x "$program" ]; then
  heading "The API's description"
  run schemathesis env UPSHOT_BIN="$program" ./scripts/schemathesis.sh quick
  if [ "$status" -eq 3 ]; then
    echo "not run: Schemathesis cannot be installed"
  else
    sums=$(awk '/^Schemathesis, [0-9]+ cases: [0-9]+ findings$/ { if ($(NF - 1) == 0) p += 1; else f += 1 } END { print p + 0, f + 0 }' "$log")
    # shellcheck disable=SC2086 # two numbers
    count "The API's description" $sums
  fi
fi

heading "Done"
for title in "${broken[@]+"${broken[@]}"}"; do
  echo "failed: $title"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
