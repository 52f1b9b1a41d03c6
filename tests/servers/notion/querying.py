"""Rows of a data source: filtered, sorted, page by page, and never more than the limit."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from tests.servers.notion.calls import Answer, Call
from tests.servers.notion.columns import column_named
from tests.servers.notion.filters import passing
from tests.servers.notion.pages import shown_page
from tests.servers.notion.shapes import Json, cursor_refused, invalid, listed, page_size_in
from tests.servers.notion.texts import plain
from tests.servers.notion.values import value_of
from tests.servers.notion.world import Page, Source, World

ROW_LIMIT = 10_000
_KNOWN = frozenset(
    {"filter", "sorts", "start_cursor", "page_size", "result_type", "is_archived", "in_trash"}
)
_INCOMPLETE = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}


@dataclass(slots=True, kw_only=True)
class Querying:
    """Answers queries; remembers the cursors that it gave."""

    row_limit: int = ROW_LIMIT
    cursors: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The row that comes next and its place, by cursor."""
    _last: tuple[str, list[str]] = ("", [])
    """The rows of the last query, while nothing was written."""

    def query(self, world: World, call: Call, source_id: str) -> Answer:
        """A page of the rows."""
        source = world.find(Source, source_id)
        for name in call.body:
            if name not in _KNOWN:
                raise invalid(f"body failed validation: body.{name} should be not present.")
        found = self._rows(world, source, call.body)
        is_cut = len(found) > self.row_limit
        rows = found[: self.row_limit]
        start = self._start(rows, call.body.get("start_cursor"))
        end = start + page_size_in(call.body.get("page_size"))
        cursor = None
        if end < len(rows):
            cursor = f"s:{world.new_id()}:{rows[end]}"
            self.cursors[cursor] = (rows[end], end)
        shown = [shown_page(world, world.find(Page, row), call.chosen) for row in rows[start:end]]
        more = {"request_status": _INCOMPLETE} if is_cut else {}
        return Answer(body=listed(shown, cursor, "page_or_data_source", **more))

    def _start(self, rows: list[str], cursor: Json) -> int:
        if cursor is None:
            return 0
        if cursor not in self.cursors:
            raise cursor_refused(cursor)
        row, place = self.cursors[cursor]
        if place < len(rows) and rows[place] == row:
            return place
        return rows.index(row) if row in rows else place

    def _rows(self, world: World, source: Source, body: Json) -> list[str]:
        asked = [body.get(name) for name in ("filter", "sorts", "in_trash", "is_archived")]
        key = json.dumps([source.id, world.revision, str(world.now), asked])
        if self._last[0] != key:
            self._last = (key, _found(world, source, body))
        return self._last[1]


def _found(world: World, source: Source, body: Json) -> list[str]:
    passes = passing(world, source, body.get("filter"))
    is_trash = bool(body.get("in_trash") or body.get("is_archived"))
    pages = [world.find(Page, row) for row in reversed(world.rows[source.id])]
    pages = [page for page in pages if page.in_trash is is_trash and passes(page)]
    for sort in reversed(body.get("sorts") or ()):
        _sort(world, source, pages, sort)
    return [page.id for page in pages]


def _sort(world: World, source: Source, pages: list[Page], sort: Json) -> None:
    """In place; what is empty comes last whichever way."""
    is_descending = sort.get("direction", "ascending") == "descending"
    if "timestamp" in sort:
        is_creation = sort["timestamp"] == "created_time"
        pages.sort(
            key=lambda page: (page.created if is_creation else page.edited).replace(
                second=0, microsecond=0
            ),
            reverse=is_descending,
        )
        return
    column = column_named(source, sort.get("property", ""))
    if column is None:
        raise invalid(f"Could not find sort property with name or id: {sort.get('property')}")
    meant = column
    order = {option["id"]: n for n, option in enumerate(meant.config.get("options", []))}

    def key(page: Page) -> Json:
        return _sorted_by(meant.type, value_of(world, page, meant), order)

    filled = [page for page in pages if key(page) is not None]
    empty = [page for page in pages if key(page) is None]
    filled.sort(key=key, reverse=is_descending)
    pages[:] = [*filled, *empty]


def _naturally(text: str) -> list[tuple[int, int, str]]:
    """Numbers in a text count as numbers: 4 comes before 10."""
    parts = re.findall(r"\d+|\D+", text.lower())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def _sorted_by(kind: str, value: Json, order: dict[str, int]) -> Json:
    if kind in {"title", "rich_text"}:
        return _naturally(plain(value)) or None
    if kind in {"select", "status"}:
        return order[value["id"]] if value else None
    if kind == "date":
        return value["start"] if value else None
    if kind == "unique_id":
        return value["number"]
    if kind in {"formula", "rollup"}:
        inner = value[value["type"]]
        return inner["start"] if isinstance(inner, dict) else inner
    if isinstance(value, list):
        return len(value) or None
    return value
