"""API keys made, replaced, revoked and recognised; every change and every refusal is written down.

A key's text is returned once, to whoever asked for it, and is kept nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import JsonValue

from app.domain.act import Act, ActKind
from app.domain.api_key import ApiKey, KeyRole, KeyState
from app.errors import Conflict, InvalidInput, NotFound
from app.ports.store import Unit
from app.services.api_keys import new_key, read_key

GRACE = timedelta(hours=24)
"""How long a key that was replaced may still be used."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeKey:
    """A key that was just made, and the only sight of its text."""

    key: ApiKey
    text: str


def add_key(unit: Unit, name: str, role: KeyRole, *, by: str, at: datetime) -> MadeKey:
    """Make a key. Raises InvalidInput for the name, Conflict: one of that name can be used."""
    if not _NAME.fullmatch(name):
        msg = f"key {name!r}: a name is up to 40 small letters, digits, - and _, such as product"
        raise InvalidInput(msg)
    if usable_keys(unit, name, at):
        raise Conflict(f"there is a key {name!r} already: tend keys rotate {name} replaces it")
    made = _made(unit, name, role, by=by, at=at)
    _note(unit, ActKind.KEY_MADE, made.key, by=by, at=at)
    return made


def rotate_key(unit: Unit, name: str, *, grace: timedelta, by: str, at: datetime) -> MadeKey:
    """Make a key in the place of the one in force, which may be used until the grace is over.

    One that was replaced before keeps its own end. Raises NotFound, naming the keys there are.
    """
    current = [key for key in usable_keys(unit, name, at) if key.state(at) is KeyState.IN_FORCE]
    if not current:
        raise NotFound(_no_such(unit, name, at))
    for key in current:
        unit.api_keys.keep(replace(key, ends_at=at + grace))
    made = _made(unit, name, current[0].role, by=by, at=at)
    _note(unit, ActKind.KEY_ROTATED, made.key, by=by, at=at, ends_at=(at + grace).isoformat())
    return made


def revoke_key(unit: Unit, name: str, *, by: str, at: datetime) -> int:
    """End every key of this name at once; returns how many. Raises NotFound."""
    usable = usable_keys(unit, name, at)
    if not usable:
        raise NotFound(_no_such(unit, name, at))
    for key in usable:
        unit.api_keys.keep(replace(key, revoked_at=at))
        _note(unit, ActKind.KEY_REVOKED, key, by=by, at=at)
    return len(usable)


def usable_keys(unit: Unit, name: str, at: datetime) -> tuple[ApiKey, ...]:
    """The keys of this name that open the door at a moment."""
    return tuple(key for key in unit.api_keys.all() if key.name == name and key.is_usable(at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A request that was refused, without its secret."""

    why: str
    path: str
    client: str
    """The address it came from."""
    by: str = "http"
    """The key's name where it is known."""
    shown: str = ""
    """The beginning of a digest: the same words presented again are told to be the same."""


def note_refusal(unit: Unit, refusal: Refusal, at: datetime) -> None:
    """Write a refused request into the audit log."""
    told: dict[str, JsonValue] = {
        "why": refusal.why,
        "path": refusal.path,
        "client": refusal.client,
        "sha256": refusal.shown,
    }
    act = Act(
        at=at,
        by=refusal.by,
        kind=ActKind.REQUEST_REFUSED,
        account_id="",
        about="http",
        after=told,
    )
    unit.diary.add_act(act)


def _made(unit: Unit, name: str, role: KeyRole, *, by: str, at: datetime) -> MadeKey:
    text = new_key(unit.tenant_id)
    read = read_key(text)
    if read is None:
        msg = f"{unit.tenant_id!r} is no tenant's name that a key could carry"
        raise InvalidInput(msg)
    key = ApiKey(
        digest=read.digest, name=name, role=role, prefix=read.prefix, made_at=at, made_by=by
    )
    unit.api_keys.keep(key)
    return MadeKey(key=key, text=text)


def _note(
    unit: Unit, kind: ActKind, key: ApiKey, *, by: str, at: datetime, ends_at: str = ""
) -> None:
    after: dict[str, JsonValue] = {"role": key.role.value, "prefix": key.prefix}
    if ends_at:
        after["former_ends_at"] = ends_at
    unit.diary.add_act(
        Act(at=at, by=by, kind=kind, account_id="", about=f"api_key:{key.name}", after=after)
    )


def _no_such(unit: Unit, name: str, at: datetime) -> str:
    names = sorted({key.name for key in unit.api_keys.all() if key.is_usable(at)})
    known = f"; there are {', '.join(names)}" if names else "; there is none yet: tend keys add"
    return f"there is no key {name!r} that can be used{known}"
