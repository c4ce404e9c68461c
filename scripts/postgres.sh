# A throw-away PostgreSQL for tests: a server on a Unix socket in a temporary folder, gone with the script that started
# it. Sourced by test.sh and kill.sh from the root of the repository; it does nothing by itself.
# shellcheck shell=bash

find_initdb() {
  local candidate
  for candidate in "$(command -v initdb || true)" /usr/lib/postgresql/*/bin/initdb; do
    # A link in /usr/local/bin cannot find the files beside the real program.
    [ -z "$candidate" ] || [ ! -x "$candidate" ] || { readlink -f "$candidate"; return; }
  done
  return 1
}

# PostgreSQL refuses to run as root, so root hands it to a user without rights.
as_postgres() {
  if [ "$(id -u)" -ne 0 ]; then
    "$@"
  else
    setpriv --reuid="$postgres_user" --regid="$(id -g "$postgres_user")" --clear-groups "$@"
  fi
}

# Starts the server and names it in TEST_POSTGRES_URL; what is missing is installed where that is possible, else said.
start_postgres() {
  if ! find_initdb >/dev/null && ! install_package postgresql-15; then
    echo "install PostgreSQL (Debian package postgresql-15)" >&2
    return 1
  fi
  postgres_bin=$(dirname -- "$(find_initdb)") || return 1
  postgres_user=postgres
  id "$postgres_user" >/dev/null 2>&1 || postgres_user=nobody
  postgres_folder=$(mktemp -d /tmp/upshot-postgres.XXXXXX) || return 1
  [ "$(id -u)" -ne 0 ] || chown "$postgres_user" "$postgres_folder"
  (
    cd "$postgres_folder"
    as_postgres "$postgres_bin/initdb" --pgdata=data --auth=trust --username=upshot --encoding=UTF8 --no-sync >initdb.log &&
      # What a crash of the machine would lose does not matter here; what a crash of our program would lose does.
      as_postgres "$postgres_bin/pg_ctl" --pgdata=data --log=server.log --wait start --options="-c fsync=off \
        -c listen_addresses='' -c unix_socket_directories='$postgres_folder' -c max_connections=200" >/dev/null
  ) || { stop_postgres; return 1; }
  export TEST_POSTGRES_URL="postgres://upshot@localhost/postgres?host=$postgres_folder"
}

stop_postgres() {
  [ -n "${postgres_folder:-}" ] || return 0
  (cd "$postgres_folder" && as_postgres "$postgres_bin/pg_ctl" --pgdata=data --mode=immediate stop >/dev/null 2>&1) || true
  rm -rf "$postgres_folder"
  postgres_folder=
}
