"""What factors and records of a ledger are called on a page, and where the rows behind them are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from app.domain.assessment import Agent, LedgerRow
from app.services.plain_text import one_line
from app.web.paths import account_path

AGENT_TITLES: Mapping[Agent, str] = {
    Agent.TAM: "Technical health",
    Agent.CSM: "Commercial health",
}

FACTOR_NAMES: Mapping[str, str] = {
    "ticket_age": "Ticket age",
    "ticket_volume": "Ticket volume",
    "tickets_unread": "Tickets not read",
    "heartbeat": "Heartbeat",
    "heartbeat_silence": "Unusual silence",
    "heartbeat_errors": "Unusual errors",
    "heartbeat_calls_down": "Fewer calls",
    "heartbeat_calls_up": "More calls",
    "clamp": "Never below 0",
    "coverage": "Too little known",
    "kept": "Score kept",
    "adoption": "Feature adoption",
    "usage_trend": "Usage trend",
    "login_frequency": "Logins",
    "last_interaction": "Last contact",
    "support": "Support",
    "payment": "Payment",
    "stakeholder_engagement": "Engagement",
    "seats": "Seats",
    "nps": "NPS",
    "escalations": "Escalations",
    "renewal": "Renewal",
    "tam_band": "Technical band",
}
"""By their keys in the ledger."""

_VIEWS: Mapping[str, str] = {
    "ticket_age": "tickets",
    "ticket_volume": "tickets",
    "tickets_unread": "tickets",
    "support": "tickets",
    "heartbeat": "usage",
    "heartbeat_silence": "usage",
    "heartbeat_errors": "usage",
    "heartbeat_calls_down": "usage",
    "heartbeat_calls_up": "usage",
    "adoption": "usage",
    "usage_trend": "usage",
    "login_frequency": "usage",
    "seats": "usage",
    "last_interaction": "people",
    "stakeholder_engagement": "people",
    "nps": "people",
    "payment": "growth",
    "renewal": "growth",
    "escalations": "history",
}
"""The view of an account that a factor's rows stand in."""
_MOST_RECORDS = 4
_MANY = re.compile(r"\b\d{4,}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLink:
    """One record that a row rests on."""

    text: str
    href: str
    """Empty: it leads nowhere."""


def factor_name(factor: str) -> str:
    """Such as `Ticket age`; one that is not named here is spelled out."""
    named = FACTOR_NAMES.get(factor)
    return one_line(factor.replace("_", " ").capitalize(), 40) if named is None else named


def measured(row: LedgerRow) -> str:
    """What was measured, without the ledger's own short-hand."""
    if row.factor == "usage_trend":
        return _MANY.sub(lambda found: f"{int(found[0]):,}", row.raw)
    if row.factor != "payment":
        return row.raw
    status, _, days = row.raw.partition(", ")
    if not status.startswith("overdue"):
        return "nothing overdue" if status == "current" else row.raw
    return f"{days} overdue" if days else status.replace("_", " ")


def factor_path(account_id: str, factor: str) -> str:
    """Where the rows stand that a factor is counted from; the overview where there are none."""
    if factor == "tam_band":
        return f"{account_path(account_id)}#tam"
    view = _VIEWS.get(factor)
    if view is None:
        return account_path(account_id)
    asked = urlencode({"view": view, "factor": factor})
    return f"{account_path(account_id)}?{asked}#{quote(factor, safe='')}"


def record_links(account_id: str, row: LedgerRow, *, may_see_feeds: bool) -> tuple[RecordLink, ...]:
    """The first records of a row, each with the place where it is shown."""
    return tuple(
        [
            _record_link(account_id, row.factor, source, may_see_feeds=may_see_feeds)
            for source in row.sources[:_MOST_RECORDS]
        ]
    )


def more_records(row: LedgerRow) -> int:
    """How many records are not among the first."""
    return max(0, len(row.sources) - _MOST_RECORDS)


def _record_link(account_id: str, factor: str, source: str, *, may_see_feeds: bool) -> RecordLink:
    kind, _, named = source.partition(":")
    text = one_line(named or source, 60)
    if kind == "feed":
        return RecordLink(text=text, href="/runs#feeds" if may_see_feeds else "")
    if kind == "record":
        return RecordLink(text="technical score", href=factor_path(account_id, "tam_band"))
    if kind == "ticket":
        asked = urlencode({"view": "tickets", "factor": factor})
        at = f"{account_path(account_id)}?{asked}#ticket-{quote(named, safe='')}"
        return RecordLink(text=text, href=at)
    return RecordLink(text=text, href=factor_path(account_id, factor))
