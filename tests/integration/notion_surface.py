"""A book in a real store and a workspace on the Notion test server: what publishing tests share."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

from pydantic import JsonValue

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.domain.flow import FlowName
from app.domain.health_record import HealthRecord
from app.domain.notion import NotionFields, NotionPage, NotionPageKind, NotionRole
from app.domain.scan import ScanState
from app.jobs.flows.publish import PublishDone, PublishFlow, Surface
from app.jobs.flows.publish_asking import publish_ask
from app.jobs.flows.publish_pages import NoPages, PagesPart
from app.jobs.inline import InlineEngine
from app.ports.store import Unit
from app.services.notion.client import NotionApi
from app.services.notion.publishing import AccountRows
from app.services.notion.publishing_tickets import TicketRows
from app.storage.sql_store import SqlStore
from tests import builders
from tests.integration.notion_workspace import TENANT, Moment, Workspace
from tests.servers.notion import TOKEN
from tests.servers.notion.server import Heard

_RUNS = count()


@dataclass(kw_only=True)
class Shown:
    """Verbs that publishing tests speak in."""

    store: SqlStore
    workspace: Workspace = field(default_factory=Workspace)
    clock: Moment = field(default_factory=Moment)
    token: str = TOKEN
    pages: PagesPart = field(default_factory=NoPages)
    stamp: timedelta = timedelta(days=7)

    def __post_init__(self) -> None:
        self.workspace.connect(self.store)

    def bring(self, kind: FactKind, rows: Sequence[FactRow]) -> None:
        """Facts into the store."""
        self.store.write_now(TENANT, lambda unit: unit.facts.upsert(kind, rows))

    def add_accounts(self, *ids: str, rows: bool = True) -> None:
        """Accounts in the store, with rows in Notion that the store knows."""
        accounts = [builders.account(account_id=one, name=one.title()) for one in ids]
        self.bring(FactKind.ACCOUNTS, builders.rows_of(*accounts))
        if rows:
            self.store.write_now(
                TENANT, lambda unit: unit.notion.save_pages([self._row(one) for one in ids])
            )

    def assess(self, *ids: str, score: int = 80, band: Band = Band.GREEN, at: int = 0) -> None:
        """Both agents' records, as a scan of the whole book leaves them."""
        now = self.clock.now + timedelta(seconds=at)
        scan = builders.scan(scan_id=f"scan-{next(_RUNS)}", now=now, account_id=None)
        health = [
            builders.new_health(
                assessment=builders.assessment(account_id=one, agent=agent, score=score, band=band),
                record=self.record(one, agent, score=score, band=band),
            )
            for one in ids
            for agent in Agent
        ]

        def work(unit: Unit) -> None:
            begun = unit.scans.begin(replace(scan, state=ScanState.RUNNING))
            unit.health.record(begun, health)
            unit.scans.finish(begun.scan_id)

        self.store.write_now(TENANT, work)

    def record(self, account_id: str, agent: Agent, *, score: int, band: Band) -> HealthRecord:
        return builders.health_record(
            account_id=account_id,
            agent=agent,
            score=score,
            band=band,
            assessed_at=self.clock.now,
            checked_at=self.clock.now,
            churn_level="low" if agent is Agent.CSM else "",
        )

    def rows_of(self, api: NotionApi) -> AccountRows:
        return AccountRows(
            api=api, store=self.store, tenant_id=TENANT, clock=self.clock, stamp=self.stamp
        )

    def publish(self, *ids: str, anew: bool = False) -> PublishDone:
        """One run of the flow."""
        return asyncio.run(self._publish(ids or None, anew=anew))

    async def _publish(self, ids: Sequence[str] | None, *, anew: bool) -> PublishDone:
        api = self.workspace.api(token=self.token)
        rows = self.rows_of(api)
        surface = Surface(accounts=rows, tickets=TicketRows(rows=rows), pages=self.pages)
        flow = PublishFlow(surface_of=lambda _: surface, sleep=self.clock.sleep)
        engine = InlineEngine(shapes={FlowName.PUBLISH: flow}, clock=self.clock)
        ask = publish_ask(TENANT, f"{next(_RUNS)}", account_ids=ids, anew=anew)
        try:
            await engine.enqueue(ask)
            told: JsonValue = await engine.result(TENANT, ask.flow_id, timeout_seconds=0)
        finally:
            await api.aclose()
        return PublishDone.model_validate(told)

    def since(self, method: str = "", path: str = "") -> list[Heard]:
        """The requests so far, which are forgotten by this."""
        heard = self.workspace.server.heard(method, path)
        self.workspace.server.log.clear()
        return heard

    def page(self, key: str, kind: NotionPageKind = NotionPageKind.ACCOUNT) -> NotionPage:
        return self.store.read_now(TENANT, lambda unit: unit.notion.pages(kind, [key]))[key]

    def written(self, key: str, kind: NotionPageKind = NotionPageKind.ACCOUNT) -> NotionFields:
        return self.store.read_now(TENANT, lambda unit: unit.notion.fields(kind, [key]))[key]

    def value(self, key: str, name: str) -> JsonValue:
        """What stands in a column of an account's row."""
        shown: JsonValue = self.workspace.value(self.page(key).page_id, name)
        return shown

    def _row(self, account_id: str) -> NotionPage:
        row = self.workspace.row(
            NotionRole.ACCOUNTS, {"External ID": account_id, "Name": account_id.title()}
        )
        return NotionPage(kind=NotionPageKind.ACCOUNT, key=account_id, page_id=row, url="https://n")
