"""What ships or is planned, as a letter tells it to one customer: each thing, and why it is told.

Component, link and the like are for people who build; the others read what it means for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.account import TechnicalMaturity
from app.domain.announcement import Announcement, ChangeKind, Concern, ConcernKind
from app.services.letter_phrases import fit, fitting, in_words, link, sentence, ticket_id

MOST_TOLD = 6
"""More than a letter is read for; the rest is counted."""


_OF_TICKETS = frozenset({ConcernKind.OPEN_TICKETS, ConcernKind.PAST_TICKETS})
_OF_FEATURES = (
    ConcernKind.FEATURE_USED,
    ConcernKind.FEATURE_OWNED,
    ConcernKind.FEATURE_UNUSED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsLine:
    """One thing as the letter tells it. All may be empty but the title."""

    title: str
    what: str
    """What it is, in a sentence or more."""
    impact: str
    """What its kind means for the customer."""
    why: str
    """By which facts of his own it concerns him, in sentences."""
    detail: str
    """For people who build: components and where to read on."""
    kind: str
    planned_for: str
    to_shape: bool
    tickets: tuple[str, ...]
    """Open tickets of his that it may have to do with, by id."""
    features: tuple[str, ...]
    """His features that it concerns."""


def news_lines(
    announcements: Sequence[Announcement], maturity: TechnicalMaturity
) -> tuple[NewsLine, ...]:
    """The first of them in the words of the letter, as technical as its reader."""
    return tuple(_line(one, maturity) for one in announcements[:MOST_TOLD])


def _line(one: Announcement, maturity: TechnicalMaturity) -> NewsLine:
    is_plain = maturity is TechnicalMaturity.LOW
    return NewsLine(
        title=fit(one.title, 120) or "A change",
        what=sentence(fit(one.description, 400)),
        impact=_impact(one, is_plain=is_plain),
        why=" ".join(_why(one.concerns, is_plain=is_plain)),
        detail=_detail(one) if maturity is TechnicalMaturity.HIGH else "",
        kind=one.kind.value,
        planned_for=fit(one.planned_for, 40),
        to_shape=one.to_shape,
        tickets=tuple(
            shown
            for concern in one.concerns
            if concern.kind is ConcernKind.OPEN_TICKETS and (shown := ticket_id(concern.ticket_id))
        ),
        features=tuple(fitting(_names(one.concerns, *_OF_FEATURES), 2)),
    )


def _impact(one: Announcement, *, is_plain: bool) -> str:
    match one.kind:
        case ChangeKind.BREAKING if is_plain:
            return "Something on your side may have to change with it, so it is worth a look soon."
        case ChangeKind.BREAKING:
            return "It may call for a change on your side, so it is worth a look soon."
        case ChangeKind.SECURITY:
            return "It is about security."
        case ChangeKind.FIX if is_plain:
            return "It is a correction: nothing needs doing on your side that I know of."
        case _:
            return ""


def _why(concerns: Sequence[Concern], *, is_plain: bool) -> list[str]:
    told = [
        _about(fitting(_names(concerns, ConcernKind.INTEGRATION), 3), _CONNECTED[is_plain]),
        _about(
            fitting(_names(concerns, ConcernKind.FEATURE_USED), 3),
            "I mention it because your team works with {}.",
        ),
        _about(
            fitting(_names(concerns, ConcernKind.FEATURE_OWNED), 3),
            "I mention it because you have {}.",
        ),
        _about(
            fitting(_names(concerns, ConcernKind.FEATURE_UNUSED), 3),
            "You have {}, which your team does not seem to be using yet.",
        ),
        *(_about_tickets(one, is_plain=is_plain) for one in concerns),
        _about(
            fitting(_names(concerns, ConcernKind.ENVIRONMENT), 3),
            "You work with {}, which is not connected with us today.",
        ),
    ]
    if any(one.kind is ConcernKind.EVERYONE for one in concerns):
        told.append("It concerns everybody who works with the product.")
    return [one for one in told if one]


_CONNECTED = {
    True: "It touches what flows between you and {}.",
    False: "You have {} connected.",
}


def _about(names: Sequence[str], words: str) -> str:
    return words.replace("{}", in_words(names)) if names else ""


def _about_tickets(concern: Concern, *, is_plain: bool) -> str:
    component = "" if is_plain else fit(concern.name, 40)
    on = f" on {component}" if component else ""
    if concern.kind is ConcernKind.PAST_TICKETS:
        what = on or " with things of this kind"
        return f"Your team has turned to our support several times lately{what}."
    if concern.kind is not ConcernKind.OPEN_TICKETS:
        return ""
    known_as = ticket_id(concern.ticket_id)
    if concern.tickets == 1:
        which = f" ({known_as})" if known_as else ""
        return f"You have a ticket open with us{on}{which}; this may have to do with it."
    which = f", {known_as} among them" if known_as else ""
    if not on:  # it is not said which these are, and there may be more of them
        which = f", {known_as} among them," if known_as else ""
        return f"{concern.tickets} of your open tickets{which} may have to do with this."
    return (
        f"You have {concern.tickets} tickets open with us{on}{which}; this may have to do with "
        "them."
    )


def _detail(one: Announcement) -> str:
    parts = []
    said = {name.casefold() for name in _names(one.concerns, *_OF_FEATURES)}
    components = [name for name in fitting(one.components, 4) if name.casefold() not in said]
    is_said = any(concern.kind in _OF_TICKETS for concern in one.concerns)
    if components and not is_said:
        parts.append(
            f"{'Component' if len(components) == 1 else 'Components'}: {', '.join(components)}."
        )
    if link(one.link):
        parts.append(f"Details: {one.link}")
    return " ".join(parts)


def _names(concerns: Sequence[Concern], *kinds: ConcernKind) -> list[str]:
    return [one.name for one in concerns if one.kind in kinds]
