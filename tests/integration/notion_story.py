"""An account with a profile and a review in a real store, and a workspace on the Notion server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

from pydantic import JsonValue

from app.agents.customer_success.qbr import review
from app.agents.technical_account_manager.profile import (
    NOTHING_ALIGNED,
    documents_of,
    profile_of,
    stored_profile,
)
from app.domain.account import Account, TechnicalMaturity
from app.domain.document import Document, DocumentKind
from app.domain.feed import FactKind
from app.domain.notion import NotionLayout, NotionPage, NotionPageKind
from app.errors import ServiceError
from app.jobs.acts.maturity import set_maturity
from app.jobs.dossiers import dossier_of
from app.jobs.notion_pages import NotionPages
from app.jobs.notion_pages_holding import HOLD
from app.jobs.notion_pages_reading import PageKey, shown_page
from app.ports.store import Unit
from app.services.notion.client import NotionApi
from app.services.notion.layout_writing import LayoutWriter
from app.services.notion.pictures import Pictures
from tests import builders
from tests.integration.notion_surface import Shown
from tests.integration.notion_workspace import TENANT
from tests.servers.notion import edit_block
from tests.servers.notion.shapes import Json
from tests.servers.notion.texts import plain, text_of
from tests.servers.notion.world import Block, Page

T = TypeVar("T")


@dataclass(kw_only=True)
class Story(Shown):
    """Verbs about one account's pages."""

    ada: str = ""
    documents: int = field(default=0)

    def __post_init__(self) -> None:
        Shown.__post_init__(self)
        self.ada = self.workspace.server.seed.person("Ada Lovelace", "ada@tend.example")

    def tell(self, *ids: str) -> None:
        """Accounts with people, a letter, a profile and a review that are kept."""
        self.add_accounts(*ids)
        for one in ids:
            people = [
                builders.stakeholder(account_id=one, email=f"sam@{one}.example", name="Sam"),
                builders.stakeholder(account_id=one, email=f"kim@{one}.example", name="Kim"),
            ]
            contract = builders.contract(account_id=one, contract_id=f"{one}-1")
            self.bring(FactKind.STAKEHOLDERS, builders.rows_of(*people))
            self.bring(FactKind.CONTRACTS, builders.rows_of(contract))
        self.assess(*ids, score=70, at=-86_400 * 40)
        self.assess(*ids, score=55)
        for one in ids:
            self.write_letter(one, "first")
            self.keep_profile(one)
            self.keep_review(one)

    def write_letter(self, account_id: str, name: str) -> str:
        draft = builders.draft(
            draft_id=f"d-{account_id}-{name}",
            key=f"key-{account_id}-{name}",
            account_id=account_id,
            communication_type="health_checkin",
            subject=f"Subject {name}",
            created_at=self.clock.now,
        )
        self.store.write_now(TENANT, lambda unit: unit.outbox.add_draft(draft))
        return str(draft.draft_id)

    def keep_profile(self, account_id: str) -> None:
        def work(unit: Unit) -> None:
            dossier = dossier_of(unit, account_id, self.clock.now)
            stored = stored_profile(account_id, dossier.documents)
            profile = profile_of(dossier, stored, NOTHING_ALIGNED)
            for one in documents_of(profile, stored.said):
                unit.documents.keep(self._document(one.kind, account_id, one.key, one.body))

        self.store.write_now(TENANT, work)

    def break_profile(self, account_id: str) -> None:
        """What is kept of an account is not a profile."""
        document = self._document(DocumentKind.PROFILE, account_id, "", {"what": "nonsense"})
        self.store.write_now(TENANT, lambda unit: unit.documents.keep(document))

    def keep_review(self, account_id: str, period: str = "2026-Q1") -> None:
        def work(unit: Unit) -> None:
            dossier = dossier_of(unit, account_id, self.clock.now)
            made = review(dossier, period, "quarterly")
            made = made.model_copy(update={"internal_notes": "Churn risk: high"})
            body = made.model_dump(mode="json")
            unit.documents.keep(self._document(DocumentKind.QBR, account_id, period, body))

        self.store.write_now(TENANT, work)

    def _document(
        self, kind: DocumentKind, account_id: str, key: str, body: dict[str, JsonValue]
    ) -> Document:
        made_at = self.clock.now + timedelta(seconds=self.documents)
        self.documents += 1
        return Document(
            kind=kind,
            subject=account_id,
            key=key,
            title="Kept",
            body=body,
            made_by="agent",
            made_at=made_at,
        )

    def say(self, unit: Unit, account: Account, person: str, level: TechnicalMaturity) -> None:
        """A rep's word, said elsewhere."""
        set_maturity(unit, account, person, level, by="rita@tend.example", at=self.clock.now)

    def bring_worth(self, amounts: Mapping[str, int]) -> None:
        contracts = [
            builders.contract(account_id=one, contract_id=f"{one}-1", arr_amount=Decimal(amount))
            for one, amount in amounts.items()
        ]
        self.bring(FactKind.CONTRACTS, builders.rows_of(*contracts))

    def part(self, api: NotionApi) -> NotionPages:
        writer = LayoutWriter(api=api, pictures=Pictures(api=api), settle_seconds=0.0)
        return NotionPages(
            store=self.store,
            api=api,
            tenant_id=TENANT,
            clock=self.clock,
            writer=writer,
            sleep=self.clock.sleep,
        )

    def due(self, *ids: str) -> list[str]:
        return list(self.during(lambda part: part.due(TENANT, ids or None)))

    def one(self, key: str) -> dict[str, JsonValue]:
        told = self.during(lambda part: part.one(TENANT, key))
        assert isinstance(told, dict)
        return told

    def heard(self, key: str) -> dict[str, JsonValue]:
        told = self.during(lambda part: part.heard(TENANT, key))
        assert isinstance(told, dict)
        return told

    def until_shown(self) -> int:
        """Runs, as after each scan, until nothing is due."""
        for run in range(1, 40):
            due = self.due()
            if not due:
                return run
            for key in due:
                try:
                    self.one(key)
                except ServiceError:
                    self.clock.advance(400)
        raise AssertionError("pages stay due")

    def during(self, work: Callable[[NotionPages], Awaitable[T]]) -> T:
        """Work with the pages over a client of their own."""
        return self.with_api(lambda part, _: work(part))

    def with_api(self, work: Callable[[NotionPages, NotionApi], Awaitable[T]]) -> T:
        async def run() -> T:
            api = self.workspace.api(token=self.token, within_seconds=0.3)
            try:
                return await work(self.part(api), api)
            finally:
                await api.aclose()

        return asyncio.run(run())

    def pass_time(self, *, hours: float) -> None:
        """Our clock and Notion's go on together."""
        self.clock.advance(hours * 3600)
        self.workspace.server.now = self.clock.now

    def seize(self, unit: Unit, account_id: str) -> None:
        """Another writer takes the profile in hand, and is never heard of again."""
        key = PageKey(kind=NotionPageKind.PROFILE, account_id=account_id)
        shown = shown_page(unit, key, self.clock.now)
        layout = unit.notion.layouts(key.kind, [account_id])[account_id]
        until = (self.clock.now + HOLD).isoformat()
        held: JsonValue = {"by": "another", "until": until}
        unit.notion.save_layout(replace(layout, body={**layout.body, "held": held}))
        assert shown.digest != layout.digest

    def vanish(self, page_id: str) -> None:
        """A page is deleted for good, with all that lies in it."""
        world = self.workspace.server.world
        for block in self.blocks(page_id):
            world.nodes.pop(block.id)
        world.children.pop(page_id, None)
        page = world.nodes.pop(page_id)
        world.children[str(page.parent["page_id"])].remove(page_id)

    def touch(self, page_id: str) -> None:
        """Ada was the last to edit a page."""
        world = self.workspace.server.world
        page = world.find(Page, page_id)
        world.touch(page)
        page.edited_by = self.ada

    def place(self, key: str, kind: NotionPageKind = NotionPageKind.PROFILE) -> NotionPage:
        return self.page(key, kind)

    def layout(self, key: str, kind: NotionPageKind = NotionPageKind.PROFILE) -> NotionLayout:
        known = self.store.read_now(TENANT, lambda unit: unit.notion.layouts(kind, [key]))
        return known[key]

    def tree(self, holder: str) -> list[tuple[str, str, list[Json]]]:
        """Kind, words and what lies below, of all blocks that are alive."""
        return [
            (node.type, words_of(node), self.tree(node.id))
            for node in self.workspace.server.world.living(holder)
            if isinstance(node, Block)
        ]

    def lines(self, holder: str) -> list[str]:
        """All words on a page, in order."""
        return [
            line
            for node in self.workspace.server.world.living(holder)
            if isinstance(node, Block)
            for line in (words_of(node), *self.lines(node.id))
        ]

    def block(self, holder: str, beginning: str) -> Block:
        found = [
            node
            for node in self.blocks(holder)
            if words_of(node).startswith(beginning) and not node.in_trash
        ]
        assert len(found) == 1, [words_of(node) for node in self.blocks(holder)]
        return found[0]

    def edit(self, block: Block, words: str) -> None:
        """Ada changes a line by hand."""
        content = {"rich_text": text_of(words)}
        edit_block(self.workspace.server.world, block.id, content, by=self.ada)

    def blocks(self, holder: str) -> list[Block]:
        """All blocks on a page, in order."""
        found: list[Block] = []
        for node in self.workspace.server.world.living(holder):
            if isinstance(node, Block):
                found += [node, *self.blocks(node.id)]
        return found

    def sub_pages(self) -> list[Page]:
        """All profiles that there are."""
        nodes = self.workspace.server.world.nodes.values()
        return [node for node in nodes if isinstance(node, Page) and _is_profile(node)]


def words_of(node: Block) -> str:
    if node.type == "table_row":
        return " | ".join(plain(cell) for cell in node.content["cells"])
    return plain(node.content.get("rich_text") or node.content.get("caption") or [])


def _is_profile(page: Page) -> bool:
    return plain(page.values.get("title") or []).startswith("Technical Relationship Profile")
