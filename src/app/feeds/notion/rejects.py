"""The file of refused values: every one that stands in Notion now, kept over readings in part."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from app.errors import InvalidInput
from app.feeds.notion.values import RefusedValue
from app.feeds.refusals import RefusedRow
from app.feeds.rejects import HEADER, rejects_anew

_ID = 32
"""Characters of a page's id, with which its address ends."""


def write_rejects(
    path: Path, refused: Sequence[RefusedValue], *, seen: Collection[str], is_whole: bool
) -> int:
    """Write the refused values of this reading, with those of pages that it did not read.

    `seen`: the ids of the pages that were read. Returns how many stand in the file, which is gone
    where there are none. Raises InvalidInput when it cannot be written.
    """
    kept = [] if is_whole else list(_of_others(path, {_bare(page_id) for page_id in seen}))
    fresh = [
        (
            value.url or value.page_id,
            RefusedRow(line=0, column=value.column, reason=value.reason, raw=value.value),
        )
        for value in refused
    ]
    with rejects_anew(path) as sink:
        for number, (page, row) in enumerate([*kept, *fresh], start=1):
            sink(page, replace(row, line=number))
    return len(kept) + len(fresh)


def _of_others(path: Path, seen: Collection[str]) -> Iterator[tuple[str, RefusedRow]]:
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as stream:
            for cells in csv.reader(stream):
                if len(cells) == len(HEADER) and tuple(cells) != HEADER:
                    page, _, column, reason, raw = cells
                    if _bare(page)[-_ID:] not in seen:
                        yield page, RefusedRow(line=0, column=column, reason=reason, raw=raw)
    except FileNotFoundError:
        return
    except (OSError, csv.Error) as exc:
        raise InvalidInput(f"{path}: cannot be read: {exc}") from exc


def _bare(page: str) -> str:
    return page.replace("-", "")[-_ID:]
