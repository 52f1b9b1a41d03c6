"""One channel that is dead or shut while the others live: who waits for it, and for how long."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from app.domain.effect import EffectKind, EffectRow, EffectState
from tests.integration.small_book import TENANT, SmallBook
from tests.kill.book import Place, prepare
from tests.kill.fleet import RecorderDesk, fleet_on, running_recorder, wait_for
from tests.kill.sinks import PATHS
from tests.kill.tally import Tally, tally
from tests.kill.trial import ask_for_scan, wait_until_settled
from tests.kill.wire import Rules

EVERY = (EffectKind.DRAFT, EffectKind.RECORD, EffectKind.EVENT, EffectKind.EMAIL, EffectKind.CHAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A dead channel's trial."""

    kind: EffectKind
    incidents: int
    rules: Rules
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """When all of a kind had arrived, in seconds since the work was owed."""

    others: float
    """The slowest of the channels that live."""
    dead_meanwhile: int
    """Effects of the dead channel that were done before it was back."""
    dead: float
    """The dead one's, in seconds since it was back."""
    tally: Tally


def outage_trial(place: Place, outage: Outage) -> Arrivals:
    """A scan while one channel is dead; it comes back after so many seconds."""
    prepare(place, accounts=outage.incidents, in_trouble=outage.incidents)
    with running_recorder(1) as recorder, fleet_on(place, recorder.url) as fleet:
        recorder.rule(outage.rules)
        book = place.opened()
        try:
            fleet.start().wait_until_ready()
            ask_for_scan(place)
            wait_for("work owed", lambda: bool(_rows(book, [outage.kind])))
            began = time.monotonic()
            living = [kind for kind in EVERY if kind is not outage.kind]
            wait_for("the living", _all_in(book, living, EffectState.DONE))
            others = time.monotonic() - began
            time.sleep(max(0.0, outage.seconds - others))
            meanwhile = _rows(book, [outage.kind])
            recorder.rule(Rules())
            back = time.monotonic()
            wait_until_settled(place, book)
            counts = recorder.counts()
            return Arrivals(
                others=others,
                dead_meanwhile=sum(row.state is EffectState.DONE for row in meanwhile),
                dead=time.monotonic() - back,
                tally=tally(book, counts.calls, counts.received),
            )
        finally:
            book.store.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """What became of effects whose access was revoked."""

    parked: tuple[EffectRow, ...]
    released: int
    tally: Tally


def access_trial(place: Place, kind: EffectKind, *, incidents: int) -> Shut:
    """A scan while our key to one channel is refused; then it is back, and a person releases."""
    prepare(place, accounts=incidents, in_trouble=incidents)
    with running_recorder(1) as recorder, fleet_on(place, recorder.url) as fleet:
        recorder.rule(Rules(unauthorized=frozenset({PATHS[kind]})))
        book = place.opened()
        try:
            fleet.start().wait_until_ready()
            ask_for_scan(place)
            wait_for("work owed", lambda: bool(_rows(book, [kind])))
            living = [one for one in EVERY if one is not kind]
            wait_for("the living", _all_in(book, living, EffectState.DONE))
            wait_for("parked", _all_in(book, [kind], EffectState.PARKED))
            return _released(place, book, recorder, kind)
        finally:
            book.store.close()


def _released(place: Place, book: SmallBook, recorder: RecorderDesk, kind: EffectKind) -> Shut:
    parked = _rows(book, [kind])
    recorder.rule(Rules())
    keys = [row.work.key for row in parked]
    released = book.store.write_now(TENANT, lambda unit: unit.work.release(keys))
    wait_until_settled(place, book)
    counts = recorder.counts()
    return Shut(
        parked=parked,
        released=released,
        tally=tally(book, counts.calls, counts.received),
    )


def _all_in(
    book: SmallBook, kinds: Collection[EffectKind], state: EffectState
) -> Callable[[], bool]:
    return lambda: all(row.state is state for row in _rows(book, kinds))


def _rows(book: SmallBook, kinds: Collection[EffectKind]) -> tuple[EffectRow, ...]:
    """Effects of the trial's incidents; the baseline's summaries are left out."""
    states = list(EffectState)
    every = book.store.read_now(TENANT, lambda unit: unit.work.open(states=states, most=10_000))
    return tuple(
        row for row in every if row.work.kind in kinds and "incident_id" in row.work.payload
    )
