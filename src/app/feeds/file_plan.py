"""A look into a file before anything is written: what it is, and what its columns mean."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.domain.feed import FactKind
from app.domain.reported import FIGURES
from app.feeds.cells import clean_line
from app.feeds.column_map import ColumnMap, how_to_name, map_columns
from app.feeds.csv_rows import read_table
from app.feeds.file_bytes import OpenedFile, open_file
from app.feeds.file_kind import kind_by_header, kind_by_name
from app.feeds.import_choices import ImportChoices
from app.feeds.refusals import FileRefused
from app.feeds.text_lines import text_lines

_LOOK_ROWS = 20
_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """A file that can be imported, as far as its beginning tells."""

    path: Path
    kind: FactKind
    size: int
    """Bytes on disk."""
    columns: ColumnMap | None
    """None for a page of Jira issues."""
    first_values: tuple[str, ...] = ()
    """For each of the file's columns the first cell that is not blank, fit to be shown."""

    @property
    def is_jira(self) -> bool:
        """Whether it is JSON, so a page of Jira issues."""
        return self.columns is None


def plan_file(path: Path, choices: ImportChoices) -> FilePlan:
    """Look into a file. Raises FileRefused when it cannot be imported."""
    with open_file(path) as opened:
        if _is_json(path, opened):
            if choices.kind not in {None, FactKind.TICKETS}:
                raise FileRefused(f"is JSON: read as Jira issues only, not as {choices.kind}")
            return FilePlan(path=path, kind=FactKind.TICKETS, size=opened.size, columns=None)
        return _plan_table(path, opened, choices)


def _is_json(path: Path, opened: OpenedFile) -> bool:
    name = path.name.lower()
    if name.endswith((".json", ".json.gz")):
        return True
    begin = opened.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return not name.endswith((".csv", ".tsv", ".csv.gz", ".tsv.gz")) and begin[:1] in {b"{", b"["}


def _plan_table(path: Path, opened: OpenedFile, choices: ImportChoices) -> FilePlan:
    table = read_table(text_lines(opened, choices.encoding))
    kind = choices.kind or kind_by_name(path) or kind_by_header(table.header, choices.mapping)
    columns = map_columns(kind, table.header, choices.mapping.of(kind), choices.preset)
    if columns.missing:
        raise FileRefused(f"line {table.header_line}: {how_to_name(columns)}")
    if columns.tells_nothing:
        raise FileRefused(
            f"line {table.header_line}: no column is a signal; name one in a --map file, "
            f"under [{kind}]: {', '.join(FIGURES)}"
        )
    first = [""] * len(table.header)
    for row in islice(table.rows, _LOOK_ROWS):
        if not row.trouble:
            for place, cell in enumerate(row.cells):
                first[place] = first[place] or clean_line(cell, _SHOWN)
    return FilePlan(
        path=path, kind=kind, size=opened.size, columns=columns, first_values=tuple(first)
    )
