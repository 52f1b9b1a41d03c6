"""Databases and their data sources: created, read, changed."""

from __future__ import annotations

from tests.servers.notion.calls import Answer, Call
from tests.servers.notion.columns import change_columns, shown_columns
from tests.servers.notion.pages import address
from tests.servers.notion.shapes import Json, exact, invalid, minute, user, uuid_in
from tests.servers.notion.texts import plain, rich_text, text_of
from tests.servers.notion.uploads import file_kept, file_shown
from tests.servers.notion.world import UNTITLED, Database, Page, Source, World

_TITLED = {"Name": {"type": "title", "title": {}}}


def create_database(world: World, call: Call, _: str) -> Answer:
    """A database under a page, with its first data source."""
    if "properties" in call.body:
        raise invalid("body failed validation: body.properties should be not present.")
    given = call.body.get("parent") or {}
    if given.get("workspace"):
        parent: Json = {"type": "workspace", "workspace": True}
    else:
        page_id = uuid_in(given.get("page_id"), "body.parent.page_id")
        world.touch(world.find(Page, page_id))
        parent = {"type": "page_id", "page_id": page_id}
    database = Database(
        id=world.new_id(),
        parent=parent,
        title=rich_text(world, call.body.get("title", []), "body.title"),
        description=rich_text(world, call.body.get("description", []), "body.description"),
        is_inline=call.body.get("is_inline", False),
        **world.age(),
    )
    _dress(world, database, call.body)
    world.nodes[database.id] = database
    wanted = (call.body.get("initial_data_source") or {}).get("properties") or _TITLED
    try:
        add_source(world, database, wanted, database.title)
    except Exception:
        del world.nodes[database.id]
        raise
    world.keep(database)
    return Answer(body=shown_database(world, database), created=database.id)


def add_source(world: World, database: Database, wanted: Json, title: Json) -> Source:
    """A data source of these columns; it has a title column in any case."""
    source = Source(
        id=world.new_id(),
        parent={"type": "database_id", "database_id": database.id},
        title=title,
        description=database.description,
        **world.age(),
    )
    world.nodes[source.id] = source
    try:
        has_title = any("title" in column for column in wanted.values())
        change_columns(world, source, wanted if has_title else {**_TITLED, **wanted})
    except Exception:
        del world.nodes[source.id]
        raise
    database.sources.append(source.id)
    world.keep(source)
    return source


def retrieve_database(world: World, call: Call, database_id: str) -> Answer:
    """The container."""
    return Answer(body=shown_database(world, world.find(Database, database_id)))


def update_database(world: World, call: Call, database_id: str) -> Answer:
    """Title, description, looks, trash."""
    database, body = world.find(Database, database_id), call.body
    if "properties" in body:
        raise invalid("body failed validation: body.properties should be not present.")
    in_trash = call.in_trash
    if in_trash is not None:
        database.in_trash = in_trash
    for name in ("title", "description"):
        if name in body:
            text = rich_text(world, body[name], f"body.{name}")
            setattr(database, name, text)
            for source in _only_source(world, database):
                setattr(source, name, text)
    database.is_inline = body.get("is_inline", database.is_inline)
    database.is_locked = body.get("is_locked", database.is_locked)
    _dress(world, database, body)
    world.touch(database)
    return Answer(body=shown_database(world, database))


def create_source(world: World, call: Call, _: str) -> Answer:
    """One more data source of a database."""
    given = call.body.get("parent") or {}
    database = world.find(Database, uuid_in(given.get("database_id"), "body.parent.database_id"))
    title = rich_text(world, call.body.get("title", []), "body.title")
    source = add_source(world, database, call.body.get("properties") or _TITLED, title)
    _dress(world, source, call.body)
    return Answer(body=shown_source(world, source), created=source.id)


def retrieve_source(world: World, call: Call, source_id: str) -> Answer:
    """The columns."""
    return Answer(body=shown_source(world, world.find(Source, source_id)))


def update_source(world: World, call: Call, source_id: str) -> Answer:
    """Columns, title, place, trash."""
    source, body = world.find(Source, source_id), call.body
    in_trash = call.in_trash
    if in_trash is not None:
        source.in_trash = in_trash
    if "parent" in body:
        _move(world, source, uuid_in(body["parent"].get("database_id"), "body.parent.database_id"))
    if "title" in body:
        source.title = rich_text(world, body["title"], "body.title")
        database = world.find(Database, source.parent["database_id"])
        if _only_source(world, database) == [source]:
            database.title = source.title
    if "properties" in body:
        change_columns(world, source, body["properties"])
    _dress(world, source, body)
    world.touch(source)
    return Answer(body=shown_source(world, source))


def shown_database(world: World, database: Database) -> Json:
    """A database's object."""
    sources = [world.find(Source, source) for source in database.sources]
    return {
        "object": "database",
        "id": database.id,
        "title": database.title or text_of(UNTITLED),
        "description": database.description,
        "parent": database.parent,
        "is_inline": database.is_inline,
        "in_trash": database.in_trash,
        "is_locked": database.is_locked,
        "created_time": exact(database.created),
        "last_edited_time": exact(database.edited),
        "data_sources": [
            {"id": source.id, "name": plain(source.title) or UNTITLED}
            for source in sources
            if not source.in_trash
        ],
        "icon": database.icon and file_shown(world, database.icon),
        "cover": database.cover and file_shown(world, database.cover),
        "url": address("", database.id),
        "public_url": None,
    }


def shown_source(world: World, source: Source) -> Json:
    """A data source's object."""
    database = world.find(Database, source.parent["database_id"])
    return {
        "object": "data_source",
        "id": source.id,
        "cover": source.cover and file_shown(world, source.cover),
        "icon": source.icon and file_shown(world, source.icon),
        "created_time": minute(source.created),
        "created_by": user(source.created_by),
        "last_edited_by": user(source.edited_by),
        "last_edited_time": minute(source.edited),
        "title": source.title,
        "description": source.description,
        "is_inline": database.is_inline,
        "properties": shown_columns(world, source),
        "parent": source.parent,
        "database_parent": database.parent,
        "url": address("", database.id),
        "public_url": None,
        "in_trash": source.in_trash,
    }


def _only_source(world: World, database: Database) -> list[Source]:
    sources = [world.find(Source, source) for source in database.sources]
    return sources if len(sources) == 1 else []


def _move(world: World, source: Source, database_id: str) -> None:
    target = world.find(Database, database_id)
    world.find(Database, source.parent["database_id"]).sources.remove(source.id)
    target.sources.append(source.id)
    source.parent = {"type": "database_id", "database_id": target.id}


def _dress(world: World, node: Database | Source, body: Json) -> None:
    if "icon" in body:
        node.icon = body["icon"] and file_kept(world, body["icon"])
    if "cover" in body:
        node.cover = body["cover"] and file_kept(world, body["cover"])
