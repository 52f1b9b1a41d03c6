"""The new Kayako as a source: cases by its API of 2017, which is what it still speaks.

No filter by update is documented, but cases come newest first by update, which does as well. A
case names no organisation: its requester does, where he has one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import JsonValue

from app.domain.ticket import Priority, TicketStatus
from app.feeds.source_spec import (
    AuthKind,
    Change,
    HintPaths,
    Incremental,
    Item,
    ListCall,
    Paginator,
    Paging,
    Source,
    SourceSpec,
    TicketFields,
)
from app.feeds.sync_pages import HttpPages
from app.feeds.sync_paths import read_at
from app.services.http import ApiClient
from app.services.kayako.config import KayakoConfig
from app.services.kayako.session import CASES, SYSTEM, KayakoSession

_ENDED = frozenset({"COMPLETED", "CLOSED"})
_RATINGS = {"GOOD": 5, "BAD": 1}


def resolved_at(case: Item) -> JsonValue:
    """When it was completed, or closed without that."""
    return read_at(case, "last_completed_at") or read_at(case, "last_closed_at")


def was_reopened(case: Item) -> JsonValue:
    """Whether it was completed once and is open again."""
    is_open = read_at(case, "status.type") not in _ENDED
    return is_open and read_at(case, "last_completed_at") is not None


def csat(case: Item) -> JsonValue:
    """The customer's rating, as far apart as it goes."""
    return _RATINGS.get(str(read_at(case, "rating")))


SPEC = SourceSpec(
    system=SYSTEM,
    auth=AuthKind.KAYAKO_SESSION,
    call=ListCall(
        path=CASES,
        query={
            "limit": "{size}",
            "offset": "{position}",
            # Without it, all of these come as bare references.
            "include": "case_status,case_priority,user,organization,identity_email,tag",
            "fields": "+tags",
        },
    ),
    items_path="data",
    paginator=Paginator(kind=Paging.OFFSET, total_path="total_count", overlap=5),
    incremental=Incremental(kind=Change.NEWEST_FIRST),
    fields=TicketFields(
        source_id="id",
        ticket_id="id",
        status="status.type",
        priority="priority.level",
        subject="subject",
        created_at="created_at",
        updated_at="updated_at",
        resolved_at=resolved_at,
        reopened=was_reopened,
        csat=csat,
    ),
    hints=HintPaths(
        labels=("tags.name",),
        email=("identity.email", "requester.emails.email"),
        external_organizations=("requester.organization.id",),
    ),
    status_by={
        "new": TicketStatus.OPEN,
        "open": TicketStatus.OPEN,
        "pending": TicketStatus.PENDING,
        "completed": TicketStatus.RESOLVED,
        "closed": TicketStatus.CLOSED,
        "custom": TicketStatus.OPEN,
    },
    priority_by={"4": Priority.P1, "3": Priority.P2, "2": Priority.P3, "1": Priority.P4},
    gone_path="state",
    gone_values=frozenset({"trash", "suspended"}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KayakoSystem:
    """`TicketSystem` of one instance."""

    api: ApiClient
    config: KayakoConfig

    @property
    def whom(self) -> str:
        """The instance."""
        return f"kayako {self.config.url}"

    async def look(self) -> Source:
        """There is nothing to ask: levels and types are the same everywhere."""
        session = KayakoSession(self.api, self.config)
        spec = replace(SPEC, id_prefix=self.config.prefix)
        return Source(
            spec=spec,
            pages=HttpPages(api=self.api, spec=spec, auth=session),
            address=self.config.url,
        )

    async def aclose(self) -> None:
        """Let go of connections."""
        await self.api.aclose()
