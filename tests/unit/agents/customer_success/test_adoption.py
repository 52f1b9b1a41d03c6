"""Feature adoption against comparable accounts: what is told, and what keeps it quiet."""

from __future__ import annotations

from hypothesis import given

from app.agents.customer_success.adoption import adoption_report, recommended
from app.agents.customer_success.review_adoption import MOST_ROWS, adoption_section
from app.agents.customer_success.schemas import FeatureAdoptionReport
from app.domain.dossier import FEWEST_PEERS, Dossier
from app.domain.feed import FactKind
from tests.builders import account, book_context
from tests.fakes.dossiers import dossier, known_facts, peers
from tests.unit.agents.customer_success.any_dossiers import dossiers
from tests.unit.agents.scored_accounts import CATALOGUE, feeds_for


def test_what_it_uses_is_counted_of_what_it_is_entitled_to() -> None:
    report = adoption_report(dossier())

    assert (report.features_used, report.features_known, report.adoption_rate) == (3, 4, 0.75)
    assert (report.by_entitlement, report.benchmark_rate, report.compared_accounts) == (
        True,
        0.5,
        10,
    )


def test_what_enough_peers_use_and_it_does_not_is_recommended() -> None:
    report = adoption_report(dossier())

    assert [one.feature_name for one in recommended(report)] == ["Search"]
    assert recommended(report)[0].recommendation == (
        "Show Search to the team: 6 of 10 comparable accounts (60 %) use it."
    )
    assert report.features[0].feature_name == "Search"


def test_a_handful_of_peers_is_no_benchmark() -> None:
    few = peers(compared=FEWEST_PEERS - 1, median_adoption_rate=None)
    report = adoption_report(dossier(peers=few))

    assert recommended(report) == []
    assert {one.benchmark_rate for one in report.features} == {None}
    assert report.compared_with == ""
    assert "too few to compare with (4 comparable accounts)" in adoption_section(report).text


def test_what_one_in_five_peers_use_is_no_gap() -> None:
    taste = peers(compared=100, users_by_feature={"Search": 20})

    assert recommended(adoption_report(dossier(peers=taste))) == []


def test_without_an_entitlement_the_whole_catalogue_counts() -> None:
    report = adoption_report(dossier(facts=known_facts(account=account())))

    assert (report.features_used, report.features_known) == (3, len(CATALOGUE))
    assert not report.by_entitlement
    assert "3 of 5 features were used" in adoption_section(report).text


def test_names_are_compared_whatever_their_case() -> None:
    mixed = known_facts(account=account(features=("SEARCH", "alerts")), features_used=("Alerts",))
    spelled = peers(users_by_feature={"search": 4, "Search": 3})
    report = adoption_report(dossier(facts=mixed, peers=spelled))

    assert [(one.feature_name, one.used, one.peers_using) for one in report.features] == [
        ("SEARCH", False, 7),
        ("alerts", True, 0),
    ]


def test_nothing_is_said_of_use_that_nobody_brings() -> None:
    silent = dossier(feeds=feeds_for(FactKind.TICKETS), facts=known_facts(usage=None))
    report = adoption_report(silent)

    assert (report.adoption_rate, report.features) == (None, [])
    assert adoption_section(report).text.startswith("Which features are in use is not known")


def test_nothing_is_said_where_names_do_not_match() -> None:
    strange = dossier(context=book_context(feature_catalogue=("Quite", "Other")))

    assert adoption_report(strange).adoption_rate is None


def test_the_scorecard_tells_rate_benchmark_and_gap() -> None:
    section = adoption_section(adoption_report(dossier()))

    assert section.text == (
        "3 of 4 features of the contract were used in the 28 days up to 2026-03-10, which is 75 %. "
        "Comparable accounts (10 accounts of segment mid, customers for 1 to 3 years) use 50 % of "
        "theirs at the median."
    )
    rows = {row.label: row.value for row in section.metrics}
    assert rows["Features in use"] == "75 % (3 of 4)"
    assert rows["Search"] == "not in use; 6 of 10 comparable accounts (60 %)"
    assert rows["Alerts"] == "in use; 9 of 10 comparable accounts (90 %)"
    [own, theirs, search] = section.metrics[:3]
    assert (own.cells, own.share) == (["75 %", "3 of 4"], 0.75)
    assert (theirs.cells[0], theirs.share) == ("50 %", 0.5)
    assert (search.cells, search.share) == (["not in use", "6 of 10 (60 %)"], 0.6)
    assert section.points == ["Show Search to the team: 6 of 10 comparable accounts (60 %) use it."]


def test_one_feature_was_used_and_nothing_more_is_worth_showing() -> None:
    one = known_facts(account=account(features=("Alerts",)), features_used=("Alerts",))
    alone = peers(compared=0, users_by_feature={}, median_adoption_rate=None)
    section = adoption_section(adoption_report(dossier(facts=one, peers=alone)))

    assert "1 of 1 features of the contract was used" in section.text
    assert [row.value for row in section.metrics if row.label == "Alerts"] == ["in use"]
    assert section.points == []


def test_a_long_scorecard_is_summed_up() -> None:
    names = tuple(f"F{number:02}" for number in range(MOST_ROWS + 5))
    many = known_facts(account=account(features=names), features_used=names[:9])
    found = adoption_report(dossier(facts=many, context=book_context(feature_catalogue=names)))
    rows = adoption_section(found).metrics

    assert (rows[-1].label, rows[-1].value) == ("5 more", "5 in use, 0 not in use")


@given(dossiers())
def test_rates_are_shares_and_what_is_recommended_is_unused_and_usual(given: Dossier) -> None:
    report = adoption_report(given)

    assert FeatureAdoptionReport.model_validate_json(report.model_dump_json()) == report
    assert sum(one.used for one in report.features) == report.features_used
    assert len(report.features) == report.features_known
    for one in recommended(report):
        assert not one.used
        assert one.peers_using >= FEWEST_PEERS
    assert adoption_section(report).text
