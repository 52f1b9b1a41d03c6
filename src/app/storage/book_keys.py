"""What the book is listed by, worked out again from the tables that say it.

Whoever writes accounts, contracts, records or words of reps calls it in the same transaction, with
the accounts concerned; so what it keeps is never older than what they say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.folding import folded
from app.storage import bulk
from app.storage.book_statements import raw
from app.storage.book_tables import book_keys
from app.storage.bulk import RawRow
from app.storage.fact_tables import accounts, contracts
from app.storage.people_tables import overrides
from app.storage.record_tables import account_health
from app.storage.repository import ColumnValue, Repository, in_lists, insert_into

V = TypeVar("V")
Told: TypeAlias = ColumnElement[ColumnValue] | ColumnElement[int] | ColumnElement[float]

RISK_OF: Mapping[Band, int] = MappingProxyType(
    {Band.RED: 3, Band.UNKNOWN: 2, Band.AMBER: 1, Band.GREEN: 0}
)
CHURN_OF: Mapping[str, int] = MappingProxyType({"low": 1, "medium": 2, "high": 3, "critical": 4})
NO_START, NO_END = 0, 3_652_059
"""Days before and after all others, as ordinals."""

_NAMES = ("tenant_id", "account_id", "name_key", "owner", "segment", "searched")
_AT_FIRST: Mapping[str, int] = MappingProxyType(
    {
        "tam_risk": RISK_OF[Band.UNKNOWN],
        "csm_risk": RISK_OF[Band.UNKNOWN],
        "churn": 0,
        "lower_score": 100,
        "known": 0,
        "has_incident": 0,
        "is_stale": 0,
        "has_gaps": 0,
    }
)
"""Of an account that was neither scanned nor spoken of."""


class BookKeys(Repository):
    """The rows that the book is listed by."""

    def name(self, account_ids: Collection[str]) -> None:
        """These accounts came or changed: keep what they are called and whose they are."""
        for ids in in_lists(account_ids):
            found = self._connection.execute(
                select(*_NAMED).where(self._mine(accounts), accounts.c.account_id.in_(ids))
            )
            rows = [(self._tenant_id, *_names_of(*row), *_AT_FIRST.values()) for row in found]
            bulk.insert_or_replace(
                self._connection, book_keys, (*_NAMES, *_AT_FIRST), rows, replaced=_NAMES[2:]
            )
        self.weigh(account_ids)
        self.date(account_ids)

    def weigh(self, account_ids: Collection[str]) -> None:
        """Records or words of these changed; those of no known account wait for it to come."""
        self._work_out(_STANDING, account_ids)

    def date(self, account_ids: Collection[str]) -> None:
        """Contracts of these changed; those of no known account wait for it to come."""
        self._work_out(_TERMS, account_ids)

    def holders(self, contract_ids: Collection[str]) -> frozenset[str]:
        """The accounts whose these contracts are at present."""
        found: set[str] = set()
        for ids in in_lists(contract_ids):
            theirs = select(contracts.c.account_id).where(
                self._mine(contracts), contracts.c.contract_id.in_(ids)
            )
            found.update(self._connection.execute(theirs).scalars())
        return frozenset(found)

    def _work_out(self, some: _Keys, account_ids: Collection[str]) -> None:
        """Every row is there: inserting over it is the update that both databases know alike."""
        names = [column.name for column in book_keys.c]
        for ids in in_lists(account_ids):
            told = some.told.where(self._mine(book_keys), book_keys.c.account_id.in_(ids))
            statement = insert_into(self._connection, book_keys).from_select(names, told)
            self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=list(book_keys.primary_key.columns),
                    set_={name: statement.excluded[name] for name in some.names},
                )
            )


@dataclass(frozen=True, slots=True)
class _Keys:
    """Columns that change together, and whole rows with what they are now."""

    names: tuple[str, ...]
    told: Select[*tuple[ColumnValue, ...]]


_NAMED = (
    accounts.c.account_id,
    accounts.c.name,
    accounts.c.owner_email,
    accounts.c.segment,
    accounts.c.domains,
)


def _names_of(
    account_id: str, name: str, owner: str | None, segment: str, domains: tuple[str, ...]
) -> RawRow:
    searched = (name, account_id, *domains, owner or "")
    told = "\n".join(folded(one) for one in searched)
    return (account_id, folded(name), (owner or "").lower(), segment, told)


def _keys(values: Mapping[str, Told], around: FromClause = book_keys) -> _Keys:
    whole = (values.get(column.name, column) for column in book_keys.c)
    return _Keys(tuple(values), select(*whole).select_from(around))


def _standing() -> _Keys:
    tam, csm = (account_health.alias(agent.value) for agent in Agent)
    tam_said, csm_said = (overrides.alias(f"{agent}_said") for agent in Agent)
    scores = tam.c.score, csm.c.score
    lower = _less(func.coalesce(*scores, 100), func.coalesce(*scores[::-1], 100))
    coverages = (func.coalesce(one.c.coverage, 0) for one in (tam, csm))
    around: FromClause = book_keys
    for agent, record, said in zip(Agent, (tam, csm), (tam_said, csm_said), strict=True):
        around = around.outerjoin(record, and_(_its(record), record.c.agent == agent))
        around = around.outerjoin(said, and_(_its(said), said.c.agent == agent))
    values: dict[str, Told] = {
        "tam_score": tam.c.score,
        "tam_risk": _risk(tam),
        "csm_score": csm.c.score,
        "csm_risk": _risk(csm),
        "churn": case(*((csm.c.churn_level == one, n) for one, n in CHURN_OF.items()), else_=0),
        "lower_score": lower,
        "known": _less(*coverages),
        "has_incident": _flag(or_(*(func.coalesce(r.c.incident_id, "") != "" for r in (tam, csm)))),
        "is_stale": _flag(or_(*(record.c.stale_reason.is_not(None) for record in (tam, csm)))),
        **dict(_word("tam", tam_said)),
        **dict(_word("csm", csm_said)),
    }
    return _keys(values, around)


def _terms() -> _Keys:
    one = contracts.c
    start = func.coalesce(raw(one.starts_on), NO_START)
    return _keys(
        {
            "first_day": _of_contracts(func.min(start)),
            "last_day": _of_contracts(func.max(func.coalesce(raw(one.ends_on), NO_END))),
            "has_gaps": _flag(_has_gap()),
            "last_from": _of_last(start),
            "last_amount": _of_last(cast(one.arr_amount, Double)),
            "last_currency": _of_last(case((one.arr_amount.is_not(None), one.arr_currency))),
        }
    )


def _its(other: FromClause) -> ColumnElement[bool]:
    return and_(
        other.c.tenant_id == book_keys.c.tenant_id, other.c.account_id == book_keys.c.account_id
    )


def _flag(claim: ColumnElement[bool]) -> ColumnElement[int]:
    return case((claim, 1), else_=0)


def _less(one: ColumnElement[int], other: ColumnElement[int]) -> ColumnElement[int]:
    """The smaller of two; SQLite and PostgreSQL name that differently."""
    return case((one < other, one), else_=other)


def _risk(record: FromClause) -> ColumnElement[int]:
    known = ((record.c.band == band, n) for band, n in RISK_OF.items() if band is not Band.UNKNOWN)
    return case(*known, else_=RISK_OF[Band.UNKNOWN])


def _word(agent: str, said: FromClause) -> Iterator[tuple[str, ColumnElement[int]]]:
    yield f"{agent}_said", case((said.c.account_id.is_(None), None), else_=_risk(said))
    yield f"{agent}_said_at", raw(said.c.at)
    yield f"{agent}_said_until", raw(said.c.until)
    yield f"{agent}_said_cleared_at", raw(said.c.cleared_at)


def _of_contracts(value: ColumnElement[int]) -> ScalarSelect[int]:
    return select(value).where(_its(contracts)).correlate(book_keys).scalar_subquery()


def _of_last(value: ColumnElement[V]) -> ScalarSelect[V]:
    """Of the contract that ends last; ties by id, as scans have it."""
    end = func.coalesce(raw(contracts.c.ends_on), NO_END)
    return (
        select(value)
        .where(_its(contracts))
        .order_by(end.desc(), contracts.c.contract_id.desc())
        .limit(1)
        .correlate(book_keys)
        .scalar_subquery()
    )


def _has_gap() -> ColumnElement[bool]:
    """A contract ends, another ends later, and none that does has begun by the day after."""
    ending, later, sequel = (contracts.alias(name) for name in ("ending", "later", "sequel"))
    end, later_end, sequel_end = (
        func.coalesce(raw(one.c.ends_on), NO_END) for one in (ending, later, sequel)
    )
    begun = func.coalesce(raw(sequel.c.starts_on), NO_START) <= end + 1
    around = (book_keys, ending)
    is_passed = exists().where(_its(later), later_end > end).correlate(*around)
    is_followed = exists().where(_its(sequel), sequel_end > end, begun).correlate(*around)
    return exists().where(_its(ending), is_passed, ~is_followed).correlate(book_keys)


_STANDING, _TERMS = _standing(), _terms()
