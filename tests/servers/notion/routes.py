"""Which address is answered by whom, and what every answer carries."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from tests.servers.notion import pages, people, sources, trees, uploads
from tests.servers.notion.calls import Answer, Call, Handler
from tests.servers.notion.limits import hold_to
from tests.servers.notion.querying import Querying
from tests.servers.notion.shapes import BEFORE, Json, Refused, uuid_in
from tests.servers.notion.world import Upload, World

_ID = r"(?P<id>[^/]+)"
_CALLED = {
    "pages": "page_id",
    "blocks": "block_id",
    "databases": "database_id",
    "data_sources": "data_source_id",
    "users": "user_id",
    "file_uploads": "file_upload_id",
}
_TRASHABLE = frozenset({"page", "block", "database", "data_source", "file_upload"})


class Routes:
    """Finds who answers a request, and has them answer."""

    def __init__(self, querying: Querying) -> None:
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "users/me", people.me),
            ("GET", "users", people.users),
            ("GET", f"users/{_ID}", people.user_named),
            ("POST", "search", people.search),
            ("POST", "comments", people.comment),
            ("GET", "comments", people.comments),
            ("POST", "pages", pages.create),
            ("GET", f"pages/{_ID}", pages.retrieve),
            ("PATCH", f"pages/{_ID}", pages.update),
            ("GET", f"pages/{_ID}/properties/(?P<of>[^/]+)", _one_property),
            ("POST", "databases", sources.create_database),
            ("GET", f"databases/{_ID}", sources.retrieve_database),
            ("PATCH", f"databases/{_ID}", sources.update_database),
            ("POST", "data_sources", sources.create_source),
            ("GET", f"data_sources/{_ID}", sources.retrieve_source),
            ("PATCH", f"data_sources/{_ID}", sources.update_source),
            ("POST", f"data_sources/{_ID}/query", querying.query),
            ("GET", f"blocks/{_ID}", trees.retrieve),
            ("PATCH", f"blocks/{_ID}", trees.update),
            ("DELETE", f"blocks/{_ID}", trees.delete),
            ("GET", f"blocks/{_ID}/children", trees.children),
            ("PATCH", f"blocks/{_ID}/children", trees.append),
            ("POST", "file_uploads", _begin_upload),
            ("GET", f"file_uploads/{_ID}", _show_upload),
            ("POST", f"file_uploads/{_ID}/send", _send_upload),
        )
        self._table = [(method, re.compile(pattern), handler) for method, pattern, handler in table]

    def answer(self, world: World, call: Call) -> Answer:
        """What is answered to a good request; refuses the others."""
        handler, node_id = self._who(call)
        hold_to(call.body, len(call.raw) if call.body is not None else 0)
        answer = handler(world, call, node_id)
        answer.body = dressed(answer.body, call.version)
        answer.body["request_id"] = world.new_id()
        return answer

    def _who(self, call: Call) -> tuple[Callable[[World, Call, str], Answer], str]:
        for method, pattern, handler in self._table:
            found = pattern.fullmatch(call.path)
            if method != call.method or found is None:
                continue
            named = found.groupdict().get("id")
            if named is None:
                return handler, ""
            kind = call.path.partition("/")[0]
            return handler, uuid_in(unquote(named), f"path.{_CALLED[kind]}")
        raise Refused(400, "invalid_request_url", "Invalid request URL.")


def dressed(value: Json, version: str) -> Json:
    """An answer as this version words it: the older one says `archived` too."""
    if version != BEFORE:
        return value
    if isinstance(value, list):
        return [dressed(one, version) for one in value]
    if not isinstance(value, dict):
        return value
    shown = {key: dressed(inner, version) for key, inner in value.items()}
    if shown.get("object") in _TRASHABLE and "in_trash" in shown:
        shown["archived"] = shown["in_trash"]
    return shown


def _one_property(world: World, call: Call, page_id: str) -> Answer:
    return pages.one_property(world, call, page_id, unquote(call.path.rpartition("/")[2]))


def _begin_upload(world: World, call: Call, _: str) -> Answer:
    upload = uploads.begin(world, call.body)
    return Answer(body=uploads.shown(world, upload, call.api), created=upload.id)


def _show_upload(world: World, call: Call, upload_id: str) -> Answer:
    upload = world.find(Upload, upload_id, "file upload")
    return Answer(body=uploads.shown(world, upload, call.api))


def _send_upload(world: World, call: Call, upload_id: str) -> Answer:
    upload = world.find(Upload, upload_id, "file upload")
    uploads.send(world, upload, call.content_type, call.raw)
    return Answer(body=uploads.shown(world, upload, call.api))
