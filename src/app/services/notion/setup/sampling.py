"""Some rows of a database that is there: who made them, and which columns have values already.

The oldest and the newest are looked at, not all of them.
"""

from __future__ import annotations

from collections import Counter

from pydantic import JsonValue

from app.blocks.rich_text import NotionObject
from app.services.notion.client import NotionApi
from app.services.notion.paging import PAGE_SIZE, results_of
from app.services.notion.setup.schema import Sample, text_of

_OPERATION = "data_sources.query"


async def sample_of(api: NotionApi, data_source_id: str, bot_id: str) -> Sample:
    """The oldest 100 rows; the newest too where there are more. Raises ServiceError."""
    oldest = await _rows(api, data_source_id, "ascending")
    has_more = oldest.get("has_more") is True
    rows = {text_of(row.get("id")): row for row in results_of(oldest, _OPERATION)}
    if has_more:
        newest = await _rows(api, data_source_id, "descending")
        rows |= {text_of(row.get("id")): row for row in results_of(newest, _OPERATION)}
    filled = Counter(name for row in rows.values() for name in _filled(row))
    return Sample(
        rows=len(rows),
        has_more=has_more and len(rows) >= 2 * PAGE_SIZE,
        by_others=sum(_maker(row) != bot_id for row in rows.values()),
        filled=filled,
    )


async def _rows(api: NotionApi, data_source_id: str, direction: str) -> NotionObject:
    sorts: list[JsonValue] = [{"timestamp": "created_time", "direction": direction}]
    return await api.data_sources.query(data_source_id, page_size=PAGE_SIZE, sorts=sorts)


def _maker(row: NotionObject) -> str:
    maker = row.get("created_by")
    return text_of(maker.get("id")) if isinstance(maker, dict) else ""


def _filled(row: NotionObject) -> list[str]:
    properties = row.get("properties")
    values = (properties if isinstance(properties, dict) else {}).values()
    return [
        text_of(value.get("id"))
        for value in values
        if isinstance(value, dict) and value.get(text_of(value.get("type"))) not in (None, [], "")
    ]
