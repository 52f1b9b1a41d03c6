"""A rep's word on a band in real scans: alerts follow it, both stay visible, its end is quiet."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from app.domain.account import Account
from app.domain.act import ActKind
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.draft import DraftState
from app.domain.incident import IncidentKind, IncidentState
from app.domain.override import Override
from app.domain.tenant_settings import CsmSettings, TenantSettings
from app.errors import InvalidInput, NotFound
from app.jobs.acts.overriding import clear_override, override_band, overrides_in_force
from app.jobs.explaining import Explanation, explain
from app.jobs.looking import look
from app.jobs.standing import Standing, standings
from tests.integration.small_book import MONDAY, TENANT, SmallBook

DAY = timedelta(days=1)
LAST_WEEK = MONDAY - 5 * DAY
KIM = "kim@tend.example"
KNOWS_ENOUGH = TenantSettings(csm=CsmSettings(coverage_floor=0))
"""With tickets alone there is little to score commercially; here it is enough."""


def day(number: int) -> datetime:
    """The morning so many days after Monday."""
    return MONDAY + number * DAY


def account(book: SmallBook) -> Account:
    return book.store.read_now(TENANT, lambda unit: unit.book.find("acme"))


def say(
    book: SmallBook, band: Band, *, at: datetime, until: date, agent: Agent = Agent.TAM
) -> Override:
    found = account(book)
    return book.store.write_now(
        TENANT,
        lambda unit: override_band(
            unit, found, agent, band, until=until, reason="planned move", by=KIM, at=at
        ),
    )


def stood(book: SmallBook, on: datetime) -> Standing:
    (found,) = book.store.read_now(
        TENANT, lambda unit: standings(unit, on.date(), unit.tenant.settings().settings)
    )
    return found


def explained(book: SmallBook, at: datetime) -> Explanation:
    found = account(book)
    return book.store.read_now(TENANT, lambda unit: explain(unit, found, at))


def tam_alerts(book: SmallBook) -> list[str]:
    return [alert.text for alert in book.alerts() if alert.text.startswith("[TAM ALERT]")]


def test_green_by_word_keeps_an_account_that_falls_quiet_until_the_day(book: SmallBook) -> None:
    book.live_book("acme")
    say(book, Band.GREEN, at=day(0) + timedelta(hours=3), until=day(3).date())
    book.open_p1s("acme", 4, since=LAST_WEEK)
    book.day(day(1))
    book.day(day(2))
    assert book.record("acme").band is Band.RED, "it is computed as always"
    assert (tam_alerts(book), book.drafts(), book.incidents()) == ([], (), ())
    book.day(day(3))
    (told,) = tam_alerts(book)
    assert "is Red (was Green)" in told
    book.day(day(4))
    assert len(tam_alerts(book)) == 1


def test_the_end_of_a_word_tells_nobody_where_nothing_has_changed(book: SmallBook) -> None:
    book.apply(KNOWS_ENOUGH)
    book.live_book("acme")
    book.open_p1s("acme", 4, since=LAST_WEEK)
    book.day(day(1))
    told = len(book.alerts())
    say(book, Band.GREEN, at=day(1) + timedelta(hours=1), until=day(30).date())
    for number in range(2, 6):
        book.day(day(number))
    assert book.incidents() == (), "three good days by the rep's word"
    assert {draft.state for draft in book.drafts()} == {DraftState.WITHDRAWN}
    for number in range(6, 30):
        book.scan(day(number))
    book.day(day(30))
    book.day(day(31))
    assert len(book.alerts()) == told
    (back,) = book.incidents()
    assert back.state is IncidentState.OPEN
    assert book.record("acme").incident_id == back.incident_id


def test_what_got_worse_under_a_word_is_told_at_its_end(book: SmallBook) -> None:
    book.live_book("acme")
    book.open_p1s("acme", 2, since=LAST_WEEK)
    book.day(day(1))
    assert book.record("acme").band is Band.AMBER
    say(book, Band.GREEN, at=day(1) + timedelta(hours=1), until=day(3).date())
    book.open_p1s("acme", 3, since=LAST_WEEK - DAY)
    book.day(day(2))
    assert len(tam_alerts(book)) == 1
    book.day(day(3))
    assert len(tam_alerts(book)) == 2


def test_red_by_word_raises_an_alert_that_says_whose_word_it_is(book: SmallBook) -> None:
    book.live_book("acme")
    say(book, Band.RED, at=day(0) + timedelta(hours=3), until=day(9).date())
    book.day(day(1))
    book.day(day(2))
    (told,) = tam_alerts(book)
    assert "is Red (was Green), health 100/100" in told
    assert "by a rep's word Red until 2026-03-18 (computed: Green)" in told
    (draft,) = book.drafts()
    assert "planned move" not in draft.body_text + draft.subject
    assert "planned move" not in told
    found = account(book)
    book.store.write_now(
        TENANT, lambda unit: clear_override(unit, found, Agent.TAM, by=KIM, at=day(2))
    )
    for number in range(3, 6):
        book.day(day(number))
    assert book.incidents() == ()


def test_the_csm_reads_the_technical_band_as_the_rep_says_it(book: SmallBook) -> None:
    book.apply(KNOWS_ENOUGH)
    book.live_book("acme")
    book.open_p1s("acme", 4, since=LAST_WEEK)
    book.day(day(1))
    before = book.record("acme", Agent.CSM)
    say(book, Band.GREEN, at=day(1) + timedelta(hours=1), until=day(4).date())
    alerts = len(book.alerts())
    for number in (2, 3):
        book.day(day(number))
    under = book.record("acme", Agent.CSM)
    assert before.score is not None
    assert under.score is not None
    assert under.score > before.score
    technical = explained(book, day(3)).agents[1].ledger.ledger
    assert technical is not None
    assert "by a rep's word (computed: Red)" in technical[-1].reason
    assert explained(book, day(3)).agents[1].ledger.taken_at == day(3), "measured again"
    book.day(day(4))
    assert book.record("acme", Agent.CSM).band is before.band
    assert len(book.alerts()) == alerts


def test_a_commercial_word_stills_churn_too(book: SmallBook) -> None:
    book.apply(KNOWS_ENOUGH)
    book.live_book("acme")
    book.end_contract("acme", on=(MONDAY + 40 * DAY).date())
    say(book, Band.GREEN, at=day(0) + timedelta(hours=3), until=day(3).date(), agent=Agent.CSM)
    book.open_p1s("acme", 9, since=LAST_WEEK)
    book.day(day(1))
    assert book.record("acme", Agent.CSM).band is not Band.GREEN
    assert book.incidents(IncidentKind.CSM_CHURN) == ()
    book.day(day(3))
    assert len(book.incidents(IncidentKind.CSM_CHURN)) == 1
    assert any("[CSM ALERT]" in alert.text for alert in book.alerts())


def test_both_bands_are_shown_while_the_word_holds(book: SmallBook) -> None:
    book.live_book("acme")
    book.open_p1s("acme", 4, since=LAST_WEEK)
    book.day(day(1))
    at = day(1) + timedelta(hours=1)
    word = say(book, Band.GREEN, at=at, until=day(4).date())
    shown = stood(book, day(1))
    assert (shown.tam.band, shown.tam.told_band, shown.tam.word) == (Band.RED, Band.GREEN, word)
    assert stood(book, day(0)).tam.word is None
    assert stood(book, day(4)).tam.word is None
    (seen,) = book.store.read_now(TENANT, lambda unit: look(unit, day(2)))
    assert (seen.tam.band, seen.tam.word) == (Band.RED, word)
    assert explained(book, day(2)).agents[0].word == word
    assert explained(book, day(1)).agents[0].word is None
    assert book.store.read_now(TENANT, lambda unit: overrides_in_force(unit, at)) == (word,)
    assert book.store.read_now(TENANT, lambda unit: overrides_in_force(unit, day(4))) == ()


def test_each_word_is_logged_with_what_was_before_it(book: SmallBook) -> None:
    book.live_book("acme")
    at = day(0) + timedelta(hours=3)
    say(book, Band.AMBER, at=at, until=day(9).date())
    say(book, Band.AMBER, at=at + timedelta(hours=1), until=day(9).date())
    say(book, Band.RED, at=at + timedelta(hours=2), until=day(9).date())
    found = account(book)
    book.store.write_now(
        TENANT, lambda unit: clear_override(unit, found, Agent.TAM, by=KIM, at=at + DAY)
    )
    acts = book.store.read_now(TENANT, lambda unit: unit.diary.acts(account_id="acme", most=9))
    assert [act.kind for act in acts] == [
        ActKind.OVERRIDE_CLEARED,
        ActKind.OVERRIDDEN,
        ActKind.OVERRIDDEN,
    ], "the same word again is not said twice"
    assert acts[1].before == {
        "band": "Amber",
        "until": "2026-03-18",
        "reason": "planned move",
        "computed": "Green",
    }
    assert {act.by for act in acts} == {KIM}
    with pytest.raises(NotFound, match="nothing to clear"):
        book.store.write_now(
            TENANT, lambda unit: clear_override(unit, found, Agent.TAM, by=KIM, at=at + 2 * DAY)
        )


def test_a_word_for_a_day_that_is_not_to_come_is_refused(book: SmallBook) -> None:
    book.live_book("acme")
    with pytest.raises(InvalidInput, match="after today"):
        say(book, Band.GREEN, at=day(2), until=day(2).date())
