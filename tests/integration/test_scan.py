"""The scan on a real store with real sinks: raised once, told once, nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.draft import DraftState
from app.domain.effect import EffectState
from app.domain.feed import FactKind
from app.domain.incident import Change, IncidentKind
from app.domain.tenant_settings import CsmSettings, TenantSettings
from app.errors import Conflict, NotFound
from app.jobs.flows.scan import ScanRequest, run_scan
from app.jobs.going_live import announce_known
from tests import builders
from tests.integration.small_book import MONDAY, TENANT, SmallBook, quiet

DAY = timedelta(days=1)
LAST_WEEK = MONDAY - 5 * DAY


def test_a_baseline_raises_nothing_and_leaves_each_rep_one_summary(book: SmallBook) -> None:
    book.add_accounts("acme", "beta")
    book.add_feed()
    book.open_p1s("acme", 4, since=LAST_WEEK)
    book.day(MONDAY)
    book.day(MONDAY + DAY)
    assert book.record("acme").band is Band.RED
    assert book.drafts() == ()
    assert book.events() == ()
    (summary,) = book.alerts()
    assert summary.rep_email == "rita@tend.example"
    assert "Acme" in summary.text


def test_what_the_baseline_knew_stays_quiet_after_going_live(book: SmallBook) -> None:
    book.add_accounts("acme")
    book.add_feed()
    book.open_p1s("acme", 4, since=LAST_WEEK)
    book.day(MONDAY)
    book.go_live(MONDAY + timedelta(hours=1))
    book.day(MONDAY + DAY)
    assert book.drafts() == ()


def test_going_live_can_tell_what_was_known(book: SmallBook) -> None:
    book.add_accounts("acme")
    book.add_feed()
    book.open_p1s("acme", 4, since=LAST_WEEK)
    book.day(MONDAY)
    book.go_live(MONDAY)
    told = book.store.write_now(TENANT, lambda unit: announce_known(unit, MONDAY))
    book.act(MONDAY)
    tam = [draft for draft in book.drafts() if draft.communication_type == "escalation_outreach"]
    assert len(tam) == 1
    assert told >= 1
    assert book.store.read_now(TENANT, lambda unit: unit.incidents.untold()) == ()


def test_an_account_that_turns_red_is_told_once_on_every_channel(book: SmallBook) -> None:
    book.live_book("acme", "beta")
    book.open_p1s("acme", 4, since=LAST_WEEK)
    book.day(MONDAY + DAY)
    (draft,) = book.drafts()
    assert draft.to == ("sam@acme.example",)
    assert (book.settings.outbox).is_dir()
    assert len(list(book.settings.outbox.glob("*.eml"))) == 1
    (event,) = book.events()
    assert event.body["data"]["alert_type"] == "tam_escalation"  # type: ignore[index,call-overload]
    for channel in ("email", "chat"):
        told = [a for a in book.alerts(channel) if a.text.startswith("[TAM ALERT]")]
        assert len(told) == 1
        assert draft.draft_id in told[0].text
    assert book.record("acme").incident_id == "tam_escalation:acme:1"


def test_scanning_twice_repeats_nothing(book: SmallBook) -> None:
    book.live_book("acme")
    book.open_p1s("acme", 4, since=LAST_WEEK)
    book.day(MONDAY + DAY)
    before = (book.drafts(), book.alerts(), book.alerts("chat"), book.events())
    book.day(MONDAY + DAY + timedelta(hours=2))
    book.day(MONDAY + 2 * DAY)
    assert (book.drafts(), book.alerts(), book.alerts("chat"), book.events()) == before


def test_beyond_the_budget_alerts_go_into_one_digest_and_every_draft_is_made(
    book: SmallBook,
) -> None:
    names = [f"acct{number}" for number in range(8)]
    book.live_book(*names)
    for name in names:
        book.open_p1s(name, 4, since=LAST_WEEK)
    book.day(MONDAY + DAY)
    assert len(book.drafts()) == 8
    assert len(book.events()) == 8
    alone = [a for a in book.alerts() if a.text.startswith("[TAM ALERT]")]
    digests = [a for a in book.alerts() if a.text.startswith("[DIGEST]")]
    assert len(alone) == 5
    assert len(digests) == 1
    told = {a.account_id for a in alone}
    for name in names:
        assert (name in told) != (name.title() in digests[0].text)


def test_a_second_scan_of_the_day_spends_what_is_left_of_the_budget(book: SmallBook) -> None:
    names = [f"acct{number}" for number in range(7)]
    book.live_book(*names)
    for name in names[:4]:
        book.open_p1s(name, 4, since=LAST_WEEK)
    book.day(MONDAY + DAY)
    for name in names[4:]:
        book.open_p1s(name, 4, since=LAST_WEEK)
    book.day(MONDAY + DAY + timedelta(hours=3))
    alone = [a for a in book.alerts() if a.text.startswith("[TAM ALERT]")]
    assert len(alone) == 5


def test_a_worse_turn_is_told_again_and_takes_the_older_draft_back(book: SmallBook) -> None:
    book.live_book("acme")
    book.open_p1s("acme", 2, since=LAST_WEEK)
    book.day(MONDAY + DAY)
    assert book.record("acme").band is Band.AMBER
    book.open_p1s("acme", 3, since=LAST_WEEK + timedelta(days=1))
    book.day(MONDAY + 2 * DAY)
    newer, older = book.drafts()
    assert (newer.revision, newer.state) == (2, DraftState.WAITING)
    assert (older.revision, older.state) == (1, DraftState.WITHDRAWN)


def test_an_incident_closes_after_three_good_days_and_its_draft_is_withdrawn(
    book: SmallBook,
) -> None:
    book.live_book("acme")
    book.open_p1s("acme", 4, since=LAST_WEEK)
    book.day(MONDAY + DAY)
    book.resolve_all("acme", 4, since=LAST_WEEK, at=MONDAY + DAY + timedelta(hours=5))
    for day in (2, 3):
        book.day(MONDAY + day * DAY)
        book.day(MONDAY + day * DAY + timedelta(hours=4))
        assert book.incidents()
    book.day(MONDAY + 4 * DAY)
    assert book.incidents() == ()
    (draft,) = book.drafts()
    assert draft.state is DraftState.WITHDRAWN
    assert list(book.settings.outbox.glob("*.eml")) == []
    assert book.record("acme").incident_id == ""


def test_a_feed_cut_for_a_week_moves_no_band_and_gives_one_alert(book: SmallBook) -> None:
    book.add_accounts("acme", "beta", "gamma")
    book.add_feed(late_after_hours=24)
    book.open_p1s("acme", 4, since=LAST_WEEK)
    book.day(MONDAY)
    book.go_live(MONDAY + timedelta(hours=1))
    before = (book.bands(), book.bands(Agent.CSM))
    for day in range(1, 8):
        book.day(MONDAY + day * DAY + timedelta(hours=1))
        assert (book.bands(), book.bands(Agent.CSM)) == before
    feed_alerts = [a for a in book.alerts() if a.text.startswith("[FEED ALERT]")]
    assert len(feed_alerts) == 1
    assert "support" in feed_alerts[0].text
    assert book.drafts() == ()
    assert book.record("beta").stale_reason is not None


def test_after_the_feed_is_back_scoring_goes_on_and_its_incident_closes(book: SmallBook) -> None:
    book.add_accounts("acme")
    book.add_feed(late_after_hours=24)
    book.day(MONDAY)
    book.go_live(MONDAY + timedelta(hours=1))
    book.day(MONDAY + 3 * DAY)
    assert book.record("acme").stale_reason is not None
    for day in range(4, 8):
        now = MONDAY + day * DAY
        book.save_feed(
            builders.feed(
                name="support",
                provides=frozenset({FactKind.TICKETS}),
                last_ok_at=now,
                late_after_hours=24,
            )
        )
        book.day(now)
    assert book.record("acme").stale_reason is None
    assert book.incidents(IncidentKind.FEED) == ()


def test_a_feed_that_fails_before_the_first_score_leaves_the_account_unknown(
    book: SmallBook,
) -> None:
    book.add_accounts("acme")
    book.add_feed(failed_since=MONDAY - DAY, reason="401 Unauthorized")
    book.day(MONDAY)
    assert book.record("acme").band is Band.UNKNOWN
    assert "401" in (book.record("acme").stale_reason or "")


def test_a_scan_of_one_account_leaves_the_others_alone(book: SmallBook) -> None:
    book.live_book("acme", "beta")
    for name in ("acme", "beta"):
        book.open_p1s(name, 4, since=LAST_WEEK)
    outcome = book.scan(MONDAY + DAY, account_id="acme")
    assert outcome.assessed == 2
    assert [incident.subject for incident in book.incidents()] == ["acme"]


def test_an_unknown_account_cannot_be_scanned(book: SmallBook) -> None:
    book.live_book("acme")
    with pytest.raises(NotFound, match="nobody"):
        book.scan(MONDAY + DAY, account_id="nobody")
    assert book.store.read_now(TENANT, lambda unit: unit.scans.running()) == ()


def test_a_replay_may_not_go_behind_what_is_recorded(book: SmallBook) -> None:
    book.live_book("acme")
    request = ScanRequest(tenant_id=TENANT, now=MONDAY - DAY, replay=True)
    with pytest.raises(Conflict, match="replay"):
        asyncio.run(run_scan(book.store, request, quiet))


class Stopped(Exception):
    """The power went off here."""


def test_a_scan_stopped_between_pages_is_taken_up_and_decides_alike(book: SmallBook) -> None:
    names = [f"acct{number}" for number in range(7)]
    book.live_book(*names)
    for name in names:
        book.open_p1s(name, 4, since=LAST_WEEK)

    for stop_at in (2, 6, 9, 13):
        request = ScanRequest(tenant_id=TENANT, now=MONDAY + DAY, page_size=2)

        def stop(done: int, total: int, *, limit: int = stop_at) -> None:
            del total
            if done >= limit:
                raise Stopped

        with pytest.raises(Stopped):
            asyncio.run(run_scan(book.store, request, stop))
    outcome = book.scan(MONDAY + DAY + timedelta(minutes=20), page_size=2)
    book.act(MONDAY + DAY + timedelta(minutes=21))
    assert outcome.was_resumed
    assert outcome.scan.now == MONDAY + DAY
    assert len(book.incidents()) == 7
    assert len(book.drafts()) == 7


def test_work_owed_by_a_scan_that_never_acted_is_found_by_the_next_process(
    book: SmallBook,
) -> None:
    book.live_book("acme")
    book.open_p1s("acme", 4, since=LAST_WEEK)
    book.scan(MONDAY + DAY)
    assert book.drafts() == ()
    acted = book.act(MONDAY + DAY + timedelta(hours=1))
    assert len(book.drafts()) == 1
    assert acted.left[EffectState.OWED] == 0
    assert acted.left[EffectState.PARKED] == 0


def test_a_scan_left_over_from_yesterday_is_settled_before_today_is_scanned(
    book: SmallBook,
) -> None:
    book.live_book("acme", "beta")
    book.open_p1s("acme", 4, since=LAST_WEEK)

    def stop(done: int, total: int) -> None:
        del total
        if done >= 1:
            raise Stopped

    request = ScanRequest(tenant_id=TENANT, now=MONDAY + DAY, page_size=1)
    with pytest.raises(Stopped):
        asyncio.run(run_scan(book.store, request, stop))
    outcome = book.day(MONDAY + 2 * DAY)
    assert not outcome.was_resumed
    assert outcome.assessed == 4
    revisions = book.store.read_now(
        TENANT, lambda unit: unit.incidents.revisions("tam_escalation:acme:1")
    )
    assert [r.revision.change for r in revisions] == [Change.RAISED]
    assert revisions[0].delivery == "alert"
    assert len(book.drafts()) == 1


def test_two_scans_at_once_decide_and_tell_once(book: SmallBook) -> None:
    names = [f"acct{number}" for number in range(6)]
    book.live_book(*names)
    for name in names:
        book.open_p1s(name, 4, since=LAST_WEEK)
    other = SmallBook.opened(book.settings.home, book.settings.database_url)
    now = MONDAY + DAY

    async def both() -> None:
        request = ScanRequest(tenant_id=TENANT, now=now)
        await asyncio.gather(
            run_scan(book.store, request, quiet), run_scan(other.store, request, quiet)
        )

    asyncio.run(both())
    book.act(now)
    other.act(now)
    other.store.close()
    assert len(book.incidents()) == 6
    assert len(book.drafts()) == 6
    assert len(book.events()) == 6


def test_settings_that_change_during_a_scan_hold_from_the_next_one(book: SmallBook) -> None:
    book.live_book("acme")
    outcome = book.scan(MONDAY + DAY)
    assert outcome.scan.settings_version == 0


def test_one_letter_goes_to_a_customer_whose_technical_and_composite_health_fell_together(
    book: SmallBook,
) -> None:
    book.apply(TenantSettings(csm=CsmSettings(coverage_floor=0)))
    book.live_book("acme")
    book.open_p1s("acme", 4, since=LAST_WEEK)
    book.day(MONDAY + DAY)
    both = (*book.incidents(), *book.incidents(IncidentKind.CSM_HEALTH))
    assert len(both) == 2
    assert [draft.communication_type for draft in book.drafts()] == ["escalation_outreach"]
    (told,) = [a for a in book.alerts() if a.text.startswith("[CSM ALERT]")]
    assert "d-" not in told.text


def test_the_incident_of_an_account_that_left_the_book_is_closed_and_its_draft_taken_back(
    book: SmallBook,
) -> None:
    book.live_book("acme", "beta")
    for name in ("acme", "beta"):
        book.open_p1s(name, 4, since=LAST_WEEK)
    book.day(MONDAY + DAY)
    book.end_contract("acme", on=(MONDAY + DAY).date())
    book.day(MONDAY + 2 * DAY)
    assert [incident.subject for incident in book.incidents()] == ["beta"]
    states = {draft.account_id: draft.state for draft in book.drafts()}
    assert states == {"acme": DraftState.WITHDRAWN, "beta": DraftState.WAITING}
