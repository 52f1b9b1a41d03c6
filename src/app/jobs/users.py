"""Users added, changed and ended; every change is written down, and no password with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import JsonValue

from app.domain.act import Act, ActKind
from app.domain.actor import is_address
from app.domain.user import User, is_last_admin, refuse_password
from app.domain.viewer import Role, Sight
from app.errors import Conflict, InvalidInput, NotFound
from app.jobs.sessions import end_sessions_of
from app.ports.store import Unit
from app.services.passwords import Passwords
from app.services.session_tokens import digest_of

_LONGEST_ADDRESS = 254
"""RFC 5321 4.5.3.1.3, without its brackets."""
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """Somebody who is to be let in."""

    email: str
    name: str
    role: Role
    sight: Sight
    password_hash: str = field(repr=False)


def email_of(text: str) -> str:
    """An e-mail address as it is kept, in small letters. Raises InvalidInput."""
    email = text.strip().lower()
    if not is_address(email) or len(email) > _LONGEST_ADDRESS:
        raise InvalidInput(f"{text!r} is not an e-mail address, such as kim@example.com")
    return email


def hash_of(passwords: Passwords, password: str, *, email: str) -> str:
    """What is kept of a new password. Raises InvalidInput that says why it cannot be one."""
    if why := refuse_password(password, email=email):
        raise InvalidInput(why)
    return passwords.hash(password)


def refuse_sight(role: Role, sight: Sight) -> None:
    """Raises InvalidInput: who may do everything sees every account."""
    if role is Role.ADMIN and sight is Sight.OWN:
        raise InvalidInput("an admin sees every account; --own-accounts is for rep and reader")


def add_user(unit: Unit, new: NewUser, *, by: str, at: datetime) -> User:
    """Let somebody in, or again who was ended. Raises Conflict: he may sign in already."""
    refuse_sight(new.role, new.sight)
    if len(new.name) > _LONGEST_NAME or not new.name.isprintable():
        raise InvalidInput(f"--name: at most {_LONGEST_NAME} letters, on one line")
    former = unit.users.get(new.email)
    if former is not None and former.may_sign_in:
        raise Conflict(
            f"there is a user {new.email} already: tend users role and tend users password "
            "change what he may do and how he signs in"
        )
    user = User(
        email=new.email,
        name=new.name,
        role=new.role,
        sight=new.sight,
        password_hash=new.password_hash,
        password_at=at,
        made_at=at,
        made_by=by,
    )
    unit.users.keep(user)
    unit.sign_in_failures.clear(digest_of(user.email))
    _note(unit, ActKind.USER_ADDED, user, by=by, at=at, after=_as_told(user))
    return user


def set_password(unit: Unit, email: str, password_hash: str, *, by: str, at: datetime) -> int:
    """Give a user another password; his sessions end. Returns how many. Raises NotFound."""
    user = user_of(unit, email)
    unit.users.keep(replace(user, password_hash=password_hash, password_at=at))
    unit.sign_in_failures.clear(digest_of(email))
    _note(unit, ActKind.PASSWORD_SET, user, by=by, at=at)
    return end_sessions_of(unit, email, by=by, at=at)


def set_role(
    unit: Unit, email: str, role: Role, sight: Sight | None, *, by: str, at: datetime
) -> User:
    """Say what a user may do; it counts from his next request. `sight` None: as it is.

    Raises NotFound, InvalidInput, and Conflict where no admin would be left.
    """
    user = user_of(unit, email)
    if sight is None:
        sight = Sight.ALL if role is Role.ADMIN else user.sight
    refuse_sight(role, sight)
    if role is not Role.ADMIN:
        _refuse_last_admin(unit, email)
    changed = replace(user, role=role, sight=sight)
    if changed != user:
        unit.users.keep(changed)
        before, after = _as_told(user), _as_told(changed)
        _note(unit, ActKind.USER_CHANGED, user, by=by, at=at, before=before, after=after)
    return changed


def end_user(unit: Unit, email: str, *, by: str, at: datetime) -> int:
    """Let somebody in no more, from this moment; returns how many sessions that ended.

    Raises NotFound, and Conflict where no admin would be left.
    """
    user = user_of(unit, email)
    _refuse_last_admin(unit, email)
    unit.users.keep(replace(user, ended_at=at))
    _note(unit, ActKind.USER_ENDED, user, by=by, at=at, before=_as_told(user))
    return end_sessions_of(unit, email, by=by, at=at)


def user_of(unit: Unit, email: str) -> User:
    """The user of this e-mail who may sign in. Raises NotFound, naming those there are."""
    user = unit.users.get(email)
    if user is None or not user.may_sign_in:
        known = ", ".join(one.email for one in unit.users.all() if one.may_sign_in)
        told = f"; there are {known}" if known else "; there is none yet: tend users add"
        raise NotFound(f"there is no user {email!r} who may sign in{told}")
    return user


def _refuse_last_admin(unit: Unit, email: str) -> None:
    if is_last_admin(unit.users.all(), email):
        raise Conflict(
            f"{email} is the last admin: tend users add or tend users role makes another one first"
        )


def _as_told(user: User) -> dict[str, JsonValue]:
    return {"role": user.role.value, "sight": user.sight.value}


_NOTHING: Mapping[str, JsonValue] = {}


def _note(
    unit: Unit,
    kind: ActKind,
    user: User,
    *,
    by: str,
    at: datetime,
    before: Mapping[str, JsonValue] = _NOTHING,
    after: Mapping[str, JsonValue] = _NOTHING,
) -> None:
    about = f"user:{user.email}"
    unit.diary.add_act(
        Act(at=at, by=by, kind=kind, account_id="", about=about, before=before, after=after)
    )
