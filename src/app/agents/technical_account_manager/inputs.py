"""What the technical score is computed from: tickets and the heartbeat, cut down to what counts.

No free text comes this far: subjects, notes and names cannot move a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self, cast

from pydantic import JsonValue

from app.clock import local_day
from app.domain.book import AccountFacts
from app.domain.feed import FactKind, Feed, FeedView
from app.domain.heartbeat_finding import HeartbeatFinding
from app.domain.heartbeat_watch import heartbeat_findings
from app.domain.ticket import URGENT, Priority, Ticket
from app.domain.unread import Unread

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_TICKETS = frozenset({FactKind.TICKETS})
_TICKETS_AND_HEARTBEATS = frozenset({FactKind.TICKETS, FactKind.HEARTBEATS})


def kinds_behind_tam(facts: AccountFacts) -> frozenset[FactKind]:
    """The kinds whose trouble freezes the technical score of this account.

    Tickets always; heartbeats only where the account has one, so that an account that is not
    monitored never hangs on the heartbeat feed.
    """
    return _TICKETS if facts.last_heartbeat is None else _TICKETS_AND_HEARTBEATS


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicket:
    """An open ticket as the score sees it."""

    ticket_id: str
    priority: Priority
    is_assumed: bool
    """Its source gave no priority that we can map: the tenant's default stands in."""
    created_at: datetime

    @property
    def label(self) -> str:
        """Its id, with the mark of an assumed priority."""
        return f"{self.ticket_id} (assumed {self.priority})" if self.is_assumed else self.ticket_id


@dataclass(frozen=True, slots=True, kw_only=True)
class TamInputs:
    """One account's technical signals at one moment."""

    account_id: str
    now: datetime
    tickets: tuple[OpenTicket, ...] | None
    """Open ones, oldest first, then by id; None: no feed brings tickets for this account."""
    ticket_feeds: tuple[str, ...]
    last_heartbeat: datetime | None
    """None: never set, so the integration is not monitored."""
    heard_until: datetime
    """The moment up to which a heartbeat would have been heard: silence is measured to here."""
    heartbeat_feeds: tuple[str, ...]
    silence_hours: float | None
    """The account's own silence threshold; None: the tenant's."""
    anomalies: tuple[HeartbeatFinding, ...] = ()
    """What is out of the heartbeat's own ordinary; it takes no points."""
    unread: tuple[Unread, ...] = ()
    """Sources of tickets in trouble that never had any of this account."""

    @classmethod
    def of(
        cls,
        facts: AccountFacts,
        feeds: FeedView,
        *,
        default_priority: Priority,
        now: datetime,
        zone: str,
    ) -> Self:
        """The signals among the facts, at `now` (aware); days are those of the IANA zone `zone`."""
        account = facts.account
        ticket_feeds = feeds.speaking_for(account.account_id, FactKind.TICKETS)
        heartbeat_feeds = feeds.speaking_for(account.account_id, FactKind.HEARTBEATS)
        heard_until = _heard_until(facts.last_heartbeat, heartbeat_feeds, now)
        return cls(
            account_id=account.account_id,
            now=now,
            tickets=_seen(facts.open_tickets, default_priority) if ticket_feeds else None,
            ticket_feeds=tuple([feed.name for feed in ticket_feeds]),
            last_heartbeat=facts.last_heartbeat,
            heard_until=heard_until,
            heartbeat_feeds=tuple([feed.name for feed in heartbeat_feeds]),
            silence_hours=account.heartbeat_silence_hours,
            anomalies=_anomalies(facts, heard_until, zone),
            unread=feeds.unread_for(account.account_id),
        )

    @property
    def urgent(self) -> tuple[OpenTicket, ...]:
        """The open P1 and P2 tickets, oldest first; empty too where tickets are unknown."""
        return tuple([ticket for ticket in self.tickets or () if ticket.priority in URGENT])

    @property
    def hours_since_heartbeat(self) -> float | None:
        """Hours of silence that we would have heard the end of; None: not monitored."""
        if self.last_heartbeat is None:
            return None
        return max(0.0, (self.heard_until - self.last_heartbeat) / _HOUR)

    def age_days(self, moment: datetime) -> float:
        """Days from `moment` to the moment of the inputs, 0 for what lies ahead of it."""
        return max(0.0, (self.now - moment) / _DAY)

    def with_default_priority(self, priority: Priority) -> Self:
        """The same account where assumed priorities are `priority`."""
        if self.tickets is None:
            return self
        assumed = [replace(t, priority=priority) if t.is_assumed else t for t in self.tickets]
        return replace(self, tickets=tuple(assumed))

    def with_availability_of(self, other: TamInputs) -> TamInputs:
        """These signals, as far as `other` knows them too; those only `other` knows are its own."""
        changed: TamInputs = replace(self, unread=other.unread)
        if (self.tickets is None) != (other.tickets is None):
            changed = replace(changed, tickets=other.tickets, ticket_feeds=other.ticket_feeds)
        if (self.last_heartbeat is None) != (other.last_heartbeat is None):
            changed = replace(
                changed,
                last_heartbeat=other.last_heartbeat,
                heard_until=other.heard_until,
                heartbeat_feeds=other.heartbeat_feeds,
                anomalies=other.anomalies,
            )
        return changed

    def as_json(self) -> Mapping[str, JsonValue]:
        """A compact JSON object that `from_json` turns into equal inputs."""
        written: dict[str, JsonValue] = {
            "account": self.account_id,
            "now": self.now.isoformat(),
            "feeds": [list(self.ticket_feeds), list(self.heartbeat_feeds)],
        }
        if self.tickets is not None:
            written["tickets"] = [
                [t.ticket_id, t.priority.value, t.is_assumed, t.created_at.isoformat()]
                for t in self.tickets
            ]
        if self.last_heartbeat is not None:
            written["heartbeat"] = [self.last_heartbeat.isoformat(), self.heard_until.isoformat()]
        if self.silence_hours is not None:
            written["silence_hours"] = self.silence_hours
        if self.anomalies:
            written["anomalies"] = [one.as_json() for one in self.anomalies]
        if self.unread:
            written["unread"] = [one.as_json() for one in self.unread]
        return written

    @classmethod
    def from_json(cls, written: Mapping[str, JsonValue]) -> Self:
        """The inputs that `as_json` wrote."""
        now = datetime.fromisoformat(cast("str", written["now"]))
        ticket_feeds, heartbeat_feeds = cast("list[list[str]]", written["feeds"])
        tickets = cast("list[tuple[str, str, bool, str]] | None", written.get("tickets"))
        heartbeat = cast("list[str] | None", written.get("heartbeat"))
        anomalies = cast("list[list[JsonValue]]", written.get("anomalies", []))
        unread = cast("list[list[JsonValue]]", written.get("unread", []))
        return cls(
            account_id=cast("str", written["account"]),
            now=now,
            tickets=None if tickets is None else tuple([_read(row) for row in tickets]),
            ticket_feeds=tuple(ticket_feeds),
            last_heartbeat=datetime.fromisoformat(heartbeat[0]) if heartbeat else None,
            heard_until=datetime.fromisoformat(heartbeat[1]) if heartbeat else now,
            heartbeat_feeds=tuple(heartbeat_feeds),
            silence_hours=cast("float | None", written.get("silence_hours")),
            anomalies=tuple([HeartbeatFinding.from_json(row) for row in anomalies]),
            unread=tuple([Unread.from_json(row) for row in unread]),
        )


def _seen(tickets: tuple[Ticket, ...], default: Priority) -> tuple[OpenTicket, ...]:
    seen = [
        OpenTicket(
            ticket_id=ticket.ticket_id,
            priority=ticket.priority or default,
            is_assumed=ticket.priority is None,
            created_at=ticket.created_at,
        )
        for ticket in tickets
    ]
    seen.sort(key=lambda ticket: (ticket.created_at, ticket.ticket_id))
    return tuple(seen)


def _heard_until(last: datetime | None, feeds: tuple[Feed, ...], now: datetime) -> datetime:
    """Without a feed a heartbeat was set by hand, and anyone may set the next one at any time."""
    if last is None or not feeds:
        return now
    delivered = [feed.last_ok_at for feed in feeds if feed.last_ok_at is not None]
    return min(now, max(delivered, default=last))


def _anomalies(
    facts: AccountFacts, heard_until: datetime, zone: str
) -> tuple[HeartbeatFinding, ...]:
    if facts.last_heartbeat is None or not facts.heartbeat_days:
        return ()
    return heartbeat_findings(
        facts.heartbeat_days,
        last_seen=facts.last_heartbeat,
        heard_until=heard_until,
        until_day=local_day(heard_until, zone),
    )


def _read(row: tuple[str, str, bool, str]) -> OpenTicket:
    ticket_id, priority, is_assumed, created_at = row
    return OpenTicket(
        ticket_id=ticket_id,
        priority=Priority(priority),
        is_assumed=is_assumed,
        created_at=datetime.fromisoformat(created_at),
    )
