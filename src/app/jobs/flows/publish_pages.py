"""Pages of blocks in Notion, brought up to date one after the other: profiles and QBRs.

A page that fails keeps no other from its turn; it knows no page's content.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from pydantic import BaseModel, ConfigDict, JsonValue

from app.errors import AccessExpired, InvalidInput, NotFound, ServiceError, TransientServiceError
from app.ports.engine import Steps
from app.services.notion.errors import BlockLimitReached
from app.services.notion.row_writing import MOST_MISSES, MOST_TOLD


class PagesPart(Protocol):
    """Profiles and QBRs: pages built of blocks."""

    async def due(self, tenant_id: str, account_ids: Sequence[str] | None) -> Sequence[str]:
        """The keys of pages that say something else than they are to, in order.

        Of these accounts; None asks for all.
        """
        ...

    async def one(self, tenant_id: str, key: str) -> JsonValue:
        """Bring one page up to date; what was done, for people. Raises ServiceError."""
        ...


class NoPages:
    """`PagesPart` where nothing but rows is shown."""

    async def due(self, tenant_id: str, account_ids: Sequence[str] | None) -> Sequence[str]:
        """Nothing."""
        del tenant_id, account_ids
        return ()

    async def one(self, tenant_id: str, key: str) -> JsonValue:
        """There is none. Raises NotFound."""
        del tenant_id
        raise NotFound(f"there is no page {key!r}")


class PagesDone(BaseModel):
    """What became of the pages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    due: int = 0
    done: int = 0
    refused: dict[str, str] = {}
    is_full: bool = False
    stopped: str = ""


async def show_pages(steps: Steps, part: PagesPart, account_ids: Sequence[str] | None) -> PagesDone:
    """Bring every page that is due up to date, a step each; of all accounts where None is given."""
    told = await steps.run("due pages", partial(_due, part, steps.tenant_id, account_ids))
    due = list(dict.fromkeys(map(str, told))) if isinstance(told, list) else []
    done, misses = PagesDone(due=len(due)), 0
    for key in due:
        said = await steps.run(f"page {key}", partial(_page, part, steps.tenant_id, key))
        page = _PageTold.model_validate(said)
        misses = misses + 1 if page.is_passing else 0
        if misses >= MOST_MISSES:
            page = page.model_copy(update={"stopped": page.refused})
        done = _plus(done, key, page)
        if done.stopped or done.is_full:
            break
    return done


async def _due(part: PagesPart, tenant_id: str, account_ids: Sequence[str] | None) -> JsonValue:
    return list(await part.due(tenant_id, account_ids))


async def _page(part: PagesPart, tenant_id: str, key: str) -> JsonValue:
    try:
        await part.one(tenant_id, key)
    except AccessExpired as exc:
        return {"stopped": str(exc)}
    except BlockLimitReached as exc:
        return {"refused": str(exc), "is_full": True}
    except (ServiceError, InvalidInput, NotFound) as exc:
        return {"refused": str(exc), "is_passing": isinstance(exc, TransientServiceError)}
    return {}


class _PageTold(BaseModel):
    refused: str = ""
    stopped: str = ""
    is_full: bool = False
    is_passing: bool = False
    """Worth another try: the next run makes it."""


def _plus(done: PagesDone, key: str, told: _PageTold) -> PagesDone:
    refused = {**done.refused, **({key: told.refused} if told.refused else {})}
    went_well = not told.refused and not told.stopped
    return PagesDone(
        due=done.due,
        done=done.done + int(went_well),
        refused=dict([*refused.items()][:MOST_TOLD]),
        is_full=told.is_full,
        stopped=told.stopped,
    )
