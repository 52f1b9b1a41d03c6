"""What is in the workspace before anybody asks: people, pages, databases, rows, edits by hand.

It writes into the workspace directly: no request, nothing in the log.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.servers.notion.columns import column_named
from tests.servers.notion.pages import set_values
from tests.servers.notion.shapes import Json
from tests.servers.notion.sources import add_source
from tests.servers.notion.texts import text_of
from tests.servers.notion.trees import add_blocks
from tests.servers.notion.values import value_of
from tests.servers.notion.world import BOT, WORKSPACE, Block, Database, Page, Source, World

_WORKSPACE = {"type": "workspace", "workspace": True}


class Seeding:
    """The hand that fills the workspace."""

    def __init__(self, world: World) -> None:
        self._world = world

    def bot(self, name: str) -> str:
        """The connection's own user."""
        self._world.users[BOT] = {
            "object": "user",
            "id": BOT,
            "name": name,
            "avatar_url": None,
            "type": "bot",
            "bot": {
                "owner": {"type": "workspace", "workspace": True},
                "workspace_name": "Test workspace",
                "workspace_id": WORKSPACE,
                "workspace_limits": {"max_file_upload_size_in_bytes": 5_242_880},
            },
        }
        return BOT

    def person(self, name: str, email: str) -> str:
        """A member; gives the id."""
        user_id = self._world.new_id()
        self._world.users[user_id] = {
            "object": "user",
            "id": user_id,
            "name": name,
            "avatar_url": None,
            "type": "person",
            "person": {"email": email, "email_verified": True},
        }
        return user_id

    def page(self, title: str = "", *, under: str | None = None) -> str:
        """A bare page, at the top or under another; gives the id."""
        parent = {"type": "page_id", "page_id": under} if under else dict(_WORKSPACE)
        page = Page(id=self._world.new_id(), parent=parent, **self._world.age())
        page.values["title"] = text_of(title)
        self._world.keep(page)
        return page.id

    def database(
        self, title: str, columns: Mapping[str, str | Json], *, under: str
    ) -> tuple[str, str]:
        """A database of these columns, each a type or a whole configuration; gives both ids.

        As in `database("Tickets", {"Name": "title", "Status": "select"}, under=page)`.
        """
        world = self._world
        parent = {"type": "page_id", "page_id": under}
        database = Database(id=world.new_id(), parent=parent, title=text_of(title), **world.age())
        world.keep(database)
        whole = {
            name: {"type": kind, kind: {}} if isinstance(kind, str) else kind
            for name, kind in columns.items()
        }
        source = add_source(world, database, whole, database.title)
        return database.id, source.id

    def row(self, source_id: str, values: Mapping[str, Json], *, by: str = "") -> str:
        """A row; values are plain, or as the API takes them; gives the id."""
        world = self._world
        source = world.find(Source, source_id)
        parent = {"type": "data_source_id", "data_source_id": source_id}
        page = Page(id=world.new_id(), parent=parent, **world.age())
        for column in source.columns.values():
            if column.type == "unique_id":
                source.counted += 1
                page.values[column.id] = source.counted
        world.nodes[page.id] = page
        set_values(world, page, source, self._whole(source, values))
        world.keep(page)
        if by:
            page.created_by = page.edited_by = by
        return page.id

    def edit(self, page_id: str, values: Mapping[str, Json], *, by: str) -> None:
        """Somebody changes a row by hand."""
        page = self._world.find(Page, page_id)
        source = self._world.find(Source, page.parent["data_source_id"])
        set_values(self._world, page, source, self._whole(source, values))
        self._world.touch(page)
        page.edited_by = by

    def blocks(self, holder_id: str, given: Json, *, by: str, at: int | None = None) -> list[str]:
        """Somebody writes into a page by hand, `at` among what lies there; gives the ids."""
        world = self._world
        holder = world.nodes[holder_id]
        made = add_blocks(world, holder, given, "body", at)
        for block in made:
            block.created_by = block.edited_by = by
        return [block.id for block in made]

    def _whole(self, source: Source, values: Mapping[str, Json]) -> dict[str, Json]:
        whole = {}
        for name, value in values.items():
            column = column_named(source, name)
            assert column is not None, f"no column {name}"
            whole[name] = value if _is_whole(column.type, value) else _wired(column.type, value)
        return whole


def _is_whole(kind: str, value: Json) -> bool:
    return isinstance(value, dict) and kind in value


def _wired(kind: str, value: Json) -> Json:
    if kind in {"title", "rich_text"}:
        return {kind: text_of(value or "")}
    if kind in {"select", "status"}:
        return {kind: {"name": value} if value else None}
    if kind == "multi_select":
        return {kind: [{"name": one} for one in value]}
    if kind in {"relation", "people"}:
        return {kind: [{"id": one} for one in value]}
    if kind == "date":
        return {kind: {"start": value} if isinstance(value, str) else value}
    return {kind: value}


def plain_value(world: World, page_id: str, name: str) -> Json:
    """What stands in a row's column, as the API shows it, whole."""
    page = world.find(Page, page_id)
    column = column_named(world.find(Source, page.parent["data_source_id"]), name)
    assert column is not None, f"no column {name}"
    return value_of(world, page, column)


def edit_block(world: World, block_id: str, content: Json, *, by: str) -> None:
    """Somebody changes a block by hand; `content` as the API shows it."""
    block = world.find(Block, block_id)
    block.content = {**block.content, **content}
    world.touch(block)
    block.edited_by = by
