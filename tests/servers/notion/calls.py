"""What a request is once it is read: who asks, for what, with which words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.servers.notion.shapes import BEFORE, NEWEST, Json, invalid
from tests.servers.notion.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request."""

    method: str
    path: str
    """From `/v1/` on, without it."""
    query: Mapping[str, list[str]]
    body: Json
    raw: bytes
    content_type: str = "application/json"
    version: str = NEWEST
    token: str = ""
    api: str = "https://api.notion.com"

    def asked(self, name: str) -> str | None:
        """One of the query's parameters."""
        return self.query[name][0] if self.query.get(name) else None

    @property
    def chosen(self) -> frozenset[str]:
        """The properties that are asked for by `filter_properties`; empty: all."""
        names = ("filter_properties", "filter_properties[]")
        return frozenset(one for name in names for one in self.query.get(name, ()))

    @property
    def in_trash(self) -> bool | None:
        """What the body says of the trash, under this version's names for it."""
        if "archived" in self.body and self.version != BEFORE:
            given = str(self.body["archived"]).lower()
            raise invalid(
                "body failed validation: body.archived should be not present, "
                f"instead was `{given}`."
            )
        said = self.body.get("in_trash", self.body.get("archived"))
        return None if said is None else bool(said)


@dataclass(slots=True, kw_only=True)
class Answer:
    """What is answered, and what of it was saved."""

    body: Json
    created: str = ""
    """The page, block, … that a create made."""
    children: list[str] = field(default_factory=list)
    """The blocks that an append made."""
    within: str = ""
    """What they were appended to."""


Handler: TypeAlias = Callable[[World, Call, str], Answer]
"""Takes the id in the path, empty where there is none."""
