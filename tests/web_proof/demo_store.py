"""The made-up book, lived through in a folder, with what people and agents did about it.

Everything is written by the real code: scans, sinks, acts of reps, reviews, room to grow.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from app.agents.customer_success.expansion import opportunities
from app.agents.customer_success.qbr import period_of, review, title_of
from app.agents.front_door import as_json
from app.agents.technical_account_manager.profile import COMPUTED
from app.clock import at_local
from app.demo.book import DemoBook, make_book
from app.demo.replay import load
from app.domain.account import Account, TechnicalMaturity
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.document import Document, DocumentKind
from app.domain.draft import DraftState
from app.domain.incident import IncidentState
from app.domain.opportunity import Opportunity, OpportunityState
from app.jobs.account_documents import profile_for
from app.jobs.acts.contacts import Contact, ContactKind, add_note, log_interaction
from app.jobs.acts.drafts import tell_outcome
from app.jobs.acts.incidents import acknowledge_incident, live_incidents, snooze_incident
from app.jobs.acts.maturity import set_maturity
from app.jobs.acts.overriding import override_band
from app.jobs.dossiers import dossier_of
from app.ports.store import Unit
from app.storage.types import micros
from tests.integration.small_book import TENANT, SmallBook

SCANNED_AT = time(7)


@dataclass(frozen=True, slots=True, kw_only=True)
class LivedBook:
    """A store with the made-up book in it, scanned every day until `now`."""

    home: Path
    now: datetime
    """Of the last scan."""
    made_up: DemoBook

    @property
    def file(self) -> Path:
        """The store itself."""
        return self.home / "tend.sqlite3"


def lived(home: Path, now: datetime, *, days: int, seed: int = 7) -> LivedBook:
    """Make the book up as of `now` in an empty folder, and live through the `days` before it.

    The first of them is the baseline; alerts begin an hour later.
    """
    made_up = make_book(today=now.date(), seed=seed)
    book = SmallBook.opened(home)
    book.store.write_now(TENANT, lambda unit: load(unit, made_up))
    first = at_local(now.date() - timedelta(days=days), SCANNED_AT, made_up.settings.zone)
    for day in range(days):
        book.day(first + timedelta(days=day))
        if day == 0:
            book.go_live(first + timedelta(hours=1))
    book.day(now)
    book.store.write_now(TENANT, lambda unit: _worked_on(unit, now))
    book.store.close()
    _left_over(home / "tend.sqlite3", now)
    return LivedBook(home=home, now=now, made_up=made_up)


def _left_over(file: Path, now: datetime) -> None:
    """One effect and one event could not be done, and wait for an admin."""
    driver = sqlite3.connect(file)
    driver.execute(
        "UPDATE effects SET state = 'parked', parked_for = 'access', error = 'chat: spaces.messages"
        ".create: 403 PERMISSION_DENIED' WHERE key IN (SELECT key FROM effects WHERE kind = 'chat'"
        " ORDER BY place DESC LIMIT 1)"
    )
    driver.execute(
        "INSERT INTO event_parked SELECT tenant_id, stream, 'sales', event_id, place, 5,"
        " 'the account is not in the book', ?, published_at, body FROM events"
        " ORDER BY place DESC LIMIT 1",
        (micros(now),),
    )
    driver.commit()
    driver.close()


def _worked_on(unit: Unit, now: datetime) -> None:
    """What reps and agents do on the day before `now`, and an hour ago."""
    earlier = now - timedelta(days=1)
    for place, account in enumerate(unit.book.active(now.date())):
        by = account.owner_email or "dana.whitlocke@fathomline.example"
        _spoken_of(unit, account, place, by, earlier)
        if place % 3 == 0:
            _room_to_grow(unit, account.account_id, now)
        if place % 6 == 1:
            keep_documents(unit, account, now)
    _answered(unit, now)
    _letters_sent(unit, earlier)


def _spoken_of(unit: Unit, account: Account, place: int, by: str, at: datetime) -> None:
    if place % 2 == 0:
        told = Contact(summary="Walked through the open points.", kind=ContactKind.CALL)
        log_interaction(unit, account, told, by=by, at=at)
    if place % 4 == 1:
        add_note(unit, account, "Their data team moves to another office in spring.", by=by, at=at)
    people = unit.people.stakeholders(account.account_id)
    if place % 5 == 2 and people:
        set_maturity(unit, account, people[0].email, TechnicalMaturity.HIGH, by=by, at=at)
    if place % 20 == 3:
        until = at.date() + timedelta(days=30)
        reason = "A pilot runs beside the old system until then"
        override_band(
            unit, account, Agent.TAM, Band.AMBER, until=until, reason=reason, by=by, at=at
        )


def _room_to_grow(unit: Unit, account_id: str, now: datetime) -> None:
    for turn, found in enumerate(opportunities(dossier_of(unit, account_id, now))):
        unit.opportunities.add(
            Opportunity(
                opportunity_id=found.opportunity_id,
                account_id=account_id,
                kind=found.kind,
                name=found.name,
                found_by="customer_success",
                state=OpportunityState.DISPATCHED if turn % 2 else OpportunityState.HELD,
                body=as_json(found.payload),
                found_at=now,
                updated_at=now,
                why_held="" if turn % 2 else "an escalation of the account stands",
            )
        )


def keep_documents(unit: Unit, account: Account, now: datetime) -> None:
    """Keep the account's next review and its relationship profile, as its agents would."""
    dossier = dossier_of(unit, account.account_id, now)
    period, trigger = period_of({}, dossier)
    unit.documents.keep(
        Document(
            kind=DocumentKind.QBR,
            subject=account.account_id,
            key=period,
            title=title_of(account.name, period),
            body=as_json(review(dossier, period, trigger)),
            made_by="customer_success",
            made_at=now,
        )
    )
    unit.documents.keep(
        Document(
            kind=DocumentKind.PROFILE,
            subject=account.account_id,
            key=COMPUTED,
            title="Technical relationship profile",
            body=as_json(profile_for(unit, account.account_id, now).profile),
            made_by="technical_account_manager",
            made_at=now,
        )
    )


def _answered(unit: Unit, now: datetime) -> None:
    """One incident is acknowledged, one snoozed."""
    raised = [
        one.incident
        for one in live_incidents(unit)
        if one.account is not None and one.incident.state is IncidentState.OPEN
    ]
    by = "marcus.abiodun-cole@fathomline.example"
    acknowledge_incident(unit, raised[0].incident_id, by=by, at=now)
    until = now.date() + timedelta(days=5)
    snooze_incident(unit, raised[1].incident_id, until=until, by=by, at=now)


def _letters_sent(unit: Unit, at: datetime) -> None:
    """Of what is withdrawn by now, every other letter had been sent before, one was dropped."""
    states = (DraftState.SENT, DraftState.DROPPED, DraftState.SENT)
    gone = [one for one in unit.outbox.drafts() if one.state is DraftState.WITHDRAWN]
    for turn, draft in enumerate(gone[::2]):
        note = "They called before" if states[turn % 3] is DraftState.DROPPED else ""
        tell_outcome(unit, draft.draft_id, states[turn % 3], note=note, by=draft.rep_email, at=at)
