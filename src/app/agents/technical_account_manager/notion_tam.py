"""The TAM's pages in Notion: the account page's health fields and the profile sub-page.

What people write on those pages is never touched. Errors are the injected client's ServiceErrors.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from app.agents.notion.blocks import batches, rich_text
from app.agents.notion.ports import NotionClient, NotionObject
from app.agents.notion.reading import children_of, data_sources_of, parsed, rows_of
from app.agents.notion.wire import Child, Row
from app.agents.technical_account_manager.notion_accounts import (
    NotionAccount,
    account_of,
    is_active,
)
from app.agents.technical_account_manager.notion_renderers import (
    COMMUNICATION_HISTORY,
    communication_line,
    profile_title,
    render_communication_log_blocks,
    render_health_dashboard_blocks,
    render_relationship_profile_blocks,
)
from app.agents.technical_account_manager.schemas import CommunicationRecord, RelationshipProfile
from app.clock import Clock, system_clock
from app.errors import InvalidInput

__all__ = [
    "NotionAccount",
    "NotionTAMAdapter",
    "render_communication_log_blocks",
    "render_health_dashboard_blocks",
    "render_relationship_profile_blocks",
]

_PROFILE = "Technical Relationship Profile - "


class NotionTAMAdapter:
    """Writes and reads the TAM's part of account pages. Repeating a call repeats no effect."""

    def __init__(
        self,
        client: NotionClient,
        accounts_database_id: str | None = None,
        *,
        clock: Clock = system_clock,
    ) -> None:
        self._client = client
        self._accounts_database_id = accounts_database_id
        self._clock = clock

    async def create_relationship_profile(
        self, account_page_id: str, profile: RelationshipProfile
    ) -> str:
        """Create the profile's sub-page, dashboard last, link it on the account; return its id.

        Where the sub-page is there already, what an interrupted call left out is added to it.
        Raises ServiceError.
        """
        blocks = render_relationship_profile_blocks(profile)
        page_id = await self.get_relationship_profile_page(account_page_id)
        if page_id is None:
            first = next(batches(blocks))
            page = await self._client.pages.create(
                parent={"type": "page_id", "page_id": account_page_id},
                properties={"title": {"title": rich_text(profile_title(profile))}},
                children=_json(first),
            )
            page_id = parsed(Row, page, "pages.create").id
            missing = blocks[len(first) :]
        else:
            missing = _left_out(blocks, await children_of(self._client, page_id))
        for batch in batches(missing):
            await self._client.blocks.children.append(block_id=page_id, children=_json(batch))
        await self._link_profile(account_page_id, page_id)
        return page_id

    async def update_health_score(
        self, account_page_id: str, score: int | None, rag_status: str
    ) -> None:
        """Write score (0-100, 100 = healthy), band and the scan's time on the account page.

        A score of None empties the field: the band is Unknown. Raises ServiceError.
        """
        await self._client.pages.update(
            page_id=account_page_id,
            properties={
                "Health Score": {"number": score},
                "Health Status": {"select": {"name": rag_status}},
                "Last Health Scan": {"date": {"start": self._clock().isoformat()}},
            },
        )

    async def append_communication_log(
        self, profile_page_id: str, record: CommunicationRecord
    ) -> None:
        """Add the record's line to the end of the page's communication history, once.

        A page without that section gets the line at its end. Raises ServiceError.
        """
        section = _section(await children_of(self._client, profile_page_id), COMMUNICATION_HISTORY)
        if any(child.words == communication_line(record) for child in section):
            return
        position: dict[str, JsonValue] = (
            {"type": "after_block", "after_block": {"id": section[-1].id}}
            if section
            else {"type": "end"}
        )
        await self._client.blocks.children.append(
            block_id=profile_page_id,
            children=_json(render_communication_log_blocks([record])),
            position=position,
        )

    async def query_all_accounts(self) -> list[NotionAccount]:
        """Every active account: its renewal is still to come, or has no date.

        Raises InvalidInput when no accounts database was given, else ServiceError.
        """
        if self._accounts_database_id is None:
            raise InvalidInput("accounts_database_id: no accounts database in Notion is named")
        now = self._clock()
        return [
            account_of(row, now)
            for source_id in await data_sources_of(self._client, self._accounts_database_id)
            async for row in rows_of(self._client, source_id)
            if is_active(row, now)
        ]

    async def get_relationship_profile_page(self, account_page_id: str) -> str | None:
        """The id of the account's profile sub-page; None: there is none. Raises ServiceError."""
        children = await children_of(self._client, account_page_id)
        return next(
            (
                child.id
                for child in children
                if child.type == "child_page" and child.words.startswith(_PROFILE)
            ),
            None,
        )

    async def _link_profile(self, account_page_id: str, page_id: str) -> None:
        answer = await self._client.pages.retrieve(page_id=page_id)
        page = parsed(Row, answer, "pages.retrieve")
        await self._client.pages.update(
            page_id=account_page_id, properties={"TAM Profile": {"url": page.url}}
        )


def _json(blocks: Sequence[NotionObject]) -> JsonValue:
    return list(blocks)


def _left_out(blocks: list[NotionObject], there: Sequence[Child]) -> list[NotionObject]:
    """What follows the blocks that are there; nothing when people have changed the page since."""
    kinds = [block["type"] for block in blocks]
    found = [child.type for child in there]
    return blocks[len(found) :] if kinds[: len(found)] == found else []


def _section(children: Sequence[Child], title: str) -> Sequence[Child]:
    """The heading of this title and what stands under it; empty: there is no such heading."""
    starts = [
        index
        for index, child in enumerate(children)
        if child.type == "heading_3" and child.words == title
    ]
    if not starts:
        return ()
    end = starts[0] + 1
    while end < len(children) and not children[end].type.startswith("heading_"):
        end += 1
    return children[starts[0] : end]
