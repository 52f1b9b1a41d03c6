"""A small Notion in memory, shaped as notion-client's AsyncClient, asserted on by its state.

It keeps the remote's limits and refuses what the remote refuses: 101 blocks, 2,001 characters, a
filter of another type than its column. Created times are of whole minutes, as the remote's are.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from app.errors import PermanentServiceError

Json = Any  # the remote's own free-form JSON
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class FakeNotion:
    """Pages, blocks and databases; `requests` keeps every body sent, by endpoint."""

    def __init__(self, *, query_limit: int = 10_000) -> None:
        self.query_limit = query_limit
        self.now = START
        self.requests: list[tuple[str, Json]] = []
        self.stored_pages: dict[str, Json] = {}
        self.children: dict[str, list[Json]] = {}
        self.sources: dict[str, dict[str, str]] = {}
        self.rows: dict[str, list[str]] = {}
        self.containers: dict[str, list[str]] = {}
        self.fail_on_request: int | None = None
        self._numbers = count(1)
        self.pages = _Pages(self)
        self.blocks = _Blocks(self)
        self.data_sources = _DataSources(self)
        self.databases = _Databases(self)

    def add_database(self, **columns: str) -> str:
        """A database with one data source; columns by name with `_` for space, and their types."""
        database_id, source_id = self.new_id(), self.new_id()
        self.containers[database_id] = [source_id]
        self.sources[source_id] = {name.replace("_", " "): kind for name, kind in columns.items()}
        self.rows[source_id] = []
        return database_id

    def add_row(self, database_id: str, **values: Json) -> str:
        """A row; values by column in the remote's own form of a plain value."""
        source_id = self.containers[database_id][0]
        columns = self.sources[source_id]
        given = {name.replace("_", " "): value for name, value in values.items()}
        properties = {name: _property(kind, given.get(name)) for name, kind in columns.items()}
        page = self.store_page({"type": "data_source_id", "data_source_id": source_id}, properties)
        self.rows[source_id].append(page["id"])
        return str(page["id"])

    def add_page(self) -> str:
        """A bare page."""
        return str(self.store_page({"type": "workspace", "workspace": True}, {})["id"])

    def texts(self, page_id: str) -> list[str]:
        """What stands on a page, a line per block."""
        return [_words(block) for block in self.children[page_id]]

    def note(self, endpoint: str, body: Json) -> None:
        """Keep a request; fail the one that the test asked to fail."""
        self.requests.append((endpoint, body))
        if self.fail_on_request == len(self.requests):
            raise PermanentServiceError("notion", endpoint, "the test pulled the plug")

    def new_id(self) -> str:
        """The next id."""
        return f"00000000-0000-4000-8000-{next(self._numbers):012d}"

    def store_page(self, parent: Json, properties: Json) -> Json:
        """Keep a page."""
        page_id = self.new_id()
        self.children[page_id] = []
        minute = self.now.replace(second=0, microsecond=0)
        self.stored_pages[page_id] = {
            "object": "page",
            "id": page_id,
            "created_time": minute.isoformat().replace("+00:00", ".000Z"),
            "parent": parent,
            "in_trash": False,
            "properties": properties,
            "url": f"https://www.notion.so/{page_id.replace('-', '')}",
        }
        return self.stored_pages[page_id]


class _Pages:
    def __init__(self, notion: FakeNotion) -> None:
        self._notion = notion

    async def create(self, **body: Json) -> Json:
        self._notion.note("pages.create", body)
        _check_blocks(body.get("children", []))
        title = body["properties"]["title"]["title"]
        page = self._notion.store_page(
            body["parent"], {"title": {"type": "title", "title": _read_back(title)}}
        )
        self._notion.children[body["parent"]["page_id"]].append(
            {
                "id": page["id"],
                "type": "child_page",
                "child_page": {"title": "".join(t["plain_text"] for t in _read_back(title))},
            }
        )
        self._notion.children[page["id"]] += _stored(self._notion, body.get("children", []))
        return page

    async def update(self, page_id: str, **body: Json) -> Json:
        self._notion.note("pages.update", body)
        page = self._notion.stored_pages[page_id]
        for name, value in body["properties"].items():
            (kind,) = value
            page["properties"][name] = {"type": kind, **value}
        return page

    async def retrieve(self, page_id: str) -> Json:
        self._notion.note("pages.retrieve", None)
        return self._notion.stored_pages[page_id]


class _Blocks:
    def __init__(self, notion: FakeNotion) -> None:
        self.children = _BlockChildren(notion)


class _BlockChildren:
    def __init__(self, notion: FakeNotion) -> None:
        self._notion = notion

    async def append(self, block_id: str, **body: Json) -> Json:
        self._notion.note("blocks.children.append", body)
        _check_blocks(body["children"])
        siblings = self._notion.children[block_id]
        position = body.get("position", {"type": "end"})
        at = len(siblings)
        if position["type"] == "after_block":
            after = position["after_block"]["id"]
            at = next(i for i, block in enumerate(siblings) if block["id"] == after) + 1
        new = _stored(self._notion, body["children"])
        siblings[at:at] = new
        return {"object": "list", "results": new}

    async def list(self, block_id: str, **query: Json) -> Json:
        self._notion.note("blocks.children.list", None)
        return _page(self._notion.children[block_id], query)


class _Databases:
    def __init__(self, notion: FakeNotion) -> None:
        self._notion = notion

    async def retrieve(self, database_id: str) -> Json:
        self._notion.note("databases.retrieve", None)
        sources = self._notion.containers[database_id]
        return {
            "object": "database",
            "id": database_id,
            "data_sources": [{"id": source, "name": "Source"} for source in sources],
        }


class _DataSources:
    def __init__(self, notion: FakeNotion) -> None:
        self._notion = notion

    async def query(self, data_source_id: str, **body: Json) -> Json:
        self._notion.note("data_sources.query", body)
        columns = self._notion.sources[data_source_id]
        rows = [self._notion.stored_pages[row] for row in self._notion.rows[data_source_id]]
        found = [row for row in rows if _meets(row, body.get("filter"), columns)]
        found.sort(key=lambda row: row["created_time"])
        answer = _page(found[: self._notion.query_limit], body)
        if len(found) > self._notion.query_limit:
            answer["request_status"] = {
                "type": "incomplete",
                "incomplete_reason": "query_result_limit_reached",
            }
        return answer


def _page(results: list[Json], query: Json) -> Json:
    size = query.get("page_size", 100)
    if not 1 <= size <= 100:
        raise _refused(f"page_size should be ≤ `100`, instead was `{size}`")
    start = int(query.get("start_cursor", 0))
    has_more = start + size < len(results)
    return {
        "object": "list",
        "results": results[start : start + size],
        "has_more": has_more,
        "next_cursor": str(start + size) if has_more else None,
    }


def _meets(row: Json, condition: Json | None, columns: dict[str, str]) -> bool:
    if condition is None:
        return True
    if "and" in condition:
        return all(_meets(row, part, columns) for part in condition["and"])
    if "timestamp" in condition:
        since = datetime.fromisoformat(condition["created_time"]["on_or_after"])
        return datetime.fromisoformat(row["created_time"]) >= since
    name = condition["property"]
    ((kind, test),) = ((key, value) for key, value in condition.items() if key != "property")
    if columns.get(name) != kind:
        raise _refused(f"database property {name} does not match filter {kind}")
    value = _plain(row["properties"][name])
    ((operator, wanted),) = test.items()
    if operator == "contains":
        return wanted in value
    return bool((value == wanted) == (operator == "equals"))


def _plain(column: Json) -> Json:
    kind = column["type"]
    value = column[kind]
    if kind in {"select", "status"}:
        return None if value is None else value["name"]
    if kind in {"title", "rich_text"}:
        return "".join(piece["plain_text"] for piece in value)
    if kind == "relation":
        return [page["id"] for page in value]
    return value


def _property(kind: str, value: Json) -> Json:
    forms: dict[str, Any] = {
        "title": lambda: [{"type": "text", "plain_text": value}] if value else [],
        "rich_text": lambda: [{"type": "text", "plain_text": value}] if value else [],
        "select": lambda: None if value is None else {"name": value},
        "status": lambda: None if value is None else {"name": value},
        "date": lambda: None if value is None else {"start": value, "end": None},
        "relation": lambda: [] if value is None else [{"id": value}],
    }
    return {"type": kind, kind: forms.get(kind, lambda: value)()}


def _stored(notion: FakeNotion, blocks: list[Json]) -> list[Json]:
    return [
        {
            **block,
            "id": notion.new_id(),
            block["type"]: {
                **block[block["type"]],
                "rich_text": _read_back(block[block["type"]]["rich_text"]),
            },
        }
        for block in blocks
    ]


def _read_back(texts: list[Json]) -> list[Json]:
    return [{**text, "plain_text": text["text"]["content"]} for text in texts]


def _words(block: Json) -> str:
    body = block[block["type"]]
    return str(body.get("title", "".join(t["plain_text"] for t in body.get("rich_text", []))))


def _check_blocks(blocks: list[Json]) -> None:
    if len(blocks) > 100:
        raise _refused(f"body.children.length should be ≤ `100`, instead was `{len(blocks)}`")
    for block in blocks:
        texts = block[block["type"]]["rich_text"]
        longest = max(
            (len(t["text"]["content"].encode("utf-16-le")) // 2 for t in texts), default=0
        )
        if longest > 2000 or len(texts) > 100:
            raise _refused(f"content.length should be ≤ `2000`, instead was `{longest}`")


def _refused(message: str) -> PermanentServiceError:
    return PermanentServiceError("notion", "validation_error", message)
