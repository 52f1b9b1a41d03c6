"""A small Zendesk of our own: the export of tickets by cursor, deleted ones included.

::

    server = ZendeskServer()
    server.add("Export fails", priority="urgent", organization=7)
    with server.serving() as address: …
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from pydantic import JsonValue

from tests.servers.desk import Asked, HelpDesk, Told

EMAIL, TOKEN = "sync@support.example", "made-up-token"
START = datetime(2026, 11, 1, 8, tzinfo=UTC)
MOST = 1000
_PATH = "/api/v2/incremental/tickets/cursor.json"

Row = dict[str, JsonValue]


class ZendeskServer(HelpDesk):
    """One instance. Every change moves its clock on by a minute."""

    def __init__(self, *, email: str = EMAIL, token: str = TOKEN, most: int = MOST) -> None:
        super().__init__()
        self.now = START
        self.tickets: dict[int, Row] = {}
        self._most = most
        pair = f"{email}/token:{token}".encode()
        self._basic = "Basic " + base64.b64encode(pair).decode()

    def add(
        self, subject: str, *, status: str = "open", priority: str | None = None,
        organization: int | None = None, email: str | None = None, tags: Sequence[str] = (),
    ) -> int:  # fmt: skip
        """A ticket as old as the clock says; gives its id."""
        number = len(self.tickets) + 1
        self.tickets[number] = {
            "id": number,
            "url": f"https://example.zendesk.com/api/v2/tickets/{number}.json",
            "subject": subject,
            "raw_subject": subject,
            "description": "Ünread.",
            "status": status,
            "priority": priority,
            "organization_id": organization,
            "requester_id": 1_000 + number,
            "tags": [*tags],
            "via": {"channel": "email", "source": {"from": {"address": email}, "to": {}}},
            "created_at": _iso(self.now),
        }
        self.change(number)
        return number

    def change(self, number: int, **more: JsonValue) -> None:
        """Something happens to a ticket."""
        ticket = self.tickets[number]
        ticket.update(more)
        ticket["updated_at"] = _iso(self.now)
        ticket["generated_timestamp"] = int(self.now.timestamp())
        self.now += timedelta(minutes=1)

    def answer(self, asked: Asked) -> Told:
        """A page of changes after the cursor."""
        if asked.headers.get("authorization") != self._basic:
            return _json(401, {"error": "Couldn't authenticate you"})
        if asked.path != _PATH:
            return _json(404, {"error": "InvalidEndpoint"})
        if ("cursor" in asked.query) == ("start_time" in asked.query):
            return _json(400, {"error": "either cursor or start_time"})
        since, last = _place(asked.query)
        size = min(int(asked.query.get("per_page", MOST)), self._most)
        after = sorted(
            (row for row in self.tickets.values() if _key(row) > (since, last)), key=_key
        )
        page = after[:size]
        since, last = _key(page[-1]) if page else (since, last)
        cursor = base64.b64encode(f"{since}||{last}".encode()).decode()
        onward = urlencode({"cursor": cursor, "per_page": size})
        body: Row = {
            "tickets": [*page],
            "after_url": f"http://{asked.headers['host']}{_PATH}?{onward}",
            "after_cursor": cursor,
            "before_cursor": None,
            "end_of_stream": len(after) <= size,
        }
        return _json(200, body)

    def limited(self) -> Told:
        """One request too many for this minute."""
        told = _json(429, {"error": "APIRateLimitExceeded"})
        return Told(status=429, content=told.content, headers=(("retry-after", "0"),))


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _key(ticket: Row) -> tuple[int, int]:
    return int(str(ticket["generated_timestamp"])), int(str(ticket["id"]))


def _place(query: Mapping[str, str]) -> tuple[int, int]:
    if "start_time" in query:
        return int(query["start_time"]), 0
    since, _, last = base64.b64decode(query["cursor"]).decode().partition("||")
    return int(since), int(last)


def _json(status: int, body: Row) -> Told:
    return Told(status=status, content=json.dumps(body, ensure_ascii=False).encode())
