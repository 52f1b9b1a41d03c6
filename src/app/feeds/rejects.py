"""The file behind `--rejects`: every refused row, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from app.errors import InvalidInput
from app.feeds.file_report import RefusalSink
from app.feeds.refusals import RefusedRow

HEADER = ("file", "line", "column", "reason", "raw")
_FORMULA = re.compile(
    r"\A(?=[\t\r])|(?:\A|(?<=[\r\n;\t]))(?= *[=+\-@" + "\uff1d\uff0b\uff0d\uff20])"  # full width
)
"""Where a spreadsheet would take it for one: at the begin, and after what parts cells in some
countries, for there a quotation mark within the line is no more than a sign."""


def formula_safe(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet would take for a formula."""
    return _FORMULA.sub("'", text)


@contextmanager
def rejects_file(path: Path | None) -> Iterator[RefusalSink]:
    """A sink that writes each refused row; without a path it forgets them.

    Raises InvalidInput when the file cannot be written, or holds something else than rejects.
    """
    if path is None:
        yield _forget
        return
    _check_ours(path)
    try:
        # A file's name may hold bytes that are no text.
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEADER)

            def keep(file: str, refusal: RefusedRow) -> None:
                cells = (file, str(refusal.line), refusal.column, refusal.reason, refusal.raw)
                writer.writerow([formula_safe(cell) for cell in cells])

            yield keep
    except OSError as exc:
        raise InvalidInput(f"--rejects {path}: cannot be written: {exc.strerror}") from exc


@contextmanager
def rejects_anew(path: Path) -> Iterator[RefusalSink]:
    """A sink whose file stands whole at the end, and is gone where no row was refused.

    Of two that write at once the last one's stands. Raises InvalidInput as `rejects_file` does.
    """
    part = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    refused = 0
    try:
        with rejects_file(part) as sink:

            def keep(file: str, refusal: RefusedRow) -> None:
                nonlocal refused
                refused += 1
                sink(file, refusal)

            yield keep
        if refused:
            part.replace(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as exc:
        raise InvalidInput(f"{path}: cannot be written: {exc.strerror}") from exc
    finally:
        part.unlink(missing_ok=True)


def _forget(file: str, refusal: RefusedRow) -> None:
    del file, refusal


def _check_ours(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            begin = stream.read(len(",".join(HEADER)))
    except FileNotFoundError:
        return
    except OSError as exc:
        raise InvalidInput(f"--rejects {path}: cannot be written: {exc.strerror}") from exc
    if begin and begin != ",".join(HEADER).encode():
        raise InvalidInput(f"--rejects {path}: holds something else; it is not overwritten")
