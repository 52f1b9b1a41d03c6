#!/usr/bin/env bash
# Makes sure of what the tests need of the system: the programs of a PostgreSQL and a Redis server.
# Installs only what is missing; without a package manager it knows, or the right to use it, says what
# to install.
set -euo pipefail

has_postgres() {
  command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

has_redis() {
  command -v redis-server >/dev/null || command -v valkey-server >/dev/null
}

missing() {
  has_postgres || echo postgresql
  has_redis || echo redis-server
}

mapfile -t packages < <(missing)
if [ "${#packages[@]}" -eq 0 ]; then
  echo "PostgreSQL and Redis are here."
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi

if command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }; then
  echo "Installing ${packages[*]} …"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "${packages[@]}" >/dev/null
fi

if ! has_postgres; then
  echo "Please install a PostgreSQL server (its initdb must be on the PATH), then run this again." >&2
fi
if ! has_redis; then
  echo "Please install a Redis or Valkey server (on the PATH), then run this again." >&2
fi
has_postgres && has_redis
