"""Signing in with e-mail and password: a try is counted before it is judged.

So many tries at once count as so many, and a process that dies in between forgives none. What is
told to who cannot come in is the same whether there is such a user or not.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.clock import Clock
from app.domain.act import Act, ActKind
from app.domain.sign_in import after_failure
from app.domain.user import User
from app.domain.web_session import Identity, Origin
from app.jobs.sessions import NOT_TOLD, NewSession, begin_session
from app.ports.store import Store, Unit
from app.services.passwords import Checked, Passwords
from app.services.session_tokens import digest_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInTry:
    """What somebody typed, and where from."""

    email: str
    """In small letters."""
    password: str = field(repr=False)
    origin: Origin
    instead_of: str = ""
    """The digest of the session that his browser has; it ends when the new one begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSignedIn:
    """He cannot come in now."""

    wait: timedelta = timedelta()
    """Zero: e-mail and password do not belong together. Else they were not even looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The way in of one tenant."""

    store: Store
    passwords: Passwords
    turns: asyncio.Semaphore
    """How many passwords may be checked at a time."""
    clock: Clock

    async def tried(self, tenant_id: str, attempt: SignInTry) -> NewSession | NotSignedIn:
        """A new session, if e-mail and password belong together and nobody has to wait."""
        at = self.clock()
        counted = await self.store.write(tenant_id, lambda unit: count_try(unit, attempt.email, at))
        if isinstance(counted, timedelta):
            return NotSignedIn(wait=counted)
        kept = "" if counted is None else counted.password_hash
        async with self.turns:
            checked = await asyncio.to_thread(self.passwords.check, kept, attempt.password)
        now = self.clock()
        return await self.store.write(
            tenant_id, lambda unit: _judged(unit, attempt, counted, checked, now)
        )


def count_try(unit: Unit, email: str, at: datetime) -> User | timedelta | None:
    """Count a try as a failure, for now; the user of that e-mail, or how long to wait."""
    digest = digest_of(email)
    former = unit.sign_in_failures.get(digest)
    if former is not None and (wait := former.wait(at)):
        return wait
    unit.sign_in_failures.keep(after_failure(former, digest, at))
    user = unit.users.get(email)
    return user if user is not None and user.may_sign_in else None


def _judged(
    unit: Unit, attempt: SignInTry, looked_up: User | None, checked: Checked, now: datetime
) -> NewSession | NotSignedIn:
    user = unit.users.get(attempt.email)
    is_same = user is not None and looked_up is not None and holds_as_before(user, looked_up)
    if user is None or not is_same or not checked.holds:
        about = "dashboard" if looked_up is None else f"user:{looked_up.email}"
        after = {"way": "password", "client": attempt.origin.client}
        kind = ActKind.SIGN_IN_REFUSED
        unit.diary.add_act(
            Act(at=now, by=NOT_TOLD, kind=kind, account_id="", about=about, after=after)
        )
        return NotSignedIn()
    unit.sign_in_failures.clear(digest_of(user.email))
    if checked.fresh_hash:
        unit.users.keep(replace(user, password_hash=checked.fresh_hash))
    who = Identity(by=user.email, is_by_link=False)
    return begin_session(unit, who, at=now, instead_of=attempt.instead_of, origin=attempt.origin)


def holds_as_before(user: User, looked_up: User) -> bool:
    """Whether, while the password was checked, he was neither ended nor given another one."""
    return user.may_sign_in and user.password_at == looked_up.password_at
