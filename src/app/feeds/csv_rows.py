"""Rows out of lines of CSV: delimiter, header, quotes. It knows no columns of ours."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from app.feeds.cells import NAME_LIMIT, clean_line
from app.feeds.file_bytes import LINE_LIMIT
from app.feeds.refusals import FileRefused, excerpt

RECORD_LINES = 1_000
"""Lines that one quoted row may span; more means that its quote was never closed."""
CELL_LIMIT = 131_072
"""The csv module's own limit for one cell, in characters."""
COLUMN_LIMIT = 1_000

_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row as it stands in the file, with the reason where it could not be split."""

    line: int
    """The line it begins on, from 1."""
    cells: Sequence[str]
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """A header and the rows under it; rows can be walked once."""

    header: tuple[str, ...]
    header_line: int
    delimiter: str
    rows: Iterator[CsvRow]


def read_table(lines: Iterator[str]) -> CsvTable:
    """Split lines into a table; the delimiter is the header's most frequent of , ; tab and |.

    Raises FileRefused for a header that cannot be used; walking the rows raises it for a quote that
    is never closed and for a file without any row.
    """
    number, first, delimiter = _first_line(lines)
    counted = _CountedLines(chain([first], lines), already=number - 1)
    # Strict, so that a quote that is never closed is an error and not a very long cell.
    reader = csv.reader(counted, delimiter=delimiter, strict=True)
    try:
        header = tuple(clean_line(cell, NAME_LIMIT) for cell in next(reader))
    except csv.Error as exc:
        raise FileRefused(f"line {number}: the header cannot be read: {_reason(exc)}") from exc
    _check_header(header, number)
    counted.begin_record()
    return CsvTable(
        header=header,
        header_line=number,
        delimiter=delimiter,
        rows=_rows(reader, counted, len(header)),
    )


def joined(cells: Iterable[str], most: int = 2_000) -> str:
    """Cells as one line of CSV, cut at `most` characters."""
    kept: list[str] = []
    room = most
    for cell in cells:
        kept.append(cell[:room])
        room -= len(cell) + 1
        if room <= 0:
            break
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(kept)
    return buffer.getvalue()[:most]


class _CountedLines:
    """Counts lines, and stops a record that swallows the file."""

    def __init__(self, lines: Iterable[str], *, already: int) -> None:
        self._lines = iter(lines)
        self.number = already
        self.record_line = already + 1
        self._record_size = 0

    def begin_record(self) -> None:
        self.record_line = self.number + 1
        self._record_size = 0

    def __iter__(self) -> _CountedLines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self._record_size += len(line)
        if self.number - self.record_line >= RECORD_LINES or self._record_size > LINE_LIMIT:
            raise FileRefused(never_closed(self.record_line))
        return line

    @property
    def spans_lines(self) -> bool:
        return self.number > self.record_line


def never_closed(line: int) -> str:
    """The message for a quote that opens in the row of `line` and swallows what follows."""
    return f'line {line}: a quote (") that opens in this row is never closed'


def _first_line(lines: Iterator[str]) -> tuple[int, str, str]:
    for number, line in enumerate(lines, start=1):
        bare = line.strip()
        if number == 1 and bare.lower().startswith("sep=") and len(bare) == 5:
            # Excel writes its delimiter on a line of its own.
            for rest_number, header in enumerate(lines, start=2):
                if header.strip():
                    return rest_number, header, bare[4]
            break
        if bare:
            return number, line, _delimiter_of(line)
    raise FileRefused("is empty: not even a header")


def _delimiter_of(line: str) -> str:
    unquoted = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=unquoted.count)


def _check_header(header: tuple[str, ...], line: int) -> None:
    if len(header) > COLUMN_LIMIT:
        raise FileRefused(f"line {line}: {len(header)} columns; at most {COLUMN_LIMIT} are read")
    seen: dict[str, str] = {}
    for name in header:
        key = name.casefold()
        if key and key in seen:
            raise FileRefused(
                f"line {line}: the column {excerpt(name)} stands twice; rename or remove one"
            )
        seen[key] = name
    if not any(header):
        raise FileRefused(f"line {line}: the header has no names")


def _rows(reader: Iterator[list[str]], counted: _CountedLines, width: int) -> Iterator[CsvRow]:
    any_row = False
    while True:
        counted.begin_record()
        line = counted.record_line
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as exc:
            if counted.spans_lines or "unexpected end" in str(exc):
                raise FileRefused(never_closed(line)) from exc
            any_row = True
            yield CsvRow(line, (), _reason(exc))
            continue
        if not any(cell and not cell.isspace() for cell in cells):
            continue
        any_row = True
        yield CsvRow(line, *_fitted(cells, width))
    if not any_row:
        raise FileRefused("has a header and no rows under it")


def _fitted(cells: list[str], width: int) -> tuple[list[str], str]:
    if len(cells) == width:
        return cells, ""
    if len(cells) > width and not any(cells[width:]):
        return cells[:width], ""
    return cells, (
        f"has {len(cells)} cells where the header has {width}; "
        "is a delimiter inside a cell that is not quoted?"
    )


def _reason(exc: csv.Error) -> str:
    text = str(exc)
    if "field larger" in text:
        return f"a cell is longer than {CELL_LIMIT:,} characters"
    if "expected after" in text:
        return 'a quote (") inside a quoted cell must be written twice ("")'
    if "new-line character" in text:
        return "a stray carriage return stands inside a cell that is not quoted"
    if "unexpected end" in text:
        return 'a quote (") is never closed'
    return text
