"""Rows on their way into the store: only the columns that a source really gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeAlias

from app.domain.account import Account, Contract, Rep, Stakeholder
from app.domain.activity import Heartbeat, Interaction, Invoice, SurveyResponse, UsageDay
from app.domain.feed import FactKind
from app.domain.reported import ReportedSignals
from app.domain.ticket import Ticket

FactValue: TypeAlias = (
    str | int | float | bool | date | datetime | time | Decimal | tuple[str, ...] | None
)
FactRow: TypeAlias = Mapping[str, FactValue]
"""Column name (a field of the kind's dataclass) to value. A column that is absent is left as it is
in the store (or takes the field's default in a new row); one that is None is made unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactShape:
    """What identifies a row of one kind, and the dataclass whose fields are its columns."""

    fact: type
    key: tuple[str, ...]


FACT_SHAPES: Mapping[FactKind, FactShape] = {
    FactKind.ACCOUNTS: FactShape(fact=Account, key=("account_id",)),
    FactKind.CONTRACTS: FactShape(fact=Contract, key=("contract_id",)),
    FactKind.REPS: FactShape(fact=Rep, key=("email",)),
    FactKind.STAKEHOLDERS: FactShape(fact=Stakeholder, key=("account_id", "email")),
    FactKind.TICKETS: FactShape(fact=Ticket, key=("ticket_id",)),
    FactKind.USAGE: FactShape(fact=UsageDay, key=("account_id", "day", "feature")),
    FactKind.HEARTBEATS: FactShape(fact=Heartbeat, key=("account_id", "seen_at")),
    FactKind.INVOICES: FactShape(fact=Invoice, key=("invoice_id",)),
    FactKind.SURVEYS: FactShape(fact=SurveyResponse, key=("response_id",)),
    FactKind.INTERACTIONS: FactShape(fact=Interaction, key=("interaction_id",)),
    FactKind.SIGNALS: FactShape(fact=ReportedSignals, key=("account_id", "reported_on", "source")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertCount:
    """What an upsert did. The three sum to the rows given."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0

    def plus(self, other: UpsertCount) -> UpsertCount:
        """Both together."""
        return UpsertCount(
            inserted=self.inserted + other.inserted,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
        )
