"""Temporary files in memory, where there is room: what is synced there costs nothing.

A store syncs each commit to the disk, which takes it longer than all the rest of a commit, and
nothing here pulls a machine's plug: what `kill -9` leaves is the same on any file system.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 6 << 30
"""Bytes that must be free, of the folder and of the machine; a run needs a third of them."""


def keep_files_in_memory() -> None:
    """Have this process and those it starts make their temporary files there.

    TMPDIR, when set, says where they go instead.
    """
    if "TMPDIR" not in os.environ and has_room():
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # looked for anew


def has_room() -> bool:
    """Whether there is such a folder, ours to write to and large enough."""
    try:
        free = shutil.disk_usage(MEMORY).free
        told = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text())
    except OSError:
        return False
    available = int(told[1]) << 10 if told else 0
    return os.access(MEMORY, os.W_OK) and min(free, available) >= ROOM
