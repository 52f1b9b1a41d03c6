"""Lines of text out of bytes: encodings, byte-order marks, and lines too long to be lines."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator

from app.errors import InvalidInput
from app.feeds.file_bytes import LINE_LIMIT, READ_FAILURES, OpenedFile, why_unreadable
from app.feeds.refusals import FileRefused

_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def known_encoding(name: str) -> str:
    """The encoding's proper name. Raises InvalidInput for one that is no text encoding."""
    try:
        "".encode(name)
        return codecs.lookup(name).name
    except (LookupError, UnicodeError, ValueError) as exc:
        raise InvalidInput(
            f"--encoding {name}: not an encoding; usual ones are utf-8, cp1252, utf-16"
        ) from exc


def text_lines(opened: OpenedFile, encoding: str | None) -> Iterator[str]:
    """Lines with their ends; `encoding` None is UTF-8, or UTF-16 where its mark stands first.

    Raises FileRefused at a line over the limit, a NUL, or bytes that the encoding does not have.
    """
    if encoding is None and opened.head.startswith(_WIDE_MARKS):
        return _decoded_by_stream(opened, "utf-16")
    chosen = encoding or "utf-8"
    if chosen.startswith(("utf-16", "utf-32", "utf-7")) or _has_old_line_ends(opened.head):
        return _decoded_by_stream(opened, "utf-8-sig" if chosen == "utf-8" else chosen)
    return _decoded_by_line(opened, chosen)


def _has_old_line_ends(head: bytes) -> bool:
    # The last byte may be the first half of a CRLF.
    return b"\r" in head[:-1] and b"\n" not in head


def _decoded_by_line(opened: OpenedFile, encoding: str) -> Iterator[str]:
    offset = 0
    number = 0
    while line := opened.line():
        number += 1
        body = line
        if number == 1 and line.startswith(codecs.BOM_UTF8):
            body = line[3:]
            offset += 3
        _check_line(body, number)
        try:
            yield body.decode(encoding)
        except UnicodeDecodeError as exc:
            raise FileRefused(_undecodable(exc, number, offset, encoding)) from exc
        offset += len(body)


def _decoded_by_stream(opened: OpenedFile, encoding: str) -> Iterator[str]:
    wrapper = io.TextIOWrapper(opened.stream, encoding, newline="")
    number = 0
    try:
        while line := _next_line(wrapper):
            number += 1
            _check_line(line, number)
            yield line
    except UnicodeError as exc:
        raise FileRefused(
            f"line {number + 1}: is not valid {encoding.upper()}; say its --encoding"
        ) from exc
    finally:
        wrapper.detach()


def _next_line(wrapper: io.TextIOWrapper) -> str:
    try:
        return wrapper.readline(LINE_LIMIT + 1)
    except READ_FAILURES as exc:
        raise why_unreadable(exc) from exc


def _check_line(line: bytes | str, number: int) -> None:
    if len(line) > LINE_LIMIT:
        raise FileRefused(
            f"line {number}: is longer than 1 MiB, so this is not a table of lines; "
            "is a line end or a closing quote missing?"
        )
    if ("\0" in line) if isinstance(line, str) else (b"\0" in line):
        raise FileRefused(f"line {number}: has a NUL byte, so this is not a text file")


def _undecodable(exc: UnicodeDecodeError, number: int, offset: int, encoding: str) -> str:
    place = f"line {number}: is not valid {encoding.upper()} at byte {offset + exc.start}"
    bad = exc.object[exc.start]
    if encoding == "utf-8":
        return f"{place} (0x{bad:02x}); if Excel wrote the file, try --encoding cp1252"
    return f"{place} (0x{bad:02x}); say the file's own --encoding"
