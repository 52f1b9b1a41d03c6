"""The views of one account besides its scores: tickets, usage, people, letters, growth, notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from markupsafe import Markup

from app.jobs.pages.account_asked import AccountAsked
from app.jobs.pages.account_growth import GrowthView, growth_view
from app.jobs.pages.account_header import AccountHeader
from app.jobs.pages.account_letters import LettersView, letters_view
from app.jobs.pages.account_notes import NotesView, notes_view
from app.jobs.pages.account_people import PeopleView, people_view
from app.jobs.pages.account_tickets import TicketsView, tickets_view
from app.jobs.pages.account_usage import UsageView, usage_view
from app.ports.store import Unit
from app.web.drawing.usage import heartbeat_drawing, usage_drawing
from app.web.pages.account_view import AccountView, view_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnUsage:
    """Usage with its drawings."""

    use: UsageView
    weeks: Markup
    heartbeat: Markup


Shown: TypeAlias = TicketsView | DrawnUsage | PeopleView | LettersView | GrowthView | NotesView


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRead:
    """How one view is read, and what shows it."""

    template: str
    read: Callable[[Unit, AccountHeader, AccountAsked], Shown]


def drawn_usage(unit: Unit, asked: AccountAsked) -> DrawnUsage:
    """The account's use, drawn."""
    use = usage_view(unit, asked)
    return DrawnUsage(
        use=use,
        weeks=usage_drawing(use.course),
        heartbeat=heartbeat_drawing(use.heartbeat.days),
    )


READS: Mapping[str, ViewRead] = {
    "tickets": ViewRead(
        template="account_tickets.html", read=lambda unit, _header, asked: tickets_view(unit, asked)
    ),
    "usage": ViewRead(
        template="account_usage.html", read=lambda unit, _header, asked: drawn_usage(unit, asked)
    ),
    "people": ViewRead(
        template="account_people.html", read=lambda unit, _header, asked: people_view(unit, asked)
    ),
    "letters": ViewRead(
        template="account_letters.html", read=lambda unit, _header, asked: letters_view(unit, asked)
    ),
    "growth": ViewRead(template="account_growth.html", read=growth_view),
    "notes": ViewRead(
        template="account_notes.html", read=lambda unit, _header, asked: notes_view(unit, asked)
    ),
}
"""By their names in an address."""

ACCOUNT_VIEWS: Mapping[str, AccountView] = {
    name: view_of(name, one.template, one.read) for name, one in READS.items()
}
"""What answers each of them."""
