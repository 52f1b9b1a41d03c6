"""Which column of theirs is which of ours, and what becomes of it: decided, nothing sent.

What people chose goes first, then what it was before (by id), then its name, then another name of
it, then its type where only one can be meant. Nothing of theirs is renamed, changed or removed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.notion import NotionColumn, NotionRole
from app.errors import InvalidInput
from app.services.notion.columns import COLUMNS, KEY, ColumnSpec, Owner
from app.services.notion.setup.fitness import TICKET_KEY, unfit
from app.services.notion.setup.schema import Source, Theirs
from app.services.plain_text import one_line

NEW = "+"
"""Before a name in `--map`: a column that is to be added under that name."""
KEYS = frozenset({KEY, TICKET_KEY})
"""They tell rows apart."""
MOST_NAME = 40


class Becomes(StrEnum):
    """What Tend does with a column."""

    READ = "read"
    WRITTEN = "written"
    BOTH = "read and written"
    KEY = "read, and written on rows that Tend makes"
    ADDED = "added"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One column of ours, and what it is in their database."""

    spec: ColumnSpec
    theirs: Theirs | None
    becomes: Becomes
    name: str
    """Theirs, or the one that it gets where it is added."""
    why: str = ""
    """Why it is left out."""

    @property
    def is_blocking(self) -> bool:
        """Without it the database cannot be worked with."""
        return self.spec.is_needed and self.becomes is Becomes.LEFT_OUT

    @property
    def is_mapped(self) -> bool:
        """Whether a column of theirs is used."""
        return self.theirs is not None and self.becomes is not Becomes.LEFT_OUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a matching is made from."""

    role: NotionRole
    source: Source
    earlier: Mapping[str, NotionColumn] = field(default_factory=dict)
    """As it was mapped before, by our names."""
    chosen: Mapping[str, str] = field(default_factory=dict)
    """Our name to theirs, or to `+` and a new one."""
    accounts_source: str
    """The data source of the accounts: what relations must lead to."""
    is_written: bool
    adds_all: bool = False
    """Also columns that people fill are added."""


def matched(asked: Asked) -> tuple[Match, ...]:
    """All columns of ours, in our order.

    Raises InvalidInput where `chosen` names a column that is not there, or one for two of ours.
    """
    claims = _Claims(asked)
    return tuple(_judged(spec, claims.taken.get(spec.name), asked) for spec in COLUMNS[asked.role])


def columns_of(matches: tuple[Match, ...]) -> dict[str, NotionColumn]:
    """The mapping as it is remembered."""
    return {
        match.spec.name: match.theirs.kept()
        for match in matches
        if match.theirs is not None and match.is_mapped
    }


def untouched(source: Source, matches: tuple[Match, ...]) -> tuple[str, ...]:
    """Names of their columns that Tend does nothing with."""
    used = {match.theirs.property_id for match in matches if match.theirs and match.is_mapped}
    return tuple(theirs.name for theirs in source.columns if theirs.property_id not in used)


class _Claims:
    """Who is who; each column of theirs is one of ours at most."""

    def __init__(self, asked: Asked) -> None:
        self.taken: dict[str, Theirs] = {}
        self._asked = asked
        self._specs = COLUMNS[asked.role]
        self._closed = {ours for ours, name in asked.chosen.items() if name.startswith(NEW)}
        self._by_choice()
        for way in (self._as_before, self._named, self._also_named, self._typed):
            for spec, theirs in way():
                self._claim(spec, theirs)

    def _claim(self, spec: ColumnSpec, theirs: Theirs | None) -> None:
        is_open = spec.name not in self.taken and spec.name not in self._closed
        if theirs is not None and is_open and theirs in self._free():
            self.taken[spec.name] = theirs

    def _free(self) -> list[Theirs]:
        used = {theirs.property_id for theirs in self.taken.values()}
        return [one for one in self._asked.source.columns if one.property_id not in used]

    def _by_choice(self) -> None:
        for ours, name in self._asked.chosen.items():
            if not name.startswith(NEW):
                self._choose(ours, name)

    def _choose(self, ours: str, name: str) -> None:
        theirs = self._asked.source.named(name)
        if theirs is None:
            there = ", ".join(one_line(one.name, MOST_NAME) for one in self._asked.source.columns)
            msg = (
                f"--map: there is no column {one_line(name, MOST_NAME)!r} in "
                f"{one_line(self._asked.source.title, MOST_NAME)}; there are {there}; to have it "
                f"added: --map '{ours}={NEW}{one_line(name, MOST_NAME)}'"
            )
            raise InvalidInput(msg)
        if theirs not in self._free():
            msg = f"--map: {one_line(name, MOST_NAME)!r} can be one of our columns only"
            raise InvalidInput(msg)
        self.taken[ours] = theirs

    def _as_before(self) -> Iterator[tuple[ColumnSpec, Theirs | None]]:
        for spec in self._specs:
            before = self._asked.earlier.get(spec.name)
            if before is not None:
                yield spec, self._asked.source.of_id(before.property_id)

    def _named(self) -> Iterator[tuple[ColumnSpec, Theirs | None]]:
        for spec in self._specs:
            yield spec, self._asked.source.named(spec.name)

    def _also_named(self) -> Iterator[tuple[ColumnSpec, Theirs | None]]:
        """In other letters, or by another name where its type fits too."""
        for spec in self._specs:
            for theirs in self._free():
                name = theirs.name.strip().casefold()
                is_same = name == spec.name.casefold()
                if is_same or (name in spec.aliases and theirs.type in spec.types):
                    yield spec, theirs

    def _typed(self) -> Iterator[tuple[ColumnSpec, Theirs | None]]:
        """There is one title; and a relation is meant where only one leads to the accounts."""
        for spec in self._specs:
            if spec.type == "title":
                yield spec, _only([one for one in self._free() if one.type == "title"])
            elif spec.type == "relation":
                leading = [
                    one
                    for one in self._free()
                    if one.points_to and one.points_to == self._asked.accounts_source
                ]
                yield spec, _only(leading)


def _only(found: list[Theirs]) -> Theirs | None:
    return found[0] if len(found) == 1 else None


def _judged(spec: ColumnSpec, theirs: Theirs | None, asked: Asked) -> Match:
    if theirs is None:
        return _absent(spec, asked)
    why = unfit(spec, theirs, accounts_source=asked.accounts_source, is_written=asked.is_written)
    becomes = Becomes.LEFT_OUT if why else _use_of(spec, is_written=asked.is_written)
    return Match(spec=spec, theirs=theirs, becomes=becomes, name=theirs.name, why=why)


def _absent(spec: ColumnSpec, asked: Asked) -> Match:
    name = asked.chosen.get(spec.name, spec.name).removeprefix(NEW)
    letters = {theirs.name.strip().casefold() for theirs in asked.source.columns}
    why = ""
    if not asked.is_written:
        why = "there is no such column, and Tend only reads this database"
    elif spec.owner is Owner.PEOPLE and not asked.adds_all and spec.name not in asked.chosen:
        why = "there is no such column"
    elif name.casefold() in letters:
        why = "a column of this name is used for something else"
    becomes = Becomes.LEFT_OUT if why else Becomes.ADDED
    return Match(spec=spec, theirs=None, becomes=becomes, name=name, why=why)


def _use_of(spec: ColumnSpec, *, is_written: bool) -> Becomes:
    if not is_written or spec.owner is Owner.PEOPLE:
        return Becomes.READ
    if spec.name in KEYS:
        return Becomes.KEY
    return Becomes.BOTH if spec.owner is Owner.LATER else Becomes.WRITTEN
