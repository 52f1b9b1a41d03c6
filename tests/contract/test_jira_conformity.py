"""Every request that we send to Jira Cloud is one that Atlassian's own specification allows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from app.feeds.jira_source import spec_for
from app.feeds.source_spec import Place, SourcePage
from app.feeds.sync_pages import HttpPages
from app.ports.limits import Budget
from app.services.jira.calls import JiraCalls, auth_of, client_of
from app.services.jira.config import JiraConfig
from app.services.limiter import LocalLimiter
from tests.builders import NOW
from tests.servers.mocking import mocking

pytestmark = [pytest.mark.needs_shared, pytest.mark.needs_prism]


@pytest.fixture(scope="module")
def address(shared_dir: Path) -> Iterator[str]:
    """A Jira made from the specification."""
    with mocking(shared_dir / "jira" / "jira-openapi-min.json") as url:
        yield url


def config(url: str) -> JiraConfig:
    return JiraConfig(
        url=url, email="sync@tend.example", token=SecretStr("t"), projects=("AC", "ZE")
    )


@asynccontextmanager
async def calling(address: str) -> AsyncIterator[JiraCalls]:
    limiter = LocalLimiter({"jira": Budget(calls=100, per_seconds=1)})
    api = client_of(config(address), "main", limiter)
    try:
        yield JiraCalls(api=api, auth=auth_of(config(address)))
    finally:
        await api.aclose()


async def pages(address: str, place: Place) -> list[SourcePage]:
    async with calling(address) as calls:
        site = await calls.site_of(is_cloud=True)
        spec = spec_for(config(address), site)
        source = HttpPages(api=calls.api, spec=spec, auth=calls.auth)
        return [page async for page in source.pages(place)]


@pytest.mark.parametrize("place", [Place(), Place(since=NOW - timedelta(days=1))])
def test_lists_are_asked_for_as_specified_and_answers_are_read(address: str, place: Place) -> None:
    found = asyncio.run(pages(address, place))

    assert [len(page.items) for page in found] == [1]


def test_a_token_is_sent_as_specified(address: str) -> None:
    assert len(asyncio.run(pages(address, Place(cursor="CAEaAggD")))) == 1


def test_everything_else_is_asked_for_as_specified(address: str) -> None:
    async def ask() -> tuple[str, tuple[str, ...], int]:
        async with calling(address) as calls:
            site = await calls.site_of(is_cloud=True)
            return site.user, await calls.projects(site), await calls.count(site, "project = AC")

    user, projects, count = asyncio.run(ask())

    assert user
    assert projects
    assert count > 0


def test_the_specification_refuses_what_it_does_not_allow(address: str) -> None:
    told = httpx.post(
        f"{address}/rest/api/3/search/jql",
        auth=("sync@tend.example", "t"),
        json={"jql": "project = AC", "startAt": 100},
    )

    assert told.status_code >= 400, json.dumps(told.text)
