"""What stands in a workspace, told apart by keys: rows of databases, pages below them, their lines.

Ids, addresses, minutes, and the day that a scan's date rode along, differ from run to run and are
left out: two runs of one story can be compared.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.servers.notion import NotionServer, plain_value
from tests.servers.notion.shapes import Json
from tests.servers.notion.world import Block, Database, Page, Source, Upload, World

KEYS = ("External ID", "Ticket ID")
"""Columns that a row is known by, else its title."""
_PASSING = frozenset({"TAM Profile", "Last Health Scan"})
"""Columns of which is compared only whether anything stands there."""
_LAST_SCAN = re.compile(r"^Last scan: \d{4}-\d\d-\d\d")
_MINUTES = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d| UTC)?")


@dataclass(slots=True, kw_only=True)
class Snapshot:
    """Rows by database and key, and the lines of each page, all counted."""

    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many rows bear a key: one, if all is well."""
    values: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """By database, key and column."""
    pages: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Pages below a row, by the row's key and their title."""
    lines: Counter[tuple[str, str]] = field(default_factory=Counter)
    """What stands on a row's page or one below it, line by line."""


def snapshot_of(server: NotionServer, parent: str) -> Snapshot:
    """Everything below the page that the databases lie on."""
    world, taken = server.world, Snapshot()
    keys = {row: key for _, source in _sources(world, parent) for row, key in _rows(world, source)}
    for title, source in _sources(world, parent):
        for row, key in _rows(world, source):
            taken.rows[title, key] += 1
            for column in source.columns.values():
                told = _said(plain_value(world, row, column.name), keys)
                taken.values[title, key, column.name] = (
                    str(bool(told)) if column.name in _PASSING else told
                )
            for page, line in _lines(world, row, ""):
                if line:
                    taken.lines[f"{title} {key} {page}", line] += 1
                else:
                    taken.pages[f"{title} {key}", page] += 1
    return taken


def lost_in(found: Snapshot, wanted: Snapshot) -> list[str]:
    """What an undisturbed run has and this one has not, or has otherwise."""
    values = [
        f"{' / '.join(place)}: {found.values.get(place)!r}, not {value!r}"
        for place, value in wanted.values.items()
        if found.values.get(place) != value
    ]
    missing = [
        f"{what}: {' / '.join(place)}"
        for what, counted, had in (
            ("row", wanted.rows, found.rows),
            ("page", wanted.pages, found.pages),
            ("line", wanted.lines, found.lines),
        )
        for place in counted - had
    ]
    return [*values, *missing]


def doubled_in(found: Snapshot, wanted: Snapshot) -> list[str]:
    """What stands there more often than in an undisturbed run."""
    return [
        f"{what}: {' / '.join(place)}"
        for what, counted, had in (
            ("row", found.rows, wanted.rows),
            ("page", found.pages, wanted.pages),
            ("line", found.lines, wanted.lines),
        )
        for place in counted - had
    ]


def _sources(world: World, parent: str) -> Iterator[tuple[str, Source]]:
    for node in world.living(parent):
        if isinstance(node, Database):
            for source_id in node.sources:
                source = world.find(Source, source_id)
                yield _text(source.title), source


def _rows(world: World, source: Source) -> Iterator[tuple[str, str]]:
    names = {column.name: column.type for column in source.columns.values()}
    title = next(name for name, kind in names.items() if kind == "title")
    for row in world.rows[source.id]:
        if not world.find(Page, row).in_trash:
            told = [_said(plain_value(world, row, name), {}) for name in KEYS if name in names]
            yield (
                row,
                next((one for one in told if one), "") or _said(plain_value(world, row, title), {}),
            )


def _lines(world: World, holder: str, page: str) -> Iterator[tuple[str, str]]:
    """Each page below (an empty line), and each line with its depth."""
    for node in world.living(holder):
        if isinstance(node, Page):
            title = _text(node.values["title"])
            yield title, ""
            yield from _lines(world, node.id, title)
        elif isinstance(node, Block):
            yield page, f"{node.type}: {_shown(world, node)}"
            yield from _lines(world, node.id, page)


def _shown(world: World, block: Block) -> str:
    if block.type == "image":
        upload = world.find(Upload, block.content["file_upload"]["id"])
        return hashlib.sha256(upload.content or b"").hexdigest()[:12]
    cells = block.content.get("cells")
    texts = cells if cells is not None else [block.content.get("rich_text", [])]
    told = _MINUTES.sub(r"\1", " | ".join(_text(text) for text in texts))
    return _LAST_SCAN.sub("Last scan", told)


def _said(value: Json, keys: dict[str, str]) -> str:
    if isinstance(value, list):
        if value and "plain_text" in value[0]:
            return _text(value)
        return ", ".join(sorted(keys.get(one["id"], one["id"]) for one in value))
    if isinstance(value, dict):
        value = value.get("name", value.get("start"))
    return "" if value is None else _MINUTES.sub(r"\1", str(value))


def _text(text: Json) -> str:
    return "".join(run["plain_text"] for run in text)
