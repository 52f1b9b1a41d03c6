"""Feeds, mappings, settings, scans, drafts, alerts and events, as every store keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from app.domain.assessment import Agent
from app.domain.draft import DraftState
from app.domain.feed import FactKind
from app.domain.feed_file import FeedFile
from app.domain.scan import ScanState
from app.domain.tenant_settings import AlertSettings, TenantSettings
from app.errors import NotFound
from app.ports.rows import ExternalId, StoredEvent, UnresolvedTicket
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.builders import NOW, TODAY, account, alert, days_ago, draft, feed, rows_of, scan


def test_a_feed_comes_back_as_it_was_saved_last(store: SqlStore) -> None:
    crm = feed(name="crm")
    product = feed(
        name="app",
        provides=frozenset({FactKind.USAGE, FactKind.HEARTBEATS}),
        last_ok_at=NOW,
        data_until=TODAY,
        late_after_hours=36.5,
        failed_since=days_ago(1),
        reason="401 Unauthorized",
        accounts=frozenset({"b", "a"}),
    )
    store.write_now("main", lambda unit: unit.feeds.save(crm))
    store.write_now("main", lambda unit: unit.feeds.save(product))
    store.write_now("main", lambda unit: unit.feeds.save(replace(crm, last_ok_at=NOW)))
    found = store.read_now("main", lambda unit: unit.feeds.all())
    assert found == (product, replace(crm, last_ok_at=NOW))


def test_a_feed_that_speaks_for_no_account_is_not_one_that_speaks_for_all(store: SqlStore) -> None:
    silent = feed(accounts=frozenset())
    store.write_now("main", lambda unit: unit.feeds.save(silent))
    assert store.read_now("main", lambda unit: unit.feeds.all()) == (silent,)


def test_a_feeds_files_are_remembered_as_read_last_and_forgotten(store: SqlStore) -> None:
    file = FeedFile(
        name="a/tickets.csv", kind=None, stamp="9:1", digest="d", rules="r", came_at=NOW
    )
    again = replace(file, kind=FactKind.TICKETS, refused=3, trouble="line 3", remark="seen")
    for name, each in {"folder": file, "other": file}.items():
        store.write_now("main", partial(_keep_file, feed=name, file=each))
    store.write_now("main", partial(_keep_file, feed="folder", file=again))
    assert store.read_now("main", lambda unit: unit.feeds.files("folder")) == {again.name: again}
    store.write_now("main", lambda unit: unit.feeds.forget_files("folder", [file.name, "b"]))
    assert store.read_now("main", lambda unit: unit.feeds.files("folder")) == {}
    assert store.read_now("main", lambda unit: unit.feeds.files("other")) == {file.name: file}


def _keep_file(unit: Unit, *, feed: str, file: FeedFile) -> None:
    unit.feeds.keep_file(feed, file)


def test_the_later_word_on_an_external_id_wins(store: SqlStore) -> None:
    first = ExternalId(system="jira-component", external_id="API", account_id="acme")
    other = ExternalId(system="jira-component", external_id="API", account_id="other")
    project = ExternalId(system="a-system", external_id="API", account_id="acme")
    store.write_now("main", lambda unit: unit.mapping.add_external_ids([first, project]))
    store.write_now("main", lambda unit: unit.mapping.add_external_ids([first, other]))
    assert store.read_now("main", lambda unit: unit.mapping.external_ids()) == (project, other)


def test_domains_lead_to_every_account_that_names_them(store: SqlStore) -> None:
    accounts = (
        account(account_id="b", domains=("Acme.example", "acme.example", "b.example")),
        account(account_id="a", domains=("acme.example",)),
        account(account_id="c"),
    )
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows_of(*accounts)))
    found = store.read_now("main", lambda unit: unit.mapping.domains())
    assert found == {"acme.example": ("a", "b"), "b.example": ("b",)}


def test_unresolved_tickets_are_listed_until_forgotten(store: SqlStore) -> None:
    def unresolved(ticket_id: str, hints: str = "project X") -> UnresolvedTicket:
        return UnresolvedTicket(
            ticket_id=ticket_id, source="jira.json", hints=hints, row={"subject": "ü", "n": [1]}
        )

    kept = [unresolved("T-2"), unresolved("T-1"), unresolved("T-3"), unresolved("T-2", "later")]
    store.write_now("main", lambda unit: unit.mapping.keep_unresolved(kept))
    store.write_now("main", lambda unit: unit.mapping.forget_unresolved(["T-3", "T-9"]))
    found = store.read_now("main", lambda unit: unit.mapping.unresolved())
    assert found == (unresolved("T-1"), unresolved("T-2", "later"))


def test_settings_are_defaults_until_applied_and_then_versioned(store: SqlStore) -> None:
    start = store.read_now("main", lambda unit: unit.tenant.settings())
    assert (start.version, start.settings, start.applied_at) == (0, TenantSettings(), None)
    stricter = TenantSettings(zone="Europe/Berlin", alerts=AlertSettings(per_rep_per_day=2))

    def apply(settings: TenantSettings) -> int:
        return store.write_now(
            "main", lambda unit: unit.tenant.apply_settings(settings, at=NOW, by="rita")
        ).version

    assert [apply(stricter), apply(stricter), apply(TenantSettings())] == [1, 1, 2]
    history = store.read_now("main", lambda unit: unit.tenant.settings_history())
    assert [(kept.version, kept.settings) for kept in history] == [
        (1, stricter),
        (2, TenantSettings()),
    ]
    assert (history[0].applied_at, history[0].applied_by) == (NOW, "rita")
    assert store.read_now("main", lambda unit: unit.tenant.settings_at(1)) == stricter
    assert store.read_now("main", lambda unit: unit.tenant.settings_at(0)) == TenantSettings()
    with pytest.raises(NotFound, match="version 7"):
        store.read_now("main", lambda unit: unit.tenant.settings_at(7))


def test_the_defaults_applied_to_a_fresh_tenant_add_no_version(store: SqlStore) -> None:
    kept = store.write_now(
        "main", lambda unit: unit.tenant.apply_settings(TenantSettings(), at=NOW, by="rita")
    )
    assert kept.version == 0


def test_alerts_begin_once(store: SqlStore) -> None:
    assert store.read_now("main", lambda unit: unit.tenant.live_since()) is None
    assert store.write_now("main", lambda unit: unit.tenant.go_live(NOW))
    assert not store.write_now("main", lambda unit: unit.tenant.go_live(NOW + timedelta(days=1)))
    assert store.read_now("main", lambda unit: unit.tenant.live_since()) == NOW


def test_a_scan_begun_twice_is_the_first_one(store: SqlStore) -> None:
    first = scan()
    assert store.write_now("main", lambda unit: unit.scans.begin(first)) == first
    again = replace(first, now=NOW + timedelta(hours=1))
    assert store.write_now("main", lambda unit: unit.scans.begin(again)) == first


def test_the_latest_scan_is_one_of_the_whole_book(store: SqlStore) -> None:
    assert store.read_now("main", lambda unit: unit.scans.latest()) is None
    old = scan(scan_id="old", now=days_ago(2))
    new = scan(scan_id="new", now=days_ago(1))
    single = scan(scan_id="single", now=NOW, account_id="acme", is_daily=False)
    store.write_now("main", lambda unit: [unit.scans.begin(one) for one in (new, old, single)])
    assert store.read_now("main", lambda unit: unit.scans.latest()) == new
    assert store.read_now("main", lambda unit: unit.scans.running()) == (old, new, single)


def test_a_scan_is_finished_once(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.scans.begin(scan()))
    assert store.write_now("main", lambda unit: unit.scans.finish("scan-1"))
    assert not store.write_now("main", lambda unit: unit.scans.finish("scan-1"))
    assert store.read_now("main", lambda unit: unit.scans.running()) == ()
    latest = store.read_now("main", lambda unit: unit.scans.latest())
    assert latest == scan(state=ScanState.RECORDED)


def test_pages_are_counted_by_agent_and_each_recorded_once(store: SqlStore) -> None:
    def record(agent: Agent, page: int, until: str) -> bool:
        return store.write_now(
            "main", lambda unit: unit.scans.record_page("scan-1", agent, page, until)
        )

    def progress(agent: Agent) -> tuple[int, str]:
        return store.read_now("main", lambda unit: unit.scans.progress("scan-1", agent))

    assert progress(Agent.TAM) == (0, "")
    assert [record(Agent.TAM, page, f"a{page}") for page in (0, 1, 1)] == [True, True, False]
    assert record(Agent.CSM, 0, "zz")
    assert (progress(Agent.TAM), progress(Agent.CSM)) == ((2, "a1"), (1, "zz"))


def test_a_draft_is_kept_once_by_its_key(store: SqlStore) -> None:
    first = draft()
    assert store.write_now("main", lambda unit: unit.outbox.add_draft(first)) == first
    again = draft(draft_id="draft-2", subject="Other words")
    assert store.write_now("main", lambda unit: unit.outbox.add_draft(again)) == first
    assert store.read_now("main", lambda unit: unit.outbox.draft("draft-1")) == first
    assert store.read_now("main", lambda unit: unit.outbox.draft_by_key(first.key)) == first
    assert store.read_now("main", lambda unit: unit.outbox.draft_by_key("nothing")) is None
    with pytest.raises(NotFound, match="draft-2"):
        store.read_now("main", lambda unit: unit.outbox.draft("draft-2"))


def test_drafts_are_listed_newest_first_and_only_waiting_ones_change(store: SqlStore) -> None:
    old = draft(draft_id="old", key="1", created_at=days_ago(1), account_id="other")
    new = draft(draft_id="new", key="2")
    sent = draft(draft_id="sent", key="3", created_at=days_ago(2), state=DraftState.SENT)
    store.write_now("main", lambda unit: [unit.outbox.add_draft(one) for one in (old, new, sent)])
    assert store.read_now("main", lambda unit: unit.outbox.drafts()) == (new, old, sent)
    by_account = store.read_now("main", lambda unit: unit.outbox.drafts(account_id="other"))
    assert by_account == (old,)
    changed = store.write_now(
        "main",
        lambda unit: unit.outbox.set_draft_state(["new", "sent", "nil"], DraftState.WITHDRAWN),
    )
    assert changed == 1
    waiting = store.read_now("main", lambda unit: unit.outbox.drafts(state=DraftState.WAITING))
    assert waiting == (old,)


def test_an_alert_is_kept_once_and_listed_newest_first(store: SqlStore) -> None:
    first = alert(key="1", created_at=days_ago(1))
    second = alert(key="2", rep_email="otto@tend.example")
    kept = (first, second, replace(first, text="[TAM ALERT] again"))
    added = store.write_now("main", lambda unit: [unit.outbox.add_alert(one) for one in kept])
    assert added == [True, True, False]
    assert store.read_now("main", lambda unit: unit.outbox.alerts()) == (second, first)
    assert store.read_now("main", lambda unit: unit.outbox.alerts(most=1)) == (second,)
    hers = store.read_now("main", lambda unit: unit.outbox.alerts(rep_email=first.rep_email))
    assert hers == (first,)


def test_a_stream_tells_its_newest_events_oldest_first(store: SqlStore) -> None:
    def event(event_id: str, stream: str = "escalations") -> StoredEvent:
        return StoredEvent(
            event_id=event_id, stream=stream, published_at=NOW, body={"n": 1, "ü": [None, True]}
        )

    published = [event("c"), event("a"), event("b"), event("x", "opportunities"), event("a")]
    added = store.write_now("main", lambda unit: [unit.events.add(one) for one in published])
    assert added == [True, True, True, True, False]
    assert store.read_now("main", lambda unit: unit.events.stream("escalations", most=2)) == (
        event("a"),
        event("b"),
    )


def test_letters_are_owed_until_what_was_owed_is_paid(store: SqlStore) -> None:
    first, later = days_ago(2), days_ago(1)

    def owe(unit: Unit) -> None:
        unit.owed_letters.owe("4.2", first)
        unit.owed_letters.owe("4.1", first)
        unit.owed_letters.owe("4.2", later)

    store.write_now("main", owe)
    store.write_now("main", lambda unit: unit.owed_letters.paid("4.2", first))
    store.write_now("another", lambda unit: unit.owed_letters.paid("4.2", later))
    waiting = store.read_now("main", lambda unit: unit.owed_letters.waiting())
    assert list(waiting.items()) == [("4.1", first), ("4.2", later)]

    store.write_now("main", lambda unit: unit.owed_letters.paid("4.2", later))
    assert store.read_now("main", lambda unit: unit.owed_letters.waiting()) == {"4.1": first}
    assert store.read_now("another", lambda unit: unit.owed_letters.waiting()) == {}
