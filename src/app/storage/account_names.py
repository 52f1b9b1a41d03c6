"""Which account a person means by a few letters. It knows ids and names, no database."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from app.errors import Conflict, NotFound

_NEAR = 5
_CANDIDATES = 2_000
"""Most names compared letter by letter: more would keep a person waiting."""


def account_named(text: str, known: Sequence[tuple[str, str]]) -> str:
    """The id of the one account (id, name) that `text` names or begins, case ignored.

    Raises NotFound, naming up to five near names; Conflict when several would do.
    """
    wanted = text.casefold().strip()
    if not wanted:
        raise NotFound("an account is named by its id or its name")
    same = [pair for pair in known if wanted in (pair[0].casefold(), pair[1].casefold())]
    begun = same or [
        pair
        for pair in known
        if pair[0].casefold().startswith(wanted) or pair[1].casefold().startswith(wanted)
    ]
    if len(begun) == 1:
        return begun[0][0]
    if begun:
        more = ", …" if len(begun) > _NEAR else ""
        told = ", ".join(f"{name} ({account_id})" for account_id, name in begun[:_NEAR])
        raise Conflict(f"{text!r} could be {told}{more}: say more of the id or name")
    raise NotFound(_sorry(text, _near(wanted, known)))


def _near(wanted: str, known: Sequence[tuple[str, str]]) -> list[str]:
    """Names that contain the text, then those spelt much like it."""
    names = {name.casefold(): f"{name} ({account_id})" for account_id, name in reversed(known)}
    containing = [name for name in names if wanted in name]
    alike = [name for name in names if name[:1] == wanted[:1]][:_CANDIDATES]
    if len(names) <= _CANDIDATES:
        alike = list(names)
    close = get_close_matches(wanted, alike, n=_NEAR, cutoff=0.5)
    return [names[name] for name in dict.fromkeys([*sorted(containing), *close])][:_NEAR]


def _sorry(text: str, near: list[str]) -> str:
    if not near:
        return f"there is no account {text!r}"
    return f"there is no account {text!r}; near: {', '.join(near)}"
