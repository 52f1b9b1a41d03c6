"""What Kayako Classic's tickets name by number only: departments, states and priorities.

It reads the three lists once; tickets are not its business.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from app.errors import TransientServiceError
from app.ports.source_auth import Auth
from app.services.http import FIRST_WAIT_SECONDS, ApiClient, tries
from app.services.kayako.classic_xml import Fields, read_list

SYSTEM = "kayako-classic"
SCRIPT = "/api/index.php"
TICKETS = "/Tickets/Ticket/ListAll/{departments}/-1/-1/-1/{size}/{position}/lastactivity/DESC"
"""All states, owners and users; newest first by activity, for versions that sort."""
_SAMPLE = 50
_TRIES = 4
_LONGEST_WAIT_SECONDS = 2.0


class _NoList(TransientServiceError):
    """An answer that went well, and is not the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookups:
    """Titles by their ids, as the instance has them."""

    departments: Mapping[str, str]
    """Those that take tickets."""
    statuses: Mapping[str, str]
    priorities: Mapping[str, str]
    resolved: frozenset[str]
    """Ids of the states that count as resolved."""


async def look_up(api: ApiClient, auth: Auth) -> Lookups:
    """Read the lists. Raises ServiceError."""
    departments = await _listed(api, auth, "/Base/Department", ("departments", "department"))
    statuses = await _listed(api, auth, "/Tickets/TicketStatus", ("ticketstatuses", "ticketstatus"))
    priorities = await _listed(
        api, auth, "/Tickets/TicketPriority", ("ticketpriorities", "ticketpriority")
    )
    return Lookups(
        departments=_titles(row for row in departments if _takes_tickets(row)),
        statuses=_titles(statuses),
        priorities=_titles(priorities),
        resolved=frozenset(row["id"] for row in statuses if row.get("markasresolved") == "1"),
    )


async def is_sorted(api: ApiClient, auth: Auth, departments: str) -> bool:
    """Whether tickets come newest first when that is asked for. Raises ServiceError."""
    call = TICKETS.format(departments=departments, size=_SAMPLE, position=0)
    rows = await _listed(api, auth, call, ("tickets", "ticket"))
    moments = [
        int(told) for told in (row.get("lastactivity", "") for row in rows) if _is_whole(told)
    ]
    return moments == sorted(moments, reverse=True)


async def _listed(
    api: ApiClient, auth: Auth, call: str, names: tuple[str, str]
) -> list[dict[str, str]]:
    """A list; a gateway's page or half an answer in its place passes, mostly."""
    return await tries(
        partial(_asked, api, auth, call, names),
        may_go_on=lambda error: isinstance(error, _NoList),
        attempts=_TRIES,
        first_wait=FIRST_WAIT_SECONDS,
        longest_wait=_LONGEST_WAIT_SECONDS,
    )


async def _asked(
    api: ApiClient, auth: Auth, call: str, names: tuple[str, str]
) -> list[dict[str, str]]:
    shown = await auth.credentials()
    operation = f"list {names[0]}"
    reply = await api.request(
        "GET", SCRIPT, operation=operation, params={"e": call, **shown.query}, headers=shown.headers
    )
    try:
        rows = read_list(reply.content, root=names[0], item=names[1])
    except ValueError as exc:
        told = f"answered {reply.status} with something else than its list"
        raise _NoList(SYSTEM, operation, told) from exc
    return [row for row in rows if row.get("id")]


def _titles(rows: Iterable[Fields]) -> dict[str, str]:
    return {row["id"]: row.get("title", "") for row in rows}


def _takes_tickets(row: Fields) -> bool:
    return (row.get("module") or row.get("app") or "tickets") == "tickets"


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit()
