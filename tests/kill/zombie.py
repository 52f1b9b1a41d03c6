"""Workers that are stopped, taken for dead and go on: what they had in hand must stay once."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from app.domain.effect import EffectKind, EffectRow, EffectState
from tests.integration.small_book import TENANT, SmallBook
from tests.kill.book import Place, prepare
from tests.kill.fleet import Fleet, RecorderDesk, Worker, fleet_on, running_recorder, wait_for
from tests.kill.sinks import PATHS, Point
from tests.kill.tally import Tally, tally
from tests.kill.trial import ask_for_scan, wait_until_settled
from tests.kill.wire import Rules

HELD_SECONDS = 0.6
AWAKE_SECONDS = 2.5
"""After going on: longer than a call may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undead:
    """Where a worker is stopped, and with what in its hands."""

    point: Point
    kind: EffectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Awakened:
    """What came of a trial."""

    tally: Tally
    calls_by_zombie: int
    """Calls about its effect before it was stopped and after it went on."""
    is_fenced: bool
    """The effect was done by another when the zombie went on, and stayed as it was."""


def zombie_trial(place: Place, undead: Undead) -> Awakened:
    """One incident; its worker is stopped with one effect in hand, another does it all."""
    prepare(place, accounts=3, in_trouble=1)
    with running_recorder(1) as recorder, fleet_on(place, recorder.url) as fleet:
        book = place.opened()
        try:
            zombie = stopped_worker(fleet, recorder, undead)
            before = _effect(book, undead.kind)
            assert before.state is EffectState.INTENT
            assert before.owner == zombie.name
            recorder.rule(Rules())
            let_another_take_over(fleet, zombie)
            wait_until_settled(place, book)
            done = _effect(book, undead.kind)
            calls = len(recorder.counts().calls)
            zombie.go_on()
            time.sleep(AWAKE_SECONDS)
            counts = recorder.counts()
            return Awakened(
                tally=tally(book, counts.calls, counts.received),
                calls_by_zombie=len(counts.calls) - calls,
                is_fenced=done.state is EffectState.DONE and _effect(book, undead.kind) == done,
            )
        finally:
            book.store.close()


def stopped_worker(fleet: Fleet, recorder: RecorderDesk, undead: Undead) -> Worker:
    """A worker that acts on a scan and is stopped where it should be."""
    path = PATHS[undead.kind]
    if undead.point is Point.IN_CALL:
        recorder.rule(Rules(held={path: HELD_SECONDS}))
    zombie = fleet.start(halt_at=undead.point, halt_kind=undead.kind)
    zombie.wait_until_ready()
    ask_for_scan(fleet.place)
    if undead.point is Point.IN_CALL:
        wait_for("a call", lambda: any(c.kind is path for c in recorder.counts().calls))
        zombie.stop()
    else:
        wait_for("halted", lambda: zombie.is_stopped)
    called = [call for call in recorder.counts().calls if call.kind is path]
    assert len(called) == (undead.point in {Point.IN_CALL, Point.ANSWERED})
    return zombie


def let_another_take_over(fleet: Fleet, zombie: Worker) -> None:
    """A stopped process keeps its mark: an operator speaks, or its connection is cut."""
    if fleet.place.is_sqlite:
        fleet.take_over.write_text(zombie.name, encoding="utf-8")
    else:
        cut_off(fleet.place.database_url, zombie.name)
    fleet.start().wait_until_ready()


def cut_off(database_url: str, worker: str) -> None:
    """End the session that holds a worker's mark, as a lost network would."""
    url = make_url(database_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = :worker"
            ),
            {"worker": worker},
        )
    engine.dispose()


def _effect(book: SmallBook, kind: EffectKind) -> EffectRow:
    (incident,) = book.incidents()
    key = f"{TENANT}:{incident.incident_id}:{incident.revision}:{kind}"
    row = book.store.read_now(TENANT, lambda unit: unit.effects.get(key))
    assert row is not None
    return row
