"""A text given to the person's own editor, and never lost: what was typed stays until it is kept.

It knows files and processes, not what the text is.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.text import Text

from app.errors import InvalidInput


@contextmanager
def edited(text: str, name: str, notes: Console, hint: str) -> Iterator[str]:
    """The text as it was saved in `$VISUAL` or `$EDITOR`.

    Where the work done with it fails, the file stays: it is named on `notes`, and `hint` says what
    to do with it. Raises InvalidInput where there is no editor, or it fails.
    """
    command = _command(os.environ)
    handle, place = tempfile.mkstemp(prefix=f"tend-{name}-", suffix=".txt")
    path = Path(place)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    is_done = False
    try:
        _open(command, path)
        yield path.read_text(encoding="utf-8", errors="replace")
        is_done = True
    finally:
        if is_done or path.read_text(encoding="utf-8", errors="replace") == text:
            path.unlink()
        else:
            notes.print(Text(f"What you wrote is kept in {path}: {hint} {path}", "yellow"))


def _command(environment: Mapping[str, str]) -> list[str]:
    for name in ("VISUAL", "EDITOR"):
        if environment.get(name, "").strip():
            try:
                return shlex.split(environment[name])
            except ValueError as exc:
                raise InvalidInput(f"{name}: {exc}") from exc
    if not sys.stdin.isatty():
        raise InvalidInput("EDITOR is not set: set it, or say --subject or --body-file")
    return ["vi"]


def _open(command: list[str], path: Path) -> None:
    try:
        ran = subprocess.run([*command, str(path)], check=False)  # noqa: S603 -- their own editor
    except OSError as exc:
        raise InvalidInput(f"EDITOR: {command[0]} cannot be started: {exc.strerror}") from exc
    if ran.returncode:
        msg = f"EDITOR: {command[0]} ended with {ran.returncode}, so nothing is changed"
        raise InvalidInput(msg)
