"""What was there before a cassette began is put into the server from its first recorded answer."""

from __future__ import annotations

from collections.abc import Sequence

from tests.notion_proof.known import objects_in, options_in, parent_of
from tests.notion_proof.recordings import UUID, Recorded, dashed
from tests.notion_proof.shown_as_kept import age_of, author_of, column_of, fuller, stored, words
from tests.servers.notion.choices import CHOICES
from tests.servers.notion.contents import FILES
from tests.servers.notion.server import NotionServer
from tests.servers.notion.shapes import Json, plain_id
from tests.servers.notion.world import (
    Block,
    Comment,
    Database,
    Node,
    Page,
    Source,
    Upload,
)

_WORKSPACE: Json = {"type": "workspace", "workspace": True}


class Adopting:
    """Fills a server with what a cassette found."""

    def __init__(self, server: NotionServer, born: set[str]) -> None:
        self._server, self._world, self._born = server, server.world, born
        self._first: dict[str, tuple[Json, Recorded]] = {}
        self._options_shown: set[str] = set()

    def adopt(self, cassette: Sequence[Recorded]) -> None:
        """All of it, before the first request is replayed."""
        self._users(cassette)
        for one in cassette:
            for shown in objects_in(one.answer) if one.status == 200 else ():
                if shown["id"] not in self._born and shown["object"] != "user":
                    self._better(shown, one)
        for node_id in list(self._first):
            self._node(node_id)
        for one in cassette:
            self._order(one)
        self._row_order(cassette)
        self._options_shown = {each for one in cassette for each in options_in(one.answer)}
        for one in cassette:
            self._stubs(one)

    def _better(self, shown: Json, one: Recorded) -> None:
        """The first answer, unless it was a block's and a whole page comes later."""
        before = self._first.get(shown["id"])
        is_whole = shown["object"] != "block" or shown["type"] not in {
            "child_page",
            "child_database",
        }
        was_block = before is not None and before[0]["object"] == "block"
        if before is None or (was_block and is_whole and shown["object"] != "block"):
            self._first[shown["id"]] = (shown, one)

    def _users(self, cassette: Sequence[Recorded]) -> None:
        world, bots = self._world, []
        for one in cassette:
            if said := one.answer.get("additional_data", {}).get("integration_id"):
                bots.append(said)
            for shown in objects_in(one.answer):
                if shown["object"] == "comment":
                    author = author_of(shown)
                    world.users.setdefault(author["id"], author)
                if shown["object"] == "user":
                    known = world.users.get(shown["id"], {})
                    world.users[shown["id"]] = {**shown, **fuller(known, shown)}
                    world.users[shown["id"]].pop("request_id", None)
                    bots += [shown["id"]] if shown["type"] == "bot" else []
                elif shown["id"] in self._born and "created_by" in shown:
                    bots.insert(0, shown["created_by"]["id"])
        if bots:
            own = world.users.pop(world.bot)
            for connection in self._server.connections.values():
                connection.bot = bots[0]
            world.bot = bots[0]
            world.users.setdefault(bots[0], {**own, "id": bots[0]})

    def _order(self, one: Recorded) -> None:
        """What lies in a page lies in the order of its first list."""
        if one.method != "GET" or not one.path.endswith("/children") or one.status != 200:
            return
        listed = [s["id"] for s in one.answer["results"] if s["id"] not in self._born]
        siblings = self._world.children.get(one.ids_in_path[0], [])
        siblings.sort(key=lambda each: listed.index(each) if each in listed else len(listed))

    def _row_order(self, cassette: Sequence[Recorded]) -> None:
        """Rows lie in the order of the first whole list, which begins with the newest."""
        seen: set[str] = set()
        for one in cassette:
            is_query = one.path.endswith("/query") and one.status == 200
            if not is_query or {"filter", "sorts", "start_cursor"} & set(one.body):
                continue
            listed = [shown["id"] for shown in one.answer["results"]][::-1]
            source = one.ids_in_path[0]
            if source not in seen and not one.answer["has_more"]:
                seen.add(source)
                order = {row: place for place, row in enumerate(listed)}
                self._world.rows[source].sort(key=lambda row: order.get(row, -1))

    def _stubs(self, one: Recorded) -> None:
        """What a request names and no answer shows is a page without a title."""
        if one.status != 200:
            return
        sent = " ".join((one.path, one.query, one.raw.decode(errors="ignore")))
        if one.path.startswith("data_sources/"):
            self._source_named(one.ids_in_path[0])
        for found in map(dashed, UUID.findall(sent)):
            is_known = found in {*self._world.nodes, *self._world.users, *self._options_shown}
            if found not in self._born and not is_known:
                self._node(found)

    def _source_named(self, source_id: str) -> None:
        """A data source that no answer shows, alone in a database."""
        if source_id not in self._born and source_id not in self._world.nodes:
            shared = dict(_WORKSPACE)
            database = Database(id=self._world.new_id(), parent=shared, title=[], **age_of())
            self._keep(database)
            self._node_of_source(source_id, database)

    def _node(self, node_id: str) -> Node:
        world = self._world
        if node_id in world.nodes:
            return world.nodes[node_id]
        if node_id not in self._first:
            return self._keep(Page(id=node_id, parent=dict(_WORKSPACE), **age_of()))
        shown, one = self._first[node_id]
        parent = parent_of(shown)
        if parent and shown["object"] not in {"data_source", "comment"}:
            if "data_source_id" in shown["parent"]:
                self._source(shown)
            else:
                self._node(parent)
        made = {
            "page": self._page,
            "block": self._block,
            "database": self._database,
            "data_source": self._data_source,
            "comment": self._comment,
            "file_upload": self._upload,
        }[shown["object"]](shown)
        made.in_trash = shown.get("in_trash", False) and one.method not in {"DELETE", "PATCH"}
        return made

    def _keep(self, node: Node) -> Node:
        self._world.keep(node)
        return node

    def _page(self, shown: Json) -> Node:
        parent = {key: value for key, value in shown["parent"].items() if key != "database_id"}
        page = Page(
            id=shown["id"],
            parent=parent,
            icon=shown["icon"],
            cover=shown["cover"],
            is_locked=shown["is_locked"],
            **age_of(shown),
        )
        for prop in shown["properties"].values():
            page.values[plain_id(prop["id"])] = stored(prop)
            self._options(parent, prop)
        return self._keep(page)

    def _options(self, parent: Json, prop: Json) -> None:
        """A choice that no column showed is known from the row."""
        source = self._world.nodes.get(parent.get("data_source_id", ""))
        if prop["type"] not in CHOICES or not isinstance(source, Source):
            return
        value = prop[prop["type"]] or []
        options = source.columns[plain_id(prop["id"])].config["options"]
        for chosen in value if isinstance(value, list) else [value]:
            if all(option["id"] != chosen["id"] for option in options):
                options.append({**chosen, "description": None})

    def _block(self, shown: Json) -> Node:
        kind = shown["type"]
        if kind == "child_page":
            page = Page(id=shown["id"], parent=shown["parent"], **age_of(shown))
            page.values["title"] = words(shown[kind]["title"])
            return self._keep(page)
        if kind == "child_database":
            title = words(shown[kind]["title"])
            return self._keep(
                Database(id=shown["id"], parent=shown["parent"], title=title, **age_of(shown))
            )
        content = dict(shown[kind])
        if kind in FILES:
            content.setdefault("type", "external")
        return self._keep(
            Block(
                id=shown["id"], parent=shown["parent"], type=kind, content=content, **age_of(shown)
            )
        )

    def _database(self, shown: Json) -> Node:
        database = Database(
            id=shown["id"],
            parent=shown["parent"],
            title=shown["title"],
            description=shown["description"],
            is_inline=shown["is_inline"],
            is_locked=shown["is_locked"],
            icon=shown["icon"],
            cover=shown["cover"],
            **age_of(shown),
        )
        self._keep(database)
        for source in shown["data_sources"]:
            made = self._node_of_source(source["id"], database)
            if source["id"] not in self._first:
                made.title = words(source["name"])
        return database

    def _node_of_source(self, source_id: str, database: Database) -> Source:
        if source_id in self._first:
            made = self._node(source_id)
        else:
            parent = {"type": "database_id", "database_id": database.id}
            made = self._keep(Source(id=source_id, parent=parent, title=[], **age_of()))
        assert isinstance(made, Source)
        if source_id not in database.sources:
            database.sources.append(source_id)
        return made

    def _data_source(self, shown: Json) -> Node:
        world, database_id = self._world, shown["parent"]["database_id"]
        source = Source(
            id=shown["id"],
            parent=shown["parent"],
            title=shown["title"],
            description=shown["description"],
            icon=shown["icon"],
            cover=shown["cover"],
            **age_of(shown),
        )
        for prop in shown["properties"].values():
            column = column_of(prop)
            source.columns[column.id] = column
        self._keep(source)
        if database_id not in world.nodes and database_id not in self._first:
            parent = shown["database_parent"]
            title = shown["title"]
            if parent_of({"parent": parent}):
                self._node(parent_of({"parent": parent}))
            is_inline = shown["is_inline"]
            self._keep(
                Database(
                    id=database_id,
                    parent=parent,
                    title=title,
                    is_inline=is_inline,
                    **age_of(shown),
                )
            )
        database = self._node(database_id)
        assert isinstance(database, Database)
        if source.id not in database.sources:
            database.sources.append(source.id)
        return source

    def _comment(self, shown: Json) -> Node:
        return self._keep(
            Comment(
                id=shown["id"],
                parent=shown["parent"],
                discussion=shown["discussion_id"],
                text=shown["rich_text"],
                **age_of(shown),
            )
        )

    def _upload(self, shown: Json) -> Node:
        return self._keep(
            Upload(
                id=shown["id"],
                parent=dict(_WORKSPACE),
                filename=shown["filename"],
                content_type=shown["content_type"],
                mode="single_part",
                status=shown["status"],
                **age_of(shown),
            )
        )

    def _source(self, row: Json) -> None:
        """The data source of a row, made of the row where nothing else shows it."""
        source_id, database_id = row["parent"]["data_source_id"], row["parent"]["database_id"]
        if source_id in self._world.nodes or source_id in self._born:
            return
        if source_id in self._first:
            self._node(source_id)
            return
        if database_id in self._first:
            self._node(database_id)
        elif database_id not in self._world.nodes:
            stub = Database(id=database_id, parent=dict(_WORKSPACE), title=[], **age_of())
            self._keep(stub)
        database = self._world.find(Database, database_id)
        source = self._node_of_source(source_id, database)
        for name, prop in row["properties"].items():
            column = column_of({**prop, "name": name, "description": None})
            source.columns[column.id] = column
