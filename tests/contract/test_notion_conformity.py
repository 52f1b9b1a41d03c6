"""The check of every request that tests send to Notion's test server has teeth."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.servers.notion.calls import Call
from tests.servers.notion.conformity import Conformity
from tests.servers.notion.shapes import Json

pytestmark = pytest.mark.needs_shared
ID = "00000000-0000-4000-8000-000000000001"
TEXT = {"type": "text", "text": {"content": "Well."}}


@pytest.fixture(scope="module")
def conformity(shared_dir: Path) -> Conformity:
    document = json.loads((shared_dir / "notion" / "notion-api-schemas.json").read_text())
    return Conformity(document)


def call(method: str, path: str, body: Json = None, **query: str) -> Call:
    asked = {name: [value] for name, value in query.items()}
    return Call(method=method, path=path, query=asked, body=body or {}, raw=b"")


def paragraph(text: Json, *children: Json) -> Json:
    more = {"children": list(children)} if children else {}
    return {"object": "block", "type": "paragraph", "paragraph": {"rich_text": [text], **more}}


def page(**properties: Json) -> Json:
    parent = {"type": "data_source_id", "data_source_id": ID}
    return {"parent": parent, "properties": properties}


FINE = {
    "a page": call("POST", "pages", page(Name={"title": [TEXT]}, NPS={"number": 7})),
    "fields": call("PATCH", f"pages/{ID}", {"properties": {"NPS": {"number": None}}}),
    "a query": call(
        "POST",
        f"data_sources/{ID}/query",
        {"page_size": 100, "filter": {"property": "Key", "rich_text": {"equals": "acme"}}},
    ),
    "blocks": call("PATCH", f"blocks/{ID}/children", {"children": [paragraph(TEXT)]}),
    "children": call("GET", f"blocks/{ID}/children", page_size="100"),
    "oneself": call("GET", "users/me"),
}
BAD = {
    "a number in words": call("PATCH", f"pages/{ID}", {"properties": {"NPS": {"number": "7"}}}),
    "an option in words": call("PATCH", f"pages/{ID}", {"properties": {"Tier": {"select": "A"}}}),
    "a misspelt field": call("POST", "pages", {**page(), "propertys": {}}),
    "no properties": call("POST", f"blocks/{ID}/children", {}),
    "an unknown filter": call(
        "POST", f"data_sources/{ID}/query", {"filter": {"property": "A", "number": {"is": 1}}}
    ),
    "an unknown kind": call("PATCH", f"blocks/{ID}/children", {"children": [{"type": "poem"}]}),
    "101 blocks": call("PATCH", f"blocks/{ID}/children", {"children": [paragraph(TEXT)] * 101}),
    "2,001 signs": call(
        "PATCH",
        f"blocks/{ID}/children",
        {"children": [paragraph({"type": "text", "text": {"content": "x" * 2_001}})]},
    ),
    "four levels": call(
        "PATCH",
        f"blocks/{ID}/children",
        {"children": [paragraph(TEXT, paragraph(TEXT, paragraph(TEXT, paragraph(TEXT))))]},
    ),
    "an unknown parameter": call("GET", f"blocks/{ID}/children", limit="5"),
    "a size in words": call("GET", f"blocks/{ID}/children", page_size="all"),
    "no such endpoint": call("GET", "accounts"),
    "no such method": call("DELETE", "pages"),
}


@pytest.mark.parametrize("name", FINE)
def test_a_request_of_the_schemas_is_in_order(conformity: Conformity, name: str) -> None:
    assert conformity.faults(FINE[name]) == []


@pytest.mark.parametrize("name", BAD)
def test_any_other_is_told(conformity: Conformity, name: str) -> None:
    assert conformity.faults(BAD[name])
