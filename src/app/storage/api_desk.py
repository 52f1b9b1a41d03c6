"""What the HTTP door remembers, on SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select

from app.domain.api_key import ApiKey
from app.ports.http_records import GivenAnswer, ParkedHeartbeat
from app.storage.api_tables import api_keys, given_answers, parked_heartbeats
from app.storage.repository import Repository, in_lists


class SqlApiKeys(Repository):
    """`ApiKeys` on SQL."""

    def all(self) -> tuple[ApiKey, ...]:
        """Every key there ever was, by name, then oldest first."""
        order = (api_keys.c.name, api_keys.c.made_at, api_keys.c.digest)
        return tuple(ApiKey(**row) for row in self._rows(api_keys, order=order))

    def get(self, digest: str) -> ApiKey | None:
        """The key of this digest."""
        row = self._row(api_keys, api_keys.c.digest == digest)
        return None if row is None else ApiKey(**row)

    def keep(self, key: ApiKey) -> None:
        """Insert it, or put it in the place of the one of its digest."""
        self._put(api_keys, [asdict(key)])

    def mark_used(self, digest: str, at: datetime) -> None:
        """Note the moment of its last use, and change nothing else of it."""
        statement = self._update(api_keys, api_keys.c.digest == digest)
        self._connection.execute(statement.values(last_used_at=at))


class SqlGivenAnswers(Repository):
    """`GivenAnswers` on SQL."""

    def get(self, asker: str, request_id: str) -> GivenAnswer | None:
        """The answer to this request."""
        asked = (given_answers.c.asker == asker, given_answers.c.request_id == request_id)
        row = self._row(given_answers, *asked)
        return None if row is None else GivenAnswer(**row)

    def keep(self, answer: GivenAnswer) -> None:
        """Keep it in the place of an older one to the same request."""
        self._put(given_answers, [asdict(answer)])

    def forget(self, before: datetime, *, keeping: Collection[str] = ()) -> int:
        """Forget those given before a moment, but these askers'; returns how many there were."""
        old = (given_answers.c.given_at < before, given_answers.c.asker.not_in(keeping))
        statement = self._delete(given_answers, *old)
        return self._connection.execute(statement).rowcount


class SqlParkedHeartbeats(Repository):
    """`ParkedHeartbeats` on SQL."""

    def keep(self, heartbeats: Sequence[ParkedHeartbeat]) -> None:
        """Put them on the list; the same account and moment again replaces the one there is."""
        latest = {(one.named, one.seen_at): one for one in heartbeats}
        self._put(parked_heartbeats, [asdict(one) for one in latest.values()])

    def waiting(self) -> Mapping[str, int]:
        """How many wait for each account, by what it was called, in order."""
        named = parked_heartbeats.c.named
        statement = (
            select(named, func.count())
            .where(self._mine(parked_heartbeats))
            .group_by(named)
            .order_by(named)
        )
        return {name: count for name, count in self._connection.execute(statement)}  # noqa: C416

    def take(self, named: Collection[str]) -> tuple[ParkedHeartbeat, ...]:
        """Take those of accounts so called off the list, oldest first."""
        taken: list[ParkedHeartbeat] = []
        for some in in_lists(named):
            theirs = parked_heartbeats.c.named.in_(some)
            taken += [ParkedHeartbeat(**row) for row in self._rows(parked_heartbeats, theirs)]
            self._connection.execute(self._delete(parked_heartbeats, theirs))
        return tuple(sorted(taken, key=lambda one: (one.seen_at, one.named)))
