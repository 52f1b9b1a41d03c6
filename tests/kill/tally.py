"""What came of it all: promises counted from the recorder, the store, the flows and the logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from sqlalchemy import create_engine, make_url, text

from app.domain.effect import EffectState
from app.domain.incident import Incident, IncidentKind
from tests.integration.small_book import SmallBook
from tests.kill.book import Place
from tests.kill.fleet import LogLine
from tests.kill.sinks import PATHS
from tests.kill.wire import Call, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The figures of one trial."""

    incidents: int
    lost: int
    """Effects that an incident owes and that are nowhere, and rows that are not done."""
    doubled_keyed: int
    doubled_findable: int
    repeats_at_least_once: int
    """Deliveries after one that was answered well in time: a crash's, never the recorder's."""
    repeats_after_lies: int
    """Deliveries after one that had arrived, but was answered by an error, late or not at all."""
    unmarked_repeats: int
    raw_calls: int


def tally(book: SmallBook, calls: Collection[Call], received: int) -> Tally:
    """Count what incidents owe against what there is."""
    acted = [call for call in calls if call.acted_at is not None]
    incidents = book.incidents(IncidentKind.TAM_ESCALATION)
    kept, lies, unmarked = repeats(acted)
    return Tally(
        incidents=len(incidents),
        lost=_lost(book, incidents, acted) + _undone(book),
        doubled_keyed=doubled(acted, Kind.KEYED) + doubled_events(book),
        doubled_findable=doubled(acted, Kind.FINDABLE),
        repeats_at_least_once=kept,
        repeats_after_lies=lies,
        unmarked_repeats=unmarked,
        raw_calls=received,
    )


def _lost(book: SmallBook, incidents: Iterable[Incident], acted: Iterable[Call]) -> int:
    """Counted from incidents, not from the ledger, which might have lost them too."""
    there = {(call.kind, call.about) for call in acted}
    events = {event.event_id.rpartition(":")[0].partition(":")[2] for event in book.events()}
    lost = 0
    for incident in incidents:
        about = f"{incident.incident_id}:{incident.revision}"
        lost += sum((path, about) not in there for path in PATHS.values())
        lost += about not in events
        lost += book.record(incident.subject).incident_id != incident.incident_id
    return lost


def _undone(book: SmallBook) -> int:
    counts = book.store.read_now(book.settings.tenant, lambda unit: unit.work.counts())
    return sum(many for state, many in counts.items() if state is not EffectState.DONE)


def doubled(acted: Iterable[Call], kind: Kind) -> int:
    """Things that came to exist about the same revision, beyond the first."""
    made = {(call.about, call.remote_id) for call in acted if call.kind is kind}
    return len(made) - len({about for about, _ in made})


def doubled_events(book: SmallBook) -> int:
    """Events about the same incident, beyond the first: no incident here has two revisions."""
    told = Counter(str(event.body["correlation_id"]) for event in book.events())
    return sum(many - 1 for many in told.values())


def repeats(acted: Iterable[Call]) -> tuple[int, int, int]:
    """Repeats after a delivery answered well, after any other, and repeats without their mark."""
    by_key: dict[str, list[Call]] = {}
    for call in acted:
        if call.kind is Kind.AT_LEAST_ONCE:
            by_key.setdefault(call.key, []).append(call)
    kept = lies = unmarked = 0
    for deliveries in by_key.values():
        for earlier, later in pairwise(deliveries):
            kept += earlier.answered_well
            lies += not earlier.answered_well
            unmarked += not later.repeat
    return kept, lies, unmarked


_TO_THE_MILLISECOND = timedelta(milliseconds=1)
"""The engine keeps whole milliseconds, cut off."""


@dataclass(slots=True)
class FinishedSteps:
    """Steps that the engine recorded as finished, by the moment it says they were.

    Its own moment, not that of our looking: other workers go on while we read.
    """

    place: Place
    _since: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def look(self) -> None:
        """Read the engine's own table, as after a kill; what was read once stays as it was."""
        url = make_url(self.place.settings.engine_url)
        schema = ""
        if not self.place.is_sqlite:
            url, schema = url.set(drivername="postgresql+psycopg"), "dbos."
        engine = create_engine(url)
        with engine.connect() as connection:
            found = connection.execute(
                text(
                    "SELECT workflow_uuid, function_name, completed_at_epoch_ms "
                    f"FROM {schema}operation_outputs "
                    "WHERE error IS NULL AND completed_at_epoch_ms IS NOT NULL"
                )
            )
            for flow_id, step, completed_at in found:
                finished = datetime.fromtimestamp(completed_at / 1000, UTC)
                self._since.setdefault((flow_id, step), finished + _TO_THE_MILLISECOND)
        engine.dispose()

    def rerun(self, lines: Iterable[LogLine]) -> int:
        """How often a step was begun after it had been finished."""
        begun = [line for line in lines if line.event == "step.begun"]
        return sum(
            line.at > since
            for line in begun
            if (since := self._since.get((line.fields["flow_id"], line.fields["step"])))
        )
