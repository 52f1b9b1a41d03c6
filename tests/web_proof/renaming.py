"""Accounts of a large book: each is one of the made-up ones under another name and owner.

Every text that speaks of the made-up account comes to speak of the new one: ids, names, addresses,
tickets. The same seed gives the same names.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from random import Random
from typing import NamedTuple

from app.demo.companies import COMPANIES
from app.demo.names import address, plain
from app.demo.product import VENDOR_DOMAIN
from app.demo.reps import reps
from app.domain.draft import draft_id_of

BRANCHES = ("", " Group", " International", " North")
FIRST_NAMES = ("Alma", "Boris", "Clara", "Dmitri", "Edda", "Farid", "Greta", "Hana", "Ivo")
"""Beside each of the made-up reps, so many colleagues share the book."""

_SERIALS = r"(?P<desk>\b(?:SUP|EUS))-(?P<ticket>\d+)|\b(?P<draft>d-[0-9a-f]{10})\b"
_LOGGED = r"|\b(?P<logged>log-[0-9a-f]{16})\b"


class Template(NamedTuple):
    """One of the made-up accounts."""

    account_id: str
    name: str
    domain: str
    owner: str
    """E-mail of its rep; empty: nobody owns it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """An account of the large book."""

    number: int
    template: Template
    account_id: str
    name: str
    is_itself: bool
    """One of the made-up accounts as it is."""


def copies(
    templates: Sequence[Template], weights: Mapping[str, float], *, size: int, seed: int
) -> tuple[Copy, ...]:
    """`size` accounts, in order of their ids; the made-up ones themselves are among them."""
    dice = Random(seed)
    more = max(0, size - len(templates))
    chosen = dice.choices(templates, [weights[one.account_id] for one in templates], k=more)
    taken = {one.account_id for one in templates}
    names = iter(_names(dice))
    found = [_itself(number, one) for number, one in enumerate(templates[:size])]
    for number, template in enumerate(chosen, start=len(found)):
        name = next(name for name in names if plain(name) not in taken)
        taken.add(plain(name))
        found.append(
            Copy(
                number=number,
                template=template,
                account_id=plain(name),
                name=name,
                is_itself=False,
            )
        )
    return tuple(sorted(found, key=lambda one: one.account_id))


def _itself(number: int, template: Template) -> Copy:
    return Copy(
        number=number,
        template=template,
        account_id=template.account_id,
        name=template.name,
        is_itself=True,
    )


def _names(dice: Random) -> list[str]:
    parts = [one.name.split(" ", 1) for one in COMPANIES]
    names = [
        f"{first} {last}{branch}" for first, _ in parts for _, last in parts for branch in BRANCHES
    ]
    dice.shuffle(names)
    return names


class Renaming:
    """Texts of the made-up accounts as the account at hand has them; set by `turn_to`."""

    def __init__(self, templates: Sequence[Template], draft_keys: Mapping[str, str]) -> None:
        self._draft_keys = draft_keys
        self._rep_names = {one.email: one.name for one in reps()}
        self._patterns = {one.account_id: self._pattern(one) for one in templates}
        self._words: dict[str, str] = {}
        self._copy: Copy | None = None

    def turn_to(self, copy: Copy) -> None:
        """From now on texts are those of this account."""
        self._copy = None if copy.is_itself else copy
        self._words = {} if copy.is_itself else self._words_of(copy)

    def __call__(self, text: str | None) -> str | None:
        """The text as it speaks of the account at hand."""
        if self._copy is None or not text:
            return text
        return self._patterns[self._copy.template.account_id].sub(self._renamed, text)

    def _renamed(self, found: re.Match[str]) -> str:
        copy, groups = self._copy, found.groupdict()
        if copy is None:
            return found[0]
        if groups["ticket"]:
            return f"{groups['desk']}-{copy.number}{int(groups['ticket']):05d}"
        if groups["draft"]:
            key = self(self._draft_keys.get(found[0], found[0])) or ""
            return draft_id_of(key)
        if groups["logged"]:
            told = f"{found[0]}:{copy.number}"
            return f"log-{sha256(told.encode()).hexdigest()[:16]}"
        return self._words[found[0]]

    def _pattern(self, template: Template) -> re.Pattern[str]:
        words = sorted(self._spoken(template), key=len, reverse=True)
        told = "|".join(re.escape(word) for word in words)
        return re.compile(f"{_SERIALS}{_LOGGED}|{told}")

    def _spoken(self, template: Template) -> list[str]:
        words = [template.account_id, html.escape(template.name), template.name, template.domain]
        if template.owner:
            words += [template.owner, self._rep_names[template.owner]]
        return words

    def _words_of(self, copy: Copy) -> dict[str, str]:
        new = [copy.account_id, html.escape(copy.name), copy.name, f"{copy.account_id}.example"]
        if copy.template.owner:
            name = self._colleague(copy)
            new += [address(name, VENDOR_DOMAIN), name]
        return dict(zip(self._spoken(copy.template), new, strict=True))

    def _colleague(self, copy: Copy) -> str:
        """Who of the rep's territory looks after it."""
        own = self._rep_names[copy.template.owner]
        turn = copy.number % (len(FIRST_NAMES) + 1)
        return own if not turn else f"{FIRST_NAMES[turn - 1]} {own.partition(' ')[2]}"


def colleagues() -> list[tuple[str, str, str]]:
    """Everyone beside the made-up reps: e-mail, name, and the e-mail of the one he is like."""
    found = []
    for one in reps():
        family = one.name.partition(" ")[2]
        for first in FIRST_NAMES:
            name = f"{first} {family}"
            found.append((address(name, VENDOR_DOMAIN), name, one.email))
    return found
