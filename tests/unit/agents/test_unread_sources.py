"""An account of a fresh source of tickets, beside one in trouble: judged, and said to be so."""

from __future__ import annotations

from dataclasses import replace

from app.agents.customer_success.availability import with_availability_of
from app.agents.customer_success.health_scorer import CSMHealthScorer
from app.agents.customer_success.inputs import CsmInputs
from app.agents.technical_account_manager.health_report import confidence_of
from app.agents.technical_account_manager.health_scorer import HealthScorer
from app.agents.technical_account_manager.inputs import TamInputs
from app.agents.technical_account_manager.readings import Reading
from app.agents.technical_account_manager.trust import trusted
from app.domain.dossier import Dossier
from app.domain.feed import FactKind, FeedView
from app.domain.tenant_settings import TenantSettings
from app.domain.unread import UNREAD_FACTOR
from tests.builders import NOW, book_context, days_ago, facts, feed, ticket
from tests.fakes.dossiers import dossier
from tests.unit.agents.scored_accounts import ALL_FEEDS, csm_inputs, healthy_facts, tam_inputs

JIRA = feed(name="jira", provides=frozenset({FactKind.TICKETS}), last_ok_at=NOW)
KAYAKO = feed(
    name="kayako",
    provides=frozenset({FactKind.TICKETS}),
    last_ok_at=days_ago(2),
    failed_since=days_ago(1),
    reason="a secret reason",
)
OTHERS = tuple(one for one in ALL_FEEDS.feeds if FactKind.TICKETS not in one.provides)
SPLIT = FeedView(
    feeds=(*OTHERS, JIRA, KAYAKO),
    now=NOW,
    reaches={"jira": frozenset({"acme"}), "kayako": frozenset()},
)
SAID = (
    "feed kayako failed since 2026-03-10 07:00 UTC: it never had a ticket of this account, which "
    "is judged by jira; a first one there would not be seen"
)


def test_the_technical_score_is_computed_and_says_what_is_not_read() -> None:
    given = tam_inputs(facts(open_tickets=(ticket(),)), SPLIT)
    found = HealthScorer().assess(given)
    beside = HealthScorer().assess(tam_inputs(facts(open_tickets=(ticket(),))))
    assert (given.ticket_feeds, found.score, found.band) == (("jira",), beside.score, beside.band)
    assert (found.coverage, found.missing) == (50, ())
    assert [row.reason for row in found.ledger if row.factor == UNREAD_FACTOR] == [SAID]
    assert sum(row.points for row in found.ledger) == found.score


def test_a_heartbeat_is_known_as_a_whole() -> None:
    given = tam_inputs(facts(last_heartbeat=days_ago(0.1)), SPLIT)
    assert HealthScorer().assess(given).coverage == 66


def test_the_composite_score_is_computed_and_half_of_support_is_not_known() -> None:
    found = CSMHealthScorer().assess(csm_inputs(healthy_facts(), SPLIT))
    assert (found.score, found.coverage) == (100, 95)
    assert [row.reason for row in found.ledger if row.factor == UNREAD_FACTOR] == [SAID]
    support = next(row for row in found.ledger if row.factor == "support")
    assert support.sources == ("feed:jira",)


def test_nobody_loses_his_score_to_a_source_that_never_had_any_of_his_tickets() -> None:
    scorer = CSMHealthScorer(coverage_floor=100)
    found = scorer.assess(csm_inputs(healthy_facts(), SPLIT))
    assert (found.score, found.coverage) == (100, 95)


def test_what_was_not_read_is_kept_with_the_inputs() -> None:
    technical, commercial = tam_inputs(facts(), SPLIT), csm_inputs(healthy_facts(), SPLIT)
    assert TamInputs.from_json(technical.as_json()) == technical
    assert CsmInputs.from_json(commercial.as_json()) == commercial


def test_inputs_compared_with_others_have_what_those_did_not_read() -> None:
    before, after = tam_inputs(facts(), SPLIT), tam_inputs(facts())
    assert before.with_availability_of(after).unread == ()
    assert after.with_availability_of(before).unread == before.unread
    told, silent = csm_inputs(healthy_facts(), SPLIT), csm_inputs(healthy_facts())
    assert with_availability_of(silent, told).unread == told.unread


def test_a_figure_beside_a_source_that_is_not_read_is_of_medium_confidence() -> None:
    reading = Reading(context=book_context(), settings=TenantSettings(), feeds=SPLIT)
    well = replace(reading, feeds=ALL_FEEDS)
    assert (confidence_of(facts(), reading), confidence_of(facts(), well)) == ("medium", "high")


def test_no_letter_says_that_there_are_no_tickets_and_the_rep_is_told_why() -> None:
    given: Dossier = dossier(feeds=SPLIT)
    known = trusted(given)
    assert (known.tickets_known, known.troubles) == (False, (SAID,))
    assert trusted(replace(given, feeds=ALL_FEEDS)).tickets_known
