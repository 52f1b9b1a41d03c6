"""Handoffs take the ways there are, not too many in a row, and never in a circle."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from app.errors import HandoffRefused
from app.handoffs.payloads import CoDevProposal, TAMHandoffRequest
from app.handoffs.routes import (
    CSM,
    EDGES,
    SALES,
    STRICTNESS,
    TAM,
    Hop,
    edge_between,
    foreign_tenants,
    way_reasons,
)
from app.handoffs.validators import ALWAYS_STRICT, received

FOUND = Hop(agent=CSM, request_type="check_expansion", account_id="acme")
TAKEN = Hop(agent=SALES, request_type="handle_expansion_opportunity", account_id="acme")
CHECKED = Hop(agent=TAM, request_type="health_scan", account_id="acme")


def test_the_ways_are_few() -> None:
    assert {(edge.source, edge.target) for edge in EDGES} == {
        (CSM, SALES),
        (TAM, SALES),
        (SALES, TAM),
    }
    assert edge_between(CSM, TAM) is None
    assert edge_between(SALES, SALES) is None


def test_a_way_that_there_is_may_be_gone() -> None:
    assert way_reasons([FOUND], TAKEN, most_hops=4) == ()


def test_a_way_that_there_is_not_is_refused() -> None:
    assert way_reasons([FOUND], CHECKED, most_hops=4) == (
        "target: customer_success may not hand to technical_account_manager",
    )


def test_one_hop_too_many_is_refused() -> None:
    trail = [FOUND, TAKEN.model_copy(update={"account_id": "beta"})]
    assert way_reasons(trail, CHECKED, most_hops=2) == ()
    assert way_reasons(trail, CHECKED, most_hops=1) == (
        "call_chain: more than 1 handoffs in a row",
    )


def test_the_same_request_about_the_same_account_is_a_circle() -> None:
    (reason,) = way_reasons([TAKEN, CHECKED], TAKEN, most_hops=4)
    assert reason.startswith("call_chain: sales was asked for handle_expansion_opportunity")


@pytest.mark.parametrize(
    "changed", [{"account_id": "beta"}, {"request_type": "handle_codev_opportunity"}]
)
def test_another_account_or_another_request_is_none(changed: dict[str, str]) -> None:
    assert way_reasons([TAKEN, CHECKED], TAKEN.model_copy(update=changed), most_hops=4) == ()


def test_all_reasons_come_at_once() -> None:
    assert len(way_reasons([CHECKED, FOUND], CHECKED, most_hops=1)) == 3


def test_what_others_act_on_is_strict_on_every_way() -> None:
    for edge in EDGES:
        for handoff_type in edge.takes.keys() & ALWAYS_STRICT:
            assert STRICTNESS.get_strictness(handoff_type) == "strict"


def test_ideas_and_requests_may_bring_along_more_than_we_know_of() -> None:
    idea: dict[str, JsonValue] = {
        "account_id": "acme",
        "opportunity_id": "codev:acme:kafka",
        "opportunity_name": "Kafka",
        "mood": "fine",
    }
    taken = received(idea, CoDevProposal, STRICTNESS.get_strictness("tam_codev_opportunity"))
    assert "mood" not in taken.model_dump()
    request: dict[str, JsonValue] = {"account_id": "acme", "tenant_id": "main", "why": "so"}
    received(request, TAMHandoffRequest, STRICTNESS.get_strictness("dispatch_tam_health_check"))
    with pytest.raises(HandoffRefused, match="why: Extra inputs"):
        received(request, TAMHandoffRequest, STRICTNESS.get_strictness("health_report"))


def test_another_tenants_name_is_found_however_deep_it_stands() -> None:
    payload: JsonValue = {
        "tenant_id": "main",
        "expansion_opportunities": [{"tenant_id": "main"}, {"more": {"tenant_id": "other"}}],
        "x": {"tenant_id": None},
    }
    assert list(foreign_tenants(payload, "main")) == [
        "expansion_opportunities.1.more.tenant_id: it is another tenant's",
        "x.tenant_id: it is another tenant's",
    ]
    assert list(foreign_tenants("text", "main")) == []
