"""The files of a checkout as git sees them. It knows nothing of what is in them."""

from __future__ import annotations

import subprocess
from pathlib import Path


def tracked_files(root: Path) -> list[Path]:
    """The files below `root` that git knows or would take in, in order."""
    # A checkout that belongs to somebody else, as in a container, may be read all the same.
    listing = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    answer = subprocess.run(listing, cwd=root, capture_output=True, check=True, text=True)
    paths = (root / name for name in sorted(filter(None, answer.stdout.split("\0"))))
    return [path for path in paths if path.is_file()]


def read_tree(root: Path) -> dict[str, str]:
    """The text of each tracked file, by its path from `root`; binary ones are left out."""
    contents = {path: path.read_bytes() for path in tracked_files(root)}
    return {
        path.relative_to(root).as_posix(): content.decode(errors="replace")
        for path, content in contents.items()
        if b"\0" not in content
    }
