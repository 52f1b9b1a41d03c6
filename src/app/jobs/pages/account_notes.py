"""An account's story in one line of time: contacts, notes, letters, incidents, people's doings."""

from __future__ import annotations

from dataclasses import dataclass

from app.jobs.acts.contacts import ContactKind
from app.jobs.acts.history import MOST, Entry, history
from app.jobs.pages.account_asked import AccountAsked, Refused
from app.ports.store import Unit

A_PAGE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesView:
    """The view."""

    entries: tuple[Entry, ...]
    """Newest first."""
    page: int
    pages: int
    kinds: tuple[ContactKind, ...]
    """How a contact may have happened."""
    refused: Refused | None
    """A change that was just refused."""


def notes_view(unit: Unit, asked: AccountAsked) -> NotesView:
    """The account's story, a page's worth, in six statements."""
    story = history(unit, asked.account, now=asked.now, most=MOST)
    pages = max(-(-len(story) // A_PAGE), 1)
    page = min(asked.number("page"), pages)
    return NotesView(
        entries=story[(page - 1) * A_PAGE : page * A_PAGE],
        page=page,
        pages=pages,
        kinds=tuple(ContactKind),
        refused=asked.refused,
    )
