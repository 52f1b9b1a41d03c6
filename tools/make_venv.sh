#!/usr/bin/env bash
# Makes the virtual environment $1 with the first Python from 3.11 on that is really there.
# A pyenv shim may exist for a version that is not installed, so each candidate is asked, not found.
set -euo pipefail

venv=$1
able='import sys, ensurepip, sqlite3, ssl, venv; sys.exit(sys.version_info < (3, 11))'

for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3 python3.14 python; do
  if "$candidate" -c "$able" >/dev/null 2>&1; then
    echo "Making $venv with $("$candidate" --version) …"
    exec "$candidate" -m venv --clear "$venv"
  fi
done

cat >&2 <<'TEXT'
No usable Python from 3.11 on was found (it needs its venv, sqlite3 and ssl modules).
On Debian and Ubuntu: apt-get install python3 python3-venv. Elsewhere: install Python 3.11 or newer.
To name one yourself: make demo PYTHON=/path/to/python3
TEXT
exit 1
