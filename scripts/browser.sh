# What the browser tests and the pictures need: Node 20, Chromium and two npm packages. Sourced by test.sh and
# screenshot.sh from the root of the repository; it does nothing by itself.
# shellcheck shell=bash

# Installs a Debian package, as root or through sudo.
install_package() {
  command -v apt-get >/dev/null || return 1
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || return 1
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

find_chromium() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    [ -z "$name" ] || ! command -v "$name" >/dev/null || { command -v "$name"; return; }
  done
  return 1
}

is_node_new_enough() {
  command -v node >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)'
}

# Installs the npm packages of a folder. The same lock file, the same packages: installed anew only when it has changed.
install_npm_packages() {
  local folder=$1
  if ! cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-lock.json"; then
    (cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund) || return 1
    cp "$folder/package-lock.json" "$folder/node_modules/.installed-lock.json"
  fi
}

# Names Chromium in `chromium`; what is missing is installed where that is possible, else said.
prepare_browser() {
  if ! is_node_new_enough; then
    echo "install Node 20 or newer" >&2
    return 1
  fi
  if ! find_chromium >/dev/null && ! install_package chromium; then
    echo "install Chromium, or name it in CHROMIUM" >&2
    return 1
  fi
  chromium=$(find_chromium) || return 1
  install_npm_packages tests/browser || return 1
}
