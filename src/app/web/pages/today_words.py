"""How the first page words what became of an incident, and how far a snooze may reach at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypedDict

from app.clock import local_day
from app.domain.incident import Change, IncidentKind, IncidentState
from app.domain.today import Window
from app.jobs.flows.owing import TITLES
from app.ports.today import NewOpportunity
from app.web.paths import account_path, draft_path
from app.web.site import Visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a tag says, and how it looks."""

    text: str
    style: str = ""


CHANGES: Mapping[Change, Word] = {
    Change.RAISED: Word(text="New", style="bad"),
    Change.WORSENED: Word(text="Worse", style="bad"),
    Change.WOKE: Word(text="Snooze is over", style="warn"),
    Change.REOPENED: Word(text="Back again", style="warn"),
    Change.CLOSED: Word(text="Closed", style="good"),
}
STATES: Mapping[IncidentState, Word] = {
    IncidentState.ACKNOWLEDGED: Word(text="Acknowledged"),
    IncidentState.SNOOZED: Word(text="Snoozed"),
    IncidentState.DISMISSED: Word(text="Dismissed"),
    IncidentState.CLOSED: Word(text="Closed", style="good"),
}
KINDS: Mapping[IncidentKind, str] = {
    kind: f"{title[0].upper()}{title[1:]}" for kind, title in TITLES.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A day to snooze until, one press away."""

    text: str
    until: date


class ItemWords(TypedDict):
    """What the template of an incident needs besides the incident."""

    now: datetime
    today: date
    choices: tuple[Choice, ...]
    changes: Mapping[Change, Word]
    states: Mapping[IncidentState, Word]
    kinds: Mapping[IncidentKind, str]
    account_path: Callable[[str], str]
    draft_path: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Growing:
    """An account with the room to grow that is new there."""

    account_id: str
    account: str
    names: tuple[str, ...]


def growing(found: Iterable[NewOpportunity]) -> tuple[Growing, ...]:
    """Each account once, in the order of its first one."""
    accounts: dict[str, list[NewOpportunity]] = {}
    for one in found:
        accounts.setdefault(one.account_id, []).append(one)
    return tuple(
        Growing(
            account_id=account_id,
            account=several[0].account,
            names=tuple(one.name for one in several),
        )
        for account_id, several in accounts.items()
    )


def since_words(window: Window, today: date) -> str:
    """Since when something counts as new, such as ` since Friday’s scan`; empty: since ever."""
    if window.since is None:
        return ""
    day = window.since.local_day
    if today - day < timedelta(weeks=1):
        return f" since {day:%A}’s scan"
    return f" since the scan of {day.day} {day:%B %Y}"


def item_words(now: datetime, visitor: Visitor) -> ItemWords:
    """The words, on the visitor's day."""
    today = local_day(now, visitor.zone)
    return ItemWords(
        now=now,
        today=today,
        choices=(
            Choice(text="3 days", until=today + timedelta(days=3)),
            Choice(text="1 week", until=today + timedelta(weeks=1)),
            Choice(text="2 weeks", until=today + timedelta(weeks=2)),
        ),
        changes=CHANGES,
        states=STATES,
        kinds=KINDS,
        account_path=account_path,
        draft_path=draft_path,
    )
