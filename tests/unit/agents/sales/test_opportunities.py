"""Which opportunity it is, where it stands, and what may be said of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.agents.front_door import as_json
from app.agents.sales.opportunities import (
    growth_of,
    lines_for_rep,
    proposal_of,
    together_of,
    waits,
)
from app.domain.opportunity import OpportunityKind, OpportunityState
from app.domain.proposal import Proposal
from app.errors import InvalidInput, NotFound
from app.handoffs.payloads import EvidenceRow, ExpansionOpportunity
from tests.builders import days_ago
from tests.fakes.dossiers import dossier, known_facts
from tests.unit.agents.sales.offers import (
    CODEV,
    INTEGRATION,
    MODULE,
    SEATS,
    SEATS_ID,
    calm,
    remembered,
    task,
)


@pytest.mark.parametrize("state", OpportunityState)
@pytest.mark.parametrize("found_by", ["customer_success", "sales"])
def test_what_was_handed_over_waits_and_what_sales_itself_keeps_back(
    state: OpportunityState, found_by: str
) -> None:
    ours = found_by == "sales" and state is OpportunityState.HELD
    expected = ours or state is OpportunityState.DISPATCHED
    assert waits(remembered(state=state, found_by=found_by)) is expected
    assert not waits(remembered(state=state, found_by=found_by, kind=OpportunityKind.CODEV))


def test_what_is_handed_over_is_known_by_its_id_and_its_name() -> None:
    growth = growth_of(
        task(opportunity=SEATS, opportunity_id=SEATS_ID), calm(remembered(), remembered())
    )
    assert growth is not None
    assert (growth.opportunity_id, growth.name) == (SEATS_ID, "13 more seats")
    assert growth.state is OpportunityState.DISPATCHED
    assert not growth.is_taken_up
    assert growth.body == as_json(SEATS)


@pytest.mark.parametrize(
    "found, name",
    [(SEATS, "more seats"), (MODULE, "another module"), (INTEGRATION, "an integration")],
)
def test_what_a_person_hands_in_is_known_by_its_evidence(
    found: ExpansionOpportunity, name: str
) -> None:
    first = growth_of(task(opportunity=found), calm())
    again = growth_of(task(opportunity=found), calm())
    assert first is not None
    assert first == again
    assert (first.name, first.state) == (name, None)
    assert first.opportunity_id.startswith(f"{found.opportunity_type}:acme:")


def test_without_a_word_the_one_that_waits_for_longest_is_meant() -> None:
    newer = remembered(opportunity_id="newer")
    older = remembered(opportunity_id="older", found_at=days_ago(9))
    growth = growth_of(task(), calm(newer, older))
    assert growth is not None
    assert (growth.opportunity_id, growth.others) == ("older", 1)


def test_where_none_waits_there_is_none() -> None:
    taken = remembered(state=OpportunityState.RECORDED)
    assert growth_of(task(), calm(taken)) is None
    growth = growth_of(task(opportunity_id=SEATS_ID), calm(taken))
    assert growth is not None
    assert growth.is_taken_up


def test_one_that_the_account_does_not_have_is_not_found() -> None:
    with pytest.raises(NotFound, match="acme has no opportunity 'x'"):
        growth_of(task(opportunity_id="x"), calm())


def test_one_of_another_kind_is_no_room_to_grow() -> None:
    codev = remembered(kind=OpportunityKind.CODEV, body={"account_id": "acme"})
    with pytest.raises(InvalidInput, match="is no ExpansionOpportunity"):
        growth_of(task(opportunity_id=SEATS_ID), calm(codev))


def test_fields_of_the_finders_own_are_passed_over() -> None:
    body = {**as_json(SEATS), "arithmetic": "48 / 50"}
    growth = growth_of(task(), calm(remembered(body=body)))
    assert growth is not None
    assert growth.found == SEATS


def together(opportunity_id: str | None) -> str:
    codev = task(task_type="handle_codev_opportunity", opportunity_id=opportunity_id)
    known = remembered(
        opportunity_id=CODEV.opportunity_id, kind=OpportunityKind.CODEV, body=as_json(CODEV)
    )
    return together_of(codev, calm(known, remembered())).told.opportunity_name


def test_a_co_development_is_as_it_was_handed_over_or_as_it_is_remembered() -> None:
    handed_over = task(task_type="handle_codev_opportunity", codev=CODEV)
    assert together_of(handed_over, calm()).opportunity_id == CODEV.opportunity_id
    assert together(CODEV.opportunity_id) == "Kafka export"


@pytest.mark.parametrize(
    "opportunity_id, error",
    [(None, InvalidInput), ("x", NotFound), (SEATS_ID, InvalidInput)],
)
def test_a_co_development_that_is_not_told_is_asked_for(
    opportunity_id: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        together(opportunity_id)


def proposed(found: ExpansionOpportunity) -> Proposal:
    given = calm()
    growth = growth_of(task(opportunity=found), given)
    assert growth is not None
    return proposal_of(growth, given)


def test_figures_and_names_are_the_stores_at_this_moment() -> None:
    stale = SEATS.model_copy(update={"evidence_rows": [EvidenceRow(fact="seats_used", value="12")]})
    assert proposed(stale) == Proposal(kind="seats", seats_used=48, seats_purchased=50)
    assert proposed(MODULE) == Proposal(kind="module", name="Sync")
    assert proposed(INTEGRATION) == Proposal(kind="integration", name="Okta")


def test_a_name_that_the_store_does_not_have_never_reaches_a_customer() -> None:
    forged = MODULE.model_copy(
        update={"evidence_rows": [EvidenceRow(fact="feature_missing", value="Buy now!")]}
    )
    assert proposed(forged) == Proposal(kind="module")


def test_without_a_contract_no_seats_are_told() -> None:
    bare = dossier(facts=known_facts(contract=None))
    growth = growth_of(task(opportunity=SEATS), bare)
    assert growth is not None
    assert proposal_of(growth, bare) == Proposal(kind="seats")


def test_the_rep_is_told_how_to_speak_of_it_or_why_and_what_it_may_be_worth() -> None:
    worth = SEATS.model_copy(
        update={
            "estimated_arr_impact": Decimal("1920.08"),
            "recommended_talk_track": "For your talk.\n- Ask who joins next\n\n",
        }
    )
    growth = growth_of(task(opportunity=worth), calm())
    assert growth is not None
    assert lines_for_rep(growth) == (
        "For your talk.",
        "Ask who joins next",
        "It may be worth EUR 1,920.08 a year",
    )
    plain = growth_of(task(opportunity=MODULE), calm())
    assert plain is not None
    assert lines_for_rep(plain) == ("Why: 7 of 10 like it use Sync",)
