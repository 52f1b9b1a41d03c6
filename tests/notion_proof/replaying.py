"""Replays a cassette against a fresh server and tells, answer by answer, whether both agree."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

import httpx

from tests.notion_proof.adopting import Adopting
from tests.notion_proof.comparing import Ids, differences
from tests.notion_proof.known import born_in, is_derived
from tests.notion_proof.recordings import UUID, Recorded, dashed
from tests.servers.notion import TOKEN, NotionServer
from tests.servers.notion.shapes import Json

_ID = r"[0-9a-fA-F-]{32,36}"
OURS = tuple(
    (method, re.compile(pattern))
    for method, pattern in (
        ("GET", "users(/.*)?"),
        ("POST", "search"),
        ("(GET|POST)", "comments"),
        ("POST", "(pages|databases|data_sources)"),
        ("(GET|PATCH)", r"(pages|databases|data_sources|blocks)/[^/]+"),
        ("DELETE", f"blocks/{_ID}"),
        ("GET", f"pages/{_ID}/properties/[^/]+"),
        ("POST", f"data_sources/{_ID}/query"),
        ("(GET|PATCH)", f"blocks/{_ID}/children"),
        ("POST", f"file_uploads(/{_ID}/send)?"),
        ("GET", f"file_uploads/{_ID}"),
        ("GET", "invalid"),
    )
)
_SHORT = re.compile(r"[\x21-\x7e]{4,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One recorded answer next to ours."""

    place: str
    asked: str
    version: str
    is_derived: bool
    differences: tuple[str, ...]


def is_ours(one: Recorded) -> bool:
    """Whether the endpoint is one that the server has."""
    return any(
        re.fullmatch(method, one.method) and pattern.fullmatch(one.path) for method, pattern in OURS
    )


async def replay(cassette: Sequence[Recorded]) -> list[Verdict]:
    """All of it, in order; an interaction with an endpoint that is not ours is passed over."""
    server = NotionServer(integration=_integration(cassette), is_strict=False)
    born = born_in(cassette)
    Adopting(server, born).adopt(cassette)
    ids, found = Ids(), []
    for known in (*server.world.nodes, *server.world.users):
        ids.bind(known, known)
    async with httpx.AsyncClient(
        transport=server.transport(), base_url="https://api.notion.com"
    ) as client:
        for one in cassette:
            if not is_ours(one):
                continue
            _move_clock(server, one)
            _note_colours(one.body, ids)
            answer = await client.send(_request(client, one, ids))
            told = differences(one.answer, answer.json(), ids)
            if answer.status_code != one.status:
                told.insert(0, f"status {one.status} recorded, {answer.status_code} of ours")
            found.append(
                Verdict(
                    place=one.place,
                    asked=f"{one.method} {UUID.sub('{id}', one.path)}",
                    version=one.version,
                    is_derived=is_derived(one, born),
                    differences=tuple(told),
                )
            )
    return found


def _integration(cassette: Sequence[Recorded]) -> str:
    """Its name, as the first answer has it that says it."""
    for one in cassette:
        if said := re.search(r'your integration "([^"]+)"', str(one.answer.get("message", ""))):
            return said[1]
        named = one.answer.get("display_name") or {}
        if named.get("type") == "integration":
            return str(named["resolved_name"])
    return "Tend"


def _request(client: httpx.AsyncClient, one: Recorded, ids: Ids) -> httpx.Request:
    headers = {
        "Authorization": "Bearer " + ("nobody's" if one.status == 401 else TOKEN),
        "Notion-Version": one.version,
    }
    content = one.raw
    if one.raw and "json" in one.content_type:
        content = json.dumps(_ours(one.body, ids)).encode()
    if one.content_type:
        headers["Content-Type"] = one.content_type
    path = "/".join(_part(part, ids) for part in one.path.split("/"))
    query = UUID.sub(lambda found: _own_id(found[0], ids), one.query)
    address = f"/v1/{path}" + (f"?{query}" if query else "")
    return client.build_request(one.method, address, headers=headers, content=content or None)


def _part(part: str, ids: Ids) -> str:
    if UUID.fullmatch(part):
        return _own_id(part, ids)
    own = ids.ours.get(unquote(part))
    return quote(own, safe="") if own else part


def _own_id(text: str, ids: Ids) -> str:
    return ids.ours.get(dashed(text), text)


def _ours(value: Json, ids: Ids) -> Json:
    """A recorded body with our ids in place of the recorded ones."""
    if isinstance(value, dict):
        return {_own_text(key, ids): _ours(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        return [_ours(inner, ids) for inner in value]
    return _own_text(value, ids) if isinstance(value, str) else value


def _own_text(text: str, ids: Ids) -> str:
    if text in ids.cursors:
        return ids.cursors[text]
    if _SHORT.fullmatch(text) and unquote(text) in ids.ours:
        return ids.ours[unquote(text)]
    return UUID.sub(lambda found: _own_id(found[0], ids), text)


def _move_clock(server: NotionServer, one: Recorded) -> None:
    moments = [datetime.fromisoformat(text) for text in _times(one.answer)]
    newest = max(moments, default=datetime.min.replace(tzinfo=UTC))
    if newest > server.now or not server.log:
        server.now = max(newest, server.now) if server.log else newest
    if server.now.year == 1:
        server.now = datetime(2026, 6, 1, tzinfo=UTC)


def _times(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in {"created_time", "last_edited_time"} and isinstance(inner, str):
                yield inner
            else:
                yield from _times(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _times(inner)


def _note_colours(value: Json, ids: Ids) -> None:
    if isinstance(value, dict):
        if value.get("color") and "name" in value:
            ids.coloured.add(value["name"])
        for inner in value.values():
            _note_colours(inner, ids)
    elif isinstance(value, list):
        for inner in value:
            _note_colours(inner, ids)
