"""A row of Accounts, read: which column is which of our facts, and what of it is refused.

One bad cell keeps no other out. Whose row it is, is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.clock import local_day
from app.domain.fact_rows import FactValue
from app.domain.feed import FactKind
from app.domain.notion import NOTION, NotionColumn
from app.domain.reported import FIGURES
from app.feeds import amounts, moments, signal_words
from app.feeds.cells import read_id, read_name
from app.feeds.column import NAME, NOTES, plain, read_interval, read_score
from app.feeds.formats import Formats
from app.feeds.notion.values import (
    Reading,
    RefusedValue,
    owner_of,
    read_day_before,
    refused_of,
    value_of,
)
from app.feeds.refusals import CellRefused
from app.feeds.row_rules import complete
from app.services.notion.columns import KEY
from app.services.notion.rows import Cell, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of Accounts that goes into the store."""

    column: str
    """Our name of it."""
    kind: FactKind
    name: str
    """The fact's field."""
    read: Callable[[Cell, Reading], FactValue]


def _field(
    column: str,
    kind: FactKind,
    name: str,
    read: Callable[[str, Formats], FactValue],
    *,
    empty: FactValue = None,
    takes_end: bool = False,
) -> Field:
    def reader(cell: Cell, reading: Reading) -> FactValue:
        return value_of(cell, read, reading, empty=empty, takes_end=takes_end)

    return Field(column=column, kind=kind, name=name, read=reader)


_A, _C, _S = FactKind.ACCOUNTS, FactKind.CONTRACTS, FactKind.SIGNALS

FIELDS: tuple[Field, ...] = (
    Field(column="Account Owner", kind=_A, name="owner_email", read=owner_of),
    _field("Segment", _A, "segment", NAME, empty=""),
    _field("Deal Stage", _A, "deal_stage", NAME, empty=""),
    _field("Notes", _A, "notes", NOTES, empty=""),
    _field("Check-in Interval", _A, "checkin_interval_days", read_interval),
    _field("Renewal Date", _C, "ends_on", read_day_before(moments.read_day), takes_end=True),
    _field("Seats Purchased", _C, "seats_purchased", amounts.read_count),
    _field("Seats Used", _C, "seats_used", amounts.read_count),
    _field("ARR", _C, "arr_amount", amounts.read_revenue),
    _field("Last Heartbeat", FactKind.HEARTBEATS, "seen_at", moments.read_moment, takes_end=True),
    _field("API Call Count", FactKind.HEARTBEATS, "api_calls", amounts.read_count),
    _field("Feature Adoption Rate", _S, "feature_adoption_rate", amounts.read_share),
    _field("Usage Trend", _S, "usage_trend", plain(signal_words.read_trend)),
    _field("Login Frequency", _S, "logins_per_week", amounts.read_frequency),
    _field("Last Interaction", _S, "last_interaction_on", moments.read_day, takes_end=True),
    _field("Payment Status", _S, "payment_status", plain(signal_words.read_payment)),
    _field(
        "Stakeholder Engagement",
        _S,
        "stakeholder_engagement",
        plain(signal_words.read_engagement),
    ),
    _field("NPS", _S, "nps", read_score),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAccount:
    """A row of Accounts as it was read. Facts lack the account's id, and contracts their own."""

    page_id: str
    url: str
    external_id: str
    """Empty: none is given."""
    name: str
    """Empty: none is given."""
    facts: Mapping[FactKind, Mapping[str, FactValue]] = field(default_factory=dict)
    """Only the columns that are there and could be read; an emptied cell makes its fact unknown."""
    refused: tuple[RefusedValue, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nobody has written anything into it yet."""
        if self.name or self.external_id or self.refused:
            return False
        told = (self.facts.get(one.kind, {}).get(one.name) for one in FIELDS)
        return all(value in (None, "") for value in told)


def kinds_mapped(columns: Mapping[str, NotionColumn]) -> frozenset[FactKind]:
    """The kinds of facts that these columns can bring."""
    found = {one.kind for one in FIELDS if one.column in columns}
    if "Last Heartbeat" not in columns:
        found.discard(FactKind.HEARTBEATS)
    return frozenset({FactKind.ACCOUNTS, *found})


def read_account(row: Row, columns: Mapping[str, NotionColumn], reading: Reading) -> ReadAccount:
    """Read the row; nothing in it raises."""
    page = (row.page_id, row.url)
    refused: list[RefusedValue] = []
    facts: dict[FactKind, dict[str, FactValue]] = {FactKind.ACCOUNTS: {}}
    for one in FIELDS:
        cell = _cell(row, columns, one.column)
        if cell is None:
            continue
        try:
            facts.setdefault(one.kind, {})[one.name] = one.read(cell, reading)
        except CellRefused as exc:
            refused.append(refused_of(page, columns[one.column].name, exc, cell))
    texts = {}
    for column, read in (("Name", read_name), (KEY, read_id)):
        cell = _cell(row, columns, column) or Cell()
        try:
            texts[column] = str(value_of(cell, plain(read), reading, empty=""))
        except CellRefused as exc:
            refused.append(refused_of(page, columns[column].name, exc, cell))
    _settle(facts, reading, columns, page, refused)
    return ReadAccount(
        page_id=row.page_id,
        url=row.url,
        external_id=texts.get(KEY, ""),
        name=texts.get("Name", ""),
        facts=facts,
        refused=tuple(refused),
    )


def _cell(row: Row, columns: Mapping[str, NotionColumn], name: str) -> Cell | None:
    column = columns.get(name)
    return None if column is None else row.cell(column)


def _settle(
    facts: dict[FactKind, dict[str, FactValue]],
    reading: Reading,
    columns: Mapping[str, NotionColumn],
    page: tuple[str, str],
    refused: list[RefusedValue],
) -> None:
    """What follows from what was read, and what cannot be: nothing is told from the future."""
    contract = facts.get(FactKind.CONTRACTS, {})
    if "arr_amount" in contract:
        is_known = contract["arr_amount"] is not None
        contract["arr_currency"] = reading.formats.currency if is_known else None
    signals = facts.get(FactKind.SIGNALS)
    if signals is not None:
        signals["reported_on"] = local_day(reading.now, reading.formats.zone)
        signals["source"] = NOTION
    if facts.get(FactKind.HEARTBEATS, {}).get("seen_at") is None:
        facts.pop(FactKind.HEARTBEATS, None)
    for kind, guilty in ((FactKind.SIGNALS, "last_interaction_on"), (FactKind.HEARTBEATS, None)):
        if kind not in facts:
            continue
        try:
            complete(kind, facts[kind], reading.now)
        except CellRefused as exc:
            named = next(one.column for one in FIELDS if one.name == (guilty or "seen_at"))
            refused.append(refused_of(page, columns[named].name, exc, None))
            if guilty is None:
                del facts[kind]
            else:
                del facts[kind][guilty]


def says_figures(row: Mapping[str, FactValue]) -> bool:
    """Whether a row of signals says any figure at all."""
    return any(row.get(name) is not None for name in FIGURES)
