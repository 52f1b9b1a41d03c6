"""Pages: created, read, changed, and their properties one by one."""

from __future__ import annotations

import re

from tests.servers.notion.calls import Answer, Call
from tests.servers.notion.columns import column_named
from tests.servers.notion.shapes import (
    Json,
    cursor_refused,
    invalid,
    listed,
    minute,
    page_size_in,
    shown_id,
    user,
    uuid_in,
)
from tests.servers.notion.texts import plain, rich_text
from tests.servers.notion.trees import add_blocks
from tests.servers.notion.uploads import file_kept, file_shown
from tests.servers.notion.values import columns_of, set_value, shown_value, value_of
from tests.servers.notion.world import Column, Database, Page, Source, World

_PAGED = frozenset({"title", "rich_text", "relation", "people"})
_UNTAKEN = ("template", "markdown", "content")


def create(world: World, call: Call, _: str) -> Answer:
    """A page under a page, or a row; with its blocks."""
    for name in _UNTAKEN:
        if name in call.body:
            raise invalid(f"body failed validation: body.{name} is not taken by this test server.")
    parent, source = _parent(world, call.body.get("parent"))
    page = Page(id=world.new_id(), parent=parent, **world.age())
    _start(world, page, source)
    given = call.body.get("properties")
    if not isinstance(given, dict):
        raise invalid(
            "body failed validation: body.properties should be defined, instead was `undefined`."
        )
    _dress(world, page, call.body)
    world.nodes[page.id] = page
    try:
        set_values(world, page, source, given)
        children = call.body.get("children") or []
        made = add_blocks(world, page, children, "body")
    except Exception:
        del world.nodes[page.id]
        raise
    world.keep(page)
    above = world.nodes.get(str(parent.get("page_id")))
    if above is not None:
        world.touch(above)
    return Answer(
        body=shown_page(world, page), created=page.id, children=[block.id for block in made]
    )


def retrieve(world: World, call: Call, page_id: str) -> Answer:
    """A page, one in the trash too."""
    return Answer(body=shown_page(world, world.find(Page, page_id), call.chosen))


def update(world: World, call: Call, page_id: str) -> Answer:
    """Properties, looks, trash."""
    page = world.find(Page, page_id)
    in_trash = call.in_trash
    if in_trash is not None:
        page.in_trash = in_trash
    given = call.body.get("properties")
    if world.is_buried(page) and (given or "icon" in call.body or "cover" in call.body):
        raise invalid(
            "Can't edit page on block with an archived ancestor. You must unarchive the ancestor "
            "before editing page."
        )
    if given:
        source = world.nodes.get(str(page.parent.get("data_source_id")))
        set_values(world, page, source if isinstance(source, Source) else None, given)
    page.is_locked = call.body.get("is_locked", page.is_locked)
    _dress(world, page, call.body)
    if call.body.get("erase_content"):
        for child in world.living(page.id):
            child.in_trash = True
    world.touch(page)
    return Answer(body=shown_page(world, page))


def set_values(world: World, page: Page, source: Source | None, given: Json) -> None:
    """What the body says of the properties; all of it or nothing."""
    if source is None:
        known = given.get("title", next(iter(given.values()), []) if len(given) == 1 else [])
        if given and "title" not in given and not _is_title(known):
            raise invalid(f"{next(iter(given))} is not a property that exists.")
        runs = known.get("title", []) if isinstance(known, dict) else known
        page.values["title"] = rich_text(world, runs, "body.properties.title.title")
        return
    wanted: list[tuple[Column, Json]] = []
    for key, value in given.items():
        column = column_named(source, key)
        if column is None and key == "title":
            column = source.columns["title"]
        if column is None:
            raise invalid(f"{key} is not a property that exists.")
        wanted.append((column, value))
    before = dict(page.values)
    try:
        for column, value in wanted:
            set_value(world, page, column, value)
    except Exception:
        page.values = before
        raise


def _is_title(value: Json) -> bool:
    return isinstance(value, dict) and "title" in value


def shown_page(world: World, page: Page, chosen: frozenset[str] = frozenset()) -> Json:
    """A page's object, with the properties of these ids or names alone; none: with all."""
    columns = columns_of(world, page)
    if chosen:
        columns = [c for c in columns if chosen & {c.id, shown_id(c.id), c.name}]
    parent = dict(page.parent)
    if parent["type"] == "data_source_id":
        parent["database_id"] = world.find(Source, parent["data_source_id"]).parent["database_id"]
    return {
        "object": "page",
        "id": page.id,
        "created_time": minute(page.created),
        "last_edited_time": minute(page.edited),
        "created_by": user(page.created_by),
        "last_edited_by": user(page.edited_by),
        "cover": page.cover and file_shown(world, page.cover),
        "icon": page.icon and file_shown(world, page.icon),
        "parent": parent,
        "in_trash": page.in_trash,
        "is_archived": False,
        "is_locked": page.is_locked,
        "properties": {column.name: shown_value(world, page, column) for column in columns},
        "url": address(plain(page.values.get("title", [])), page.id),
        "public_url": None,
    }


def address(title: str, node_id: str) -> str:
    """Where people look at it."""
    words = re.sub(r"[^A-Za-z0-9_]+", "-", title).strip("-")
    return f"https://app.notion.com/p/{words + '-' if words else ''}{node_id.replace('-', '')}"


def one_property(world: World, call: Call, page_id: str, property_id: str) -> Answer:
    """A property, whole and in pages."""
    page = world.find(Page, page_id)
    column = next((c for c in columns_of(world, page) if c.id == property_id), None)
    if column is None:
        raise invalid(f"{shown_id(property_id)} is not a property that exists.")
    value, kind, shown = value_of(world, page, column), column.type, shown_id(column.id)
    of = {"object": "property_item", "type": kind, "id": shown}
    if kind == "rollup":
        about: Json = {"id": shown, "next_url": None, "type": kind, kind: value}
        if value["type"] == "array":
            about[kind] = {**value, "array": []}
        return Answer(body={**listed([], None, "property_item"), "property_item": about})
    if kind not in _PAGED:
        return Answer(body={**of, kind: value})
    size, start = page_size_in(call.asked("page_size")), _start_of(call.asked("start_cursor"))
    end = start + size
    following = f"p:{end}" if end < len(value) else None
    results = [{**of, kind: one} for one in value[start:end]]
    about = {"id": shown, "next_url": None, "type": kind, kind: {}}
    if following:
        about["next_url"] = (
            f"{call.api}/v1/pages/{page.id}/properties/{shown}?start_cursor={following}"
        )
    return Answer(body={**listed(results, following, "property_item"), "property_item": about})


def _start_of(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (found := re.fullmatch(r"p:(\d+)", cursor)):
        raise cursor_refused(cursor)
    return int(found[1])


def _parent(world: World, given: Json) -> tuple[Json, Source | None]:
    kinds = ("page_id", "data_source_id", "database_id", "workspace")
    kind = next((kind for kind in kinds if isinstance(given, dict) and kind in given), "")
    if not kind:
        raise invalid(
            "body failed validation: body.parent should be defined, instead was `undefined`."
        )
    if kind == "workspace":
        return {"type": "workspace", "workspace": True}, None
    node_id = uuid_in(given[kind], f"body.parent.{kind}")
    if kind == "page_id":
        world.find(Page, node_id)
        return {"type": kind, kind: node_id}, None
    if kind == "database_id":
        sources = world.find(Database, node_id).sources
        if len(sources) != 1:
            raise invalid("Databases with multiple data sources are not supported in this version.")
        node_id = sources[0]
    source = world.find(Source, node_id)
    if world.is_buried(source):
        raise invalid("Can't create page in a database that is archived.")
    return {"type": "data_source_id", "data_source_id": node_id}, source


def _start(world: World, page: Page, source: Source | None) -> None:
    """What a new row holds before anything is said."""
    for column in source.columns.values() if source else ():
        if column.type == "unique_id" and source:
            source.counted += 1
            page.values[column.id] = source.counted


def _dress(world: World, page: Page, body: Json) -> None:
    if "icon" in body:
        page.icon = body["icon"] and file_kept(world, body["icon"])
    if "cover" in body:
        page.cover = body["cover"] and file_kept(world, body["cover"])
