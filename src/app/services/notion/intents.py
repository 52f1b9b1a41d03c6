"""The intent to make a page: one row in the store, held by one process at a time.

It says who may begin and when; it knows nothing of how a page is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.notion import NotionPage, NotionPageKind
from app.ports.store import Unit
from app.services.notion.client import WITHIN_SECONDS

LAG_SECONDS = 5.0
"""How long after a call's end its page may still appear: none is looked for sooner."""
FRESH_SECONDS = 10.0
"""A call begins on an intent that is no older."""
HOLD_SECONDS = FRESH_SECONDS + WITHIN_SECONDS + 2 * LAG_SECONDS
"""The age from which an intent is surely nobody's: no call made on it is still under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was found on asking for a page."""

    page: NotionPage
    """Known, or our intent; somebody else's where there is a wait."""
    is_again: bool = False
    """An earlier try may have made it."""
    wait_seconds: float = 0.0


def take(unit: Unit, *, kind: NotionPageKind, key: str, now: datetime) -> Taken:
    """Take a page in hand, in one transaction: whoever else asks has to wait."""
    known = unit.notion.pages(kind, [key]).get(key)
    if known is not None and known.page_id:
        return Taken(page=known)
    if known is not None and known.intended_at is not None:
        free_at = known.intended_at + timedelta(seconds=HOLD_SECONDS)
        if now < free_at:
            return Taken(page=known, wait_seconds=(free_at - now).total_seconds())
    page = NotionPage(kind=kind, key=key, intended_at=now)
    unit.notion.save_pages([page])
    return Taken(page=page, is_again=known is not None)


def swap(unit: Unit, *, page: NotionPage, by: NotionPage) -> bool:
    """Put `by` in the place of `page`; False: it is not what is there any more."""
    if unit.notion.pages(page.kind, [page.key]).get(page.key) != page:
        return False
    unit.notion.save_pages([by])
    return True


def forget(unit: Unit, *, page: NotionPage) -> None:
    """Give an intent up, unless somebody took it over."""
    if unit.notion.pages(page.kind, [page.key]).get(page.key) == page:
        unit.notion.forget_pages(page.kind, [page.key])
