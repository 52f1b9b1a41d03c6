"""Sessions of the dashboard, and the links that open one: who, since when, until when.

Pure; the texts that a browser carries are nowhere here, only their digests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.user import User
from app.domain.viewer import Role, Viewer

IDLE = timedelta(hours=12)
"""Unused for so long, a session is over."""
LONGEST = timedelta(days=7)
"""However much it is used, a session is over then."""
SEEN_EVERY = timedelta(minutes=5)
"""How exactly a session's last use is known: a page that is read need not write."""
_HANDLE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose session it is to be."""

    by: str
    """As the audit log names him: an e-mail, or `os:NAME`."""
    is_by_link: bool
    """He had a link from the machine itself, whose user may do everything; else he is a user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where somebody comes from, as far as it can be told."""

    client: str = ""
    """The address that the request came from."""
    browser: str = ""
    """Which program on which system, in words of ours: what it says of itself is any text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    """One browser that is signed in."""

    digest: str
    """SHA-256 of the text in its cookie, in hexadecimal digits."""
    by: str
    is_by_link: bool
    began_at: datetime
    seen_at: datetime
    """Its last use, to within some minutes."""

    @property
    def handle(self) -> str:
        """What it is called on pages and in the audit log: nothing can be opened with that."""
        return self.digest[:_HANDLE]

    @property
    def about(self) -> str:
        """The record that it is in the audit log."""
        return f"session:{self.handle}"

    def is_over(self, now: datetime) -> bool:
        """Whether it was left unused, or has lasted, too long."""
        return now >= self.seen_at + IDLE or now >= self.began_at + LONGEST

    def is_use_worth_noting(self, now: datetime) -> bool:
        """Whether the last use that is noted is some minutes old."""
        return now - self.seen_at >= SEEN_EVERY


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLink:
    """A link that opens one session, once."""

    digest: str
    """SHA-256 of the text in it, in hexadecimal digits."""
    by: str
    made_at: datetime
    ends_at: datetime


def viewer_of(session: WebSession, user: User | None, now: datetime) -> Viewer | None:
    """Who looks, by his session and the user of its name as both stand now; None: nobody does.

    A role that changed counts at once, and the session of somebody who was ended is nobody's.
    """
    if session.is_over(now):
        return None
    if session.is_by_link:
        return Viewer(by=session.by, role=Role.ADMIN)
    if user is None or not user.may_sign_in:
        return None
    return user.viewer
