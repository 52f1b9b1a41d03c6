"""Zendesk as a source: a spec and nothing else.

Its export goes from change to change by a cursor, deleted tickets included; each page's address for
the next one is called as it is, and the last one is where the next reading begins.
"""

from __future__ import annotations

from app.domain.ticket import Priority, TicketStatus
from app.feeds.source_spec import (
    AuthKind,
    Change,
    HintPaths,
    Incremental,
    ListCall,
    Paginator,
    Paging,
    SourceSpec,
    TicketFields,
)

SYSTEM = "zendesk"

SPEC = SourceSpec(
    system=SYSTEM,
    auth=AuthKind.BASIC,
    call=ListCall(
        path="/api/v2/incremental/tickets/cursor.json",
        query={"start_time": 1, "per_page": "{size}"},
    ),
    items_path="tickets",
    paginator=Paginator(
        kind=Paging.NEXT_URL, size=500, position_path="after_url", end_path="end_of_stream"
    ),
    incremental=Incremental(kind=Change.CURSOR),
    fields=TicketFields(
        source_id="id",
        ticket_id="id",
        status="status",
        priority="priority",
        subject="subject",
        created_at="created_at",
        updated_at="updated_at",
    ),
    hints=HintPaths(
        labels=("tags",),
        email=("via.source.from.address",),
        external_organizations=("organization_id",),
    ),
    status_by={
        "new": TicketStatus.OPEN,
        "open": TicketStatus.OPEN,
        "pending": TicketStatus.PENDING,
        "hold": TicketStatus.PENDING,
        "solved": TicketStatus.RESOLVED,
        "closed": TicketStatus.CLOSED,
        "deleted": TicketStatus.CLOSED,
    },
    priority_by={
        "urgent": Priority.P1,
        "high": Priority.P2,
        "normal": Priority.P3,
        "low": Priority.P4,
    },
    id_prefix="ZD-",
    gone_path="status",
    gone_values=frozenset({"deleted"}),
)
