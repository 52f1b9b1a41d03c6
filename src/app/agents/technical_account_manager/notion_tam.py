"""The TAM's pages in Notion: the account page's health fields and the profile sub-page.

What people write on those pages is never touched. Errors are the injected client's ServiceErrors.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TypedDict

from pydantic import JsonValue

from app.agents.technical_account_manager.notion_renderers import (
    COMMUNICATION_HISTORY,
    PROFILE_TITLE,
    communication_block,
    profile_blocks,
    profile_title,
    render_communication_log_blocks,
    render_health_dashboard_blocks,
    render_relationship_profile_blocks,
)
from app.agents.technical_account_manager.schemas import CommunicationRecord, RelationshipProfile
from app.blocks.built import built
from app.blocks.chunks import planned
from app.blocks.rich_text import MOST_TEXTS, texts
from app.clock import Clock, system_clock
from app.errors import InvalidInput
from app.ports.notion_client import NotionClient
from app.services.notion.account_keys import is_active
from app.services.notion.appending import append_planned
from app.services.notion.named import first_level, rows_of_database
from app.services.notion.once import filled, made_once
from app.services.notion.wire import Child, Row, parsed

__all__ = [
    "NotionAccount",
    "NotionTAMAdapter",
    "render_communication_log_blocks",
    "render_health_dashboard_blocks",
    "render_relationship_profile_blocks",
]


class NotionAccount(TypedDict):
    """An active account as its page in Notion tells it; None where a field is empty."""

    id: str
    """The account page's id."""
    name: str
    health_score: int | None
    health_rag: str | None
    last_health_scan: datetime | None
    last_heartbeat: datetime | None
    hours_since_heartbeat: float | None
    """None: never monitored."""
    api_call_count: int | None
    checkin_interval_days: int | None
    profile_url: str | None


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
        page, is_new = await made_once(
            partial(self._profile_page, account_page_id),
            partial(self._make_profile_page, account_page_id, profile_title(profile)),
        )
        await filled(self._client, page.id, profile_blocks(profile), is_new=is_new)
        await self._client.pages.update(
            account_page_id, properties={"TAM Profile": {"url": page.url}}
        )
        return page.id

    async def update_health_score(
        self, account_page_id: str, score: int | None, rag_status: str
    ) -> None:
        """Write score (0-100, 100 = healthy), band and the scan's time on the account page.

        A score of None empties the field: the band is Unknown. Raises ServiceError.
        """
        await self._client.pages.update(
            account_page_id,
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

        The section may stand in a part of the page that opens; a page without it gets the line at
        its end. Raises ServiceError.
        """
        entry = communication_block(record)
        line = built([entry])[0].words
        holder = end = ""

        async def there() -> str | None:
            nonlocal holder, end
            holder, section = await self._log_of(profile_page_id)
            end = section[-1].id if section else ""
            return next((child.id for child in section if child.words == line), None)

        async def add() -> str:
            return (await append_planned(self._client, holder, planned([entry]), after=end))[0]

        await made_once(there, add)

    async def query_all_accounts(self) -> list[NotionAccount]:
        """Every active account: its renewal is still to come, or has no date.

        Raises InvalidInput when no accounts database was given, else ServiceError.
        """
        if self._accounts_database_id is None:
            raise InvalidInput("accounts_database_id: no accounts database in Notion is named")
        now = self._clock()
        return [
            _account_of(row, now)
            async for row in rows_of_database(self._client, self._accounts_database_id)
            if is_active(row, now)
        ]

    async def get_relationship_profile_page(self, account_page_id: str) -> str | None:
        """The id of the account's profile sub-page; None: there is none. Raises ServiceError."""
        children = await first_level(self._client, account_page_id)
        return next(
            (
                child.id
                for child in children
                if child.type == "child_page" and child.words.startswith(PROFILE_TITLE)
            ),
            None,
        )

    async def _log_of(self, page_id: str) -> tuple[str, Sequence[Child]]:
        """Where the log is, and what stands in it, its heading first; else the page as a whole."""
        children = await first_level(self._client, page_id)
        if section := _section(children):
            return page_id, section
        for child in children:
            if not child.has_children or child.type == "child_page":
                continue
            if section := _section(await first_level(self._client, child.id)):
                return child.id, section
        return page_id, children

    async def _profile_page(self, account_page_id: str) -> Row | None:
        page_id = await self.get_relationship_profile_page(account_page_id)
        if page_id is None:
            return None
        return parsed(Row, await self._client.pages.retrieve(page_id), "pages.retrieve")

    async def _make_profile_page(self, account_page_id: str, title: str) -> Row:
        words: list[JsonValue] = [*texts(title)[:MOST_TEXTS]]
        answer = await self._client.pages.create(
            parent={"type": "page_id", "page_id": account_page_id},
            properties={"title": {"title": words}},
        )
        return parsed(Row, answer, "pages.create")


def _section(children: Sequence[Child]) -> Sequence[Child]:
    """The log's heading and what stands under it; empty: it is not among them."""
    starts = [
        index
        for index, child in enumerate(children)
        if child.type.startswith("heading_") and child.words == COMMUNICATION_HISTORY
    ]
    if not starts:
        return ()
    end = starts[0] + 1
    while end < len(children) and not children[end].type.startswith("heading_"):
        end += 1
    return children[starts[0] : end]


def _account_of(row: Row, now: datetime) -> NotionAccount:
    """The account that a row tells of, its silence measured up to `now`."""
    heartbeat = row.moment("Last Heartbeat")
    return NotionAccount(
        id=row.id,
        name=row.title,
        health_score=_whole(row.number("Health Score")),
        health_rag=row.words("Health Status") or None,
        last_health_scan=row.moment("Last Health Scan"),
        last_heartbeat=heartbeat,
        hours_since_heartbeat=(
            None if heartbeat is None else max((now - heartbeat).total_seconds() / 3600, 0.0)
        ),
        api_call_count=_whole(row.number("API Call Count")),
        checkin_interval_days=_whole(row.number("Check-in Interval")),
        profile_url=row.words("TAM Profile") or None,
    )


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)
