"""Whom a letter to an account greets: the most fitting of the people we know there."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.account import Stakeholder, TechnicalMaturity
from app.domain.activity import Interaction

_DEPTH = {level: depth for depth, level in enumerate(TechnicalMaturity)}


def addressee_of(
    people: Sequence[Stakeholder], contacts: Sequence[Interaction]
) -> Stakeholder | None:
    """The primary contact; without one whoever was met last; else the most technical of them.

    `people` carry the maturity that texts go by; `contacts` come newest first. None: nobody is
    known.
    """
    primary = next((person for person in people if person.is_primary), None)
    if primary is not None:
        return primary
    by_email = {person.email.casefold(): person for person in people if person.email}
    met = (by_email.get(one.stakeholder_email.casefold()) for one in contacts if one.meaningful)
    last_met = next((person for person in met if person is not None), None)
    if last_met is not None:
        return last_met
    ordered = sorted(people, key=lambda person: (-_depth(person), person.name, person.email))
    return ordered[0] if ordered else None


def _depth(person: Stakeholder) -> int:
    level = person.technical_maturity
    return _DEPTH[TechnicalMaturity.MEDIUM if level is None else level]
