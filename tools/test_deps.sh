#!/usr/bin/env bash
# Makes sure of what the tests need of the system: the programs of a PostgreSQL and a Redis server, in
# CI those of Dovecot (elsewhere a wheel stands in for it), a Chromium, and
# an emulated Gmail and Prism (npm), kept outside the checkout. Installs only what is missing; without a package
# manager it knows, or the right to use it, says what to install.
set -euo pipefail

has_postgres() {
  command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

has_redis() {
  command -v redis-server >/dev/null || command -v valkey-server >/dev/null
}

has_dovecot() {
  [ "${CI:-}" != true ] || command -v dovecot >/dev/null || [ -x /usr/sbin/dovecot ]
}

has_chromium() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
}

missing() {
  has_postgres || echo postgresql
  has_redis || echo redis-server
  has_dovecot || echo dovecot-imapd
}

# Programs of npm's are wanted by everybody, and required in CI alone: folder, file of it, what for.
of_npm() {
  local name=$1 program=$2 what=$3 here pinned folder
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../tests/servers/$name" && pwd)
  pinned=$(sha256sum "$here/package-lock.json" | cut -c1-12)
  folder="${XDG_CACHE_HOME:-$HOME/.cache}/tend-tests/$name-$pinned"
  if [ -f "$folder/node_modules/$program" ]; then
    return 0
  fi
  if ! command -v npm >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
    echo "Node.js 20 or newer with npm is not here: tests against $what cannot run." >&2
    [ "${CI:-}" != true ]
    return
  fi
  echo "Installing $what …"
  mkdir -p "$folder"
  cp "$here/package.json" "$here/package-lock.json" "$folder/"
  (cd "$folder" && npm ci --silent --no-audit --no-fund --ignore-scripts)
}

of_npm emulate emulate/dist/index.js "the emulated Gmail"
of_npm prism @stoplight/prism-cli/dist/index.js "servers made from OpenAPI documents"

mapfile -t packages < <(missing)
if [ "${#packages[@]}" -eq 0 ] && has_chromium; then
  echo "PostgreSQL, Redis, mail and Chromium are here."
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi

installed() {
  echo "Installing $* …"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

if command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }; then
  "${as_root[@]}" apt-get update -qq
  [ "${#packages[@]}" -eq 0 ] || installed "${packages[@]}"
  # Not every distribution has it under this name: what then is missing is said below.
  has_chromium || installed chromium || true
fi

if ! has_postgres; then
  echo "Please install a PostgreSQL server (its initdb must be on the PATH), then run this again." >&2
fi
if ! has_redis; then
  echo "Please install a Redis or Valkey server (on the PATH), then run this again." >&2
fi
if ! has_dovecot; then
  echo "There is no Dovecot; its tests run against pymap instead." >&2
fi
if ! has_chromium; then
  echo "There is no Chromium (on the PATH): tests in a browser cannot run." >&2
  [ "${CI:-}" != true ]
fi
has_postgres && has_redis
