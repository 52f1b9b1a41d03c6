"""Agents asked from an account's page: who may, what is asked of whom, what the page then says."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.domain.act import ActKind
from app.domain.feed import FactKind
from app.domain.viewer import Role, Viewer
from app.errors import FlowFailed
from app.storage.sql_store import SqlStore
from tests import builders
from tests.builders import rows_of
from tests.fakes.engine import EngineInMemory
from tests.servers.dashboard import OWN_REP, Dashboard, text_of


@dataclass
class Ending(EngineInMemory):
    """Its flows end at once, or do not end, or fail."""

    ends: Exception | None = None

    async def result(self, tenant_id: str, flow_id: str, *, timeout_seconds: float) -> JsonValue:
        if self.ends is not None:
            raise self.ends
        return {}


def dashboard_with(store: SqlStore, home: Path, desk: EngineInMemory) -> Dashboard:
    found = Dashboard(store, home, desk=desk)
    account = builders.account(account_id="acme/1", name="Acme", owner_email="ola@example.com")
    rows = rows_of(account)
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows))
    found.sign_in()
    return found


@pytest.mark.parametrize(
    "ends, done", [(None, "asked-done"), (TimeoutError(), "asked")], ids=["in time", "goes on"]
)
def test_an_agent_is_asked_and_who_asked_is_written_down(
    sqlite_store: SqlStore, tmp_path: Path, ends: Exception | None, done: str
) -> None:
    desk = Ending(ends=ends)
    dashboard = dashboard_with(sqlite_store, tmp_path, desk)

    answer = dashboard.post("/accounts/ask", {"account_id": "acme/1", "task": "review"})

    assert answer.headers["location"] == f"/accounts/acme%2F1?view=growth&done={done}"
    (ask,) = desk.asked.values()
    task = ask.argument["task"]
    assert isinstance(task, dict)
    assert (task["task_type"], task["account_id"]) == ("generate_qbr", "acme/1")
    acts = sqlite_store.read_now("main", lambda unit: unit.diary.acts(account_id="acme/1", most=9))
    assert [(act.kind, act.by, act.after) for act in acts] == [
        (ActKind.ASKED, "os:rita", {"task": "generate_qbr"})
    ]


def test_the_same_on_the_same_day_is_asked_once(sqlite_store: SqlStore, tmp_path: Path) -> None:
    desk = Ending()
    dashboard = dashboard_with(sqlite_store, tmp_path, desk)
    for _ in range(2):
        dashboard.post("/accounts/ask", {"account_id": "acme/1", "task": "growth"})
    assert len(desk.asked) == 1


def test_what_failed_is_said(sqlite_store: SqlStore, tmp_path: Path) -> None:
    dashboard = dashboard_with(sqlite_store, tmp_path, Ending(ends=FlowFailed("no usage known")))
    answer = dashboard.post("/accounts/ask", {"account_id": "acme/1", "task": "profile"})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "no usage known" in text_of(answer)


@pytest.mark.parametrize(
    "viewer, form, status",
    [
        (OWN_REP, {"account_id": "acme/1", "task": "review"}, HTTPStatus.NOT_FOUND),
        (None, {"account_id": "other", "task": "review"}, HTTPStatus.NOT_FOUND),
        (None, {"account_id": "acme/1", "task": "send_mail"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        (
            Viewer(by="lee@example.com", role=Role.READER),
            {"account_id": "acme/1", "task": "review"},
            HTTPStatus.FORBIDDEN,
        ),
    ],
    ids=["out of sight", "not there", "no such task", "a reader"],
)
def test_what_may_not_be_asked_is_not(
    sqlite_store: SqlStore,
    tmp_path: Path,
    viewer: Viewer | None,
    form: dict[str, str],
    status: HTTPStatus,
) -> None:
    desk = Ending()
    dashboard = dashboard_with(sqlite_store, tmp_path, desk)
    if viewer is not None:
        dashboard.sign_in(viewer)
    assert dashboard.post("/accounts/ask", form).status_code == status
    assert not desk.asked
