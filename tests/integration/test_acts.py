"""What reps do, met by the scans that follow: quiet until worse, what went out stays out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from app.domain.account import Account, TechnicalMaturity
from app.domain.act import Act, ActKind
from app.domain.activity import Interaction
from app.domain.assessment import Agent
from app.domain.draft import DraftState
from app.domain.feed import FactKind
from app.domain.incident import Incident, IncidentState
from app.domain.tenant_settings import CsmSettings, TenantSettings
from app.errors import Conflict, InvalidInput, NotFound
from app.jobs.acts.contacts import Contact, ContactKind, add_note, log_interaction
from app.jobs.acts.drafts import communications, tell_outcome
from app.jobs.acts.history import Entry, history
from app.jobs.acts.incidents import (
    acknowledge_incident,
    dismiss_incident,
    incidents_named,
    live_incidents,
    snooze_incident,
)
from app.jobs.acts.maturity import set_maturity
from app.ports.store import Unit
from tests import builders
from tests.integration.small_book import MONDAY, TENANT, SmallBook

DAY = timedelta(days=1)
LAST_WEEK = MONDAY - 5 * DAY
KIM = "kim@tend.example"
RAISED = "tam_escalation:acme:1"


def day(number: int) -> datetime:
    """The morning so many days after Monday."""
    return MONDAY + number * DAY


def escalated(book: SmallBook) -> None:
    """Amber on Tuesday, told once, with a draft that waits."""
    book.live_book("acme")
    book.open_p1s("acme", 2, since=LAST_WEEK)
    book.day(day(1))
    assert told(book) == 1


def told(book: SmallBook) -> int:
    return len([alert for alert in book.alerts() if alert.text.startswith("[TAM ALERT]")])


def account(book: SmallBook) -> Account:
    return book.store.read_now(TENANT, lambda unit: unit.book.find("acme"))


def acts(book: SmallBook) -> tuple[Act, ...]:
    return book.store.read_now(TENANT, lambda unit: unit.diary.acts(account_id="acme", most=99))


def acknowledge(unit: Unit) -> Incident:
    return acknowledge_incident(unit, RAISED, by=KIM, at=day(1) + timedelta(hours=1))


def dismiss(unit: Unit) -> Incident:
    at = day(1) + timedelta(hours=1)
    return dismiss_incident(unit, RAISED, reason="agreed\x1b[2J move", by=KIM, at=at)


def snooze(unit: Unit) -> Incident:
    at = day(1) + timedelta(hours=1)
    return snooze_incident(unit, RAISED, until=day(9).date(), by=KIM, at=at)


@pytest.mark.parametrize(
    "act, kind, state",
    [
        (acknowledge, ActKind.ACKNOWLEDGED, IncidentState.ACKNOWLEDGED),
        (dismiss, ActKind.DISMISSED, IncidentState.DISMISSED),
        (snooze, ActKind.SNOOZED, IncidentState.SNOOZED),
    ],
)
def test_an_incident_that_a_rep_acted_on_is_quiet_until_it_worsens(
    book: SmallBook, act: Callable[[Unit], Incident], kind: ActKind, state: IncidentState
) -> None:
    escalated(book)
    assert book.store.write_now(TENANT, act).state is state
    assert book.store.write_now(TENANT, act).state is state
    (line,) = acts(book)
    assert (line.kind, line.by, line.about) == (kind, KIM, RAISED)
    assert (line.before["state"], line.after["state"]) == ("open", state.value)
    book.day(day(2))
    book.day(day(3))
    assert told(book) == 1
    book.open_p1s("acme", 3, since=LAST_WEEK - DAY)
    book.day(day(4))
    assert told(book) == 2
    (incident,) = book.incidents()
    assert incident.state is IncidentState.OPEN


def test_a_snooze_wakes_on_its_day_while_it_is_still_wrong(book: SmallBook) -> None:
    escalated(book)
    at = day(1) + timedelta(hours=1)
    book.store.write_now(
        TENANT, lambda unit: snooze_incident(unit, RAISED, until=day(3).date(), by=KIM, at=at)
    )
    book.day(day(2))
    assert told(book) == 1
    book.day(day(3))
    assert told(book) == 2


def test_a_closed_incident_cannot_be_acted_on(book: SmallBook) -> None:
    escalated(book)
    book.resolve_all("acme", 2, since=LAST_WEEK, at=day(1) + timedelta(hours=1))
    for number in range(2, 5):
        book.day(day(number))
    with pytest.raises(Conflict, match="closed"):
        book.store.write_now(TENANT, acknowledge)
    assert acts(book) == ()
    with pytest.raises(NotFound, match="no live incident"):
        book.store.read_now(TENANT, lambda unit: incidents_named(unit, "acme"))
    (listed,) = book.store.read_now(
        TENANT, lambda unit: live_incidents(unit, "acme", closed_too=True)
    )
    assert (listed.incident.state, listed.last_act) == (IncidentState.CLOSED, None)


def test_live_incidents_say_who_has_them(book: SmallBook) -> None:
    escalated(book)
    book.store.write_now(TENANT, dismiss)
    (listed,) = book.store.read_now(TENANT, live_incidents)
    assert listed.account == account(book)
    assert listed.incident.note == "agreed[2J move", "what no terminal should see is gone"
    assert listed.last_act is not None
    assert listed.last_act.by == KIM
    named = book.store.read_now(TENANT, lambda unit: incidents_named(unit, "Acm"))
    assert named == (listed.incident,)


@pytest.mark.parametrize("state", [DraftState.SENT, DraftState.EDITED])
def test_a_draft_that_went_out_is_not_withdrawn_when_its_incident_closes(
    book: SmallBook, state: DraftState
) -> None:
    escalated(book)
    (draft,) = book.drafts()
    at = day(1) + timedelta(hours=2)
    for _ in range(2):
        book.store.write_now(
            TENANT,
            lambda unit: tell_outcome(
                unit, draft.draft_id, state, note="they  answered", by=KIM, at=at
            ),
        )
    assert [act.kind for act in acts(book)] == [ActKind.OUTCOME]
    book.resolve_all("acme", 2, since=LAST_WEEK, at=at)
    for number in range(2, 6):
        book.day(day(number))
    assert book.incidents() == ()
    assert [one.state for one in book.drafts()] == [state]
    (letter,) = book.store.read_now(TENANT, lambda unit: communications(unit, "acme"))
    assert letter.outcome.endswith(": they answered")
    assert letter.outcome.startswith("sent")
    assert (letter.day, letter.by) == (at.date(), KIM)


def test_what_was_sent_before_it_was_withdrawn_may_still_be_said(book: SmallBook) -> None:
    escalated(book)
    (draft,) = book.drafts()
    book.resolve_all("acme", 2, since=LAST_WEEK, at=day(1) + timedelta(hours=1))
    for number in range(2, 6):
        book.day(day(number))
    assert [one.state for one in book.drafts()] == [DraftState.WITHDRAWN]
    book.store.write_now(
        TENANT,
        lambda unit: tell_outcome(unit, draft.draft_id, DraftState.SENT, by=KIM, at=day(6)),
    )
    (line,) = acts(book)
    assert (line.before, line.after) == ({"state": "withdrawn"}, {"state": "sent"})
    assert [one.state for one in book.drafts()] == [DraftState.SENT]


def test_only_what_a_rep_can_say_is_an_outcome(book: SmallBook) -> None:
    escalated(book)
    (draft,) = book.drafts()
    with pytest.raises(InvalidInput, match="sent, edited or dropped"):
        book.store.write_now(
            TENANT,
            lambda unit: tell_outcome(
                unit, draft.draft_id, DraftState.WITHDRAWN, by=KIM, at=day(2)
            ),
        )
    with pytest.raises(NotFound):
        book.store.write_now(
            TENANT, lambda unit: tell_outcome(unit, "d-0", DraftState.SENT, by=KIM, at=day(2))
        )


def log(
    book: SmallBook, summary: str = "call: all well", *, person: str = "", on: date | None = None
) -> Interaction:
    found = account(book)
    told_of = Contact(summary=summary, kind=ContactKind.CALL, person=person, on=on)
    return book.store.write_now(
        TENANT, lambda unit: log_interaction(unit, found, told_of, by=KIM, at=day(1))
    )


def last_contact(book: SmallBook, account_id: str = "acme") -> str | None:
    full = book.store.read_now(
        TENANT, lambda unit: unit.health.full_at(Agent.CSM, account_id, day(99))
    )
    assert full is not None
    return next(row.raw for row in full.ledger or () if row.factor == "last_interaction")


def test_a_logged_call_is_the_last_interaction_at_the_next_scan(book: SmallBook) -> None:
    book.apply(TenantSettings(csm=CsmSettings(coverage_floor=0)))
    book.add_accounts("acme", "beta")
    book.add_feed()
    book.day(MONDAY)
    before = last_contact(book)
    log(book, person="Sam")
    book.day(day(2))
    assert before != last_contact(book)
    assert last_contact(book) == "1 d ago"
    assert last_contact(book, "beta") == before, "of others still nobody tells"


def test_a_contact_is_logged_once_and_with_its_own_day(book: SmallBook) -> None:
    book.add_accounts("acme")
    first = log(book, on=MONDAY.date())
    again = log(book, on=MONDAY.date())
    assert first == again
    assert first.happened_at == MONDAY.replace(hour=12)
    assert [act.kind for act in acts(book)] == [ActKind.LOGGED]
    assert log(book, "today", on=day(1).date()).happened_at == day(1), "not later than now"
    feeds = {feed.name: feed for feed in book.store.read_now(TENANT, lambda u: u.feeds.all())}
    assert feeds["rep-log"].accounts == frozenset({"acme"})


@pytest.mark.parametrize(
    "summary, person, on, refused",
    [
        (" \x07 ", "", None, InvalidInput),
        ("x" * 4_001, "", None, InvalidInput),
        ("ok", "", day(2).date(), InvalidInput),
        ("ok", "nobody", None, NotFound),
        ("ok", "S", None, Conflict),
        ("ok", "a b@c", None, InvalidInput),
    ],
)
def test_what_cannot_be_logged_is_refused_in_words(
    book: SmallBook, summary: str, person: str, on: date | None, refused: type[Exception]
) -> None:
    book.add_accounts("acme")
    sue = builders.stakeholder(email="sue@acme.example", name="Sue Field")
    book.bring(FactKind.STAKEHOLDERS, builders.rows_of(sue))
    with pytest.raises(refused):
        log(book, summary, person=person, on=on)
    assert acts(book) == ()


def test_people_are_named_by_address_or_name(book: SmallBook) -> None:
    book.add_accounts("acme")
    assert log(book, person="sam field").stakeholder_email == "sam@acme.example"
    assert log(book, person="New@Acme.example").stakeholder_email == "new@acme.example"


def test_a_reps_word_on_maturity_survives_every_import(book: SmallBook) -> None:
    book.add_accounts("acme")
    found = account(book)
    for _ in range(2):
        book.store.write_now(
            TENANT,
            lambda unit: set_maturity(
                unit, found, "Sam", TechnicalMaturity.HIGH, by=KIM, at=day(1)
            ),
        )
    assert [act.kind for act in acts(book)] == [ActKind.MATURITY_SET]
    low = builders.stakeholder(name="Sam Field", technical_maturity=TechnicalMaturity.LOW)
    book.bring(FactKind.STAKEHOLDERS, builders.rows_of(low))
    (sam,) = book.store.read_now(TENANT, lambda unit: unit.people.stakeholders("acme"))
    assert sam.technical_maturity is TechnicalMaturity.HIGH
    with pytest.raises(NotFound, match="known: Sam Field"):
        book.store.write_now(
            TENANT,
            lambda unit: set_maturity(unit, found, "Max", TechnicalMaturity.LOW, by=KIM, at=day(1)),
        )


def test_the_history_tells_everything_newest_first(book: SmallBook) -> None:
    escalated(book)
    found, at = account(book), day(1)
    (draft,) = book.drafts()
    log(book, "call with Sam")

    def act(unit: Unit) -> None:
        add_note(unit, found, "one\n\ntwo", by=KIM, at=at + DAY)
        dismiss(unit)
        later = at + timedelta(hours=5)
        tell_outcome(unit, draft.draft_id, DraftState.DROPPED, by=KIM, at=later)

    book.store.write_now(TENANT, act)

    def told_of(most: int) -> tuple[Entry, ...]:
        return book.store.read_now(TENANT, lambda unit: history(unit, found, now=day(9), most=most))

    story = told_of(99)
    assert [entry.at for entry in story] == sorted((e.at for e in story), reverse=True)
    lines = {entry.what: (entry.who, entry.text) for entry in story}
    assert lines["note"] == (KIM, "one\ntwo")
    assert lines["contact"] == (KIM, "call with Sam")
    assert lines["dismissed"] == (KIM, "technical escalation: agreed[2J move")
    assert lines["outcome"] == (KIM, "dropped")
    assert lines["raised"][0] == "Tend"
    assert lines["raised"][1].startswith("technical escalation (Amber, score 60)")
    assert lines["draft"][1].endswith("(dropped)")
    assert (
        len(book.store.read_now(TENANT, lambda unit: history(unit, found, now=day(9), most=2))) == 2
    )
