"""The account record where Notion is connected: the store's flag, and the account's row beside it.

The flag is set whatever becomes of the row; the row says what the store says, as often as asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from pydantic import BaseModel, ConfigDict

from app.domain.effect import WorkOwed
from app.domain.notion import NotionColumn, NotionFields
from app.domain.override import Look
from app.errors import PermanentServiceError, TransientServiceError
from app.ports.store import Unit
from app.services.account_flag import FlagAccount
from app.services.keyed import KeyedSink
from app.services.notion.errors import SYSTEM
from app.services.notion.fields import (
    RowWrite,
    account_fields,
    after,
    is_left_alone,
    patch_of,
    whole_write,
)
from app.services.notion.publishing import KIND, ROLE, AccountRows, ShownAccount, standings
from app.services.work_payload import payload_of

TIMEOUT_SECONDS = 45.0
"""Most of a window of Notion's budget; a call that is cut off is made again later."""
ROW_WAIT_SECONDS = 60.0
"""For a row that is not there yet: the next publishing makes it."""
_OPERATION = "account record"


class _Subject(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    account_id: str


@dataclass(frozen=True, slots=True)
class FlagAccountAndRow(KeyedSink):
    """Flags the account record, and brings the account's row up to date."""

    flag: FlagAccount
    rows_of: Callable[[], AccountRows | None]
    """None: nothing is connected any more."""
    close: Callable[[], Awaitable[None]]
    """Lets go of what `rows_of` opened."""

    @property
    def timeout_seconds(self) -> float:
        """Time to wait for one's turn at Notion, too."""
        return TIMEOUT_SECONDS

    async def aclose(self) -> None:
        """Let go of connections."""
        await self.close()

    async def check(self) -> None:
        """Whether Notion takes our token. Raises ServiceError."""
        rows = self.rows_of()
        if rows is not None:
            await rows.api.users.me()

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        """Put the flag on or take it off, then write the account's row.

        Whole, for a person may have changed it, unless it was shown since the scan.

        Raises TransientServiceError where there is no row yet, or Notion does not answer;
        AccessExpired for a token that is revoked; PermanentServiceError for a row that a person
        took away. The flag is set all the same.
        """
        flagged = await self.flag.create(work, at=at, repeat=repeat)
        rows = self.rows_of()
        if rows is not None:
            subject = payload_of(work, _Subject, system=_OPERATION)
            await _show(rows, subject.account_id, at)
        return flagged


async def _show(rows: AccountRows, account_id: str, now: datetime) -> None:
    found = await rows.store.read(rows.tenant_id, partial(_read, account_id=account_id, now=now))
    if found is None:
        return
    shown, patch = found
    page_id = "" if shown.page is None else shown.page.page_id
    if is_left_alone(shown.known, page_id, now=now, stamp=timedelta.max):
        told = "the account's row was taken away in Notion: restore it there, and release this"
        raise PermanentServiceError(SYSTEM, _OPERATION, told)
    if not page_id:
        told = "the account has no row in Notion yet"
        raise TransientServiceError(SYSTEM, _OPERATION, told, retry_after=ROW_WAIT_SECONDS)
    if not patch.properties:
        return
    known = {} if shown.known is None else shown.known.written
    await rows.api.pages.update(page_id, properties=patch.properties)
    written = NotionFields(kind=KIND, key=account_id, written=after(known, patch), written_at=now)
    await rows.store.write(rows.tenant_id, lambda unit: unit.notion.save_fields([written]))


def _read(unit: Unit, *, account_id: str, now: datetime) -> tuple[ShownAccount, RowWrite] | None:
    """The account and all that is to stand in its row; None: there is nowhere to show it."""
    databases = unit.notion.databases()
    look = Look.at(now, unit.tenant.settings().settings.zone)
    shown = standings(unit, [account_id], look=look)
    if ROLE not in databases or not shown:
        return None
    columns: dict[str, NotionColumn] = dict(databases[ROLE].columns)
    standing, known = shown[0].standing, shown[0].known
    fields = account_fields(standing, look)
    if known is not None and standing.scanned_at and known.written_at >= standing.scanned_at:
        # shown since the scan that flags it: one request is enough for both
        return shown[0], patch_of(ROLE, columns, fields, known, now=now, stamp=timedelta.max)
    return shown[0], whole_write(ROLE, columns, fields, known)
