"""A task is run as a flow: the same request is the same flow, and failures are told as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from pydantic import JsonValue

from app.agents.routing import TASKS_OF
from app.agents.sales.schemas import SalesResult, SalesTask
from app.domain.flow import FlowAsk, FlowName, FlowRow, FlowState
from app.errors import AppError, CrossTenant, FlowFailed, NotFound, TransientServiceError
from app.jobs.office import registry_of, supervisor_of
from app.jobs.task_desk import TaskDesk, not_failed, request_on, through
from app.storage.sql_store import SqlStore
from tests.builders import NOW
from tests.fakes.engine import EngineInMemory

TODAY = date(2026, 3, 11)
TASK = SalesTask(tenant_id="main", task_type="handle_escalation", account_id="acme")


@dataclass
class Desk(EngineInMemory):
    """A desk of flows that end as told."""

    results: dict[str, JsonValue] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    is_slow: bool = False

    async def result(self, tenant_id: str, flow_id: str, *, timeout_seconds: float) -> JsonValue:
        if self.is_slow:
            raise TimeoutError
        if flow_id not in self.asked:
            raise NotFound(flow_id)
        return self.results.get(flow_id, {"task_type": "handle_escalation"})

    async def flow(self, tenant_id: str, flow_id: str) -> FlowRow | None:
        if flow_id not in self.failed:
            return None
        return FlowRow(
            flow_id=flow_id,
            flow=FlowName.TASK,
            state=FlowState.FAILED,
            worker="",
            created_at=NOW,
            updated_at=NOW,
            error="the disk is full",
        )


def desk_of(desk: Desk, mark: str = "") -> TaskDesk[SalesResult]:
    return TaskDesk(
        tenant_id="main",
        agent_id="sales",
        run_flow=through(desk, timeout_seconds=1),
        request_of=request_on(TODAY, mark=mark),
        result=SalesResult,
    )


def run(desk: Desk, task: SalesTask = TASK, mark: str = "") -> SalesResult:
    return asyncio.run(desk_of(desk, mark).run(task))


def test_the_same_task_on_the_same_day_is_one_flow() -> None:
    desk = Desk()
    assert run(desk) == run(desk) == SalesResult(task_type="handle_escalation")
    (flow_id,) = desk.asked
    assert flow_id.startswith("main:task:sales:2026-03-11:")
    run(desk, mark="again")
    run(desk, TASK.model_copy(update={"account_id": "beta"}))
    assert len(desk.asked) == 3


def test_a_request_is_told_apart_by_what_is_asked_not_by_its_spelling() -> None:
    name = request_on(TODAY)
    first: Mapping[str, JsonValue] = {"a": 1, "b": {"c": 2, "d": 3}}
    again: Mapping[str, JsonValue] = {"b": {"d": 3, "c": 2}, "a": 1}
    assert name(first) == name(again)
    assert name(first) != request_on(date(2026, 3, 12))(first)
    assert name({"a": "é"}) != name({"a": "e"})


def test_a_flow_that_failed_is_gone_past_and_its_request_stays() -> None:
    desk = Desk()
    run(desk)
    (first,) = desk.asked
    desk.failed = {first, f"{first}:2"}
    run(desk)
    assert list(desk.asked) == [first, f"{first}:3"]
    assert desk.asked[first].argument == desk.asked[f"{first}:3"].argument


def test_a_flow_that_was_never_asked_for_is_asked_for_as_it_is() -> None:
    ask = FlowAsk(tenant_id="main", flow=FlowName.TASK, flow_id="main:task:x")
    assert asyncio.run(not_failed(Desk(), ask)) == ask
    assert asyncio.run(not_failed(Desk(failed={"main:task:x"}), ask)) == replace(
        ask, flow_id="main:task:x:2"
    )


def error_of(desk: Desk, task: SalesTask = TASK) -> AppError:
    with pytest.raises(AppError) as raised:
        run(desk, task)
    return raised.value


def test_what_takes_too_long_goes_on_without_us() -> None:
    error = error_of(Desk(is_slow=True))
    assert isinstance(error, TransientServiceError)
    assert "has not ended within 1 s; it goes on" in str(error)


def test_another_tenants_task_is_never_asked_for() -> None:
    desk = Desk()
    foreign = TASK.model_copy(update={"tenant_id": "other"})
    assert isinstance(error_of(desk, foreign), CrossTenant)
    assert desk.asked == {}


def test_a_result_that_cannot_be_read_is_a_failure() -> None:
    desk = Desk()
    run(desk)
    (flow_id,) = desk.asked
    desk.results = {flow_id: {"colour": "red"}}
    assert isinstance(error_of(desk), FlowFailed)


def test_a_tenants_office_has_every_agent_and_each_runs_its_own_tasks() -> None:
    desk = Desk()
    registry = registry_of(
        "main", run_flow=through(desk, timeout_seconds=1), request_of=request_on(TODAY)
    )
    assert [one.agent_id for one in registry.registrations()] == list(TASKS_OF)
    for agent_id, types in TASKS_OF.items():
        task: dict[str, JsonValue] = {"task_type": types[0], "account_id": "acme"}
        result = asyncio.run(registry.agent(agent_id).execute(task, {"tenant_id": "main"}))
        assert result["error"] is None
        assert any(flow_id.startswith(f"main:task:{agent_id}:") for flow_id in desk.asked)


def test_a_sentence_finds_its_account_in_the_store(sqlite_store: SqlStore) -> None:
    desk = Desk()
    supervisor = supervisor_of(
        sqlite_store,
        lambda: NOW,
        "main",
        run_flow=through(desk, timeout_seconds=1),
        request_of=request_on(TODAY),
    )
    told = asyncio.run(supervisor.execute({"text": "check-in for Acme"}, {}))
    assert told["question"] == "For which account? None of yours is named in that."
    assert desk.asked == {}
