"""Calls to a model and what they cost: what was spent, and whether one more fits the budget.

Money is millionths of a US dollar, as the price lists of models have it; days and months are UTC's,
as providers bill. Who is called, and how, is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

MICROS = 1_000_000
"""Of a dollar."""


class CallState(StrEnum):
    """How far a call is."""

    OPEN = "open"
    """Under way, or left by a process that died: it counts as the most that it may cost."""
    ANSWERED = "answered"
    FAILED = "failed"
    """It gave nothing; it counts as what it may have cost all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One call, whose words nobody keeps here."""

    call_id: str
    at: datetime
    agent: str
    account_id: str
    """Empty: it was about no account."""
    purpose: str
    """What the words are for, such as `escalation_outreach`."""
    model: str
    state: CallState = CallState.OPEN
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    """While it is open the most it may cost; 0 for a model without a price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Calls and what they cost."""

    calls: int = 0
    cost_micros: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer that was paid for."""

    model: str
    """Whose words they are."""
    answer: str
    """JSON, as it was held to be in order."""


class UsageBy(StrEnum):
    """What calls are summed up by."""

    AGENT = "agent"
    ACCOUNT = "account"
    DAY = "day"
    MODEL = "model"
    PURPOSE = "purpose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was spent on one agent, one account, or on one day."""

    name: str
    spent: Spent


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelBudget:
    """The most that a tenant may spend; None: no bound."""

    day_micros: int | None = None
    month_micros: int | None = None
    day_calls: int | None = None
    month_calls: int | None = None


def why_refused(budget: ModelBudget, today: Spent, month: Spent, cost_micros: int) -> str:
    """Which bound one more call of this cost would go beyond, in words; empty: it fits."""
    return next(_beyond(budget, today, month, cost_micros), "")


def _beyond(budget: ModelBudget, today: Spent, month: Spent, cost_micros: int) -> Iterator[str]:
    for when, spent, micros, calls in (
        ("day", today, budget.day_micros, budget.day_calls),
        ("month", month, budget.month_micros, budget.month_calls),
    ):
        if calls is not None and spent.calls >= calls:
            yield f"the budget of {calls} calls a {when} is spent"
        if micros is not None and spent.cost_micros + cost_micros > micros:
            yield (
                f"the budget of {dollars(micros)} a {when} has {dollars(spent.cost_micros)} spent, "
                f"and this call may cost {dollars(cost_micros)}"
            )


def day_of(moment: datetime) -> datetime:
    """The beginning of its UTC day."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def month_of(moment: datetime) -> datetime:
    """The beginning of its UTC month."""
    return day_of(moment).replace(day=1)


def micros_of(amount: Decimal) -> int:
    """Dollars as millionths, rounded up: what is spent is never told too low."""
    return int((amount * MICROS).to_integral_value(ROUND_CEILING))


def dollars(micros: int) -> str:
    """`$1.20`; below ten cents as exact as it is: `$0.0042`."""
    amount = Decimal(micros) / MICROS
    if micros % 10_000 == 0 or micros >= 100_000:
        return f"${amount:,.2f}"
    return f"${amount:f}"
