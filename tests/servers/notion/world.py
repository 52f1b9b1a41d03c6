"""The workspace: what is kept, by id, and what lies in what.

It knows no wire: how an object is shown is decided beside its kind.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from tests.servers.notion.shapes import Json, Refused

START = datetime(2026, 11, 2, 9, 0, 30, tzinfo=UTC)
UNTITLED = "New database"
"""What a database without a title is called."""
WORKSPACE = "00000000-0000-4000-8000-0000000000f0"
BOT = "00000000-0000-4000-8000-0000000000b0"
_ID_SIGNS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ:;<=>?@[]^_`{|}~"


@dataclass(slots=True, kw_only=True)
class Node:
    """What has a place and an age."""

    id: str
    parent: Json
    """Such as `{"type": "page_id", "page_id": …}`."""
    created: datetime
    edited: datetime
    created_by: str
    edited_by: str
    in_trash: bool = False


@dataclass(slots=True, kw_only=True)
class Page(Node):
    """A page; in a data source it is a row."""

    values: dict[str, Json] = field(default_factory=dict)
    """By the column's id; a bare page has `title` alone."""
    icon: Json = None
    cover: Json = None
    is_locked: bool = False


@dataclass(slots=True, kw_only=True)
class Block(Node):
    """A block that is no page and no database."""

    type: str
    content: dict[str, Json]


@dataclass(slots=True, kw_only=True)
class Database(Node):
    """The container of data sources."""

    title: Json
    description: Json = field(default_factory=list)
    is_inline: bool = False
    is_locked: bool = False
    icon: Json = None
    cover: Json = None
    sources: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Column:
    """A property of a data source."""

    id: str
    name: str
    type: str
    config: dict[str, Json]
    description: str | None = None


@dataclass(slots=True, kw_only=True)
class Source(Node):
    """A data source: columns and rows."""

    title: Json
    description: Json = field(default_factory=list)
    columns: dict[str, Column] = field(default_factory=dict)
    icon: Json = None
    cover: Json = None
    counted: int = 0
    """The last number that a row got."""


@dataclass(slots=True, kw_only=True)
class Comment(Node):
    """One of a discussion."""

    discussion: str
    text: Json


@dataclass(slots=True, kw_only=True)
class Upload(Node):
    """A file on its way."""

    filename: str | None
    content_type: str | None
    mode: str
    status: str = "pending"
    content: bytes | None = None


_N = TypeVar("_N", bound=Node)
_CALLED = {Page: "page", Block: "block", Database: "database", Source: "data_source"}


class World:
    """Everything of one workspace. `revision` grows with every write."""

    def __init__(self, *, integration: str, seed: int = 7) -> None:
        self.now = START
        self.integration = integration
        self.bot = BOT
        self.nodes: dict[str, Node] = {}
        self.children: dict[str, list[str]] = defaultdict(list)
        """What lies in a page or a block, in order, what is in the trash too."""
        self.rows: dict[str, list[str]] = defaultdict(list)
        """Of a data source, as they came."""
        self.users: dict[str, Json] = {}
        self.revision = 0
        self._random = random.Random(seed)

    def new_id(self) -> str:
        """The next id; the same for every run."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def new_property_id(self) -> str:
        """Four signs, as columns have."""
        return "".join(self._random.choices(_ID_SIGNS, k=4))

    def pick(self, among: tuple[str, ...]) -> str:
        """Any of these."""
        return self._random.choice(among)

    def age(self) -> dict[str, Json]:
        """What a new node is born with."""
        return {
            "created": self.now,
            "edited": self.now,
            "created_by": self.bot,
            "edited_by": self.bot,
        }

    def keep(self, node: Node, at: int | None = None) -> None:
        """Put a new node where its parent says; `at` among its children, None: last."""
        self.nodes[node.id] = node
        self.revision += 1
        kind = node.parent["type"]
        if isinstance(node, Comment | Upload | Source) or kind == "workspace":
            return
        if kind == "data_source_id":
            self.rows[node.parent[kind]].append(node.id)
            return
        siblings = self.children[node.parent[kind]]
        siblings.insert(len(siblings) if at is None else at, node.id)

    def touch(self, node: Node) -> None:
        """It was edited, by the connection."""
        node.edited, node.edited_by = self.now, self.bot
        self.revision += 1

    def find(self, kind: type[_N], node_id: str, called: str = "") -> _N:
        """What has this id; refuses as the remote does when there is none of the kind."""
        found = self.nodes.get(node_id)
        if not isinstance(found, kind):
            raise self.missing(called or _CALLED.get(kind, "block"), node_id)
        return found

    def missing(self, called: str, node_id: str) -> Refused:
        """Nobody has shared such a thing with the connection."""
        return Refused(
            404,
            "object_not_found",
            f"Could not find {called} with ID: {node_id}. Make sure the relevant pages and "
            f'databases are shared with your integration "{self.integration}".',
            {"integration_id": self.bot},
        )

    def living(self, container: str) -> list[Node]:
        """What lies in a page or block and is not in the trash."""
        nodes = (self.nodes[child] for child in self.children.get(container, ()))
        return [node for node in nodes if not node.in_trash]

    def is_buried(self, node: Node) -> bool:
        """Whether it or anything that it lies in is in the trash."""
        at: Node | None = node
        while at is not None:
            if at.in_trash:
                return True
            at = self.nodes.get(str(at.parent.get(at.parent["type"])))
        return False

    def advance(self, by: timedelta) -> None:
        """Time passes."""
        self.now += by
