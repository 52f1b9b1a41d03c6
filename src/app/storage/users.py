"""Users, sessions, one-time links and wrong passwords, on SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import RowMapping, and_, func, or_, select

from app.domain.sign_in import FailedSignIns
from app.domain.user import User
from app.domain.web_session import SignInLink, WebSession
from app.storage.repository import Repository, own_columns
from app.storage.user_tables import sign_in_failures, sign_in_links, users, web_sessions

_USER = "user_"


class SqlUsers(Repository):
    """`Users` on SQL."""

    def all(self) -> tuple[User, ...]:
        """Every user there ever was, by e-mail."""
        return tuple(User(**row) for row in self._rows(users, order=(users.c.email,)))

    def get(self, email: str) -> User | None:
        """The user of this e-mail, in small letters; also one who was ended."""
        row = self._row(users, users.c.email == email)
        return None if row is None else User(**row)

    def has_any(self) -> bool:
        """Whether there is one who may sign in."""
        theirs = select(users.c.email).where(self._mine(users), users.c.ended_at.is_(None))
        return self._connection.execute(theirs.limit(1)).first() is not None

    def keep(self, user: User) -> None:
        """Insert him, or put him in the place of the one of his e-mail."""
        self._put(users, [asdict(user)])


class SqlSessions(Repository):
    """`Sessions` on SQL."""

    def get(self, digest: str) -> tuple[WebSession, User | None] | None:
        """The session of this digest, with the user of its name as he stands now: one SELECT."""
        owner = and_(
            users.c.tenant_id == web_sessions.c.tenant_id, users.c.email == web_sessions.c.by
        )
        of_user = [column.label(f"{_USER}{column.name}") for column in own_columns(users)]
        statement = (
            select(*own_columns(web_sessions), *of_user)
            .select_from(web_sessions.outerjoin(users, owner))
            .where(self._mine(web_sessions), web_sessions.c.digest == digest)
        )
        row = self._connection.execute(statement).mappings().first()
        return None if row is None else (_session(row), _user(row))

    def add(self, session: WebSession) -> None:
        """Keep a new one."""
        self._add(web_sessions, [asdict(session)])

    def mark_seen(self, digest: str, at: datetime) -> None:
        """Note the moment of its last use; one that was ended stays so."""
        statement = self._update(web_sessions, web_sessions.c.digest == digest)
        self._connection.execute(statement.values(seen_at=at))

    def end(self, digest: str) -> WebSession | None:
        """End it; returns what it was, None: it is none."""
        statement = self._delete(web_sessions, web_sessions.c.digest == digest)
        ended = self._connection.execute(statement.returning(*own_columns(web_sessions)))
        row = ended.mappings().first()
        return None if row is None else WebSession(**row)

    def open_of(
        self, by: str, *, seen_after: datetime, begun_after: datetime, most: int
    ) -> tuple[WebSession, ...]:
        """Somebody's sessions that were used, and begun, after a moment: the last used first."""
        own = web_sessions.c
        statement = (
            select(*own_columns(web_sessions))
            .where(self._mine(web_sessions), own.by == by)
            .where(own.seen_at > seen_after, own.began_at > begun_after)
            .order_by(own.seen_at.desc(), own.began_at.desc(), own.digest)
            .limit(most)
        )
        return tuple(WebSession(**row) for row in self._connection.execute(statement).mappings())

    def end_all_of(self, by: str, *, but: str = "") -> int:
        """End every session of somebody, `but` that of a digest; returns how many there were."""
        others = self._delete(web_sessions, web_sessions.c.by == by, web_sessions.c.digest != but)
        return self._connection.execute(others).rowcount

    def forget(self, *, seen_before: datetime, begun_before: datetime) -> int:
        """Forget those last used, or begun, before a moment; returns how many there were."""
        old = or_(web_sessions.c.seen_at < seen_before, web_sessions.c.began_at < begun_before)
        return self._connection.execute(self._delete(web_sessions, old)).rowcount

    def counts(self, *, seen_after: datetime) -> Mapping[str, int]:
        """How many each one has that were used after a moment, by name, in order."""
        by = web_sessions.c.by
        statement = (
            select(by, func.count())
            .where(self._mine(web_sessions), web_sessions.c.seen_at > seen_after)
            .group_by(by)
            .order_by(by)
        )
        return {name: count for name, count in self._connection.execute(statement)}  # noqa: C416


class SqlSignInLinks(Repository):
    """`SignInLinks` on SQL."""

    def add(self, link: SignInLink) -> None:
        """Keep a new one."""
        self._add(sign_in_links, [asdict(link)])

    def get(self, digest: str) -> SignInLink | None:
        """The link of this digest, unless it was used."""
        row = self._row(sign_in_links, sign_in_links.c.digest == digest)
        return None if row is None else SignInLink(**row)

    def take(self, digest: str) -> SignInLink | None:
        """The link of this digest, which is gone with that: nobody gets it twice."""
        statement = self._delete(sign_in_links, sign_in_links.c.digest == digest)
        taken = self._connection.execute(statement.returning(*own_columns(sign_in_links)))
        row = taken.mappings().first()
        return None if row is None else SignInLink(**row)

    def drop_all_of(self, by: str) -> int:
        """Forget somebody's links; returns how many there were."""
        return self._connection.execute(
            self._delete(sign_in_links, sign_in_links.c.by == by)
        ).rowcount

    def forget(self, *, ended_before: datetime) -> int:
        """Forget those whose time is over; returns how many there were."""
        old = sign_in_links.c.ends_at < ended_before
        return self._connection.execute(self._delete(sign_in_links, old)).rowcount


class SqlSignInFailures(Repository):
    """`SignInFailures` on SQL."""

    def get(self, digest: str) -> FailedSignIns | None:
        """What is counted for this e-mail."""
        row = self._row(sign_in_failures, sign_in_failures.c.digest == digest)
        return None if row is None else FailedSignIns(**row)

    def keep(self, failed: FailedSignIns) -> None:
        """Put it in the place of what was counted before."""
        self._put(sign_in_failures, [asdict(failed)])

    def clear(self, digest: str) -> None:
        """Somebody knew the password: nothing is counted any more."""
        self._connection.execute(
            self._delete(sign_in_failures, sign_in_failures.c.digest == digest)
        )

    def forget(self, *, before: datetime) -> int:
        """Forget what nobody tried since a moment; returns how many there were."""
        old = sign_in_failures.c.last_at < before
        return self._connection.execute(self._delete(sign_in_failures, old)).rowcount


def _session(row: RowMapping) -> WebSession:
    return WebSession(**{column.name: row[column.name] for column in own_columns(web_sessions)})


def _user(row: RowMapping) -> User | None:
    if row[f"{_USER}email"] is None:
        return None
    return User(**{column.name: row[f"{_USER}{column.name}"] for column in own_columns(users)})
