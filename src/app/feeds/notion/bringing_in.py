"""One run of the feed: everything that is due, or one account, and how the feed stands then."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog
from pydantic import JsonValue

from app.domain.feed import Feed
from app.domain.notion import NOTION
from app.errors import AccessExpired, InvalidInput, ServiceError
from app.feeds.notion.accounts_reading import read_account_page, read_accounts
from app.feeds.notion.ground import Ground, TooManyGone
from app.feeds.notion.known import known_in
from app.feeds.notion.rejects import write_rejects
from app.feeds.notion.standing import after_failure, after_reading, rejected_words, why
from app.feeds.notion.tally import NotionTally
from app.feeds.notion.tickets_reading import read_tickets, read_tickets_of
from app.ports.store import Store
from app.services.notion.client import NotionApi
from app.services.notion.config import NotionConfig

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotionIntake:
    """Brings Notion into one tenant's store."""

    store: Store
    api: NotionApi
    config: NotionConfig
    tenant_id: str
    rejects: Path
    """Where refused values are written."""

    async def everything(self, now: datetime) -> dict[str, JsonValue]:
        """Read what is due, and write how the feed stands; the figures, with `failed` if it did.

        A failure is told and not raised; what was read before it is in the store.
        """
        ground = await self._ground(now)
        known, tally = ground.known, ground.tally
        if not known.databases:
            return {}
        is_whole = all(map(ground.is_due, known.read))
        try:
            if known.accounts is not None:
                await read_accounts(ground, known.accounts)
            if known.tickets_of_others is not None:
                await read_tickets(ground, known.tickets_of_others)
        except (ServiceError, TooManyGone) as exc:
            await self._keep_rejects(tally, is_whole=False)
            return await self._failed(ground, why(exc))
        rejected = await self._keep_rejects(tally, is_whole=is_whole)
        await self._save(after_reading(known, tally, now, rejected))
        log.info("feed.brought_in", feed=NOTION, tenant_id=self.tenant_id, **tally.as_json())
        return tally.as_json()

    async def account(self, now: datetime, account_id: str) -> dict[str, JsonValue]:
        """Read one account and its tickets; the figures, nothing where it has no page.

        Of failures only a refused token speaks against the feed as a whole.
        """
        ground = await self._ground(now)
        known, page = ground.known, ground.known.ties.known.get(account_id)
        if page is None or known.accounts is None:
            return {}
        try:
            await read_account_page(ground, known.accounts, page)
            if known.tickets_of_others is not None:
                await read_tickets_of(ground, known.tickets_of_others, account_id, page)
        except AccessExpired as exc:
            return await self._failed(ground, why(exc))
        except ServiceError as exc:
            reason = why(exc)
            log.warning("feed.account_failed", feed=NOTION, account=account_id, reason=reason)
            return {**ground.tally.as_json(), "failed": reason}
        await self._keep_rejects(ground.tally, is_whole=False)
        return ground.tally.as_json()

    async def _ground(self, now: datetime) -> Ground:
        look = partial(known_in, now=now, currency=self.config.currency)
        return Ground(
            store=self.store,
            api=self.api,
            config=self.config,
            tenant_id=self.tenant_id,
            now=now,
            known=await self.store.read(self.tenant_id, look),
            tally=NotionTally(),
        )

    async def _keep_rejects(self, tally: NotionTally, *, is_whole: bool) -> str:
        """Write refused values down; what is said of them."""
        work = partial(write_rejects, seen=tally.seen, is_whole=is_whole)
        try:
            many = await asyncio.to_thread(work, self.rejects, tally.listed)
        except InvalidInput as exc:
            return f"refused values could not be written down: {exc}"
        return rejected_words(many, self.rejects)

    async def _failed(self, ground: Ground, reason: str) -> dict[str, JsonValue]:
        await self._save(after_failure(ground.known, ground.now, reason))
        log.error("feed.failed", feed=NOTION, tenant_id=self.tenant_id, reason=reason)
        return {**ground.tally.as_json(), "failed": reason}

    async def _save(self, feed: Feed) -> None:
        await self.store.write(self.tenant_id, lambda unit: unit.feeds.save(feed))
