"""Connecting a Notion that fails: before it saved, after it saved, and for good."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TypeVar

import httpx
import pytest

from app.domain.notion import NotionDatabase, NotionRole
from app.errors import AccessExpired, PermanentServiceError, ServiceError
from app.ports.limits import Budget
from app.services.limiter import LocalLimiter
from app.services.notion.client import NotionApi
from app.services.notion.columns import COLUMNS
from app.services.notion.setup.planning import survey_of
from app.services.notion.setup.settling import settled
from app.services.notion.setup.wishes import Wishes
from app.services.notion.setup.workspace import bot_of
from tests.servers.notion import TOKEN, Fault, Kind, Mix, NotionServer
from tests.servers.notion.world import Database, Source

T = TypeVar("T")
LATE = (Kind.UNAVAILABLE, Kind.INTERNAL, Kind.BAD_GATEWAY, Kind.GATEWAY_TIMEOUT, Kind.RESET)
MIX = Mix(
    share=0.2,
    faults=(
        Fault(kind=Kind.RATE_LIMITED, retry_after=0),
        Fault(kind=Kind.OVERLOADED, retry_after=0),
        *(Fault(kind=kind) for kind in LATE),
        *(Fault(kind=kind, is_late=True) for kind in LATE),
    ),
)


def during(transport: httpx.AsyncBaseTransport, work: Callable[[NotionApi], Awaitable[T]]) -> T:
    async def run() -> T:
        api = NotionApi(
            token=TOKEN,
            tenant_id="acme",
            limiter=LocalLimiter({"notion": Budget(calls=10_000, per_seconds=1, burst=5_000)}),
            within_seconds=1.0,
            transport=transport,
        )
        try:
            return await work(api)
        finally:
            await api.aclose()

    return asyncio.run(run())


async def connect(
    api: NotionApi, page: str, stored: Mapping[NotionRole, NotionDatabase]
) -> dict[NotionRole, NotionDatabase]:
    """What the command does, without its questions; what was made is kept as it is made."""
    survey = await survey_of(api, await bot_of(api), Wishes(parent_id=page), stored)
    done = dict(stored)
    for plan in survey.plans:
        accounts = done.get(NotionRole.ACCOUNTS)
        done[plan.role] = await settled(
            api,
            survey,
            plan,
            parent_id=page,
            accounts_source="" if accounts is None else accounts.data_source_id,
            lag_seconds=0,
        )
    return done


def patiently(server: NotionServer, page: str) -> dict[NotionRole, NotionDatabase]:
    """As a person who runs the command again, and whose store knows nothing of the last time."""
    for _ in range(20):
        with suppress(ServiceError):
            return during(server.transport(), lambda api: connect(api, page, {}))
    return {}


def living(server: NotionServer, kind: type[Database] | type[Source]) -> int:
    return sum(isinstance(node, kind) for node in server.world.nodes.values())


@pytest.mark.parametrize("kind", LATE)
@pytest.mark.parametrize("is_late", [False, True])
def test_a_database_whose_making_is_not_answered_is_made_once(kind: Kind, is_late: bool) -> None:
    server = NotionServer()
    page = server.seed.page("CRM")
    for _ in range(2):
        fault = Fault(kind=kind, method="POST", path="^databases$", is_late=is_late)
        server.go_wrong(fault)
    done = during(server.transport(), lambda api: connect(api, page, {}))
    assert len(server.plan.met) == 2
    assert living(server, Database) == len(done) == 3


@pytest.mark.parametrize("kind", LATE)
@pytest.mark.parametrize("is_late", [False, True])
def test_columns_whose_adding_is_not_answered_are_added_once(kind: Kind, is_late: bool) -> None:
    server = NotionServer()
    page = server.seed.page("CRM")
    _, source = server.seed.database("Accounts", {"Name": "title"}, under=page)
    server.go_wrong(Fault(kind=kind, method="PATCH", path="^data_sources", is_late=is_late))
    done = during(server.transport(), lambda api: connect(api, page, {}))
    assert len(server.plan.met) == 1
    names = [column.name for column in server.world.find(Source, source).columns.values()]
    assert len(names) == len(set(names)) == len(done[NotionRole.ACCOUNTS].columns)


def test_under_a_mix_of_faults_nothing_is_doubled_and_nothing_is_lost() -> None:
    met = 0
    for seed in range(12):
        server = NotionServer()
        page = server.seed.page("CRM")
        server.go_wrong(mix=MIX)
        server.plan.dice = random.Random(seed)
        done = patiently(server, page)
        met += len(server.plan.met)
        assert living(server, Database) == living(server, Source) == len(done) == 3
        for role, database in done.items():
            assert set(database.columns) == {spec.name for spec in COLUMNS[role]}
    assert met > 20


class Refusing(httpx.AsyncBaseTransport):
    """A Notion that makes nothing any more."""

    def __init__(self, server: NotionServer, status: int, **more: str) -> None:
        self._server = server.transport()
        self._body = {"object": "error", "code": "restricted_resource", "message": "No."}
        self._status, self._more = status, more

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and request.url.path.endswith("/databases"):
            body = {**self._body, "status": self._status, "additional_data": self._more}
            return httpx.Response(self._status, json=body)
        return await self._server.handle_async_request(request)


def test_a_workspace_whose_blocks_are_used_up_is_said_in_plain_words() -> None:
    server = NotionServer()
    page = server.seed.page("CRM")
    full = Refusing(server, 403, block_limit="block_creation")
    with pytest.raises(PermanentServiceError, match="used up the 1,000 blocks"):
        during(full, lambda api: connect(api, page, {}))


def test_a_connection_that_may_not_insert_is_told_which_right_it_needs() -> None:
    server = NotionServer()
    page = server.seed.page("CRM")
    with pytest.raises(AccessExpired, match="read, update and insert content"):
        during(Refusing(server, 403), lambda api: connect(api, page, {}))
    assert living(server, Database) == 0
