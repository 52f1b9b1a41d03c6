"""What the agents are asked for in the demo besides the scan: room to grow, and reviews."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.cli.desk import run_all
from app.handoffs.routes import CSM
from app.jobs.flows.agent_task import agent_task_ask

if TYPE_CHECKING:
    from pydantic import JsonValue

    from app.cli.context import CliContext
    from app.demo.book import DemoBook
    from app.domain.flow import FlowAsk

GROWING = ("growing", "seats_full")
RENEWING = ("decline_near_renewal", "renewing_well")
"""Stories of the accounts that are looked at."""
MOST_OF_A_KIND = 5


def have_agents_work(cli: CliContext, book: DemoBook) -> None:
    """Have room to grow looked for, and reviews prepared, for accounts whose story it is."""
    growth = [_ask(cli, one, {"task_type": "check_expansion"}) for one in _of(book, GROWING)]
    period: dict[str, JsonValue] = {"trigger": "contract_proximity"}
    reviews: list[FlowAsk] = [
        _ask(cli, one, {"task_type": "generate_qbr", "metadata": period})
        for one in _of(book, RENEWING)
    ]
    with cli.notes.status("Looking for room to grow, preparing reviews"):
        asyncio.run(run_all(cli, [*growth, *reviews], _say_nothing))


def _of(book: DemoBook, stories: Sequence[str]) -> list[str]:
    return [one for one, story in book.stories.items() if story in stories][:MOST_OF_A_KIND]


def _ask(cli: CliContext, account_id: str, task: dict[str, JsonValue]) -> FlowAsk:
    whole: dict[str, JsonValue] = {**task, "tenant_id": cli.tenant, "account_id": account_id}
    request = f"demo-{task['task_type']}-{account_id}"
    return agent_task_ask(cli.tenant, CSM, whole, request)


async def _say_nothing() -> None:
    """The status line says enough."""
