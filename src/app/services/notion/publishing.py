"""Accounts shown in Notion: read from the store, and written where it says something new.

Every call stands on its own and may be made again: what is written already costs no request.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from app.clock import Clock, local_day
from app.domain.assessment import Agent
from app.domain.effect import EffectKind, EffectState
from app.domain.health_record import HealthRecord
from app.domain.notion import NotionFields, NotionPage, NotionPageKind, NotionRole
from app.domain.override import NO_WORDS, Look
from app.domain.scan import ScanState
from app.ports.store import Store, Unit
from app.services.notion.adopting import with_rows_adopted
from app.services.notion.client import NotionApi
from app.services.notion.columns import KEY
from app.services.notion.fields import (
    GONE,
    RowWrite,
    Standing,
    account_fields,
    first_write,
    is_left_alone,
    patch_of,
)
from app.services.notion.making import PageMaker
from app.services.notion.row_writing import (
    RowPlace,
    RowsDone,
    RowWork,
    RowWriter,
    is_taken_away,
)
from app.services.notion.schemas import Schema, schema_of

ROLE, KIND = NotionRole.ACCOUNTS, NotionPageKind.ACCOUNT
MOST_FLAGS = 10_000
"""Effects looked through; a book of that many has a service that is at work on them."""
_UNDER_WAY = frozenset({EffectState.OWED, EffectState.INTENT})
NOT_CONNECTED = "no Accounts database is connected: tend connect notion connects one"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAccount:
    """An account as it is to be shown, and what is known of its row."""

    standing: Standing
    page: NotionPage | None
    known: NotionFields | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRows:
    """The rows of one tenant's accounts."""

    api: NotionApi
    store: Store
    tenant_id: str
    clock: Clock
    stamp: timedelta
    """The age from which the last scan's date is written anew though nothing else changed."""

    @property
    def writer(self) -> RowWriter:
        """What writes them."""
        maker = PageMaker(
            api=self.api, store=self.store, tenant_id=self.tenant_id, clock=self.clock
        )
        return RowWriter(
            api=self.api,
            maker=maker,
            store=self.store,
            tenant_id=self.tenant_id,
            clock=self.clock,
        )

    async def look(self) -> Schema:
        """The database as it is now; rows of ours that the store does not know are taken over."""
        databases = await self.store.read(self.tenant_id, lambda unit: unit.notion.databases())
        if ROLE not in databases:
            return Schema(stopped=NOT_CONNECTED)
        schema = await schema_of(self.api, databases[ROLE])
        return await with_rows_adopted(
            self.api, self.store, self.tenant_id, schema, kind=KIND, key=KEY
        )

    async def whose(self, account_ids: Collection[str] | None) -> tuple[str, ...]:
        """The accounts that are shown, in order of id: active ones, and those with a row.

        None asks for all, but for those whose account record is about to be flagged: that writes
        their row, and one request is enough.
        """
        now = self.clock()

        def found(unit: Unit) -> tuple[str, ...]:
            day = local_day(now, unit.tenant.settings().settings.zone)
            if account_ids is None:
                active = {one.account_id for one in unit.book.active(day)}
                return tuple(sorted(active - _about_to_be_flagged(unit)))
            known = unit.notion.pages(KIND, account_ids)
            shown = [one for one in unit.book.accounts(account_ids) if one in known]
            running = [one for one in account_ids if unit.book.is_active(one, day)]
            return tuple(sorted({*shown, *running}))

        return await self.store.read(self.tenant_id, found)

    async def forget_gone(self, account_ids: Sequence[str]) -> int:
        """Forget rows of these accounts that a person took away; returns how many there were."""
        pages = await self.store.read(
            self.tenant_id, lambda unit: unit.notion.pages(KIND, account_ids)
        )
        there = {
            key
            for key, page in pages.items()
            if not page.page_id or not await is_taken_away(self.api, page.page_id)
        }

        def forget(unit: Unit) -> int:
            known = unit.notion.fields(KIND, account_ids)
            marked = {key for key, one in known.items() if GONE in one.written}
            taken = (marked | set(pages)) - there
            unit.notion.forget_pages(KIND, taken)
            return len(taken)

        return await self.store.write(self.tenant_id, forget)

    async def write(
        self, account_ids: Sequence[str], schema: Schema, *, may_make: bool
    ) -> RowsDone:
        """Bring the rows of these accounts up to date; makes those that are missing."""
        look, shown = await self.store.read(
            self.tenant_id, partial(_read, account_ids, self.clock())
        )
        tried = [self._work(one, schema, look) for one in shown]
        works = [work for work in tried if work.patch.properties]
        place = RowPlace(data_source_id=schema.data_source_id, key_column=schema.columns.get(KEY))
        done = await self.writer.write(works, place, may_make=may_make and schema.is_written)
        findings = tuple(dict.fromkeys(one for work in tried for one in work.patch.findings))
        return done.plus(RowsDone(looked=len(shown), findings=findings))

    def _work(self, shown: ShownAccount, schema: Schema, look: Look) -> RowWork:
        fields = account_fields(shown.standing, look)
        account = shown.standing.account
        page_id = shown.page.page_id if shown.page is not None else ""
        if is_left_alone(shown.known, page_id, now=look.now, stamp=self.stamp):
            patch = RowWrite()
        elif page_id:
            patch = patch_of(
                ROLE, schema.columns, fields, shown.known, now=look.now, stamp=self.stamp
            )
        else:
            patch = first_write(ROLE, schema.columns, fields, {"Name": account.name})
        return RowWork(
            kind=KIND,
            key=account.account_id,
            page_id=page_id,
            patch=patch,
            known={} if shown.known is None else shown.known.written,
        )


def _about_to_be_flagged(unit: Unit) -> frozenset[str]:
    """Accounts with a flag that is owed or under way; one that waits for a person is neither."""
    open_rows = unit.work.open(states=_UNDER_WAY, most=MOST_FLAGS)
    return frozenset(row.work.subject for row in open_rows if row.work.kind is EffectKind.RECORD)


def _read(
    account_ids: Sequence[str], now: datetime, unit: Unit
) -> tuple[Look, tuple[ShownAccount, ...]]:
    look = Look.at(now, unit.tenant.settings().settings.zone)
    return look, standings(unit, account_ids, look=look)


def standings(unit: Unit, account_ids: Sequence[str], *, look: Look) -> tuple[ShownAccount, ...]:
    """These accounts as they stand, in their order; unknown ids are left out."""
    accounts = unit.book.accounts(account_ids)
    records = {agent: unit.health.records(agent, account_ids) for agent in Agent}
    words = unit.words.overrides(account_ids)
    heartbeats = unit.book.heartbeats(account_ids, until=look.now)
    profiles = unit.notion.pages(NotionPageKind.PROFILE, account_ids)
    pages, known = unit.notion.pages(KIND, account_ids), unit.notion.fields(KIND, account_ids)
    last = _last_scan(unit)
    found = []
    for account_id in account_ids:
        if account_id not in accounts:
            continue
        own = {agent: of[account_id] for agent, of in records.items() if account_id in of}
        profile = profiles.get(account_id)
        standing = Standing(
            account=accounts[account_id],
            records=own,
            words=words.get(account_id, NO_WORDS),
            scanned_at=_scanned_at(own, last),
            profile_url="" if profile is None else profile.url,
            heartbeat=heartbeats.get(account_id),
        )
        found.append(
            ShownAccount(
                standing=standing,
                page=pages.get(account_id),
                known=known.get(account_id),
            )
        )
    return tuple(found)


def _last_scan(unit: Unit) -> datetime | None:
    """When the whole book was last looked at; a record that did not change does not say it."""
    scan = unit.scans.latest()
    return scan.now if scan is not None and scan.state is ScanState.RECORDED else None


def _scanned_at(records: Mapping[Agent, HealthRecord], last: datetime | None) -> datetime | None:
    looks = [record.checked_at for record in records.values()]
    return max([*looks, *([] if last is None else [last])]) if looks else None
