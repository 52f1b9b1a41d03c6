"""The supervisor gives each task to whose it is, and to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from app.agents.base import AgentRegistration, BaseAgent
from app.agents.customer_success.capabilities import create_csm_registration
from app.agents.registry import AgentRegistry
from app.agents.routing import TASKS_BY_CAPABILITY, TASKS_OF, SupervisorAnswer, routes_of
from app.agents.sales.capabilities import create_sales_registration
from app.agents.supervisor import Supervisor
from app.agents.technical_account_manager.capabilities import create_tam_registration
from app.domain.account import Account
from app.errors import Conflict
from tests.builders import account

BUILT_IN = (create_tam_registration(), create_csm_registration(), create_sales_registration())
ROUTES = routes_of(TASKS_OF)


class Recording(BaseAgent):
    """Keeps what it was given; fails as told."""

    def __init__(self, registration: AgentRegistration, error: str | None = None) -> None:
        super().__init__(registration)
        self.given: list[tuple[dict[str, JsonValue], dict[str, JsonValue]]] = []
        self._error = error

    async def execute(
        self, task: Mapping[str, JsonValue], context: Mapping[str, JsonValue]
    ) -> dict[str, JsonValue]:
        self.given.append((dict(task), dict(context)))
        return {"task_type": task["task_type"], "error": self._error}


class Book:
    async def active_accounts(self) -> tuple[Account, ...]:
        return (
            account(account_id="acme", name="Acme GmbH"),
            account(account_id="northwind", name="Northwind Traders"),
        )


class Office:
    """A supervisor over recording agents."""

    def __init__(
        self,
        *registrations: AgentRegistration,
        failing: tuple[str, ...] = (),
        tasks_of: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.registry = AgentRegistry()
        self.agents = {
            one.agent_id: Recording(one, "down" if one.agent_id in failing else None)
            for one in registrations or BUILT_IN
        }
        for agent in self.agents.values():
            self.registry.register(agent)
        self.supervisor = Supervisor(
            tenant_id="main",
            registry=self.registry,
            accounts=Book(),
            tasks_of=tasks_of or TASKS_OF,
        )

    def ask(
        self, context: dict[str, JsonValue] | None = None, /, **task: JsonValue
    ) -> SupervisorAnswer:
        told = asyncio.run(self.supervisor.execute(task, context or {"tenant_id": "main"}))
        return SupervisorAnswer.model_validate(told)

    @property
    def busy(self) -> list[str]:
        return [agent_id for agent_id, agent in self.agents.items() if agent.given]


@pytest.mark.parametrize("task_type", sorted(ROUTES))
def test_every_task_goes_to_the_agent_whose_it_is(task_type: str) -> None:
    office = Office()
    answer = office.ask(task_type=task_type, account_id="acme")
    assert answer.agent_id == ROUTES[task_type]
    assert office.busy == [ROUTES[task_type]]
    assert (answer.task_type, answer.account_id, answer.error) == (task_type, "acme", None)
    assert answer.result["task_type"] == task_type


def test_the_answer_says_who_did_it_and_the_agent_is_told_how_it_came() -> None:
    office = Office()
    answer = office.ask(
        {"tenant_id": "main", "call_chain": ["web"]}, type="health_scan", deal_id="D-1"
    )
    assert answer.agent_name == "Technical Account Manager"
    ((task, context),) = office.agents["technical_account_manager"].given
    assert task == {"task_type": "health_scan", "deal_id": "D-1", "tenant_id": "main"}
    assert context["call_chain"] == ["web", "technical_account_manager"]


@pytest.mark.parametrize("capability", sorted(TASKS_BY_CAPABILITY))
def test_a_capability_is_a_task_or_a_choice_of_tasks(capability: str) -> None:
    office = Office()
    answer = office.ask(capability=capability, account_id="acme")
    types = TASKS_BY_CAPABILITY[capability]
    if len(types) == 1:
        assert (answer.agent_id, answer.task_type) == (ROUTES[types[0]], types[0])
        assert "capability" not in office.agents[ROUTES[types[0]]].given[0][0]
    else:
        assert answer.question == "Which of these?"
        assert tuple(one.task_type for one in answer.choices) == types
        assert office.busy == []


def test_every_capability_that_is_registered_is_in_the_table() -> None:
    named = {one.name for registration in BUILT_IN for one in registration.capabilities}
    assert named == set(TASKS_BY_CAPABILITY)
    for capability, types in TASKS_BY_CAPABILITY.items():
        (owner,) = [one for one in BUILT_IN if capability in {two.name for two in one.capabilities}]
        assert {ROUTES[task_type] for task_type in types} == {owner.agent_id}


def test_a_task_with_the_wrong_capability_is_refused() -> None:
    office = Office()
    answer = office.ask(task_type="health_scan", capability="qbr_preparation")
    assert "cannot do qbr_preparation" in str(answer.error)
    assert office.busy == []
    assert "nobody has a capability" in str(office.ask(capability="singing").error)


def test_an_unknown_task_type_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="Unknown task type 'nap'; known: health_scan"):
        Office().ask(task_type="nap")


def test_a_sentence_is_understood_and_nothing_else_of_it_goes_on() -> None:
    office = Office()
    answer = office.ask(
        text="draft a check-in for Acme", tenant_id="main", release_info={"evil": True}
    )
    assert (answer.agent_id, answer.task_type, answer.account_id) == (
        "technical_account_manager",
        "health_checkin",
        "acme",
    )
    ((task, _),) = office.agents["technical_account_manager"].given
    assert task == {"tenant_id": "main", "task_type": "health_checkin", "account_id": "acme"}


def test_a_sentence_about_the_whole_book_names_no_account() -> None:
    office = Office()
    assert office.ask(text="scan everything").account_id is None
    assert "account_id" not in office.agents["technical_account_manager"].given[0][0]


def test_what_is_not_plain_is_asked_back_and_nobody_works() -> None:
    office = Office()
    answer = office.ask(text="check-in for Acme and Northwind Traders")
    assert answer.question == "Which account?"
    assert [one.account_id for one in answer.choices] == ["acme", "northwind"]
    assert (answer.agent_id, answer.error, office.busy) == (None, None, [])


def test_a_task_type_goes_before_what_is_said() -> None:
    office = Office()
    office.ask(task_type="generate_qbr", text="check-in for Acme", account_id="northwind")
    assert office.busy == ["customer_success"]


@pytest.mark.parametrize("task", [{}, {"text": 7}, {"account_id": "acme"}])
def test_a_task_that_asks_for_nothing_is_told_so(task: dict[str, JsonValue]) -> None:
    assert "needs a task_type, a capability or a text" in str(Office().ask(**task).error)


@pytest.mark.parametrize(
    "task, context",
    [
        ({"tenant_id": "other"}, {"tenant_id": "main"}),
        ({"tenant_id": "main"}, {"tenant_id": "other"}),
        ({"tenant_id": "other"}, {"tenant_id": "other"}),
        ({"tenant_id": 7}, {}),
    ],
)
def test_tenants_never_cross(task: dict[str, JsonValue], context: dict[str, JsonValue]) -> None:
    office = Office()
    answer = office.ask(context, task_type="health_scan", **task)
    assert answer.error == "tenant_id: the task is another tenant's"
    assert (answer.confidence, answer.partial, office.busy) == ("low", True, [])


def test_a_task_comes_back_to_no_agent_that_had_it() -> None:
    office = Office()
    answer = office.ask({"call_chain": ["customer_success", "sales"]}, task_type="generate_qbr")
    assert answer.error == "call_chain: customer_success had this task before"
    assert office.busy == []


def test_a_task_that_went_through_too_many_hands_is_refused() -> None:
    office = Office()
    chain: list[JsonValue] = ["a", "b", "c", "d"]
    assert office.ask({"call_chain": chain}, task_type="health_scan").error is None
    answer = office.ask({"call_chain": [*chain, "e"]}, task_type="health_scan")
    assert answer.error == "call_chain: more than 4 agents had this task already"
    assert "a list of agents" in str(office.ask({"call_chain": "a"}, type="health_scan").error)


def backed_up(backup: str) -> AgentRegistration:
    return AgentRegistration(agent_id="first", name="First", description="", backup_agent_id=backup)


SECOND = AgentRegistration(
    agent_id="second", name="Second", description="", backup_agent_id="first"
)


def test_a_backup_takes_over_where_an_agent_cannot() -> None:
    office = Office(backed_up("second"), SECOND, failing=("first",), tasks_of={"first": ("nap",)})
    answer = office.ask(task_type="nap")
    assert (answer.agent_id, answer.result["error"]) == ("second", None)
    assert office.agents["second"].given[0][1]["call_chain"] == ["first", "second"]


def test_two_that_back_each_other_up_do_not_go_round_in_circles() -> None:
    office = Office(
        backed_up("second"), SECOND, failing=("first", "second"), tasks_of={"first": ("nap",)}
    )
    answer = office.ask(task_type="nap")
    assert (answer.agent_id, answer.result["error"]) == ("second", "down")


def test_an_agent_that_is_not_registered_is_told_of() -> None:
    office = Office(create_tam_registration())
    assert "no agent sales" in str(
        office.ask(task_type="handle_escalation", account_id="acme").error
    )
    lonely = Office(backed_up("nobody"), failing=("first",), tasks_of={"first": ("nap",)})
    assert "no agent nobody" in str(lonely.ask(task_type="nap").error)


def test_a_task_type_has_one_owner() -> None:
    with pytest.raises(Conflict, match="nap is done by a and by b"):
        routes_of({"a": ("nap",), "b": ("nap",)})


def test_the_graph_shows_every_agent() -> None:
    drawn = Office().supervisor.graph().get_graph().draw_mermaid()
    for agent_id in TASKS_OF:
        assert f"choose_agent -.-> {agent_id}" in drawn.replace("&nbsp;", "")
