"""What a letter speaks of, chosen from the facts."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.account import TechnicalMaturity
from app.domain.recap import Recap, UsageMove
from app.services.letter_phrases import age_in_words, day_in_words, in_words
from app.services.letter_view import letter_view
from tests import builders
from tests.builders import NOW, day_ago, days_ago
from tests.unit.services.outreach import outreach, p1, p3s, sam


@pytest.mark.parametrize(
    "days, words",
    [
        (-1, "since today"),
        (0.9, "since today"),
        (1.5, "since yesterday"),
        (2, "for 2 days"),
        (13.9, "for 13 days"),
        (14, "for 2 weeks"),
        (60, "for 2 months"),
        (729, "for 24 months"),
        (730, "for 2 years"),
    ],
)
def test_ages_are_told_in_words(days: float, words: str) -> None:
    assert age_in_words(days) == words


def test_names_are_listed_as_people_list_them() -> None:
    assert in_words([]) == ""
    assert in_words(["a", ""]) == "a"
    assert in_words(["a", "b"]) == "a and b"
    assert in_words(["a", "b", "c"]) == "a, b and c"


def test_urgent_tickets_are_named_oldest_first() -> None:
    tickets = (*p3s(9), p1("B", age_days=2), p1("A", age_days=9))
    view = letter_view(outreach(open_tickets=tickets))
    assert view.ticket_ids == "A and B"
    assert (view.waited, view.more_tickets) == (1, 9)


def test_three_tickets_at_most_are_named() -> None:
    view = letter_view(outreach(open_tickets=tuple(p1(f"P-{n}") for n in range(5))))
    assert view.ticket_ids == "P-0, P-1 and P-2"
    assert view.more_tickets == 2


def test_many_tickets_are_named_by_the_longest_open() -> None:
    view = letter_view(outreach(open_tickets=p3s(6)))
    assert view.is_many
    assert view.ticket_ids == "T-5, T-4 and T-3"


def test_a_few_ordinary_tickets_are_not_worth_a_word() -> None:
    assert letter_view(outreach(open_tickets=p3s(5))).tickets == ()


def test_a_subject_in_our_own_words_is_left_out() -> None:
    (line,) = letter_view(outreach(open_tickets=(p1(subject="Is our churn risk high?"),))).tickets
    assert (line.ticket_id, line.subject) == ("PROD-12", "")


def test_an_id_that_is_no_id_is_left_out() -> None:
    view = letter_view(outreach(open_tickets=(p1("not an id\n- at all"),)))
    assert view.tickets[0].ticket_id == ""
    assert view.ticket_ids == ""


@pytest.mark.parametrize(
    "name, greeted",
    [
        ("Sam Miller", "Sam"),
        ("Anne-Marie O'Neill", "Anne-Marie"),
        ("Dr. Miller", "Dr. Miller"),
        ("Miller, Sam", "Miller, Sam"),
        ("Sam van Dyk", "Sam van Dyk"),
        ("Amber Green", "Amber"),
        ("Sam", "Sam"),
        ("sam@acme.example", ""),
        ("Your churn risk", ""),
        ("", ""),
    ],
)
def test_the_primary_stakeholder_is_greeted(name: str, greeted: str) -> None:
    assert letter_view(outreach(stakeholders=(sam(name=name),))).greeted == greeted


def test_nobody_is_greeted_where_nobody_is_primary() -> None:
    view = letter_view(outreach(stakeholders=(builders.stakeholder(),)))
    assert view.greeted == ""
    assert view.maturity is TechnicalMaturity.MEDIUM


def test_depth_follows_the_primary_stakeholder() -> None:
    people = (
        builders.stakeholder(technical_maturity=TechnicalMaturity.LOW),
        sam(technical_maturity=TechnicalMaturity.HIGH),
    )
    assert letter_view(outreach(stakeholders=people)).maturity is TechnicalMaturity.HIGH


def test_a_customer_called_like_a_band_is_better_not_named() -> None:
    assert letter_view(outreach(account=builders.account(name="Red Hat"))).team == ""


def test_a_rep_without_a_name_signs_with_the_address() -> None:
    assert letter_view(outreach(rep=builders.rep(name=""))).sender == "rita@tend.example"


def test_silence_is_told_only_where_the_integration_fell_silent() -> None:
    silent = letter_view(outreach(silent_hours=100, last_heartbeat=days_ago(4.2)))
    assert silent.silence == "for 4 days"
    assert silent.last_seen == "on 7 March at 02:12 UTC"
    alive = letter_view(outreach(last_heartbeat=days_ago(0.1)))
    assert (alive.silence, alive.last_seen) == ("", "")
    assert letter_view(outreach(silent_hours=100)).last_seen == ""


def test_features_in_our_own_words_are_left_out_and_three_are_named() -> None:
    features = ("Reports", "Risk board", "Alerts", "Export", "Audit")
    view = letter_view(outreach(features_unused=features))
    assert (view.features, view.feature_count) == ("Reports, Alerts and Export", 3)


def test_a_review_lists_every_kind_of_ticket_urgent_ones_first() -> None:
    tickets = (*p3s(9), p1("A", age_days=1))
    view = letter_view(outreach(open_tickets=tickets))
    assert [line.ticket_id for line in view.open_lines] == ["A", "T-8", "T-7", "T-6", "T-5"]


@pytest.mark.parametrize(
    "day, words",
    [
        (None, ""),
        (date(2026, 3, 11), "today"),
        (date(2026, 3, 12), "on 12 March"),
        (date(2026, 3, 10), "yesterday"),
        (date(2026, 3, 1), "on 1 March"),
        (date(2025, 12, 31), "on 31 December 2025"),
    ],
)
def test_days_are_told_as_people_tell_them(day: date | None, words: str) -> None:
    assert day_in_words(day, NOW) == words


def test_a_lively_integration_was_heard_of_and_a_silent_one_was_not() -> None:
    assert letter_view(outreach(last_heartbeat=days_ago(0.1))).heard_of == "today"
    assert letter_view(outreach(last_heartbeat=days_ago(5), silent_hours=120)).heard_of == ""
    assert letter_view(outreach()).heard_of == ""


def test_features_in_use_are_named_unless_their_names_are_not_for_the_customer() -> None:
    view = letter_view(outreach(features_used=("Reports", "Churn alerts", "API")))
    assert view.features_used == "Reports and API"


def test_the_environment_is_named_with_and_and_with_or() -> None:
    known = builders.account(
        environment=("SAP", "Okta", "Our churn board", "dbt"), integrations=("sap",)
    )
    view = letter_view(outreach(account=known))
    assert (view.environment, view.any_environment) == ("Okta and dbt", "Okta or dbt")


def test_what_came_back_after_it_was_solved_is_named_once() -> None:
    solved = (p1("A", subject="Late"), p1("B", subject="late"), p1("C", subject="Lost"))
    view = letter_view(outreach(recap=Recap(since=day_ago(30), solved=solved)))
    assert (view.past.solved, view.past.solved_names) == (3, "“Late” (A) and “Lost” (C)")


def test_what_was_solved_is_named_by_subject_and_id() -> None:
    solved = (p1("A"), p1("B", subject="Is our churn risk high?"), p1("C", subject="Late"))
    view = letter_view(outreach(recap=Recap(since=day_ago(30), solved=solved)))
    assert view.past.since == "Over the past month"
    assert (view.past.solved, view.past.solved_names) == (3, "“Export fails” (A) and B")
    assert view.past.components == "Exports"


@pytest.mark.parametrize(
    "recap, words",
    [
        (Recap(), ""),
        (Recap(since=day_ago(5), is_since_letter=True), "Since my last letter"),
        (Recap(since=day_ago(90)), "Over the past three months"),
    ],
)
def test_the_stretch_looked_back_on_is_named(recap: Recap, words: str) -> None:
    assert letter_view(outreach(recap=recap)).past.since == words


def test_where_use_has_gone_is_one_of_three_ways() -> None:
    ways = {move: letter_view(outreach(recap=Recap(usage=move))).past for move in UsageMove}
    assert [move for move, past in ways.items() if past.usage_grew] == [UsageMove.GREW]
    assert [move for move, past in ways.items() if past.usage_steady] == [UsageMove.STEADY]


def test_the_chosen_addressee_is_greeted_before_the_primary_one() -> None:
    other = builders.stakeholder(
        email="kim@acme.example", name="Kim Weber", technical_maturity=TechnicalMaturity.HIGH
    )
    view = letter_view(outreach(stakeholders=(sam(), other), addressee="Kim@acme.example"))
    assert (view.greeted, view.maturity) == ("Kim", TechnicalMaturity.HIGH)
