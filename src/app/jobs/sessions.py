"""Sessions of the dashboard: begun, recognised, ended; and the one-time links that open one.

Beginnings and ends are written into the audit log; the texts themselves are returned once, to whom
they belong, and are kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import JsonValue

from app.domain.act import Act, ActKind
from app.domain.sign_in import FORGOTTEN_AFTER
from app.domain.viewer import Viewer
from app.domain.web_session import (
    IDLE,
    LONGEST,
    Identity,
    Origin,
    SignInLink,
    WebSession,
    viewer_of,
)
from app.errors import InvalidInput
from app.ports.store import Unit
from app.services.session_tokens import csrf_of, new_token, read_token

LINK_LASTS = timedelta(minutes=10)
"""A link that somebody asked for."""
START_LINK_LASTS = timedelta(hours=24)
"""The one that a service prints when it starts."""

NOT_TOLD = "web"
"""Who tried to sign in, in the audit log: he could not show who he is."""
_NOWHERE = Origin()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A session that was just begun, and the only sight of its text."""

    text: str = field(repr=False)
    """For the cookie."""
    session: WebSession

    @property
    def csrf(self) -> str:
        """The word that its forms send back."""
        return csrf_of(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session that holds, and who looks by it."""

    session: WebSession
    viewer: Viewer


def begin_session(
    unit: Unit,
    identity: Identity,
    *,
    at: datetime,
    instead_of: str = "",
    origin: Origin = _NOWHERE,
) -> NewSession:
    """Begin a session in the place of the one whose digest was presented; what is over goes.

    Raises InvalidInput: the tenant's name could not be read back from a cookie.
    """
    if instead_of:
        unit.sessions.end(instead_of)
    unit.sessions.forget(seen_before=at - IDLE, begun_before=at - LONGEST)
    unit.sign_in_links.forget(ended_before=at)
    unit.sign_in_failures.forget(before=at - FORGOTTEN_AFTER)
    text, digest = _token(unit)
    session = WebSession(
        digest=digest, by=identity.by, is_by_link=identity.is_by_link, began_at=at, seen_at=at
    )
    unit.sessions.add(session)
    way = "link" if identity.is_by_link else "password"
    told = {"way": way, "client": origin.client, "browser": origin.browser}
    after: dict[str, JsonValue] = {name: word for name, word in told.items() if word}
    _note(unit, ActKind.SIGNED_IN, identity.by, at, after, about=session.about)
    return NewSession(text=text, session=session)


def session_of(unit: Unit, digest: str, now: datetime) -> SignedIn | None:
    """Who looks by the session of this digest; None: nobody does. One SELECT, no write."""
    found = unit.sessions.get(digest)
    if found is None:
        return None
    session, user = found
    viewer = viewer_of(session, user, now)
    return None if viewer is None else SignedIn(session=session, viewer=viewer)


def mark_seen(unit: Unit, session: WebSession, at: datetime) -> None:
    """Note a session's use, in a transaction of its own; only when the last one is minutes old."""
    if session.is_use_worth_noting(at):
        unit.sessions.mark_seen(session.digest, at)


def end_session(unit: Unit, digest: str, *, at: datetime) -> bool:
    """End a session as its browser asks; whether there was one."""
    ended = unit.sessions.end(digest)
    if ended is not None:
        _note(unit, ActKind.SIGNED_OUT, ended.by, at, {}, about=ended.about)
    return ended is not None


def end_sessions_of(unit: Unit, of: str, *, by: str, at: datetime) -> int:
    """End every session and every unused link of somebody at once; returns how many sessions."""
    unit.sign_in_links.drop_all_of(of)
    ended = unit.sessions.end_all_of(of)
    if ended:
        _note(unit, ActKind.SIGNED_OUT, by, at, {"sessions": ended}, about=f"user:{of}")
    return ended


def make_link(unit: Unit, *, by: str, at: datetime, lasts: timedelta = LINK_LASTS) -> str:
    """The text of a link that opens one session for whoever has the machine's word; works once."""
    text, digest = _token(unit)
    unit.sign_in_links.forget(ended_before=at)
    unit.sign_in_links.add(SignInLink(digest=digest, by=by, made_at=at, ends_at=at + lasts))
    _note(unit, ActKind.LINK_MADE, by, at, {"ends_at": (at + lasts).isoformat()})
    return text


def is_open(unit: Unit, digest: str, now: datetime) -> bool:
    """Whether a link would work; looking does not use it up."""
    link = unit.sign_in_links.get(digest)
    return link is not None and now < link.ends_at


def use_link(unit: Unit, digest: str, *, at: datetime) -> Identity | None:
    """Whose session a link opens; it is used up with that. None: it opens nothing any more."""
    link = unit.sign_in_links.take(digest)
    if link is None or at >= link.ends_at:
        return None
    return Identity(by=link.by, is_by_link=True)


def note_refused_link(unit: Unit, *, client: str, at: datetime) -> None:
    """Somebody at an address tried a link that opens nothing."""
    _note(unit, ActKind.SIGN_IN_REFUSED, NOT_TOLD, at, {"way": "link", "client": client})


def _token(unit: Unit) -> tuple[str, str]:
    text = new_token(unit.tenant_id)
    read = read_token(text)
    if read is None:
        msg = f"{unit.tenant_id!r} is no tenant's name that a session could carry"
        raise InvalidInput(msg)
    return text, read.digest


def _note(
    unit: Unit,
    kind: ActKind,
    by: str,
    at: datetime,
    after: dict[str, JsonValue],
    *,
    about: str = "dashboard",
) -> None:
    unit.diary.add_act(Act(at=at, by=by, kind=kind, account_id="", about=about, after=after))
