"""Somebody who is signed in takes another password, if he knows the one he has.

A try is counted and slowed down as one to sign in is, by the same count: a browser that was left
open is no better place to guess. Every session and unused link of his ends, and one begins anew.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.clock import Clock
from app.domain.act import Act, ActKind
from app.domain.user import User, refuse_password
from app.domain.web_session import Identity, Origin, WebSession
from app.errors import Conflict, InvalidInput
from app.jobs.sessions import NewSession, begin_session, session_of
from app.jobs.signing_in import NotSignedIn, count_try, holds_as_before
from app.jobs.users import set_password
from app.ports.store import Store, Unit
from app.services.passwords import Checked, Passwords


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    """What somebody typed, and in which session."""

    session: WebSession
    current: str = field(repr=False)
    new: str = field(repr=False)
    again: str = field(repr=False)
    """The new one a second time: nobody sees what he types."""
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangingPassword:
    """The way to another password in one store."""

    store: Store
    passwords: Passwords
    turns: asyncio.Semaphore
    """How many passwords may be checked at a time."""
    clock: Clock

    async def tried(self, tenant_id: str, change: PasswordChange) -> NewSession | NotSignedIn:
        """The session that takes the place of all of his, if he knew the password he has.

        Raises InvalidInput where the new one cannot be one, which counts as no try, and Conflict.
        """
        _refuse(change)
        at, email = self.clock(), change.session.by
        counted = await self.store.write(tenant_id, lambda unit: count_try(unit, email, at))
        if isinstance(counted, timedelta):
            return NotSignedIn(wait=counted)
        kept = "" if counted is None else counted.password_hash
        async with self.turns:
            checked, fresh = await asyncio.to_thread(self._hashed, kept, change)
        now = self.clock()
        return await self.store.write(
            tenant_id, lambda unit: _judged(unit, change, counted, checked, fresh, now)
        )

    def _hashed(self, kept: str, change: PasswordChange) -> tuple[Checked, str]:
        checked = self.passwords.check(kept, change.current)
        return checked, self.passwords.hash(change.new) if checked.holds else ""


def _refuse(change: PasswordChange) -> None:
    if change.session.is_by_link:
        raise Conflict("you came by a link: there is no password to change")
    if why := refuse_password(change.new, email=change.session.by):
        raise InvalidInput(why)
    if change.new != change.again:
        raise InvalidInput("the new password was not typed the same way twice")
    if change.new == change.current:
        raise InvalidInput("that is the password you have already")


def _judged(
    unit: Unit,
    change: PasswordChange,
    looked_up: User | None,
    checked: Checked,
    fresh: str,
    now: datetime,
) -> NewSession | NotSignedIn:
    """What stands now is looked at again: hashing takes its time."""
    by = change.session.by
    if session_of(unit, change.session.digest, now) is None:
        raise Conflict("your session ended meanwhile: the password is as it was")
    user = unit.users.get(by)
    is_same = user is not None and looked_up is not None and holds_as_before(user, looked_up)
    if not is_same or not checked.holds:
        after = {"client": change.origin.client}
        kind, about = ActKind.PASSWORD_REFUSED, f"user:{by}"
        unit.diary.add_act(Act(at=now, by=by, kind=kind, account_id="", about=about, after=after))
        return NotSignedIn()
    set_password(unit, by, fresh, by=by, at=now)
    who = Identity(by=by, is_by_link=False)
    return begin_session(unit, who, at=now, origin=change.origin)
