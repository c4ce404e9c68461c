# The program that measuring scripts run. Sourced from the root of the repository by those that define give_up; it does nothing by
# itself.
# shellcheck shell=bash

# Names it in `program`: the one of UPSHOT_BIN, or a debug build made now.
prepare_program() {
  program=${UPSHOT_BIN:-${CARGO_TARGET_DIR:-target}/debug/upshot}
  [ -n "${UPSHOT_BIN:-}" ] || cargo build --quiet --locked
  # The program takes names that begin so for settings of its own.
  unset UPSHOT_BIN
  [ -x "$program" ] || give_up "$program is no program"
}
