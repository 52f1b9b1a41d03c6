"""Drafts as pages list and show them, from every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.account import Contract
from app.domain.act import Act, ActKind, DraftOutcome
from app.domain.alert_budget import nearness
from app.domain.draft import Draft, DraftState
from app.domain.feed import FactKind
from app.domain.incident import Incident, IncidentState
from app.domain.ticket import TicketStatus
from app.errors import NotFound
from app.ports.draft_shelf import Beside, DraftOrder, DraftsAsked, SeenDraft
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests import builders
from tests.builders import NOW, TODAY, day_ago, days_ago, rows_of

ALL = DraftsAsked(owner=None, default_owner="", day=TODAY)
WORTH = replace(ALL, order=DraftOrder.WORTH)
URGENT = replace(ALL, order=DraftOrder.URGENT)
EVERY = replace(ALL, every=True)
RITA, KIM = "Rita@tend.example", "kim@tend.example"

TALKS = [
    builders.interaction(
        interaction_id=str(days),
        account_id="a",
        meaningful=days > 1,
        happened_at=days_ago(days),
    )
    for days in (-1, 1, 6, 7)
]


def a_draft(draft_id: str, account_id: str, *, days: float) -> Draft:
    return builders.draft(
        draft_id=draft_id,
        key=f"key:{draft_id}",
        account_id=account_id,
        created_at=days_ago(days),
        to=(f"sam@{account_id}.example",),
        rep_email=RITA,
    )


def a_contract(account_id: str, amount: int | None, currency: str = "EUR") -> Contract:
    return builders.contract(
        contract_id=f"{account_id}-{amount}",
        account_id=account_id,
        arr_amount=None if amount is None else Decimal(amount),
        arr_currency=currency,
        ends_on=None,
    )


def an_incident(
    account_id: str, severity: int, state: IncidentState = IncidentState.OPEN
) -> Incident:
    return builders.incident(
        incident_id=f"tam_escalation:{account_id}:1",
        subject=account_id,
        severity=severity,
        state=state,
    )


def fill(store: SqlStore) -> None:
    """Four waiting drafts of three accounts, one sent, one withdrawn; `d` has no owner."""
    owners = {"a": RITA, "b": KIM, "c": RITA, "d": None}
    accounts = [
        builders.account(account_id=name, name=name.upper(), owner_email=owner)
        for name, owner in owners.items()
    ]
    contracts = [
        a_contract("a", 900),
        a_contract("b", 100),
        a_contract("c", 9_000, "JPY"),
        replace(a_contract("a", 1), ends_on=day_ago(1)),
        a_contract("d", None),
    ]
    drafts = [
        a_draft("d-old", "a", days=9),
        a_draft("d-mid", "b", days=5),
        a_draft("d-new", "c", days=1),
        a_draft("d-non", "d", days=3),
        replace(a_draft("d-sent", "a", days=4), state=DraftState.SENT),
        replace(a_draft("d-gone", "a", days=2), state=DraftState.WITHDRAWN),
    ]

    def write(unit: Unit) -> None:
        unit.facts.upsert(FactKind.ACCOUNTS, rows_of(*accounts))
        unit.facts.upsert(FactKind.CONTRACTS, rows_of(*contracts))
        unit.facts.upsert(FactKind.REPS, rows_of(builders.rep(email=RITA.lower(), name="Rita")))
        for draft in drafts:
            unit.outbox.add_draft(draft)

    store.write_now("main", write)


def ids(store: SqlStore, asked: DraftsAsked, *, skip: int = 0, most: int = 99) -> list[str]:
    found = store.read_now(
        "main", lambda unit: unit.draft_shelf.listed(asked, skip=skip, most=most)
    )
    return [one.draft_id for one in found]


def beside(store: SqlStore, asked: DraftsAsked, draft_id: str) -> Beside:
    def read(unit: Unit) -> Beside:
        return unit.draft_shelf.beside(asked, unit.outbox.draft(draft_id))

    return store.read_now("main", read)


def seen(store: SqlStore, draft_id: str) -> SeenDraft:
    return store.read_now("main", lambda unit: unit.draft_shelf.seen(draft_id, until=NOW))


def test_those_that_wait_are_listed_newest_first_page_by_page(store: SqlStore) -> None:
    fill(store)
    assert ids(store, ALL) == ["d-new", "d-non", "d-mid", "d-old"]
    assert ids(store, ALL, skip=1, most=2) == ["d-non", "d-mid"]
    assert ids(store, EVERY) == ["d-new", "d-gone", "d-non", "d-sent", "d-mid", "d-old"]
    counted = store.read_now(
        "main", lambda unit: (unit.draft_shelf.count(ALL), unit.draft_shelf.count(EVERY))
    )
    assert counted == (4, 6)
    (first,) = store.read_now("main", lambda unit: unit.draft_shelf.listed(ALL, skip=0, most=1))
    assert (first.account_name, first.to, first.rep_email) == ("C", ("sam@c.example",), RITA)


def test_the_largest_contract_in_its_currency_comes_first_and_an_unknown_one_last(
    store: SqlStore,
) -> None:
    fill(store)
    assert ids(store, WORTH) == ["d-old", "d-new", "d-mid", "d-non"]
    assert ids(store, WORTH, skip=3, most=2) == ["d-non"]


def test_letters_about_what_is_wrong_come_first_as_the_first_page_weighs_it(
    store: SqlStore,
) -> None:
    fill(store)

    def write(unit: Unit) -> None:
        for account_id, severity, state in (
            ("a", 1, IncidentState.OPEN),
            ("b", 2, IncidentState.ACKNOWLEDGED),
            ("c", 9, IncidentState.CLOSED),
            ("d", 2, IncidentState.OPEN),
        ):
            incident = an_incident(account_id, severity, state)
            unit.incidents.save([incident])
            draft = a_draft(f"w-{account_id}", account_id, days=2)
            unit.outbox.add_draft(replace(draft, incident_id=incident.incident_id))
        soon = replace(a_contract("d", None), ends_on=day_ago(-19))
        unit.facts.upsert(FactKind.CONTRACTS, rows_of(soon))

    store.write_now("main", write)
    about = ["w-d", "w-a", "w-b"]
    others = ["d-old", "d-new", "w-c", "d-mid", "d-non"]
    assert ids(store, URGENT) == [*about, *others]
    assert beside(store, URGENT, "w-a") == Beside(previous="w-d", next="w-b", place=2, many=8)


@pytest.mark.parametrize("days", [1, 7, 180, 540, 900])
@pytest.mark.parametrize("more", [-1, 1])
def test_a_store_weighs_how_near_a_renewal_is_as_alerts_do(
    store: SqlStore, days: int, more: int
) -> None:
    """Two accounts alike but for that: the order turns where the weight does."""
    weights = {"near": 1_000_000, "same": round(1_000_000 * nearness(days)) + more}

    def write(unit: Unit) -> None:
        for name, severity in weights.items():
            unit.facts.upsert(FactKind.ACCOUNTS, rows_of(builders.account(account_id=name)))
            incident = an_incident(name, severity)
            unit.incidents.save([incident])
            draft = a_draft(name, name, days=1)
            unit.outbox.add_draft(replace(draft, incident_id=incident.incident_id))
        near = replace(a_contract("near", 5), ends_on=day_ago(1 - days))
        unit.facts.upsert(FactKind.CONTRACTS, rows_of(near))

    store.write_now("main", write)
    assert ids(store, URGENT) == (["same", "near"] if more > 0 else ["near", "same"])


def test_a_rep_sees_the_drafts_of_accounts_of_his_own(store: SqlStore) -> None:
    fill(store)
    rita = replace(ALL, owner=RITA.lower())
    assert ids(store, rita) == ["d-new", "d-old"]
    assert ids(store, replace(rita, default_owner=RITA)) == ["d-new", "d-non", "d-old"]
    assert ids(store, replace(ALL, owner="who@tend.example")) == []
    assert beside(store, rita, "d-new") == Beside(previous="", next="d-old", place=1, many=2)
    other = store.read_now("other", lambda unit: unit.draft_shelf.listed(ALL, skip=0, most=9))
    assert other == ()


def test_a_draft_knows_its_neighbours_in_the_order_asked_for(store: SqlStore) -> None:
    fill(store)
    assert beside(store, ALL, "d-new") == Beside(previous="", next="d-non", place=1, many=4)
    assert beside(store, ALL, "d-mid") == Beside(previous="d-non", next="d-old", place=3, many=4)
    assert beside(store, WORTH, "d-old") == Beside(previous="", next="d-new", place=1, many=4)
    assert beside(store, WORTH, "d-non") == Beside(previous="d-mid", next="", place=4, many=4)


def test_one_that_waits_no_more_has_the_neighbours_it_would_have(store: SqlStore) -> None:
    fill(store)
    assert beside(store, ALL, "d-sent") == Beside(previous="d-non", next="d-mid", place=0, many=4)
    assert beside(store, WORTH, "d-sent") == Beside(previous="", next="d-old", place=0, many=4)
    kim = replace(WORTH, owner=KIM)
    assert beside(store, kim, "d-sent") == Beside(previous="", next="", place=0, many=0)


def test_a_draft_is_shown_with_what_it_hangs_on(store: SqlStore) -> None:
    fill(store)
    incident, revision = builders.incident(subject="a"), builders.revision(revision=1)
    draft = replace(
        a_draft("d-1", "a", days=0.5),
        incident_id=incident.incident_id,
        revision=1,
        state=DraftState.DROPPED,
    )
    outcome = DraftOutcome(
        draft_id="d-1", account_id="a", state=DraftState.DROPPED, note="called", by=KIM, at=NOW
    )
    edit = Act(at=NOW, by=KIM, kind=ActKind.EDITED, account_id="a", about="d-1")

    def write(unit: Unit) -> None:
        unit.incidents.save([incident])
        unit.incidents.add_revisions("scan-1", [revision])
        unit.outbox.add_draft(draft)
        unit.words.keep_outcome(outcome)
        for act in (edit, replace(edit, kind=ActKind.OUTCOME), replace(edit, about="d-2")):
            unit.diary.add_act(act)
        unit.facts.upsert(FactKind.INTERACTIONS, rows_of(*TALKS))
        beats = [builders.heartbeat(account_id="a", seen_at=days_ago(days)) for days in (-1, 2, 3)]
        unit.facts.upsert(FactKind.HEARTBEATS, rows_of(*beats))

    store.write_now("main", write)
    found = seen(store, "d-1")
    assert (found.draft, found.incident, found.outcome) == (draft, incident, outcome)
    assert found.revision is not None
    assert found.revision.revision == revision
    assert found.rep == builders.rep(email=RITA.lower(), name="Rita")
    assert (found.account.name, found.last_heartbeat) == ("A", days_ago(2))
    assert (found.last_contact_at, found.edited) == (days_ago(6), edit)
    assert found.last_sent_at == days_ago(4), "of the one that went out"


def test_a_draft_may_hang_on_nothing_but_its_account(store: SqlStore) -> None:
    fill(store)
    found = seen(store, "d-mid")
    assert (found.incident, found.revision, found.outcome) == (None, None, None)
    assert (found.last_heartbeat, found.last_contact_at, found.last_sent_at) == (None, None, None)
    assert found.edited is None
    with pytest.raises(NotFound, match="d-none"):
        seen(store, "d-none")
    store.write_now("main", lambda unit: unit.outbox.add_draft(a_draft("d-x", "gone", days=1)))
    with pytest.raises(NotFound, match="d-x"):
        seen(store, "d-x")


def test_open_tickets_come_first_however_old_then_the_newest(store: SqlStore) -> None:
    closed = builders.ticket(
        ticket_id="T-2", status=TicketStatus.CLOSED, created_at=days_ago(2), resolved_at=NOW
    )
    tickets = [
        builders.ticket(ticket_id="T-1", created_at=days_ago(400)),
        closed,
        replace(closed, ticket_id="T-3", created_at=days_ago(1)),
        replace(closed, ticket_id="T-4", created_at=days_ago(300)),
        replace(closed, ticket_id="T-5", account_id="other"),
    ]
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.TICKETS, rows_of(*tickets)))
    since = NOW - timedelta(days=90)
    found = store.read_now(
        "main", lambda unit: unit.draft_shelf.tickets("acme", since=since, most=9)
    )
    assert [one.ticket_id for one in found] == ["T-1", "T-3", "T-2"]
    (first,) = store.read_now(
        "main", lambda unit: unit.draft_shelf.tickets("acme", since=since, most=1)
    )
    assert first.ticket_id == "T-1"


def test_features_used_since_a_day_are_told_by_name(store: SqlStore) -> None:
    used = [
        builders.usage_day(day=day_ago(3), feature="Sync", events=1),
        builders.usage_day(day=day_ago(4), feature="Export", events=2),
        builders.usage_day(day=day_ago(90), feature="Old", events=2),
    ]
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.USAGE, rows_of(*used)))
    found = store.read_now(
        "main", lambda unit: unit.draft_shelf.features_used("acme", since=day_ago(28))
    )
    assert found == ("Export", "Sync")
