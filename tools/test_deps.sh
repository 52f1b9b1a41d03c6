#!/usr/bin/env bash
# Makes sure of what the tests need of the system: a PostgreSQL server's programs. Installs only what
# is missing; without a package manager it knows, or the right to use it, says what to install.
set -euo pipefail

has_postgres() {
  command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

if has_postgres; then
  echo "PostgreSQL is here."
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi

if command -v apt-get >/dev/null && { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }; then
  echo "Installing PostgreSQL …"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends postgresql >/dev/null
fi

if ! has_postgres; then
  echo "Please install a PostgreSQL server (its initdb must be on the PATH), then run this again." >&2
  exit 1
fi
