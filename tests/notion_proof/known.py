"""Which recorded objects were made within a cassette, and which were there before it began."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tests.notion_proof.recordings import Recorded, dashed
from tests.servers.notion.shapes import Json

WHOLE = frozenset({"page", "block", "database", "data_source", "comment", "file_upload"})


def objects_in(value: Json) -> Iterator[Json]:
    """Every object of an answer, those within others too."""
    if isinstance(value, dict):
        if value.get("object") in WHOLE or (value.get("object") == "user" and "name" in value):
            yield value
        for inner in value.values():
            yield from objects_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects_in(inner)


def options_in(value: Json) -> Iterator[str]:
    """The ids of all options of an answer."""
    if isinstance(value, dict):
        if {"id", "name", "color"} <= set(value):
            yield value["id"]
        for inner in value.values():
            yield from options_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from options_in(inner)


def parent_of(shown: Json) -> str:
    """The id of what an object lies in; empty: the workspace."""
    parent = shown.get("parent") or {}
    kind = parent.get("type", "")
    return dashed(str(parent[kind])) if kind in parent and kind != "workspace" else ""


def born_in(cassette: Sequence[Recorded]) -> set[str]:
    """The ids of all that the cassette's own requests made, in whatever way."""
    born: set[str] = set()
    for one in cassette:
        if one.status != 200:
            continue
        if one.method == "POST" and one.path in {"pages", "databases", "data_sources", "comments"}:
            born.add(one.answer["id"])
            born |= {source["id"] for source in one.answer.get("data_sources", ())}
        if one.method == "POST" and one.path == "file_uploads":
            born.add(one.answer["id"])
        if one.method == "PATCH" and one.path.endswith("/children"):
            sent = len(one.body["children"])
            born |= {shown["id"] for shown in one.answer["results"][:sent]}
        born |= {
            shown["id"]
            for shown in objects_in(one.answer)
            if shown["object"] != "user" and parent_of(shown) in born
        }
    return born


def is_derived(one: Recorded, born: set[str]) -> bool:
    """Whether the answer shows nothing that was there before the cassette began.

    A page that something was put under may have been there: only its id is shown. A search looks
    at the whole workspace, and a user is never made: such answers are never derived.
    """
    if one.path.startswith(("search", "users")):
        return False
    if one.status == 404 or one.path == "comments":
        return False  # says the name of the integration
    shown = list(objects_in(one.answer))
    if any(each["id"] not in born for each in shown):
        return False
    rows = (each for each in shown if "data_source_id" in each.get("parent", {}))
    if any(row["parent"]["data_source_id"] not in born for row in rows):
        return False
    is_list = one.answer.get("object") in {"list", "property_item"}
    is_append = one.method == "PATCH" and one.path.endswith("/children")
    return not is_list or is_append or _all_born(one.ids_in_path, born)


def _all_born(ids: Iterable[str], born: set[str]) -> bool:
    return all(each in born for each in ids)
