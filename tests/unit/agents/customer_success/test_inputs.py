"""The commercial signals: what is measured, what is unknown, and since when one is a customer."""

from __future__ import annotations

from datetime import date

import pytest

from app.agents.customer_success.availability import with_availability_of
from app.agents.customer_success.inputs import CsmInputs, kinds_behind_csm
from app.agents.customer_success.signals import Adoption
from app.domain.band import Band
from app.domain.book import AccountFacts
from app.domain.feed import FactKind
from app.domain.ticket import Priority
from tests.builders import (
    NOW,
    account,
    contract,
    day_ago,
    facts,
    feed,
    feed_view,
    health_record,
    ticket,
    usage_window,
)
from tests.unit.agents.scored_accounts import (
    ALL_FEEDS,
    CATALOGUED,
    csm_inputs,
    feeds_for,
    healthy_facts,
)


@pytest.mark.parametrize(
    "given, tenure",
    [
        (facts(), None),
        (facts(usage=usage_window(weeks_before=0)), 0),
        (facts(usage=usage_window(weeks_before=3)), 49),
        (facts(account=account(customer_since=day_ago(9))), 9),
        (facts(account=account(customer_since=day_ago(-9))), 0),
        (facts(contract=contract(starts_on=day_ago(20))), 20),
        (facts(contract=contract(starts_on=day_ago(20)), usage=usage_window()), 84),
        (facts(contract=contract(starts_on=None)), None),
    ],
)
def test_tenure_is_by_date_or_proved_by_use(given: AccountFacts, tenure: int | None) -> None:
    assert csm_inputs(given).tenure_days == tenure


@pytest.mark.parametrize(
    "features, used, adoption",
    [
        ((), ("Alerts",), (1, 5, False, ("Export", "Reports", "Search"))),
        (("ALERTS", "Sync"), ("Alerts",), (1, 2, True, ("Sync",))),
        (("Sync", "Unheard of"), ("Sync",), (1, 2, True, ("Unheard of",))),
        (("Unheard of",), ("Sync",), None),
    ],
)
def test_adoption_is_measured_on_the_entitlement_else_the_catalogue(
    features: tuple[str, ...],
    used: tuple[str, ...],
    adoption: tuple[int, int, bool, tuple[str, ...]] | None,
) -> None:
    found = csm_inputs(facts(account=account(features=features), features_used=used)).adoption
    if adoption is None:
        assert found is None
    else:
        in_use, of, is_entitled, unused = adoption
        assert found == Adoption(used=in_use, of=of, is_entitled=is_entitled, unused=unused)


def test_a_contract_renews_on_the_day_after_its_last() -> None:
    given = csm_inputs(facts(contract=contract(ends_on=day_ago(-9))))
    assert given.days_to_renewal == 10


@pytest.mark.parametrize("ends_on", [None, date.max])
def test_a_contract_without_an_end_never_renews(ends_on: date | None) -> None:
    assert csm_inputs(facts(contract=contract(ends_on=ends_on))).days_to_renewal is None


def test_only_feeds_that_speak_for_the_account_count() -> None:
    usage = frozenset({FactKind.USAGE})
    feeds = feed_view(
        feeds=(
            feed(name="a", provides=usage),
            feed(name="b", provides=usage, accounts=frozenset({"other"})),
            feed(name="c", provides=frozenset({FactKind.USAGE, FactKind.REPS})),
        )
    )
    assert csm_inputs(facts(), feeds).feeds == {FactKind.USAGE: ("a", "c")}


def test_escalations_are_unknown_while_the_technical_side_is() -> None:
    assert csm_inputs(facts(), tam=None).escalations is None
    assert csm_inputs(facts(), tam=health_record(band=Band.UNKNOWN)).escalations is None
    assert csm_inputs(facts(), escalations_90d=2).escalations == 2


def test_the_default_priority_can_be_put_in_later() -> None:
    given = csm_inputs(facts(open_tickets=(ticket(), ticket(priority=Priority.P2))))
    assert given.open_work.counted_urgent == 1
    assert given.with_default_priority(Priority.P1).open_work.counted_urgent == 2


def test_a_score_rests_on_its_signals_and_on_what_the_technical_band_rests_on() -> None:
    assert kinds_behind_csm(facts()) == {
        FactKind.USAGE,
        FactKind.TICKETS,
        FactKind.INTERACTIONS,
        FactKind.INVOICES,
        FactKind.SURVEYS,
        FactKind.SIGNALS,
        FactKind.CONTRACTS,
    }
    assert FactKind.HEARTBEATS in kinds_behind_csm(facts(last_heartbeat=NOW))


def test_availability_takes_over_what_became_known_and_drops_what_became_unknown() -> None:
    seeing = csm_inputs(healthy_facts())
    blind = csm_inputs(facts(), feed_view(), CATALOGUED, tam=None)
    assert with_availability_of(seeing, seeing) == seeing
    taken = with_availability_of(blind, seeing)
    assert (taken.feeds, taken.usage, taken.nps) == (seeing.feeds, seeing.usage, seeing.nps)
    assert (taken.tam_band, taken.escalations) == (Band.GREEN, 0)
    assert taken.seats_used == 40
    dropped = with_availability_of(seeing, blind)
    assert (dropped.feeds, dropped.nps, dropped.overdue_days) == ({}, None, None)
    assert (dropped.contract_id, dropped.tam_band) == (None, Band.UNKNOWN)


def test_a_signal_known_at_both_ends_keeps_its_own_value_and_feed() -> None:
    mine = csm_inputs(healthy_facts(nps=3), feeds_for(FactKind.SURVEYS))
    merged = with_availability_of(mine, csm_inputs(healthy_facts(), ALL_FEEDS))
    assert merged.nps == 3
    assert merged.feeds[FactKind.SURVEYS] == ("surveys",)


def test_a_reps_word_stands_in_the_place_of_the_technical_band() -> None:
    red = health_record(band=Band.RED)
    said = csm_inputs(healthy_facts(), tam=red, tam_word=Band.GREEN)
    assert (said.tam_band, said.tam_computed) == (Band.GREEN, Band.RED)
    assert CsmInputs.from_json(said.as_json()) == said
    same = csm_inputs(healthy_facts(), tam=red, tam_word=Band.RED)
    assert (same.tam_band, same.tam_computed) == (Band.RED, None)
    of_nobody = csm_inputs(healthy_facts(), tam=None, tam_word=Band.AMBER)
    assert (of_nobody.tam_band, of_nobody.tam_computed) == (Band.AMBER, Band.UNKNOWN)
