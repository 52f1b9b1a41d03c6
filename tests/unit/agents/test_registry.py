"""Agents are found by what they are and what they can do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from app.agents.base import AgentCapability, AgentRegistration, BaseAgent
from app.agents.customer_success.capabilities import CSM_CAPABILITIES, create_csm_registration
from app.agents.registry import AgentRegistry
from app.agents.technical_account_manager.capabilities import create_tam_registration
from app.errors import Conflict, NotFound


class Echo(BaseAgent):
    async def execute(
        self, task: Mapping[str, JsonValue], context: Mapping[str, JsonValue]
    ) -> dict[str, JsonValue]:
        return {**context, **task}


def registry(*registrations: AgentRegistration) -> AgentRegistry:
    known = AgentRegistry()
    for registration in registrations:
        known.register(Echo(registration))
    return known


def test_an_agent_is_found_by_its_id() -> None:
    agent = registry(create_tam_registration()).agent("technical_account_manager")

    assert asyncio.run(agent.execute({"type": "x"}, {"tenant_id": "main"})) == {
        "type": "x",
        "tenant_id": "main",
    }


def test_an_unknown_agent_is_not_found_and_those_there_are_are_named() -> None:
    with pytest.raises(NotFound, match="no agent sales; registered: customer_success"):
        registry(create_csm_registration()).agent("sales")


def test_an_id_is_taken_once() -> None:
    known = registry(create_tam_registration())

    with pytest.raises(Conflict, match="technical_account_manager is registered already"):
        known.register(Echo(create_tam_registration()))


def test_agents_are_found_by_capability_and_by_tag() -> None:
    known = registry(create_tam_registration(), create_csm_registration())

    def ids(agents: tuple[BaseAgent, ...]) -> list[str]:
        return [agent.registration.agent_id for agent in agents]

    assert ids(known.with_capability("churn_prediction")) == ["customer_success"]
    assert ids(known.with_tag("health")) == ["technical_account_manager", "customer_success"]
    assert ids(known.with_capability("singing")) == []
    assert [one.agent_id for one in known.registrations()] == [
        "technical_account_manager",
        "customer_success",
    ]


def test_the_csm_is_known_as_the_contract_says() -> None:
    assert [capability.name for capability in CSM_CAPABILITIES] == [
        "health_scoring",
        "churn_prediction",
        "expansion_identification",
        "qbr_preparation",
        "feature_adoption_tracking",
    ]
    assert create_csm_registration().agent_id == "customer_success"


def test_a_registration_needs_no_more_than_a_name() -> None:
    bare = AgentRegistration(agent_id="a", name="A", description="")

    assert (bare.capabilities, bare.backup_agent_id, bare.tags) == ((), None, ())
    assert AgentCapability(name="x", description="y") == AgentCapability(name="x", description="y")
