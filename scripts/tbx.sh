#!/usr/bin/env bash
# Is the TBX that Upshot gives out what its published schemas ask for? Another tool reads it and judges.
#
#   ./scripts/tbx.sh SCHEMAS    every shipped entry in TBX-Basic and in TBX-Core
#
# SCHEMAS is a folder with TBXcoreStructV03.rng and TBXcoreStructV03_TBX-Core_integrated.rng, which LTAC and TerminOrgs publish in
# the repositories LTAC-Global/TBX_Core_RNG and LTAC-Global/TBX-Core_dialect. They name no licence there, so they are not part of
# this repository. The judge is xmllint (libxml2, MIT). The exit code is 1 when it finds anything; UPSHOT_BIN names the program to
# judge, which is built when it is not there.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

give_up() {
  echo "tbx.sh: $1" >&2
  exit 2
}

[ $# -eq 1 ] || give_up "usage: scripts/tbx.sh SCHEMAS"
schemas=$(realpath "$1")
core=$schemas/TBXcoreStructV03.rng
core_dialect=$schemas/TBXcoreStructV03_TBX-Core_integrated.rng
for schema in "$core" "$core_dialect"; do
  [ -r "$schema" ] || give_up "$schema cannot be read"
done

cd "$root"
# shellcheck source=scripts/browser.sh
. scripts/browser.sh
# shellcheck source=scripts/program.sh
. scripts/program.sh
command -v xmllint >/dev/null || install_package libxml2-utils || give_up "install xmllint (package libxml2-utils)"
prepare_program
program=$(realpath "$program")

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for format in tbx tbx-core; do
  UPSHOT_DATABASE_URL=sqlite:$folder/upshot.db "$program" glossary export --format "$format" --layer shipped >"$folder/$format.xml"
done

faults=0
judge() {
  local schema=$1 file=$2
  xmllint --noout --relaxng "$schema" "$folder/$file.xml" 2>"$folder/told" && return
  head -n 5 "$folder/told"
  return 1
}
for pair in "$core tbx" "$core tbx-core" "$core_dialect tbx-core"; do
  read -r schema file <<<"$pair"
  if judge "$schema" "$file"; then
    echo "$file by $(basename "$schema"): $(grep -c '<conceptEntry' "$folder/$file.xml") entries, no findings"
  else
    faults=1
  fi
done
# A judge that finds nothing proves nothing: what TBX-Core has no place for must be seen.
if judge "$core_dialect" tbx >/dev/null; then
  echo "the judge takes TBX-Basic for TBX-Core"
  faults=1
fi
exit $faults
