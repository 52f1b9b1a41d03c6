"""One source of the audit log: the table its lines stand in, how they are found and ordered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from pydantic import JsonValue
from sqlalchemy import ColumnElement, FromClause, RowMapping, Table, and_, false, or_, true

from app.domain.audit import RANK, Position, Source
from app.ports.audit import LogAsk
from app.storage.repository import ColumnValue

Record: TypeAlias = Mapping[str, JsonValue]
Told: TypeAlias = tuple[Record, Record]
"""What was before, and after."""
Ordering: TypeAlias = ColumnElement[datetime] | ColumnElement[str] | ColumnElement[int]
_NEVER, _ALWAYS = false(), true()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSource:
    """A table's lines, known by a moment and by a name, a number, or both."""

    source: Source
    table: Table
    rows: FromClause
    at: ColumnElement[datetime]
    account_id: ColumnElement[str]
    about: ColumnElement[str]
    name: ColumnElement[str] | None = None
    number: ColumnElement[int] | None = None
    kinds: type[StrEnum] | str
    """The kinds its lines can have; a text: they all have this one."""
    kind: ColumnElement[StrEnum] | None = None
    is_by: Callable[[str], ColumnElement[bool]]
    """Lines of somebody."""
    by: Callable[[RowMapping], str]
    told: Callable[[RowMapping], Told]
    more: Sequence[ColumnElement[ColumnValue]]
    """Columns that `by` and `told` read."""
    is_everybodys: ColumnElement[bool] = _NEVER
    """Lines that everybody sees, whosever accounts are his; their subject is no account."""
    is_of_account: ColumnElement[bool] = _ALWAYS
    """Lines that are not everybody's, in words that an index answers to."""
    is_of_accounts: bool = True
    """Whether all its lines are about accounts, but those that are everybody's."""

    @property
    def order(self) -> tuple[Ordering, ...]:
        """The newest first, and always the same."""
        given = (self.at, self.name, self.number)
        return tuple(one.desc() for one in given if one is not None)

    def can_have(self, ask: LogAsk) -> bool:
        """Whether any of its lines can be wanted."""
        known = {self.kinds} if isinstance(self.kinds, str) else {*self.kinds}
        return ask.kind in {"", *known}

    def conditions(self, ask: LogAsk) -> list[ColumnElement[bool]]:
        """What its lines are held to, the viewer's sight apart."""
        held: list[ColumnElement[bool]] = []
        if ask.account_id:
            held += [self.account_id == ask.account_id, self.is_of_account]
        if ask.by:
            held.append(self.is_by(ask.by))
        if ask.kind and self.kind is not None and not isinstance(self.kinds, str):
            held.append(self.kind == self.kinds(ask.kind))
        return held + ([] if ask.behind is None else self._behind(ask.behind))

    def _behind(self, last: Position) -> list[ColumnElement[bool]]:
        """The lines that come after `last` on the page, which are no later than it."""
        if RANK[self.source] > RANK[last.source]:
            return [self.at <= last.at]
        if self.source is not last.source:
            return [self.at < last.at]
        return [self.at <= last.at, or_(self.at < last.at, self._follows(last))]

    def _follows(self, last: Position) -> ColumnElement[bool]:
        is_lower = false() if self.number is None else self.number < last.number
        if self.name is None:
            return is_lower
        return or_(self.name < last.name, and_(self.name == last.name, is_lower))
