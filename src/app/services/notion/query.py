"""Rows of a data source, all of them: past the 10,000 that a query shows, each of them once.

Windows of `created_time`, oldest first; timestamps are of whole minutes, so windows overlap.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from app.blocks.rich_text import NotionObject
from app.ports.notion_client import NotionClient
from app.services.notion.errors import SYSTEM, NotionRefused, QueryIncomplete
from app.services.notion.paging import PAGE_SIZE, next_cursor, results_of

OVERLAP = timedelta(minutes=2)
"""Read again at each look: an edit of a minute may come after a look in the same minute."""
_OPERATION = "data_sources.query"
_BAD_REQUEST = 400
_OLDEST_FIRST: list[JsonValue] = [{"timestamp": "created_time", "direction": "ascending"}]
_PASSING = frozenset({"request_id", "cover", "icon", "url", "public_url", "last_edited_time"})
"""What does not belong to a row's content: files' addresses change by the hour."""


@dataclass(slots=True)
class _Window:
    """How far a reading in windows has come."""

    since: str = ""
    """`created_time` from which this window reads; empty: from the beginning."""
    newest: str = ""
    seen: set[str] = field(default_factory=set)
    is_whole: bool = True


async def query_all(
    client: NotionClient,
    data_source_id: str,
    *,
    where: NotionObject | None = None,
    sorts: Sequence[NotionObject] = (),
    only: Sequence[str] = (),
) -> AsyncIterator[NotionObject]:
    """All rows that meet the filter `where`, each once; oldest first where `sorts` is empty.

    `only` names the properties to answer with, by id. Raises ServiceError; QueryIncomplete where
    rows would be left out: more than 10,000 of one minute, or of an order of its own.
    """
    rows = _in_order(client, data_source_id, where, sorts, only) if sorts else None
    async for row in rows or _in_windows(client, data_source_id, where, only):
        yield row


async def changed_since(
    client: NotionClient,
    data_source_id: str,
    since: datetime,
    *,
    known: Collection[str] = (),
    where: NotionObject | None = None,
    only: Sequence[str] = (),
) -> AsyncIterator[NotionObject]:
    """The rows edited since, two minutes before it included; not those whose digest is known.

    Keep `row_digest` of what was read, at least of those minutes, and give it as `known` next
    time. Raises ServiceError.
    """
    edited: NotionObject = {
        "timestamp": "last_edited_time",
        "last_edited_time": {"on_or_after": _iso(since - OVERLAP)},
    }
    both = edited if where is None else _both(where, edited)
    async for row in query_all(client, data_source_id, where=both, only=only):
        if row_digest(row) not in known:
            yield row


def row_digest(row: NotionObject) -> str:
    """Of a row as it was read: its id, the minute of its last edit, and its content."""
    content = {name: value for name, value in row.items() if name not in _PASSING}
    wire = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(wire).hexdigest()[:16]
    return f"{row.get('id', '')}:{row.get('last_edited_time', '')}:{digest}"


async def _in_order(
    client: NotionClient,
    data_source_id: str,
    where: NotionObject | None,
    sorts: Sequence[NotionObject],
    only: Sequence[str],
) -> AsyncIterator[NotionObject]:
    """One query in an order of the caller's own, which no window can divide."""
    window = _Window()
    async for row in _read(client, data_source_id, _body(where, "", sorts), only, window):
        yield row
    if not window.is_whole:
        raise QueryIncomplete(SYSTEM, _OPERATION, "more rows than a query in this order shows")


async def _in_windows(
    client: NotionClient, data_source_id: str, where: NotionObject | None, only: Sequence[str]
) -> AsyncIterator[NotionObject]:
    """Query after query, each from the creation of the last row seen."""
    window = _Window()
    is_again = False
    while True:
        body = _body(where, window.since, ())
        try:
            async for row in _read(client, data_source_id, body, only, window):
                yield row
        except NotionRefused as exc:
            if is_again or not _is_bad_cursor(exc):
                raise
            is_again = window.newest == window.since
        else:
            if window.is_whole:
                return
            if window.newest == window.since:
                told = "more rows of one minute than a query shows"
                raise QueryIncomplete(SYSTEM, _OPERATION, told)
            is_again = False
        window.since = window.newest


async def _read(
    client: NotionClient,
    data_source_id: str,
    body: NotionObject,
    only: Sequence[str],
    window: _Window,
) -> AsyncIterator[NotionObject]:
    """One query, page by page: what was not seen before."""
    window.is_whole = True
    if only:
        body = {**body, "filter_properties": list(only)}
    while True:
        answer = await client.data_sources.query(data_source_id, **body)
        status = answer.get("request_status")
        if isinstance(status, dict) and status.get("type") == "incomplete":
            window.is_whole = False
        for row in results_of(answer, _OPERATION):
            row_id = str(row.get("id", ""))
            window.newest = str(row.get("created_time", "")) or window.newest
            if row_id not in window.seen:
                window.seen.add(row_id)
                yield row
        cursor = next_cursor(answer)
        if not cursor:
            return
        body = {**body, "start_cursor": cursor}


def _body(
    where: NotionObject | None, created_since: str, sorts: Sequence[NotionObject]
) -> NotionObject:
    conditions = [] if where is None else [where]
    if created_since:
        since: NotionObject = {"on_or_after": created_since}
        conditions.append({"timestamp": "created_time", "created_time": since})
    body: NotionObject = {"page_size": PAGE_SIZE, "sorts": list(sorts) or list(_OLDEST_FIRST)}
    if conditions:
        body["filter"] = conditions[0] if len(conditions) == 1 else _both(*conditions)
    return body


def _both(first: NotionObject, second: NotionObject) -> NotionObject:
    """Two conditions as one; a list that must be met whole takes the second as its last."""
    conditions = first.get("and")
    if set(first) == {"and"} and isinstance(conditions, list):
        return {"and": [*conditions, second]}
    return {"and": [first, second]}


def _is_bad_cursor(error: NotionRefused) -> bool:
    return error.status == _BAD_REQUEST and "start_cursor" in str(error)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
