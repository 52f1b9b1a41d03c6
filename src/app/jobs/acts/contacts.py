"""Contacts and notes that a rep writes down.

A contact is a fact like an imported one and counts as the last meaningful interaction; a note is
for people alone and no letter is made of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from hashlib import sha256

from app.clock import at_local, local_day
from app.domain.account import Account, Stakeholder
from app.domain.act import Act, ActKind, Note
from app.domain.activity import Interaction
from app.domain.feed import REP_LOG, FactKind, Feed
from app.errors import Conflict, InvalidInput, NotFound
from app.jobs.acts.said import lines_said
from app.ports.store import Unit

NOON = time(12)
"""When a contact is dated that is told by its day alone."""
FIRST_DAY = date(1990, 1, 1)
"""Nobody has written contacts down for longer; an earlier day is a slip of the hand."""


class ContactKind(StrEnum):
    """How it happened."""

    CALL = "call"
    MEETING = "meeting"
    EMAIL = "email"
    VISIT = "visit"
    TRAINING = "training"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact as a rep tells it."""

    summary: str
    kind: ContactKind
    person: str = ""
    """An e-mail, or how the name of one of the account's people begins; empty: nobody is named."""
    on: date | None = None
    """The local day; None: just now."""
    meaningful: bool = True
    """False: it told nothing, and is not counted."""


def log_interaction(
    unit: Unit, account: Account, told: Contact, *, by: str, at: datetime
) -> Interaction:
    """Write down a contact; the same again is the same one.

    Raises InvalidInput for a day to come and for nothing said, NotFound and Conflict for the
    person.
    """
    said = lines_said(told.summary, "what was said")
    email = person_of(unit, account, told.person) if told.person.strip() else ""
    happened_at = at if told.on is None else _moment_on(unit, told.on, at)
    happened = Interaction(
        interaction_id=_id_of(account.account_id, happened_at, told.kind, email, said, by),
        account_id=account.account_id,
        happened_at=happened_at,
        kind=told.kind.value,
        meaningful=told.meaningful,
        stakeholder_email=email,
        summary=said,
    )
    row = {name: getattr(happened, name) for name in Interaction.__slots__}
    if unit.facts.upsert(FactKind.INTERACTIONS, [row]).inserted:
        _speak_for(unit, account.account_id, at)
        unit.diary.add_act(_logged(happened, by, at))
    return happened


def add_note(unit: Unit, account: Account, text: str, *, by: str, at: datetime) -> Note:
    """Write a note. Raises InvalidInput when it says nothing or is too long."""
    note = Note(account_id=account.account_id, at=at, by=by, text=lines_said(text, "the note"))
    unit.diary.add_note(note)
    unit.diary.add_act(
        Act(
            at=at,
            by=by,
            kind=ActKind.NOTED,
            account_id=account.account_id,
            about=account.account_id,
            after={"text": note.text},
        )
    )
    return note


def person_of(unit: Unit, account: Account, text: str) -> str:
    """The e-mail (lower case) of the person that `text` names; an address may be of somebody new.

    Raises NotFound, naming who is known, and Conflict when several are meant.
    """
    wanted = text.strip()
    if "@" in wanted:
        if any(char.isspace() or not char.isprintable() for char in wanted):
            raise InvalidInput(f"{wanted!r} is not an e-mail address")
        return wanted.lower()
    found = people_named(unit.people.stakeholders(account.account_id), wanted)
    if len(found) > 1:
        names = ", ".join(f"{one.name} <{one.email}>" for one in found)
        raise Conflict(f"{wanted!r} may be {names}: write the address")
    if not found:
        raise NotFound(unknown_person(unit, account, wanted))
    return found[0].email.lower()


def people_named(people: tuple[Stakeholder, ...], text: str) -> tuple[Stakeholder, ...]:
    """The people of exactly this e-mail or name, case ignored; else those whose name begins so."""
    folded = text.strip().casefold()
    exact = [one for one in people if folded in {one.email.casefold(), one.name.casefold()}]
    return tuple(exact or [one for one in people if one.name.casefold().startswith(folded)])


def unknown_person(unit: Unit, account: Account, text: str) -> str:
    """That nobody of the account goes by this name, and who does."""
    known = [f"{one.name} <{one.email}>" for one in unit.people.stakeholders(account.account_id)]
    told = f"; known: {', '.join(known[:5])}" if known else "; no stakeholder is known yet"
    return f"{account.name} has nobody called {text!r}{told}"


def _logged(happened: Interaction, by: str, at: datetime) -> Act:
    return Act(
        at=at,
        by=by,
        kind=ActKind.LOGGED,
        account_id=happened.account_id,
        about=happened.interaction_id,
        after={
            "kind": happened.kind,
            "happened_at": happened.happened_at.isoformat(),
            "with": happened.stakeholder_email,
            "meaningful": happened.meaningful,
            "summary": happened.summary,
        },
    )


def _moment_on(unit: Unit, on: date, at: datetime) -> datetime:
    zone = unit.tenant.settings().settings.zone
    if on > local_day(at, zone):
        raise InvalidInput(f"{on} is still to come: log it when it has happened")
    if on < FIRST_DAY:
        raise InvalidInput(f"{on} is too long ago to be a contact of yours: is the year right?")
    return min(at_local(on, NOON, zone), at)


def _id_of(
    account_id: str, happened_at: datetime, kind: ContactKind, email: str, said: str, by: str
) -> str:
    told = json.dumps([account_id, happened_at.isoformat(), kind.value, email, said, by])
    return f"log-{sha256(told.encode()).hexdigest()[:16]}"


def _speak_for(unit: Unit, account_id: str, at: datetime) -> None:
    """From now on somebody tells of this account's contacts; of the others still nobody does."""
    known = next((feed for feed in unit.feeds.all() if feed.name == REP_LOG), None)
    accounts = frozenset[str]() if known is None else known.accounts or frozenset()
    unit.feeds.save(
        Feed(
            name=REP_LOG,
            provides=frozenset({FactKind.INTERACTIONS}),
            last_ok_at=at,
            accounts=accounts | {account_id},
        )
    )
