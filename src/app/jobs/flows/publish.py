"""What Tend knows shown in Notion, as a durable flow: accounts, then tickets, then pages.

It compares what is to stand there with what was last written, so that whatever one run leaves
undone the next one does: nothing is lost by stopping, and the scan never waits for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from pydantic import BaseModel, ConfigDict, JsonValue

from app.domain.flow import Argument
from app.jobs.flows.publish_asking import PublishArgument
from app.jobs.flows.publish_pages import PagesDone, PagesPart, show_pages
from app.ports.engine import Steps
from app.services.notion.intents import LAG_SECONDS
from app.services.notion.publishing import AccountRows
from app.services.notion.publishing_tickets import TicketRows
from app.services.notion.row_writing import RowsDone
from app.services.notion.schemas import Schema

BATCH = 100
"""Rows of a step: a crash repeats no more, and each of them only to say the same again."""
ROUNDS = 3
"""How often what Notion did not take is tried again before the next run does."""
MOST_AGAIN = 500

Sleep = Callable[[float], Awaitable[None]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Where one tenant's accounts, tickets and pages are shown."""

    accounts: AccountRows
    tickets: TicketRows
    pages: PagesPart


class PublishDone(BaseModel):
    """What a publish flow returns."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    is_connected: bool = True
    accounts: RowsDone = RowsDone()
    tickets: RowsDone = RowsDone()
    pages: PagesDone = PagesDone()
    stopped: str = ""
    """Why the rest was left to the next run; empty: it was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishFlow:
    """The flow's body with what its steps work with."""

    surface_of: Callable[[str], Surface | None]
    """Where a tenant's knowledge is shown; None: nowhere."""
    sleep: Sleep

    async def __call__(self, steps: Steps, argument: Argument) -> JsonValue:
        """Show what there is; the result is `PublishDone` as JSON. Always ends well."""
        given = PublishArgument.model_validate(argument)
        surface = self.surface_of(steps.tenant_id)
        if surface is None:
            return PublishDone(is_connected=False).model_dump(mode="json")
        done = await _Run(steps=steps, surface=surface, sleep=self.sleep).whole(given)
        _tell(steps.tenant_id, done)
        return done.model_dump(mode="json")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run of the flow."""

    steps: Steps
    surface: Surface
    sleep: Sleep

    async def whole(self, given: PublishArgument) -> PublishDone:
        schema = _schema(await self.steps.run("look", self._look_at_accounts))
        if schema.stopped:
            return PublishDone(stopped=schema.stopped)
        asked = given.account_ids
        if given.anew and asked is not None:
            await self.steps.run("anew", partial(self._anew, asked))
        whose = _texts(await self.steps.run("whose", partial(self._whose, asked)))
        accounts = await self._accounts("accounts", whose, schema)
        done = PublishDone(accounts=accounts, stopped=accounts.stopped)
        if asked is None and not done.stopped:
            tickets = await self._tickets(may_make=not accounts.is_full)
            done = done.model_copy(update={"tickets": tickets, "stopped": tickets.stopped})
        if done.stopped:
            return done
        pages = await show_pages(self.steps, self.surface.pages, asked)
        done = done.model_copy(update={"pages": pages, "stopped": pages.stopped})
        if pages.done and not done.stopped:  # a new page's address belongs on its account's row
            linked = await self._accounts("links", whose, schema)
            done = done.model_copy(
                update={"accounts": _linked(accounts, linked), "stopped": linked.stopped}
            )
        return done

    async def _accounts(self, name: str, whose: Sequence[str], schema: Schema) -> RowsDone:
        async def write(ids: Sequence[str], done: RowsDone) -> JsonValue:
            may_make = not done.is_full
            wrote = await self.surface.accounts.write(ids, schema, may_make=may_make)
            return wrote.model_dump(mode="json")

        return await self._rows(name, _batches(whose), write, RowsDone(findings=schema.findings))

    async def _tickets(self, *, may_make: bool) -> RowsDone:
        schema = _schema(await self.steps.run("look at tickets", self._look_at_tickets))
        if schema.stopped:
            return RowsDone(findings=(schema.stopped,))
        if not schema.data_source_id:
            return RowsDone()

        async def write(ids: Sequence[str], done: RowsDone) -> JsonValue:
            makes = may_make and not done.is_full
            wrote = await self.surface.tickets.write(ids, schema, may_make=makes)
            return wrote.model_dump(mode="json")

        whose = _texts(await self.steps.run("whose tickets", self._whose_tickets))
        begun = RowsDone(findings=schema.findings)
        return await self._rows("tickets", _batches(whose), write, begun)

    async def _rows(
        self,
        name: str,
        batches: Sequence[Sequence[str]],
        write: Callable[[Sequence[str], RowsDone], Awaitable[JsonValue]],
        done: RowsDone,
    ) -> RowsDone:
        """Batch after batch, then what was left once more; a stop leaves the rest."""
        for number, ids in enumerate(batches):
            told = await self.steps.run(f"{name} {number}", partial(write, ids, done))
            done = done.plus(RowsDone.model_validate(told))
            if done.stopped:
                return done
        for again in range(1, ROUNDS + 1):
            left = done.left[:MOST_AGAIN]
            if not left or done.is_full:
                break
            told = await self.steps.run(
                f"{name} again {again}", partial(self._again, write, left, done)
            )
            rest = done.model_copy(update={"left": done.left[len(left) :]})
            new = RowsDone.model_validate(told)
            done = rest.plus(new.model_copy(update={"looked": 0}))
            if done.stopped:
                break
        return done

    async def _again(
        self,
        write: Callable[[Sequence[str], RowsDone], Awaitable[JsonValue]],
        ids: Sequence[str],
        done: RowsDone,
    ) -> JsonValue:
        """After a pause: what may have been saved can be looked for then."""
        await self.sleep(LAG_SECONDS)
        return await write(ids, done)

    async def _look_at_accounts(self) -> JsonValue:
        return (await self.surface.accounts.look()).model_dump(mode="json")

    async def _look_at_tickets(self) -> JsonValue:
        return (await self.surface.tickets.look()).model_dump(mode="json")

    async def _whose(self, asked: Sequence[str] | None) -> JsonValue:
        return list(await self.surface.accounts.whose(asked))

    async def _anew(self, asked: Sequence[str]) -> JsonValue:
        return await self.surface.accounts.forget_gone(asked)

    async def _whose_tickets(self) -> JsonValue:
        return list(await self.surface.tickets.whose())


def _linked(accounts: RowsDone, linked: RowsDone) -> RowsDone:
    return accounts.model_copy(
        update={"written": accounts.written + linked.written, "left": linked.left}
    )


def _batches(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]


def _schema(recorded: JsonValue) -> Schema:
    return Schema.model_validate(recorded)


def _texts(recorded: JsonValue) -> list[str]:
    return [str(one) for one in recorded] if isinstance(recorded, list) else []


def _tell(tenant_id: str, done: PublishDone) -> None:
    """One line for a run, and one where it was stopped."""
    log.info(
        "notion.published",
        tenant_id=tenant_id,
        accounts=done.accounts.written + done.accounts.made,
        tickets=done.tickets.written + done.tickets.made,
        pages=done.pages.done,
        left=len(done.accounts.left) + len(done.tickets.left),
    )
    if done.stopped:
        log.error("notion.publishing_stopped", tenant_id=tenant_id, reason=done.stopped)
    elif done.accounts.is_full or done.tickets.is_full or done.pages.is_full:
        log.error("notion.workspace_full", tenant_id=tenant_id)
