"""What the store holds for signing in: users, sessions, one-time links, wrong passwords.

Every port here is opened for one tenant, inside one transaction (`app.ports.store.Unit`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from app.domain.sign_in import FailedSignIns
from app.domain.user import User
from app.domain.web_session import SignInLink, WebSession


class Users(Protocol):
    """The tenant's users, by their e-mails."""

    def all(self) -> tuple[User, ...]:
        """Every user there ever was, by e-mail."""
        ...

    def get(self, email: str) -> User | None:
        """The user of this e-mail, in small letters; also one who was ended."""
        ...

    def has_any(self) -> bool:
        """Whether there is one who may sign in."""
        ...

    def keep(self, user: User) -> None:
        """Insert him, or put him in the place of the one of his e-mail."""
        ...


class Sessions(Protocol):
    """Browsers that are signed in, by the digests of what they carry."""

    def get(self, digest: str) -> tuple[WebSession, User | None] | None:
        """The session of this digest, with the user of its name as he stands now: one SELECT."""
        ...

    def add(self, session: WebSession) -> None:
        """Keep a new one."""
        ...

    def mark_seen(self, digest: str, at: datetime) -> None:
        """Note the moment of its last use; one that was ended stays so."""
        ...

    def end(self, digest: str) -> WebSession | None:
        """End it; returns what it was, None: it is none."""
        ...

    def open_of(
        self, by: str, *, seen_after: datetime, begun_after: datetime, most: int
    ) -> tuple[WebSession, ...]:
        """Somebody's sessions that were used, and begun, after a moment: the last used first."""
        ...

    def end_all_of(self, by: str, *, but: str = "") -> int:
        """End every session of somebody, `but` that of a digest; returns how many there were."""
        ...

    def forget(self, *, seen_before: datetime, begun_before: datetime) -> int:
        """Forget those last used, or begun, before a moment; returns how many there were."""
        ...

    def counts(self, *, seen_after: datetime) -> Mapping[str, int]:
        """How many each one has that were used after a moment, by name, in order."""
        ...


class SignInLinks(Protocol):
    """Links that open a session once."""

    def add(self, link: SignInLink) -> None:
        """Keep a new one."""
        ...

    def get(self, digest: str) -> SignInLink | None:
        """The link of this digest, unless it was used."""
        ...

    def take(self, digest: str) -> SignInLink | None:
        """The link of this digest, which is gone with that: nobody gets it twice."""
        ...

    def drop_all_of(self, by: str) -> int:
        """Forget somebody's links; returns how many there were."""
        ...

    def forget(self, *, ended_before: datetime) -> int:
        """Forget those whose time is over; returns how many there were."""
        ...


class SignInFailures(Protocol):
    """Wrong passwords in a row, by the digests of the e-mails that they were tried for."""

    def get(self, digest: str) -> FailedSignIns | None:
        """What is counted for this e-mail."""
        ...

    def keep(self, failed: FailedSignIns) -> None:
        """Put it in the place of what was counted before."""
        ...

    def clear(self, digest: str) -> None:
        """Somebody knew the password: nothing is counted any more."""
        ...

    def forget(self, *, before: datetime) -> int:
        """Forget what nobody tried since a moment; returns how many there were."""
        ...
