"""Room to grow: what is found, on which evidence, and what it is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.customer_success.expansion import Found, opportunities, seats_to_add
from app.agents.customer_success.modules import HEAVY_DAYS, MOST_MODULES
from app.domain.account import Contract
from app.domain.book import UsageWindow
from app.domain.dossier import Dossier, FeatureUse, Peers
from app.domain.opportunity import OpportunityKind
from app.domain.tenant_settings import TenantSettings
from app.handoffs.evidence_check import opportunity_reasons, reckoned_impact
from app.handoffs.payloads import ExpansionOpportunity
from tests.builders import account, contract, usage_window
from tests.fakes.dossiers import dossier, feature_use, known_facts, peers
from tests.unit.agents.customer_success.any_dossiers import dossiers

FULL = known_facts(contract=contract(seats_purchased=50, seats_used=50))
GROWING = usage_window(events_recent=800, events_before=800)


def of_kind(given: Dossier, kind: OpportunityKind) -> list[Found]:
    return [one for one in opportunities(given) if one.kind is kind]


def seats(given: Dossier) -> list[Found]:
    return of_kind(given, OpportunityKind.SEATS)


def test_a_customer_with_seats_to_spare_has_no_room_to_grow() -> None:
    assert opportunities(dossier()) == ()


def test_seats_that_are_used_up_are_an_opportunity_with_its_arithmetic() -> None:
    (found,) = seats(dossier(facts=FULL))

    assert (found.opportunity_id, found.name) == ("seats:acme:acme-1:50", "13 more seats")
    assert found.payload.evidence == (
        "50 of 50 seats of contract acme-1 are in use (100 %); 13 more would leave a fifth in "
        "reserve. EUR 12,000.50 a year / 50 seats x 13 seats = EUR 3,120.13 a year."
    )
    assert found.payload.estimated_arr_impact == Decimal("3120.13")
    assert found.payload.confidence == "high"
    assert [(row.fact, row.value, row.source) for row in found.payload.evidence_rows] == [
        ("seats_purchased", "50", "contract:acme-1"),
        ("seats_used", "50", "contract:acme-1"),
        ("seats_to_add", "13", ""),
        ("arr", "12000.50", "contract:acme-1"),
        ("currency", "EUR", "contract:acme-1"),
    ]


@pytest.mark.parametrize(
    "used, usage, fires",
    [(44, None, False), (45, None, True), (39, GROWING, False), (40, GROWING, True)],
)
def test_ninety_percent_is_nearly_used_up_and_eighty_where_use_grows(
    used: int, usage: UsageWindow | None, fires: bool
) -> None:
    facts = known_facts(
        contract=contract(seats_used=used),
        usage=usage or usage_window(events_recent=400, events_before=800),
    )

    assert bool(seats(dossier(facts=facts))) is fires


def test_growing_use_is_said_and_makes_it_surer() -> None:
    facts = known_facts(contract=contract(seats_used=46), usage=GROWING)
    (found,) = seats(dossier(facts=facts))

    assert "(92 %) and usage is growing;" in found.payload.evidence
    assert found.payload.confidence == "high"
    (slower,) = seats(dossier(facts=known_facts(contract=contract(seats_used=46), usage=None)))
    assert slower.payload.confidence == "medium"


def test_too_short_a_history_is_no_growth() -> None:
    short = replace(GROWING, weeks_before=3)

    assert not seats(dossier(facts=known_facts(contract=contract(seats_used=42), usage=short)))


def test_what_nobody_knows_the_price_of_has_no_figure() -> None:
    unpriced = known_facts(contract=contract(seats_used=50, arr_currency=None))
    (found,) = seats(dossier(facts=unpriced))

    assert found.payload.estimated_arr_impact is None
    assert found.payload.evidence.endswith("is not known, so no impact is estimated.")


@pytest.mark.parametrize(
    "known", [None, contract(seats_purchased=0, seats_used=0), contract(seats_used=None)]
)
def test_without_seats_there_is_nothing_to_say_of_them(known: Contract | None) -> None:
    assert not seats(dossier(facts=known_facts(contract=known)))


def test_a_contract_outgrown_again_after_it_was_enlarged_is_another_opportunity() -> None:
    first = seats(dossier(facts=FULL))
    larger = known_facts(contract=contract(seats_purchased=63, seats_used=63))

    assert first[0].opportunity_id != seats(dossier(facts=larger))[0].opportunity_id


@given(st.integers(1, 10_000), st.floats(0.8, 1.5))
def test_the_seats_to_add_are_the_fewest_that_leave_a_fifth_in_reserve(
    bought: int, share: float
) -> None:
    used = int(bought * share)
    more = seats_to_add(bought, used)

    assert more == 1 or 5 * used > 4 * (bought + more - 1)
    assert 5 * used <= 4 * (bought + more)


def test_heavy_use_of_one_of_a_family_speaks_for_its_sibling() -> None:
    given = dossier(
        settings=TenantSettings(families={"reach": ("Alerts", "Sync")}),
        usage_90={
            "Alerts": feature_use(days=HEAVY_DAYS, events=90),
            "Export": feature_use(events=80),
        },
        peers=peers(users_by_feature={}),
    )
    (found,) = of_kind(given, OpportunityKind.MODULE)

    assert found.opportunity_id == "module:acme:sync"
    assert found.payload.estimated_arr_impact is None
    assert found.payload.evidence == (
        "Sync is not part of its contract. Its people used Alerts, of the same family (reach), on "
        "12 days of the last 90, and more than its features are used on average. No price of a "
        "module is kept, so no impact is estimated."
    )


@pytest.mark.parametrize(
    "use", [feature_use(days=HEAVY_DAYS - 1), feature_use(days=60, events=10), None]
)
def test_light_use_speaks_for_nothing(use: FeatureUse | None) -> None:
    given = dossier(
        settings=TenantSettings(families={"reach": ("Alerts", "Sync")}),
        usage_90={"Export": feature_use(events=50), **({"Alerts": use} if use else {})},
        peers=peers(users_by_feature={}),
    )

    assert of_kind(given, OpportunityKind.MODULE) == []


def test_what_half_of_its_peers_use_fits_an_account_at_their_level() -> None:
    usual = peers(users_by_feature={"Sync": 5})
    (found,) = of_kind(dossier(peers=usual), OpportunityKind.MODULE)

    assert "5 of 10 comparable accounts (50 %) use it" in found.payload.evidence
    assert found.payload.confidence == "low"


@pytest.mark.parametrize(
    "group",
    [
        peers(users_by_feature={"Sync": 4}),
        peers(compared=12, users_by_feature={"Sync": 5}),
        peers(users_by_feature={"Sync": 9}, median_adoption_rate=0.9),
        peers(compared=4, users_by_feature={"Sync": 4}, median_adoption_rate=None),
        peers(users_by_feature={"sync": 9}),
    ],
)
def test_what_is_not_usual_or_not_for_its_level_is_not_offered(group: Peers) -> None:
    assert of_kind(dossier(peers=group), OpportunityKind.MODULE) == []


def test_where_no_entitlement_is_told_nothing_is_known_to_be_missing() -> None:
    untold = known_facts(account=account())

    assert (
        of_kind(
            dossier(facts=untold, peers=peers(users_by_feature={"Sync": 9})), OpportunityKind.MODULE
        )
        == []
    )


def test_two_modules_at_most_and_its_own_use_speaks_first() -> None:
    little = known_facts(account=account(features=("Alerts",)), features_used=("Alerts",))
    given = dossier(
        facts=little,
        settings=TenantSettings(families={"reach": ("Alerts", "Sync", "Search")}),
        usage_90={"Alerts": feature_use()},
    )
    found = of_kind(given, OpportunityKind.MODULE)

    assert [one.name for one in found] == ["Sync", "Search"]
    assert len(found) == MOST_MODULES


def test_an_application_that_peers_have_connected_and_it_has_not_is_an_opportunity() -> None:
    around = known_facts(account=account(environment=("kafka", "kafka", "Okta"), integrations=()))
    (found,) = of_kind(dossier(facts=around), OpportunityKind.INTEGRATION)

    assert (found.opportunity_id, found.payload.confidence) == (
        "integration:acme:kafka",
        "medium",
    )
    assert found.payload.evidence == (
        "kafka is among its applications and is not connected; 3 of 10 comparable accounts have it "
        "connected. No price of an integration is kept, so no impact is estimated."
    )


def test_what_is_connected_or_nobody_ever_connected_is_none() -> None:
    around = account(environment=("Kafka", "Okta"), integrations=("kafka",))

    assert not of_kind(dossier(facts=known_facts(account=around)), OpportunityKind.INTEGRATION)


def test_one_account_alone_is_little_evidence() -> None:
    around = known_facts(account=account(environment=("Kafka",)))
    (found,) = of_kind(
        dossier(facts=around, peers=peers(users_by_integration={"Kafka": 1})),
        OpportunityKind.INTEGRATION,
    )

    assert "1 of 10 comparable accounts has it connected" in found.payload.evidence
    assert found.payload.confidence == "low"


@given(dossiers())
def test_every_row_of_evidence_is_what_the_store_has(given: Dossier) -> None:
    for found in opportunities(given):
        assert opportunity_reasons(found.payload, given) == ()


@given(dossiers())
def test_every_impact_is_reckoned_from_its_rows_and_crosses_the_edge_unchanged(
    given: Dossier,
) -> None:
    found = opportunities(given)

    assert len({one.opportunity_id for one in found}) == len(found)
    for one in found:
        if one.kind is OpportunityKind.SEATS:
            assert one.payload.estimated_arr_impact == reckoned_impact(one.payload)
        else:
            assert one.payload.estimated_arr_impact is None
        written = one.payload.model_dump_json()
        assert ExpansionOpportunity.model_validate_json(written) == one.payload


def test_the_end_of_a_contract_changes_nothing_of_what_is_found() -> None:
    ending = known_facts(contract=contract(seats_used=50, ends_on=date(2026, 3, 12)))

    assert seats(dossier(facts=ending))[0].payload == seats(dossier(facts=FULL))[0].payload
