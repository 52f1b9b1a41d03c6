"""Handoffs are taken as declared or refused with every reason."""

from __future__ import annotations

import pytest

from app.errors import ConfigurationError, HandoffRefused
from app.handoffs.payloads import (
    CSMHandoffRequest,
    CSMHandoffResponse,
    ExpansionOpportunity,
    TAMHandoffRequest,
    TAMHandoffResponse,
)
from app.handoffs.validators import (
    ALWAYS_STRICT,
    StrictnessConfig,
    ValidationStrictness,
    received,
)


@pytest.mark.parametrize("handoff_type", [*sorted(ALWAYS_STRICT), "never heard of"])
def test_handoffs_are_strict_unless_somebody_says_otherwise(handoff_type: str) -> None:
    strictness = StrictnessConfig().get_strictness(handoff_type)

    assert strictness is ValidationStrictness.STRICT
    assert str(strictness) == f"{strictness}" == "strict"


def test_another_type_may_be_lenient() -> None:
    config = StrictnessConfig({"small_talk": ValidationStrictness.LENIENT})

    assert config.get_strictness("small_talk") is ValidationStrictness.LENIENT
    assert config.get_strictness("health_report") is ValidationStrictness.STRICT


def test_what_others_act_on_can_not_be_loosened() -> None:
    with pytest.raises(ConfigurationError, match="always strict: escalation_alert"):
        StrictnessConfig({"escalation_alert": ValidationStrictness.LENIENT})


def test_a_strict_payload_is_refused_with_every_reason_and_without_its_values() -> None:
    payload = {"account_id": "", "request_type": "nap", "secret": "hunter2"}

    with pytest.raises(HandoffRefused) as refused:
        received(payload, TAMHandoffRequest, ValidationStrictness.STRICT)

    fields = [reason.split(":")[0] for reason in refused.value.reasons]
    assert fields == ["account_id", "tenant_id", "request_type", "secret"]
    assert "hunter2" not in str(refused.value)


def test_a_lenient_payload_loses_what_nobody_declared() -> None:
    payload = {"account_id": "acme", "tenant_id": "main", "mood": "fine"}

    taken = received(payload, TAMHandoffRequest, ValidationStrictness.LENIENT)

    assert taken == TAMHandoffRequest(account_id="acme", tenant_id="main")


def test_a_lenient_payload_still_needs_what_is_declared() -> None:
    with pytest.raises(HandoffRefused, match="tenant_id: Field required"):
        received({"account_id": "acme"}, TAMHandoffRequest, ValidationStrictness.LENIENT)


def test_requests_and_answers_have_the_contracts_defaults() -> None:
    asked = TAMHandoffRequest(account_id="acme", tenant_id="main")
    answer = TAMHandoffResponse()

    assert (asked.handoff_type, asked.request_type) == ("health_report", "health_scan")
    assert (answer.handoff_type, answer.confidence, answer.recommended_next_action) == (
        "health_report",
        0.7,
        "",
    )
    assert CSMHandoffRequest(account_id="a", tenant_id="t").request_type == "csm_health_scan"
    assert CSMHandoffResponse().confidence == 0.7


def test_an_opportunity_survives_its_way_as_json() -> None:
    found = ExpansionOpportunity(account_id="acme", opportunity_type="seats", evidence="48 of 50")

    taken = received(
        found.model_dump(mode="json"), ExpansionOpportunity, ValidationStrictness.STRICT
    )

    assert taken == found
