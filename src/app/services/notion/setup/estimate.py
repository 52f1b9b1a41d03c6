"""How many requests a scan on Notion takes, and how long they take at the budget."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

ROWS = 100
"""In an answer (developers.notion.com/reference/request-limits)."""
CHANGED_SHARE = 0.05
"""Of the accounts, on a day: what the figures are made for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Requests, and the minutes they take."""

    first_requests: int
    """The first time: everything is read, and each account written."""
    first_minutes: float
    requests: int
    """Of a day in which one account of twenty changed."""
    minutes: float


def estimate_of(accounts: int, tickets: int, a_minute: float) -> Estimate:
    """Reading takes a request for each 100 rows, writing one for each account that changed."""
    read = ceil(accounts / ROWS) + ceil(tickets / ROWS)
    daily, first = read + ceil(accounts * CHANGED_SHARE), read + accounts
    return Estimate(
        first_requests=first,
        first_minutes=first / a_minute,
        requests=daily,
        minutes=daily / a_minute,
    )
