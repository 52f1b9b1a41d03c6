"""Tenants cannot see or touch each other's rows, in any repository of any store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.domain.account import TechnicalMaturity
from app.domain.act import Act, ActKind, DraftOutcome, MaturityWord, Note
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.draft import DraftState
from app.domain.effect import EffectState, ParkReason, group_of
from app.domain.feed import FactKind
from app.domain.feed_file import FeedFile
from app.domain.incident import IncidentKind
from app.domain.override import Before, Override
from app.domain.tenant_settings import TenantSettings
from app.errors import NotFound
from app.ports.rows import Delivery, ExternalId, SlotStart, StoredEvent, UnresolvedTicket
from app.ports.store import Unit
from app.storage.sql_store import SqlStore, open_store
from tests.builders import (
    NOW,
    TODAY,
    account,
    alert,
    book_context,
    contract,
    draft,
    feed,
    heartbeat,
    incident,
    interaction,
    invoice,
    new_health,
    rep,
    reported,
    revision,
    rows_of,
    scan,
    stakeholder,
    survey_response,
    ticket,
    usage_day,
    work_owed,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FACTS: dict[FactKind, DataclassInstance] = {
    FactKind.ACCOUNTS: account(domains=("acme.example",)),
    FactKind.CONTRACTS: contract(),
    FactKind.REPS: rep(),
    FactKind.STAKEHOLDERS: stakeholder(),
    FactKind.TICKETS: ticket(),
    FactKind.USAGE: usage_day(feature="export"),
    FactKind.HEARTBEATS: heartbeat(),
    FactKind.INVOICES: invoice(),
    FactKind.SURVEYS: survey_response(),
    FactKind.INTERACTIONS: interaction(),
    FactKind.SIGNALS: reported(nps=9),
}
TOLD = Delivery(
    incident_id="tam_escalation:acme:1", revision=1, delivery="alert", rep_email="r@x", day=TODAY
)

FEED_FILE = FeedFile(
    name="acme.csv", kind=FactKind.USAGE, stamp="9:1", digest="d", rules="r", came_at=NOW
)
ACT = Act(at=NOW, by="rita", kind=ActKind.NOTED, account_id="acme", about="acme")
WORD = Override(
    account_id="acme",
    agent=Agent.TAM,
    band=Band.GREEN,
    reason="r",
    until=TODAY,
    by="rita",
    at=NOW,
    told=None,
    before=Before(since=NOW),
)
OUTCOME = DraftOutcome(
    draft_id="draft-1", account_id="acme", state=DraftState.SENT, note="", by="rita", at=NOW
)
SLOT = SlotStart(job="job", slot="2026-03-09", subject="acme", flow_id="main:x", started_at=NOW)


def fill(unit: Unit) -> None:
    """Something in every table."""
    for kind, fact in FACTS.items():
        unit.facts.upsert(kind, rows_of(fact))
    unit.mapping.add_external_ids([ExternalId(system="s", external_id="x", account_id="acme")])
    unit.mapping.keep_unresolved([UnresolvedTicket(ticket_id="T", source="", hints="", row={})])
    unit.feeds.save(feed())
    unit.feeds.keep_file("folder", FEED_FILE)
    unit.tenant.apply_settings(TenantSettings(zone="Europe/Berlin"), at=NOW, by="rita")
    unit.tenant.go_live(NOW)
    unit.scans.begin(scan())
    unit.scans.record_page("scan-1", Agent.TAM, 0, "acme")
    unit.health.record(scan(), [new_health()])
    unit.incidents.save([incident()])
    unit.incidents.add_revisions("scan-1", [revision()])
    unit.incidents.set_deliveries([TOLD])
    unit.effects.owe([work_owed(), work_owed(key="main:begun:1:chat")])
    unit.work.mark_started(["main:begun:1:chat"])
    unit.slots.started(SLOT)
    unit.outbox.add_draft(draft())
    unit.outbox.add_alert(alert())
    unit.events.add(StoredEvent(event_id="e", stream="s", published_at=NOW, body={}))
    fill_with_doing(unit)


def fill_with_doing(unit: Unit) -> None:
    """What people did and said."""
    unit.diary.add_act(ACT)
    unit.diary.add_note(Note(account_id="acme", at=NOW, by="rita", text="a note"))
    unit.words.keep_override(WORD)
    unit.words.keep_maturity(
        MaturityWord(
            account_id="acme",
            email="sam@acme.example",
            maturity=TechnicalMaturity.HIGH,
            by="rita",
            at=NOW,
        )
    )
    unit.words.keep_outcome(replace(OUTCOME, draft_id="draft-0"))


_C = FactKind.CONTRACTS


def sight(unit: Unit) -> dict[str, str]:
    """All that can be read, in words; what is not found reads as such."""
    context = unit.book.context(NOW, "UTC")
    incident_id = incident().incident_id
    found = {
        "counts": [unit.facts.count(kind) for kind in FactKind],
        "known": [*unit.facts.known_accounts(["acme"]), *unit.facts.known(_C, ["acme-1"])],
        "names": unit.book.ids_by_name(),
        "external ids": unit.mapping.external_ids(),
        "domains": unit.mapping.domains(),
        "unresolved": unit.mapping.unresolved(),
        "context": context,
        "active": (unit.book.active_count(TODAY), unit.book.active(TODAY)),
        "page": unit.book.page(context, after="", limit=10),
        "accounts": unit.book.accounts(["acme"]),
        "contracts": unit.book.contracts(["acme"], TODAY),
        "people": (unit.people.reps(), unit.people.stakeholders("acme")),
        "feeds": (unit.feeds.all(), unit.feeds.files("folder")),
        "settings": (unit.tenant.settings(), unit.tenant.settings_history()),
        "live": unit.tenant.live_since(),
        "scans": (unit.scans.running(), unit.scans.latest()),
        "progress": unit.scans.progress("scan-1", Agent.TAM),
        "records": unit.health.records(Agent.TAM, None),
        "history": unit.health.history(Agent.TAM, "acme", until=NOW),
        "full": unit.health.full_at(Agent.TAM, "acme", NOW),
        "scores": unit.health.scores_on(Agent.TAM, TODAY, ["acme"]),
        "latest": unit.incidents.latest([IncidentKind.TAM_ESCALATION], ["acme"]),
        "incidents": unit.incidents.live(),
        "raised": unit.incidents.raised_counts(
            IncidentKind.TAM_ESCALATION, ["acme"], since=NOW, until=NOW
        ),
        "revisions": unit.incidents.revisions(incident_id),
        "undelivered": unit.incidents.undelivered("scan-1"),
        "spent": unit.incidents.alerts_spent(TODAY),
        **work_in_sight(unit),
        "drafts": (unit.outbox.drafts(), unit.outbox.draft_by_key(draft().key)),
        "alerts": unit.outbox.alerts(),
        "events": unit.events.stream("s"),
        **doing_in_sight(unit),
    }
    return {name: repr(value) for name, value in found.items()}


def work_in_sight(unit: Unit) -> dict[str, str]:
    """What is owed."""
    found = {
        "due": unit.work.due(most=9, stale_after_seconds=-60),
        "unstarted": unit.work.unstarted(most=9),
        "left": unit.work.left(most=9, quiet_seconds=-60, stale_after_seconds=-60),
        "group": unit.work.group(group_of(work_owed().key)),
        "open": unit.work.open(states=list(EffectState), most=9),
        "wait": unit.work.wait_seconds(work_owed().key, stale_after_seconds=9),
        "effect": (unit.effects.get(work_owed().key), unit.work.counts()),
        "slots": (unit.slots.last("job"), unit.slots.history(most=9)),
    }
    return {name: repr(value) for name, value in found.items()}


def doing_in_sight(unit: Unit) -> dict[str, str]:
    """What people did and said."""
    found = {
        "acts": (unit.diary.acts(account_id="acme", most=9), unit.diary.last_acts([ACT.about])),
        "all acts": (unit.diary.acts(account_id=None, most=9),),
        "notes": (unit.diary.notes("acme", most=9),),
        "overrides": (unit.words.overrides(["acme"]), unit.words.overrides(None)),
        "maturities": (unit.words.maturities("acme"),),
        "outcomes": (unit.words.outcomes("acme"),),
    }
    return {name: repr(value) for name, value in found.items()}


@pytest.fixture
def shared(store_url: str) -> Iterator[SqlStore]:
    """A store that the tenant `main` has filled."""
    store = open_store(store_url)
    store.write_now("main", fill)
    yield store
    store.close()


def test_another_tenant_sees_an_empty_store(shared: SqlStore) -> None:
    seen = shared.read_now("other", sight)
    own = shared.read_now("main", sight)
    told_apart = {name for name, value in seen.items() if value != own[name]}
    assert told_apart == own.keys() - {"undelivered"}
    assert "acme" not in repr(seen)
    with pytest.raises(NotFound):
        shared.read_now("other", lambda unit: unit.book.one(book_context(), "acme"))
    with pytest.raises(NotFound):
        shared.read_now("other", lambda unit: unit.book.find("acme"))
    with pytest.raises(NotFound):
        shared.read_now("other", lambda unit: unit.incidents.get(incident().incident_id))
    with pytest.raises(NotFound):
        shared.read_now("other", lambda unit: unit.outbox.draft("draft-1"))
    with pytest.raises(NotFound):
        shared.read_now("other", lambda unit: unit.tenant.settings_at(1))


def test_another_tenant_cannot_touch_what_is_not_his(shared: SqlStore) -> None:
    before = shared.read_now("main", sight)
    key = work_owed().key

    def meddle(unit: Unit) -> list[bool | int]:
        unit.mapping.forget_unresolved(["T"])
        unit.feeds.forget_files("folder", ["acme.csv"])
        unit.work.mark_started([key])
        unit.health.flag(Agent.TAM, "acme", "x")
        unit.incidents.set_deliveries([TOLD])
        unit.words.keep_outcome(OUTCOME)
        unit.words.keep_override(replace(WORD, band=Band.RED))
        return [
            unit.scans.finish("scan-1"),
            unit.effects.take(key, owner="other", stale_after_seconds=-60) is not None,
            unit.effects.finish(key, attempt=0, remote_id="x"),
            unit.effects.park(key, attempt=0, error="x", reason=ParkReason.REFUSED),
            unit.effects.renew(key, owner="", attempt=0),
            unit.work.release([key]),
            unit.outbox.set_draft_state(["draft-1"], DraftState.DROPPED),
        ]

    assert shared.write_now("other", meddle) == [False, False, False, False, False, 0, 0]
    assert shared.read_now("main", sight) == before


def test_two_tenants_keep_the_same_names_side_by_side(shared: SqlStore) -> None:
    shared.write_now("other", fill)
    assert shared.read_now("other", sight) == shared.read_now("main", sight)
    shared.write_now(
        "other", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account(name="Other")))
    )
    shared.write_now(
        "other",
        lambda unit: unit.effects.take(work_owed().key, owner="o", stale_after_seconds=60),
    )
    assert shared.read_now("main", lambda unit: unit.book.find("acme")).name == "Acme"
    counts = shared.read_now("main", lambda unit: unit.work.counts())
    assert counts[EffectState.OWED] == 2
