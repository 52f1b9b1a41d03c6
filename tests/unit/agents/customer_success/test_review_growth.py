"""A review's last section: what is signed, and what comes next; nothing offered while held back."""

from __future__ import annotations

from hypothesis import given

from app.agents.customer_success.adoption import adoption_report, recommended
from app.agents.customer_success.expansion import opportunities
from app.agents.customer_success.review_growth import growth_section
from app.agents.customer_success.schemas import QBRSection
from app.domain.dossier import Dossier
from app.domain.ticket import Priority
from tests.builders import TODAY, account, contract, ticket
from tests.fakes.dossiers import dossier, known_facts, peers
from tests.unit.agents.customer_success.any_dossiers import dossiers


def section(given: Dossier, *, is_held: bool = False) -> QBRSection:
    gaps = recommended(adoption_report(given))
    return growth_section(given, opportunities(given), gaps, is_held=is_held)


def test_seats_terms_and_what_is_in_the_contract_are_told() -> None:
    found = section(dossier())

    assert found.text == (
        "40 of 50 seats are in use (80 %). The contract runs to 2026-12-31 and renews on "
        "2027-01-01, in 296 days."
    )
    assert [(one.label, one.value) for one in found.metrics] == [
        ("Seats", "40 of 50 in use (80 %)"),
        ("Contract", "acme-1, 2025-01-01 to 2026-12-31"),
        ("Renewal", "2027-01-01"),
        ("Contract value", "EUR 12,000.50 a year"),
        ("Features in the contract", "Alerts, Export, Reports and Search"),
        ("Integrations", "Salesforce"),
    ]


def test_what_is_open_and_urgent_comes_first_and_the_renewal_last() -> None:
    given = dossier(
        facts=known_facts(
            account=account(features=("Alerts", "Search"), environment=("Kafka",)),
            contract=contract(seats_used=50, ends_on=TODAY),
            open_tickets=(ticket(priority=Priority.P2), ticket(ticket_id="T-2")),
        ),
        peers=peers(users_by_feature={"Search": 5, "Sync": 6}, median_adoption_rate=0.9),
    )

    assert section(given).points == [
        "Settle what is urgent and open first: T-1.",
        "Look at 13 more seats together, since nearly all that you have are taken.",
        "Connect Kafka, which you have in use beside the product.",
        "Agree on a session with the team on Search.",
        "Agree on the terms of the renewal before 2026-03-12.",
    ]


def test_nothing_is_offered_while_something_is_wrong() -> None:
    full = dossier(facts=known_facts(contract=contract(seats_used=50)))

    assert not any("seats" in one for one in section(full, is_held=True).points)


def test_where_all_is_well_the_goals_are_next() -> None:
    content = dossier(facts=known_facts(features_used=("Alerts", "Export", "Reports", "Search")))

    assert section(content).points == ["Agree on the goals of the coming quarter."]


def test_a_contract_without_an_end_has_no_renewal() -> None:
    bare = contract(
        starts_on=None, ends_on=None, seats_used=None, arr_amount=None, seats_purchased=None
    )
    found = section(dossier(facts=known_facts(account=account(), contract=bare)))

    assert found.text == "The contract has no end."
    assert [(one.label, one.value) for one in found.metrics] == [
        ("Contract", "acme-1, without an end")
    ]


def test_without_a_running_contract_that_is_said() -> None:
    assert section(dossier(facts=known_facts(contract=None))).text == (
        "No running contract is known."
    )


@given(dossiers())
def test_there_is_always_a_next_step_and_never_a_word_of_risk(given: Dossier) -> None:
    found = section(given)
    told = found.model_dump_json().lower()

    assert found.points
    assert "churn" not in told
    assert "risk" not in told
