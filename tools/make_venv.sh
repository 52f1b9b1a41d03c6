#!/usr/bin/env bash
# Makes the virtual environment $1 with the first Python from 3.11 on that is really there.
# A pyenv shim may exist for a version that is not installed, so each candidate is asked, not found.
# Where several go by that name, one that is clearly quicker than those before it on PATH is taken:
# what was compiled on the spot needs easily half as long again as what a distribution ships.
set -euo pipefail

venv=$1
# Prints the microseconds that a little work takes it.
able='
import sys, ensurepip, sqlite3, ssl, venv
from time import process_time

def took():
    began = process_time()
    sum(len(str([number, f"{number}-"])) for number in range(40_000))
    return process_time() - began

if sys.version_info < (3, 11):
    sys.exit(1)
print(int(min(took() for _ in range(3)) * 1e6))
'

for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3 python3.14 python; do
  quickest='' limit=''
  while read -r python; do
    if took=$("$python" -c "$able" 2>/dev/null) && [ $((took * 5)) -lt "${limit:-$((took * 6))}" ]; then
      quickest=$python limit=$((took * 4))
    fi
  done < <(type -ap "$candidate" || true)
  if [ -n "$quickest" ]; then
    echo "Making $venv with $("$quickest" --version), $quickest …"
    exec "$quickest" -m venv --clear "$venv"
  fi
done

cat >&2 <<'TEXT'
No usable Python from 3.11 on was found (it needs its venv, sqlite3 and ssl modules).
On Debian and Ubuntu: apt-get install python3 python3-venv. Elsewhere: install Python 3.11 or newer.
To name one yourself: make demo PYTHON=/path/to/python3
TEXT
exit 1
