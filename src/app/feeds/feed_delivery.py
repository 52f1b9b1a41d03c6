"""An import is a delivery of a feed: when it came, how far its facts reach, when it is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from app.domain.feed import FactKind, Feed
from app.feeds.import_choices import ImportChoices
from app.ports.store import Unit

GRACE = 1.5
"""A promise may be broken by half its span before the feed counts as late."""

BY_HAND_HOURS = 7 * 24.0
"""How often files of tickets, usage and heartbeats are expected where nothing was promised."""

_MOVING = frozenset({FactKind.TICKETS, FactKind.USAGE, FactKind.HEARTBEATS})


def feed_of(kind: FactKind) -> str:
    """The feed that a file of this kind is a delivery of, unless another is told."""
    return f"file-{kind}"


def delivered(
    name: str,
    stored: Feed | None,
    kinds: frozenset[FactKind],
    choices: ImportChoices,
    newest: date | None,
) -> Feed:
    """The feed as it stands after a delivery; a failure before it is over."""
    provides = kinds | (stored.provides if stored is not None else frozenset())
    reach = [day for day in (newest, stored.data_until if stored is not None else None) if day]
    earlier = choices.now if stored is None else stored.last_ok_at or choices.now
    return Feed(
        name=name,
        provides=provides,
        last_ok_at=max(earlier, choices.now),
        data_until=max(reach, default=None),
        late_after_hours=_late_after(stored, kinds, choices.every_hours),
        accounts=stored.accounts if stored is not None else None,
    )


def deliver(
    unit: Unit,
    main: FactKind,
    also: Iterable[FactKind],
    choices: ImportChoices,
    newest: date | None,
) -> None:
    """Write the delivery of a file of kind `main`, which also brought the kinds in `also`."""
    name = choices.feed or feed_of(main)
    stored = next((feed for feed in unit.feeds.all() if feed.name == name), None)
    unit.feeds.save(delivered(name, stored, frozenset({main, *also}), choices, newest))


def _late_after(
    stored: Feed | None, kinds: frozenset[FactKind], every_hours: float | None
) -> float | None:
    if every_hours is not None:
        return every_hours * GRACE
    by_kind = BY_HAND_HOURS * GRACE if kinds & _MOVING else None
    known = None if stored is None else stored.late_after_hours
    if stored is not None and kinds <= stored.provides:
        return known
    limits = [limit for limit in (known, by_kind) if limit is not None]
    return min(limits, default=None)
