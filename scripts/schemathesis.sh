#!/usr/bin/env bash
# Does the API do what its own description says? Schemathesis reads /api/openapi.json of a started server and sends it thousands of
# requests that the description allows, and as many that it forbids.
#
#   ./scripts/schemathesis.sh         all checks; at least 5,000 cases, which takes some minutes
#   ./scripts/schemathesis.sh quick   a few hundred cases
#
# The exit code is 1 when anything is found, 3 when Schemathesis cannot be installed. It needs Node 20 and Python 3.11 or newer;
# UPSHOT_BIN names the program to judge, which is built when it is not there. Schemathesis is installed below scripts/schemathesis and
# is no part of the product. What it is told beside the description is in scripts/schemathesis/schemathesis.toml.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

give_up() {
  echo "schemathesis.sh: $1" >&2
  exit 2
}

case ${1:-} in
  '') examples=500 least=5000 ;;
  quick) examples=10 least=300 ;;
  *) give_up "usage: scripts/schemathesis.sh [quick]" ;;
esac

cd "$root"
# shellcheck source=scripts/browser.sh
. scripts/browser.sh
# shellcheck source=scripts/program.sh
. scripts/program.sh
is_node_new_enough || give_up "install Node 20 or newer"
folder=scripts/schemathesis

if ! cmp -s "$folder/requirements.txt" "$folder/.python/installed.txt"; then
  command -v python3 >/dev/null || install_package python3 || give_up "install Python 3.11 or newer"
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || give_up "install Python 3.11 or newer"
  python3 -c 'import ensurepip' 2>/dev/null || install_package python3-venv || give_up "install Python's venv (package python3-venv)"
  python3 -m venv --clear "$folder/.python"
  if ! "$folder/.python/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$folder/requirements.txt"; then
    echo "schemathesis.sh: pip does not install Schemathesis, so nobody judges" >&2
    exit 3
  fi
  cp "$folder/requirements.txt" "$folder/.python/installed.txt"
fi
prepare_program
# The server is started under the same name by tests/browser/program.mjs.
UPSHOT_BIN=$(realpath "$program") node "$folder/run.mjs" "$folder/.python/bin/schemathesis" "$examples" "$least"
