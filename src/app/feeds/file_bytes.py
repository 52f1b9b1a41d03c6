"""Opens a file of an import: plain or gzip, never more of it in memory than a line or a set limit.

What is no text at all (a workbook, a zip, a PDF) is told by its first bytes, whatever its name.
"""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.feeds.refusals import FileRefused

LINE_LIMIT = 1_048_576
"""Bytes that one line may have; a longer one is not a table's line."""

READ_FAILURES = (EOFError, zlib.error, OSError)
"""What reading a damaged gzip, or a failing disk, raises."""

_SPREADSHEET = "save it as CSV (in Excel: Save As, 'CSV UTF-8') and import that"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", f"is an Excel workbook or a zip archive, not text: {_SPREADSHEET}"),
    (b"PK\x05\x06", "is an empty zip archive, not text"),
    (b"\xd0\xcf\x11\xe0", f"is an old Excel workbook, not text: {_SPREADSHEET}"),
    (b"%PDF", "is a PDF, not text: export the table as CSV"),
    (b"SQLite format 3", "is a database file, not text: export the table as CSV"),
    (b"BZh", "is packed with bzip2: unpack it, or pack it with gzip"),
    (b"\xfd7zXZ", "is packed with xz: unpack it, or pack it with gzip"),
    (b"(\xb5/\xfd", "is packed with zstd: unpack it, or pack it with gzip"),
    (b"PAR1", "is a Parquet file, not text: export the table as CSV"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """A file being read; bytes come unpacked."""

    stream: gzip.GzipFile | io.BufferedReader
    raw: io.BufferedReader
    size: int
    """Bytes on disk, for a progress bar."""
    head: bytes
    """The first bytes, unpacked; they are still to be read from `stream`."""

    def position(self) -> int:
        """Bytes of the file on disk that have been read."""
        return self.raw.tell()

    def line(self) -> bytes:
        """The next line with its end, at most a byte over the limit; empty at the file's end.

        Raises FileRefused when the gzip is damaged or the disk fails.
        """
        try:
            return self.stream.readline(LINE_LIMIT + 1)
        except READ_FAILURES as exc:
            raise why_unreadable(exc) from exc

    def everything(self, limit: int) -> bytes:
        """The whole content. Raises FileRefused when it is more than `limit` bytes."""
        try:
            content = self.stream.read(limit + 1)
        except READ_FAILURES as exc:
            raise why_unreadable(exc) from exc
        if len(content) > limit:
            mebibytes = limit // 1_048_576
            raise FileRefused(f"is more than {mebibytes} MiB; export it in smaller pages")
        return content


@contextmanager
def open_file(path: Path) -> Iterator[OpenedFile]:
    """Open a file and unpack it if it is gzip, by its first bytes.

    Raises FileRefused when it is missing, unreadable, empty, no regular file or no text.
    """
    try:
        # A named pipe without a writer would otherwise be waited for.
        raw = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb")
    except FileNotFoundError as exc:
        raise FileRefused("is not there") from exc
    except PermissionError as exc:
        raise FileRefused("may not be read: its permissions forbid it") from exc
    except OSError as exc:
        raise FileRefused(f"cannot be opened: {exc.strerror}") from exc
    with raw:
        status = os.fstat(raw.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise FileRefused("is not a regular file")
        yield _unpacked(raw, status.st_size)


def _unpacked(raw: io.BufferedReader, size: int) -> OpenedFile:
    if size == 0:
        raise FileRefused("is empty")
    magic = raw.read(2)
    raw.seek(0)
    is_packed = magic == b"\x1f\x8b"
    stream: gzip.GzipFile | io.BufferedReader = gzip.GzipFile(fileobj=raw) if is_packed else raw
    try:
        head = stream.peek(512)[:512]
    except READ_FAILURES as exc:
        raise why_unreadable(exc) from exc
    if not head:
        raise FileRefused("is empty")
    for signature, meaning in _SIGNATURES:
        if head.startswith(signature):
            raise FileRefused(meaning)
    return OpenedFile(stream=stream, raw=raw, size=size, head=head)


def why_unreadable(exc: EOFError | zlib.error | OSError) -> FileRefused:
    """What a damaged gzip or a failing disk means for a person."""
    if isinstance(exc, EOFError):
        return FileRefused("is a gzip file that ends too early: fetch or export it again")
    if isinstance(exc, gzip.BadGzipFile | zlib.error):
        return FileRefused("is a damaged gzip file: fetch or export it again")
    return FileRefused(f"cannot be read: {exc.strerror or exc}")
