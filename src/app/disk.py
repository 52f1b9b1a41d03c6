"""Files that survive a power cut, and are there whole or not at all.

It knows how the disk is asked to keep something, not what is kept.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def sync(path: Path) -> None:
    """What was written, or renamed in a folder, survives a power cut from here on. Raises OSError.

    A rename is on disk only once its folder is.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes, *, prefix: str = ".new-", suffix: str = "") -> None:
    """Write a file in its folder under another name, which begins and ends so, and then rename it.

    Nobody but the owner of the process can read it. Raises OSError; the file is then what it was.
    """
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=suffix, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    sync(path.parent)
