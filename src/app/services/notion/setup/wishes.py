"""What a person asked for when connecting: databases named, columns mapped, said on a command line.

It parses; whether such a thing is there is for others to see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.domain.notion import NotionRole
from app.errors import InvalidInput
from app.services.notion.columns import COLUMNS
from app.services.notion.setup.address import id_in
from app.services.plain_text import one_line

NONE = "none"
"""In the place of a database: it is left out."""
MADE = "new"
"""In the place of a database: none that is there is taken for it."""
ROLES = (NotionRole.ACCOUNTS, NotionRole.TICKETS, NotionRole.QBRS)
"""In the order in which they are made: the later ones relate to the accounts."""
_MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A database that was named."""

    database_id: str
    which: str = ""
    """Id or name of one of its data sources; empty: it has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """All that was asked for."""

    named: Mapping[NotionRole, Named] = field(default_factory=dict)
    left_out: frozenset[NotionRole] = frozenset()
    made: frozenset[NotionRole] = frozenset()
    chosen: Mapping[NotionRole, Mapping[str, str]] = field(default_factory=dict)
    """Our columns to theirs; `+` before the name of one that is to be added."""
    parent_id: str = ""
    writes_tickets: bool | None = None
    """Whether tickets are ours to write; None: by who made those that are there."""
    adds_all: bool = False
    is_anew: bool = False
    """Another one is found or made for a database that was connected and is gone."""


def named_in(given: Mapping[NotionRole, str]) -> Wishes:
    """The databases as typed: `DATABASE` or `DATABASE#TABLE`, `new` or `none`.

    Raises InvalidInput.
    """
    words = {role: text.strip().casefold() for role, text in given.items()}
    if words.get(NotionRole.ACCOUNTS) == NONE:
        raise InvalidInput("--accounts: without accounts there is nothing to connect")
    named: dict[NotionRole, Named] = {}
    for role, text in given.items():
        if words[role] not in {"", NONE, MADE}:
            database, _, which = text.partition("#")
            named[role] = Named(database_id=id_in(database), which=which.strip())
    return Wishes(
        named=named,
        left_out=frozenset(role for role in words if words[role] == NONE),
        made=frozenset(role for role in words if words[role] == MADE),
    )


def chosen_in(mappings: Iterable[str]) -> dict[NotionRole, dict[str, str]]:
    """`--map` as given: `Health Score=Punktzahl`, or `tickets:Account=Kunde`.

    Without a role it is the first database that has such a column. Raises InvalidInput.
    """
    chosen: dict[NotionRole, dict[str, str]] = {}
    for mapping in mappings:
        ours, _, theirs = mapping.partition("=")
        role, name = _column(ours.strip(), mapping)
        if not theirs.strip().removeprefix("+").strip():
            raise InvalidInput(f"--map {_shown(mapping)}: write OURS=THEIRS")
        if name in chosen.setdefault(role, {}):
            raise InvalidInput(f"--map {_shown(mapping)}: {name} is mapped twice")
        chosen[role][name] = theirs.strip()
    return chosen


def _column(ours: str, mapping: str) -> tuple[NotionRole, str]:
    prefix, colon, rest = ours.partition(":")
    roles = [role for role in ROLES if colon and role.value == prefix.strip().casefold()]
    wanted = (rest if roles else ours).strip().casefold()
    for role in roles or ROLES:
        for spec in COLUMNS[role]:
            if spec.name.casefold() == wanted:
                return role, spec.name
    msg = f"--map {_shown(mapping)}: Tend has no such column; tend notion columns lists ours"
    raise InvalidInput(msg)


def _shown(mapping: str) -> str:
    return repr(one_line(mapping, _MOST))
