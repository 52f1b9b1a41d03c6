"""Since when the event bus is silent, kept in the audit log: two lines an outage, whoever is up.

The store is asked when the bus falls silent and when it answers again, and once after a start. It
does not know what carries events, nor what is missed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from app.clock import Clock
from app.domain.act import Act, ActKind
from app.domain.audit import TEND
from app.ports.store import Store, Unit
from app.services.plain_text import one_line

ABOUT = "event bus"
"""The record that the lines are about."""
FAILURES = 2
"""In a row before it is noted: a single one may be a restart."""
_ERROR_CHARACTERS = 300

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusSilence:
    """The last time that the bus was silent."""

    since: datetime
    until: datetime | None
    """None: it has not answered since, or nobody was there to hear it."""


def last_silence(unit: Unit) -> BusSilence | None:
    """As the log has it; None: the bus always answered."""
    line = unit.diary.last_acts([ABOUT]).get(ABOUT)
    if line is None or line.kind not in {ActKind.BUS_LOST, ActKind.BUS_BACK}:
        return None  # something else has that name: a ticket may be called anything
    if line.kind is ActKind.BUS_LOST:
        return BusSilence(since=line.at, until=None)
    return BusSilence(since=datetime.fromisoformat(str(line.after["silent since"])), until=line.at)


@dataclass(slots=True)
class _Silence:
    since: datetime
    failures: int = 0
    is_noted: bool = False


@dataclass(slots=True, kw_only=True)
class BusWord:
    """Told by a process each time that it asks the bus; safe in several at once."""

    store: Store
    clock: Clock
    _silent: dict[str, _Silence] = field(default_factory=dict, repr=False)
    _well: set[str] = field(default_factory=set, repr=False)
    """Tenants whose log says nothing else."""

    async def silent(self, tenant_id: str, why: str) -> None:
        """It did not answer. Raises ServiceError where the store does not either."""
        self._well.discard(tenant_id)
        silence = self._silent.setdefault(tenant_id, _Silence(self.clock()))
        silence.failures += 1
        if silence.is_noted or silence.failures < FAILURES:
            return
        log.warning("bus.silent", tenant_id=tenant_id, reason=why)
        error = one_line(why, _ERROR_CHARACTERS)

        def note(unit: Unit) -> None:
            last = last_silence(unit)
            if last is None or last.until is not None:
                after = {"error": error}
                unit.diary.add_act(_line(ActKind.BUS_LOST, silence.since, after=after))

        await self.store.write(tenant_id, note)
        silence.is_noted = True

    async def answered(self, tenant_id: str) -> None:
        """It answered. Raises ServiceError where the store does not."""
        if tenant_id in self._well:
            return
        now = self.clock()

        def note(unit: Unit) -> bool:
            last = last_silence(unit)
            if last is None or last.until is not None:
                return False
            after = {"silent since": last.since.isoformat()}
            unit.diary.add_act(_line(ActKind.BUS_BACK, now, after=after))
            return True

        if await self.store.write(tenant_id, note):
            log.info("bus.answers", tenant_id=tenant_id)
        self._silent.pop(tenant_id, None)
        self._well.add(tenant_id)


def _line(kind: ActKind, at: datetime, *, after: Mapping[str, str]) -> Act:
    return Act(at=at, by=TEND, kind=kind, account_id="", about=ABOUT, after=after)
