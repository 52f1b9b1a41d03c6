"""Somebody's own sessions: which are open, where each began, and how he ends them.

Whose they are is the name that the audit log has for him: whoever acts in it is shown, however he
came in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.act import Act, ActKind
from app.domain.web_session import IDLE, LONGEST, Origin, WebSession
from app.errors import NotFound
from app.ports.store import Unit

MOST = 50
"""The last used are shown; with all others, those beyond end too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSession:
    """One that is open."""

    session: WebSession
    origin: Origin
    """Where it began; empty words: nobody wrote that down."""


def own_sessions(unit: Unit, by: str, now: datetime) -> tuple[OwnSession, ...]:
    """The last used first: one SELECT for the sessions, one for their beginnings."""
    found = unit.sessions.open_of(by, seen_after=now - IDLE, begun_after=now - LONGEST, most=MOST)
    beginnings = unit.diary.last_acts([session.about for session in found])
    return tuple(
        OwnSession(session=session, origin=_origin(beginnings.get(session.about)))
        for session in found
    )


def end_own(unit: Unit, by: str, handle: str, *, at: datetime) -> WebSession:
    """End one of somebody's sessions. Raises NotFound, and ends nobody else's."""
    found = unit.sessions.open_of(by, seen_after=at - IDLE, begun_after=at - LONGEST, most=MOST)
    session = next((one for one in found if one.handle == handle), None)
    if session is None or unit.sessions.end(session.digest) is None:
        raise NotFound("there is no such session of yours: it may have ended by itself")
    unit.diary.add_act(_signed_out(by, at, session.about))
    return session


def end_others(unit: Unit, own: WebSession, *, at: datetime) -> int:
    """End all sessions of somebody but his own, and his unused links; returns how many sessions."""
    unit.sign_in_links.drop_all_of(own.by)
    ended = unit.sessions.end_all_of(own.by, but=own.digest)
    if ended:
        unit.diary.add_act(_signed_out(own.by, at, f"user:{own.by}", ended))
    return ended


def _signed_out(by: str, at: datetime, about: str, sessions: int = 1) -> Act:
    after = {"sessions": sessions}
    return Act(at=at, by=by, kind=ActKind.SIGNED_OUT, account_id="", about=about, after=after)


def _origin(began: Act | None) -> Origin:
    told = {} if began is None else began.after
    return Origin(client=str(told.get("client", "")), browser=str(told.get("browser", "")))
