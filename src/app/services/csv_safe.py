"""Rows of a CSV file that a spreadsheet opens without running anything that stands in them.

It knows neither columns nor where the file goes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

Cell: TypeAlias = str | int | Decimal | date | None

BYTE_ORDER_MARK = "\ufeff"
"""At the beginning of a file; spreadsheets take it for one in UTF-8."""
_FORMULA = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"
"""OWASP, CSV injection; the last four are the wide forms, which Excel reads as the plain ones."""
_BEGINS = re.compile(rf"\A(?=[\t\r\n]|\s*{_FORMULA})|(?<=[;\t\r\n])(?=\s*{_FORMULA})")
"""Where a cell begins, also one that a spreadsheet makes where it parts cells by `;` or tabs."""


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """The rows as lines that end in CR LF (RFC 4180)."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerows([_told(cell) for cell in row] for row in rows)
    return written.getvalue()


def _told(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe_text(cell)
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def safe_text(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet would take it for a formula.

    Numbers and days of ours need none: they come as such and stay figures.
    """
    return _BEGINS.sub("'", text.replace("\x00", ""))
