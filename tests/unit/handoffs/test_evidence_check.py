"""Evidence is what the store has, row by row, or it is refused with every reason."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import Contract
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.domain.ticket import Priority
from app.handoffs.evidence_check import opportunity_reasons, reckoned_impact
from app.handoffs.payloads import EvidenceFact, EvidenceRow, ExpansionOpportunity
from tests.builders import NOW, account, contract, health_record, incident, ticket
from tests.fakes.dossiers import dossier, known_facts, peers

KNOWN = dossier(
    facts=known_facts(
        account=account(features=("Alerts",), integrations=("Salesforce",), environment=("Okta",)),
        contract=contract(seats_used=48),
        features_used=("Alerts",),
        open_tickets=(ticket(priority=Priority.P1), ticket(ticket_id="T-2")),
    ),
    records={Agent.TAM: health_record(score=61, band=Band.AMBER)},
    incidents=(incident(),),
    opportunities=(
        Opportunity(
            opportunity_id="seats:acme:acme-1",
            account_id="acme",
            kind=OpportunityKind.SEATS,
            name="more seats",
            found_by="customer_success",
            state=OpportunityState.HELD,
            body={},
            found_at=NOW,
            updated_at=NOW,
        ),
    ),
    peers=peers(),
)

TRUE: tuple[tuple[EvidenceFact, str, str], ...] = (
    ("seats_purchased", "50", "contract:acme-1"),
    ("seats_used", "48", "contract:acme-1"),
    ("arr", "12000.5", ""),
    ("currency", "EUR", ""),
    ("seats_to_add", "8", ""),
    ("tam_score", "61", "record:tam"),
    ("tam_band", "Amber", "record:tam"),
    ("feature_owned", "Alerts", "account:acme"),
    ("feature_used", "Alerts", ""),
    ("feature_missing", "Sync", ""),
    ("integration_connected", "Salesforce", ""),
    ("integration_missing", "Okta", ""),
    ("environment", "Okta", ""),
    ("open_p1_tickets", "1", "ticket:T-1"),
    ("incident", "tam_escalation:acme:1", "incident:tam_escalation:acme:1"),
    ("opportunity", "seats:acme:acme-1", "opportunity:seats:acme:acme-1"),
    ("peers_compared", "10", ""),
    ("peers_using", "2", "Sync"),
    ("peers_using", "3", "Kafka"),
    ("days_used", "20", "Alerts"),
)

FALSE: tuple[tuple[EvidenceFact, str, str], ...] = (
    ("seats_purchased", "500", ""),
    ("seats_used", "fifty", ""),
    ("arr", "12000.51", ""),
    ("arr", "NaN", ""),
    ("arr", "-12000.50", ""),
    ("currency", "USD", ""),
    ("seats_to_add", "0", ""),
    ("seats_to_add", "٣", ""),
    ("seats_to_add", "-1", ""),
    ("tam_score", "62", ""),
    ("tam_band", "Green", ""),
    ("csm_score", "90", ""),
    ("csm_band", "Green", ""),
    ("feature_owned", "Sync", ""),
    ("feature_used", "Sync", ""),
    ("feature_missing", "Alerts", ""),
    ("feature_missing", "Teleport", ""),
    ("integration_connected", "Okta", ""),
    ("integration_missing", "Salesforce", ""),
    ("environment", "Salesforce", ""),
    ("open_p1_tickets", "2", ""),
    ("incident", "tam_escalation:beta:1", ""),
    ("opportunity", "seats:beta:1", ""),
    ("peers_compared", "11", ""),
    ("peers_using", "9", "Sync"),
    ("peers_using", "2", "Teleport"),
    ("days_used", "21", "Alerts"),
    ("days_used", "20", "Teleport"),
)


def found(
    *rows: tuple[EvidenceFact, str, str], impact: str | None = None, account_id: str = "acme"
) -> ExpansionOpportunity:
    return ExpansionOpportunity(
        account_id=account_id,
        opportunity_type="seats",
        evidence="48 of 50 seats are in use",
        evidence_rows=[
            EvidenceRow(fact=fact, value=value, source=source) for fact, value, source in rows
        ],
        estimated_arr_impact=None if impact is None else Decimal(impact),
    )


def test_what_the_store_has_is_believed() -> None:
    assert opportunity_reasons(found(*TRUE), KNOWN) == ()


def test_every_fact_there_is_was_put_to_the_test() -> None:
    told = {fact for fact, _, _ in (*TRUE, *FALSE)}
    assert told == set(get_args(EvidenceFact))


@pytest.mark.parametrize("row", FALSE, ids=[f"{fact}={value}" for fact, value, _ in FALSE])
def test_a_figure_or_name_that_is_not_the_stores_is_refused(
    row: tuple[EvidenceFact, str, str],
) -> None:
    (reason,) = opportunity_reasons(found(row), KNOWN)
    assert reason == f"evidence_rows.0: {row[0]} is not what the store has"


@pytest.mark.parametrize(
    "source",
    [
        "contract:other",
        "ticket:T-9",
        "incident:tam_escalation:beta:1",
        "opportunity:seats:beta:1",
        "account:beta",
        "record:csm",
    ],
)
def test_a_record_that_is_not_the_accounts_is_refused(source: str) -> None:
    reasons = opportunity_reasons(found(("seats_used", "48", source)), KNOWN)
    assert reasons == ("evidence_rows.0: there is no such record of this account",)


def test_all_reasons_come_at_once_and_none_repeats_the_payloads_own_words() -> None:
    told = found(
        ("currency", "hunter2", "contract:hunter2"), impact="99", account_id="somebody else"
    )
    reasons = opportunity_reasons(told, KNOWN, place="expansion_opportunities.0.")
    assert len(reasons) == 4
    assert all(reason.startswith("expansion_opportunities.0.") for reason in reasons)
    assert "hunter2" not in " ".join(reasons)


def test_a_claim_without_evidence_is_refused() -> None:
    assert opportunity_reasons(found(), KNOWN) == (
        "evidence_rows: nothing can be held against the store",
    )


def test_an_account_without_a_contract_bears_out_nothing_of_one() -> None:
    bare = dossier(facts=known_facts(contract=None))
    rows: tuple[tuple[EvidenceFact, str, str], ...] = (
        ("seats_used", "48", "contract:acme-1"),
        ("currency", "EUR", ""),
    )
    assert len(opportunity_reasons(found(*rows), bare)) == 3


SEATS: tuple[tuple[EvidenceFact, str, str], ...] = (
    ("arr", "12000.50", ""),
    ("seats_purchased", "50", ""),
    ("seats_to_add", "8", ""),
)


def test_what_seats_are_worth_is_reckoned_again() -> None:
    assert reckoned_impact(found(*SEATS)) == Decimal("1920.08")
    assert opportunity_reasons(found(*SEATS, impact="1920.08"), KNOWN) == ()
    assert opportunity_reasons(found(*SEATS, impact="2400"), KNOWN) == (
        "estimated_arr_impact: the evidence comes to 1920.08",
    )


@pytest.mark.parametrize("missing", range(3))
def test_an_impact_that_cannot_be_reckoned_is_refused(missing: int) -> None:
    rows = [row for number, row in enumerate(SEATS) if number != missing]
    assert opportunity_reasons(found(*rows, impact="1920.08"), KNOWN) == (
        "estimated_arr_impact: the evidence does not say what it is reckoned from",
    )


def test_two_figures_of_one_kind_are_no_figure() -> None:
    assert reckoned_impact(found(*SEATS, ("arr", "1", ""))) is None


def test_no_seats_and_amounts_beyond_all_money_come_to_nothing() -> None:
    free: tuple[EvidenceFact, str, str] = ("seats_purchased", "0", "")
    assert reckoned_impact(found(SEATS[0], free, SEATS[2])) is None
    huge: tuple[EvidenceFact, str, str] = ("arr", "1e40", "")
    assert reckoned_impact(found(huge, SEATS[1], SEATS[2])) is None


def test_of_modules_and_integrations_no_worth_is_believed() -> None:
    told = found(*SEATS).model_copy(update={"opportunity_type": "module"})
    assert reckoned_impact(told) is None


@given(
    seats=st.integers(1, 10_000),
    more=st.integers(1, 5_000),
    arr=st.decimals(0, 10_000_000, places=2),
)
def test_the_worth_grows_with_the_seats_and_never_beyond_their_share(
    seats: int, more: int, arr: Decimal
) -> None:
    def worth(many: int) -> Decimal:
        known = reckoned_impact(
            found(
                ("arr", str(arr), ""),
                ("seats_purchased", str(seats), ""),
                ("seats_to_add", str(many), ""),
            )
        )
        assert known is not None
        return known

    assert worth(more) <= worth(more + 1)
    assert abs(worth(seats) - arr) <= Decimal("0.01")


@given(value=st.text(min_size=1, max_size=20), fact=st.sampled_from(get_args(EvidenceFact)))
def test_no_value_whatever_brings_the_check_down(value: str, fact: EvidenceFact) -> None:
    opportunity_reasons(found((fact, value, value), impact="1"), KNOWN)


def an_account(bought: Contract) -> Dossier:
    return dossier(facts=known_facts(contract=bought))


def test_an_unknown_figure_is_not_zero() -> None:
    unknown = an_account(contract(seats_used=None, arr_amount=None, arr_currency=None))
    for fact in ("seats_used", "arr", "currency"):
        assert opportunity_reasons(found((fact, "0", "")), unknown) != ()
